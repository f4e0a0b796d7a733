# SPDX-License-Identifier: LGPL-2.1-or-later
# podman and buildah of a user who is not root: with ids from subuid, and without a cgroup of their own unless a test says
# so. (Their limits need controllers: limits.bats and cgroups.bats have them, as a user in the lab.)
load clients
load podman

setup_file() {
    clients_setup_file
    chown 4242:4242 "$W" "$R"
    as_user podman import "$IMAGE_TAR" box >"$W/import.log" 2>&1 || {
        cat "$W/import.log"
        return 1
    }
}

teardown_file() {
    podman rm -fa -t 0 >/dev/null 2>&1 || :
    as_user podman system migrate >/dev/null 2>&1 || :
}

setup() {
    clients_setup
    chown 4242:4242 "$T"
}

# as_user PROGRAM ARGUMENT...: with the options that the storage and the runtime need; in the user's own cgroup when
# DELEGATED says so
as_user() {
    local program=$1 runtime=()
    shift
    [ "$RUNTIME" = caisson ] || runtime=(--runtime "$(type -P "$RUNTIME")")
    case $program in
    podman) set -- --tmpdir "$R/tmp" --cgroup-manager=cgroupfs --events-backend=file "${runtime[@]}" "$@" ;;
    esac
    (cd "$W" && { [ ! "${DELEGATED:-}" ] || echo 0 >/sys/fs/cgroup/user/run/cgroup.procs; } && setpriv --reuid 4242 --regid 4242 --clear-groups --inh-caps=-all \
        env HOME="$CLIENTS_WORK/home/user" USER=caisson-user XDG_RUNTIME_DIR=/run/user/4242 \
        "$(type -P "$program")" --root "$W/root" --runroot "$R/root" --storage-driver vfs "$@")
}

podman() {
    as_user podman "$@"
}
export -f as_user podman

@test "run: output and exit status" {
    box box sh -c 'echo out; id -u; exit 7'
    gives 7 out 0
}

@test "run: 127 and 126" {
    box box nosuch
    gives 127
    box box /etc/plain
    gives 126
}

@test "run -t: a terminal" {
    attempt on_tty podman run --rm -t box sh -c 'test -t 0 && tty; exit 5'
    gives 5 /dev/pts/
}

@test "run -d, exec, top, logs, stop" {
    idle
    attempt podman exec -u nobody "$NAME" sh -c 'id -u; exit 4'
    gives 4 65534
    attempt podman top "$NAME" args
    gives 0 'sleep 1000'
    attempt podman stop -t 10 "$NAME"
    succeeds
    is "$(field '{{.State.ExitCode}}')" 3
}

@test "exec -t, and detached" {
    idle
    attempt on_tty podman exec -t "$NAME" sh -c 'test -t 0; exit 6'
    gives 6
    attempt podman exec -d "$NAME" touch /tmp/detached
    succeeds
    wait_for podman exec "$NAME" test -e /tmp/detached
}

@test "kill, rm -f" {
    idle
    attempt podman kill "$NAME"
    succeeds
    attempt podman wait "$NAME"
    gives 0 137
    attempt podman rm -f -t 0 "$NAME"
    succeeds
}

@test "the user's ids: the default, keep-id, nomap, uidmap" {
    box box cat /proc/self/uid_map
    gives 0
    matches "$output" '0 +4242 +1'
    box --userns keep-id box id -u
    gives 0 4242
    box --userns nomap box cat /proc/self/uid_map
    gives 0
    lacks "$output" ' 4242 '
    box --uidmap 0:1:1000 box cat /proc/self/uid_map
    gives 0
    matches "$output" '0 +1 +1000|0 +1000000 +1000'
}

@test "volumes, read-only, tmpfs" {
    echo content >"$T/file"
    box -v "$T:/data" --read-only --tmpfs /fast box sh -c 'cat /data/file; touch /data/new && touch /fast/x && ! touch /file'
    gives 0 content
    is "$(stat -c %u "$T/new")" 4242
}

@test "privileged, capabilities, no-new-privileges, seccomp" {
    box --privileged box sh -c 'mount -t tmpfs tmpfs /mnt && echo mounted'
    gives 0 mounted
    box --cap-drop all --security-opt no-new-privileges box grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status
    gives 0 0000000000000000
}

