# SPDX-License-Identifier: LGPL-2.1-or-later
# containerd by ctr.
load clients

setup_file() {
    clients_setup_file
    {
        cat "$CHECKOUT/contrib/containerd.toml"
        printf '\n[grpc]\naddress = "%s"\n' "$R/containerd.sock"
    } >"$W/config.toml"
    # Top-level keys stand before all tables.
    sed -i "1i root = \"$W/root\"\nstate = \"$R/state\"\ndisabled_plugins = [\"io.containerd.grpc.v1.cri\"]" "$W/config.toml"
    containerd -c "$W/config.toml" >"$W/containerd.log" 2>&1 3>&- &
    echo $! >"$W/containerd"
    # A namespace of its own: other files' containers are beside it in /run/containerd.
    export CONTAINERD_ADDRESS=$R/containerd.sock CONTAINERD_NAMESPACE=tested
    wait_for ctr version
    ctr image import "$CLIENTS_WORK/oci.tar" >"$W/import.log" 2>&1
}

teardown_file() {
    local id
    for id in $(ctr container ls -q); do
        ctr task kill -s KILL "$id" || :
        ctr task rm -f "$id" || :
        ctr container rm "$id" || :
    done >/dev/null 2>&1
    ended_daemon "$(cat "$W/containerd")"
}

teardown() {
    ctr task rm -f "$NAME" >/dev/null 2>&1 || :
    ctr container rm "$NAME" >/dev/null 2>&1 || :
    clients_teardown
}

IMAGE=localhost/box:latest

# ctr_run OPTION...: ctr run. From containerd 1.7 on ctr asks for processor shares by itself, which crun and runc refuse
# where cgroup v2 has no cpu controller.
ctr_run() {
    local shares=()
    if ctr run --help | grep -qe --cpu-shares && ! grep -qw cpu /sys/fs/cgroup/cgroup.controllers; then shares=(--cpu-shares 0); fi
    ctr run --runc-binary "$(type -P "$RUNTIME")" "${shares[@]}" "$@"
}
export -f ctr_run

# box [OPTION...] -- COMMAND...
box() {
    local options=()
    while [ "$1" != -- ]; do options+=("$1") && shift; done
    shift
    attempt ctr_run --rm "${options[@]}" "$IMAGE" "$NAME" "$@"
}

idle() {
    attempt ctr_run -d "$@" "$IMAGE" "$NAME" \
        sh -c 'trap "exit 3" TERM; touch /ready; while :; do sleep 1000 & wait $!; done'
    succeeds
    wait_for ctr task exec --exec-id "ready$RANDOM" "$NAME" test -e /ready
}

task_status() {
    ctr task ls | awk -v name="$NAME" '$1 == name { print $3 }'
}

@test "run: output and exit status" {
    box -- sh -c 'echo out; echo err >&2; exit 7'
    gives 7 out err
}

@test "run: a program that is not there" {
    box -- nosuch
    [ "$status" != 0 ]
    contains "$output" 'executable file not found'
}

@test "run -t: a terminal" {
    attempt on_tty ctr_run --rm -t "$IMAGE" "$NAME" sh -c 'test -t 0 && tty; exit 5'
    gives 5 /dev/pts/
}

@test "run: environment, mounts, working directory" {
    echo content >"$T/file"
    box --env A=b --cwd /etc --mount "type=bind,src=$T,dst=/data,options=rbind:ro" -- \
        sh -c 'echo $A $PWD; cat /data/file; ! touch /data/x'
    gives 0 'b /etc' content
}

@test "run: privileged, read-only, host network, seccomp, capabilities" {
    box --privileged -- sh -c 'mount -t tmpfs tmpfs /mnt && echo mounted'
    gives 0 mounted
    box --read-only -- sh -c '! touch /file && echo right'
    gives 0 right
    box --net-host -- readlink /proc/self/ns/net
    gives 0 "$(readlink /proc/self/ns/net)"
    box --seccomp --cap-add CAP_NET_ADMIN -- grep Seccomp: /proc/self/status
    gives 0
    matches "$output" '2$'
}

@test "run: a device" {
    box --device /dev/fuse -- sh -c 'exec 3</dev/fuse && echo opened'
    gives 0 opened
}

@test "task start, exec, ps, metrics" {
    idle
    is "$(task_status)" RUNNING
    # It lives on for a moment: ctr 2.1 drops what it has not read when it hears of the end, with any runtime.
    attempt ctr task exec --exec-id e1 "$NAME" sh -c 'echo executed; sleep 0.5; exit 4'
    gives 4 executed
    attempt ctr task ps "$NAME"
    gives 0
    matches "$output" '[0-9]+'
    attempt ctr task metrics "$NAME"
    gives 0 "$NAME"
}

@test "task exec: a program that is not there, or may not be executed" {
    idle
    attempt ctr task exec --exec-id e1 "$NAME" nosuch
    [ "$status" != 0 ]
    contains "$output" 'executable file not found'
    attempt ctr task exec --exec-id e2 "$NAME" /etc/plain
    [ "$status" != 0 ]
    contains "$output" 'permission denied'
    attempt ctr task exec --exec-id e3 "$NAME" true
    gives 0
}

@test "task exec: detached, user, working directory" {
    idle
    attempt ctr task exec --exec-id e1 --detach --user 12:34 --cwd /tmp "$NAME" sh -c 'id -u >new && mv new detached'
    succeeds
    wait_for ctr task exec --exec-id "e$RANDOM" "$NAME" grep 12 /tmp/detached
}

@test "task exec with a terminal" {
    idle
    attempt on_tty ctr task exec -t --exec-id e1 "$NAME" sh -c 'test -t 0; exit 6'
    gives 6
}

@test "task pause, resume" {
    idle
    attempt ctr task pause "$NAME"
    succeeds
    is "$(task_status)" PAUSED
    attempt ctr task resume "$NAME"
    succeeds
    is "$(task_status)" RUNNING
}

@test "task kill, and of one that has ended" {
    idle
    attempt ctr task kill -s TERM "$NAME"
    succeeds
    wait_for eval '[ "$(task_status)" = STOPPED ]'
    attempt ctr task kill "$NAME"
    [ "$status" != 0 ]
    contains "$output" 'not found'
    attempt ctr task rm "$NAME"
    gives 0 'exit code 3'
}

@test "task kill --all" {
    idle
    attempt ctr task kill -a -s KILL "$NAME"
    succeeds
    wait_for eval '[ "$(task_status)" = STOPPED ]'
}

@test "task rm --force" {
    idle
    attempt ctr task rm -f "$NAME"
    [ -z "$(task_status)" ]
}

@test "many at once" {
    local i pids=()
    for i in 1 2 3 4; do
        ctr_run --rm "$IMAGE" "many$i" echo "number $i" >"$T/$i" 2>&1 3>&- &
        pids+=($!)
    done
    wait "${pids[@]}"
    for i in 1 2 3 4; do is "$(cat "$T/$i")" "number $i"; done
}

@test "nothing of the runtime's is left" {
    is "$(ctr container ls -q)" ''
    [ -z "$(ls /run/containerd/runc/tested 2>/dev/null)" ]
}
