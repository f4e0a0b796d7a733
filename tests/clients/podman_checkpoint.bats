# SPDX-License-Identifier: LGPL-2.1-or-later
# podman, as root: container checkpoint and restore, with a criu that tests/criu finds or fetches.
load clients
load podman

setup_file() {
    clients_setup_file
    CRIU=$("$CHECKOUT/tests/criu" 2>&1) || NO_CRIU=$CRIU
    export CRIU NO_CRIU
    export PATH=$CRIU:$PATH
    podman import "$IMAGE_TAR" box >"$W/import.log" 2>&1
}

setup() {
    clients_setup
    [ -z "${NO_CRIU:-}" ] || skip "$NO_CRIU"
}

teardown() {
    podman rm -f -t 0 "$NAME" >/dev/null 2>&1 || :
    podman rm -f -t 0 "$NAME-2" >/dev/null 2>&1 || :
    clients_teardown
}

# counting OPTION...: a container that counts on its standard output
counting() {
    attempt podman run -d --name "$NAME" "$@" box sh -c 'trap "exit 3" TERM; i=0
        while :; do i=$((i + 1)); echo "count $i"; sleep 0.1 & wait $!; done'
    succeeds
    wait_for said 'count 3'
}

# last: the last number in the log
last() {
    podman logs "${1:-$NAME}" | tr -d '\r' | awk '$1 == "count" {n = $2} END {print n + 0}'
}

counted_to() {
    [ "$(last "${2:-$NAME}")" -ge "$1" ]
}

# unbroken: the log has every number once, in order
unbroken() {
    podman logs "$NAME" | tr -d '\r' | awk '$2 != NR { print "line " NR ": " $0; exit 1 }'
}

@test "checkpoint and restore: the container goes on where it was, and so does its log" {
    counting
    attempt podman container checkpoint "$NAME"
    gives 0
    is "$(field '{{.State.Status}} {{.State.Checkpointed}}')" 'exited true'
    local before
    before=$(last)
    attempt podman container restore "$NAME"
    gives 0
    is "$(field '{{.State.Status}}')" running
    wait_for counted_to $((before + 3))
    unbroken
    attempt podman exec "$NAME" cat /proc/1/comm
    gives 0 sh
    attempt podman stop "$NAME"
    gives 0
    is "$(field '{{.State.ExitCode}}')" 3
}

@test "checkpoint --export, restore --import under another name" {
    counting
    attempt podman exec "$NAME" sh -c 'echo kept >/file'
    gives 0
    attempt podman container checkpoint --export "$T/c.tar" "$NAME"
    gives 0
    local before
    before=$(last)
    podman rm -f "$NAME"
    attempt podman container restore --import "$T/c.tar" --name "$NAME-2"
    gives 0
    attempt podman exec "$NAME-2" cat /file
    gives 0 kept
    wait_for counted_to $((before + 3)) "$NAME-2"
}

@test "checkpoint --leave-running" {
    counting
    attempt podman container checkpoint --leave-running "$NAME"
    gives 0
    is "$(field '{{.State.Status}}')" running
    wait_for counted_to $(($(last) + 3))
    unbroken
}

@test "volumes, a tmpfs, a read-only root: the restored container has them, and they are as they were" {
    mkdir -p "$T/volume" "$T/ro"
    counting --read-only --tmpfs /scratch -v "$T/volume:/volume" -v "$T/ro:/ro:ro"
    attempt podman exec "$NAME" sh -c 'echo kept >/scratch/file; echo there >/volume/file'
    gives 0
    attempt podman container checkpoint "$NAME"
    gives 0
    attempt podman container restore "$NAME"
    gives 0
    attempt podman exec "$NAME" cat /scratch/file /volume/file
    gives 0 kept there
    attempt podman exec "$NAME" touch /file
    gives 1 'Read-only file system'
    attempt podman exec "$NAME" touch /ro/file
    gives 1 'Read-only file system'
}

@test "a terminal" {
    counting -t
    attempt podman container checkpoint "$NAME"
    gives 0
    local before
    before=$(last)
    attempt podman container restore "$NAME"
    gives 0
    wait_for counted_to $((before + 3))
    attempt podman exec "$NAME" sh -c 'test -t 0 <>/proc/1/fd/0 && echo terminal'
    gives 0 terminal
}

@test "a checkpoint that cannot be: the reason is in podman's message, and the container goes on" {
    counting
    # Of its images nothing can be written.
    local bundle
    bundle=$(field '{{.StaticDir}}')
    mkdir -p "$bundle/checkpoint"
    mount -t tmpfs -o ro tmpfs "$bundle/checkpoint"
    attempt podman container checkpoint "$NAME"
    umount "$bundle/checkpoint"
    [ "$status" != 0 ]
    contains "$output" 'Read-only file system'
    wait_for counted_to $(($(last) + 3))
}

@test "rm -f of a restored container leaves nothing" {
    counting
    attempt podman container checkpoint "$NAME"
    gives 0
    attempt podman container restore "$NAME"
    gives 0
    local id cgroup
    id=$(field '{{.Id}}')
    cgroup=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$(field '{{.State.Pid}}')/cgroup")
    [ -d "$cgroup" ]
    attempt podman rm -f -t 0 "$NAME"
    gives 0
    [ ! -e "/run/$RUNTIME/$id" ]
    [ ! -e "$cgroup" ]
}