@test "device, sysctl, hostname, shm-size" {
    box --device /dev/fuse --sysctl kernel.msgmax=12345 --hostname moon --shm-size 1m box \
        sh -c 'test -c /dev/fuse && cat /proc/sys/kernel/msgmax; hostname; df -k /dev/shm'
    gives 0 12345 moon 1024
}

@test "healthcheck, cp" {
    idle --health-cmd 'test -e /tmp/file' --health-interval=disable
    attempt podman healthcheck run "$NAME"
    gives 1
    echo from outside >"$T/file"
    attempt podman cp "$T/file" "$NAME:/tmp/file"
    succeeds
    attempt podman healthcheck run "$NAME"
    gives 0
}

@test "pause, unpause, in a cgroup that is delegated to the user" {
    export DELEGATED=1
    idle
    attempt podman pause "$NAME"
    succeeds
    is "$(field '{{.State.Status}}')" paused
    local pid cgroup
    pid=$(field '{{.State.Pid}}')
    cgroup=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
    [[ $cgroup = /sys/fs/cgroup/user/run/* ]]
    is "$(cat "$cgroup/cgroup.freeze")" 1
    attempt podman unpause "$NAME"
    succeeds
    is "$(cat "$cgroup/cgroup.freeze")" 0
    attempt podman exec "$NAME" echo inside
    gives 0 inside
}

@test "pause without a cgroup is refused, and says why" {
    idle
    attempt podman pause "$NAME"
    [ "$status" != 0 ]
    contains "$output" cgroup
}

@test "top and ps without a cgroup" {
    idle
    attempt setpriv --reuid 4242 --regid 4242 --clear-groups env XDG_RUNTIME_DIR=/run/user/4242 "$(type -P "$RUNTIME")" ps --format json "$(podman inspect --format '{{.Id}}' "$NAME")"
    [ "$RUNTIME" = caisson ] || skip "it knows the processes by the cgroup alone"
    succeeds
    is "$(jq 'index('"$(field '{{.State.Pid}}')"') != null' <<<"$output")" true
}

@test "a container in a rootless container: caisson inside podman" {
    mkdir -p "$T/bundle/rootfs"
    tar -C "$T/bundle/rootfs" -xf "$IMAGE_TAR"
    jq 'del(.linux.cgroupsPath, .linux.maskedPaths, .linux.readonlyPaths) | .process.args = ["sh", "-c", "id -u; hostname"]
        | .linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 0, size: 1}, {containerID: 1, hostID: 1, size: 999}]
        | .linux.gidMappings = .linux.uidMappings' "$CHECKOUT/tests/integration/base.json" >"$T/bundle/config.json"
    chown -R 4242:4242 "$T/bundle"
    box --privileged -v "$(type -P caisson):/bin/inner:ro" -v "$T/bundle:/bundle" box \
        inner --cgroup-manager disabled --root /tmp/state run --bundle /bundle in
    gives 0 0 box
    # and without a user namespace of its own
    jq 'del(.linux.uidMappings, .linux.gidMappings) | .linux.namespaces |= map(select(.type != "user"))' \
        "$T/bundle/config.json" >"$T/config.new"
    cat "$T/config.new" >"$T/bundle/config.json"
    box --privileged -v "$(type -P caisson):/bin/inner:ro" -v "$T/bundle:/bundle" box \
        inner --cgroup-manager disabled --root /tmp/state run --bundle /bundle in
    gives 0 0 box
}

@test "pods" {
    attempt podman pod create --name pod --share net,ipc,uts --infra-image localhost/box --infra-command 'sleep 1000'
    succeeds
    attempt podman run --rm --pod pod box echo in the pod
    podman pod rm -f -t 0 pod
    gives 0 'in the pod'
}

@test "podman build, buildah run" {
    printf 'FROM localhost/box\nRUN echo $(id -u) >/by\n' >"$T/Containerfile"
    attempt podman build -q --network none -t built "$T"
    succeeds
    box localhost/built cat /by
    gives 0 0
}

@test "nothing of the runtime's is left" {
    podman rm -fa -t 0
    no_state_left "/run/user/4242/$RUNTIME"
}
