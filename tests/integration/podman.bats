# SPDX-License-Identifier: LGPL-2.1-or-later
# podman with limits, by the systemd of whoever calls it. (What podman does without them: tests/clients.)
# also: lab-root lab-user
load helpers

setup() {
    common_setup
    command -v podman >/dev/null && [ -d /run/systemd/system ] || skip "podman and systemd are not both here (see tests/lab)"
    [ -x "$(dirname "$CAISSON")/caisson-systemd" ] || skip "caisson was built without libsystemd"
    STORE=$BATS_FILE_TMPDIR/podman
    [ -d "$STORE" ] || {
        mkdir -m 755 "$STORE"
        tar -C "$BUNDLE/rootfs" -cf - . | podman import - box >/dev/null
    }
}

teardown() {
    [ ! -d "${STORE:-}" ] || {
        podman pod rm -fa -t 0
        podman rm -fa -t 0
        ! rootless || podman system migrate # ends the process that keeps a user's namespaces
    } >/dev/null 2>&1 </dev/null || :
    common_teardown
}

teardown_file() {
    STORE=$BATS_FILE_TMPDIR/podman
    [ ! -d "$STORE" ] || {
        rm -rf "$STORE" || podman unshare rm -rf "$STORE/root"
        podman system migrate
    } >/dev/null 2>&1 </dev/null || :
}

podman() {
    (cd / && command podman --root "$STORE/root" --runroot "$STORE/run" --tmpdir "$STORE/tmp" --storage-driver vfs \
        --cgroup-manager systemd --events-backend file --log-level error --runtime "$CAISSON" "$@")
}

# box OPTION... : podman run --rm
box() {
    attempt podman run --rm --network none --name box "$@"
}

# value FILE: of the container's cgroup
value() {
    local pid
    pid=$(podman inspect --format '{{.State.Pid}}' box)
    cat "$CGROUP2$(sed -n 's/^0:://p' "/proc/$pid/cgroup")/$1"
}

# idle OPTION...: a container in the background
idle() {
    attempt podman run -d --network none --name box "$@" box sleep 1000
    succeeds
}

@test "run, its exit status, and limits" {
    box --memory 64m --pids-limit 33 --cpu-quota 50000 box sh -c 'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max /sys/fs/cgroup/cpu.max; exit 7'
    is "$status" 7
    is "$output" $'67108864\n33\n50000 100000'
}

@test "update" {
    idle --memory 64m
    is "$(value memory.max)" 67108864
    attempt podman update --memory 96m --pids-limit 44 --cpus 0.25 box
    succeeds
    is "$(value memory.max)" 100663296
    is "$(value pids.max)" 44
    is "$(value cpu.max)" "25000 100000"
}

@test "pause, unpause, exec, stats" {
    idle --memory 64m
    attempt podman pause box
    succeeds
    is "$(value cgroup.freeze)" 1
    attempt podman unpause box
    succeeds
    is "$(value cgroup.freeze)" 0
    attempt podman exec box sh -c 'echo inside; exit 3'
    is "$status $output" "3 inside"
    attempt podman stats --no-stream --format '{{.MemLimit}}' box
    succeeds
    is "$output" 67108864
}

@test "keep-id, a pod, build" {
    if rootless; then
        box --userns keep-id box id -u
        succeeds "$(id -u)"
    fi
    attempt podman pod create --name pod --share ipc,uts --network none --infra-image localhost/box --infra-command 'sleep 1000' --memory 128m
    succeeds
    box --pod pod box echo in the pod
    podman pod rm -f -t 0 pod >/dev/null
    succeeds "in the pod"
    printf 'FROM localhost/box\nRUN echo $(id -u) >/by\n' >"$T/Containerfile"
    attempt podman build -q --network none --isolation oci -t built "$T"
    succeeds
    box localhost/built cat /by
    succeeds 0
}
