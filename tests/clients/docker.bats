# SPDX-License-Identifier: LGPL-2.1-or-later
# Docker: dockerd with contrib/docker-daemon.json, its own containerd, no network.
load clients

setup_file() {
    clients_setup_file
    local change='.'
    [ "$RUNTIME" = caisson ] || change='."default-runtime" = "peer" | .runtimes = {peer: {path: $path}}'
    jq --arg path "$(type -P "$RUNTIME")" "$change"' | .runtimes.arguments = {path: $path, runtimeArgs: ["--debug"]}' \
        "$CHECKOUT/contrib/docker-daemon.json" >"$W/daemon.json"
    # BuildKit within dockerd runs what is named runc; the file called is the proof that it does.
    mkdir "$W/bin"
    printf '#!/bin/sh\ntouch %s\nexec %s "$@"\n' "$W/called" "$(type -P "$RUNTIME")" >"$W/bin/runc"
    chmod 755 "$W/bin/runc"
    PATH=$W/bin:$PATH dockerd --config-file "$W/daemon.json" -H "unix://$R/docker.sock" --data-root "$W/data" --exec-root "$R/exec" \
        --pidfile "$R/docker.pid" --bridge=none --iptables=false --ip6tables=false --userland-proxy=false \
        --storage-driver=overlay2 --exec-opt native.cgroupdriver=cgroupfs >"$W/dockerd.log" 2>&1 3>&- &
    echo $! >"$W/dockerd"
    export DOCKER_HOST=unix://$R/docker.sock DOCKER_CONFIG=$W/docker-config
    wait_for docker version
    docker load -q -i "$CLIENTS_WORK/docker.tar" >"$W/load.log" 2>&1
}

teardown_file() {
    docker rm -f $(docker ps -aq) >/dev/null 2>&1 || :
    ended_daemon "$(cat "$W/dockerd")"
}

teardown() {
    docker rm -f "$NAME" >/dev/null 2>&1 || :
    clients_teardown
}

# box ARGUMENT...: docker run --rm, of busybox
box() {
    attempt docker run --rm --network none --name "$NAME" "$@"
}

idle() {
    attempt docker run -d --network none --name "$NAME" "$@" box sh -c 'trap "exit 3" TERM; echo ready; while :; do sleep 1000 & wait $!; done'
    succeeds
    wait_for said ready
}

said() {
    docker logs "$NAME" 2>&1 | grep -q -- "$1"
}

field() {
    docker inspect --format "$1" "$NAME"
}

@test "info names the runtime as the default" {
    local name=$RUNTIME
    [ "$RUNTIME" = caisson ] || name=peer
    attempt docker info --format '{{.DefaultRuntime}}'
    gives 0 "$name"
}

@test "run: output and exit status" {
    box box sh -c 'echo out; echo err >&2; exit 7'
    gives 7 out err
}

@test "run: 127 for a program that is not there" {
    box box /no/such/program
    gives 127
    box box nosuch
    gives 127
}

@test "run: 126 for a program that may not be executed" {
    box box /etc/plain
    gives 126
    box box /etc
    gives 126
}

@test "run -i: standard input" {
    status=0
    output=$(echo typed | docker run -i --rm --network none box cat) || status=$?
    gives 0 typed
}

@test "run -t: a terminal" {
    attempt on_tty docker run --rm --network none -t box sh -c 'test -t 0 && tty; exit 5'
    gives 5 /dev/pts/
}

@test "run -d, logs, wait" {
    attempt docker run -d --network none --name "$NAME" box sh -c 'echo to the log; exit 9'
    succeeds
    attempt docker wait "$NAME"
    gives 0 9
    attempt docker logs "$NAME"
    gives 0 'to the log'
    attempt docker ps -a --format '{{.Names}} {{.Status}}'
    gives 0 "$NAME Exited (9)"
}

@test "exec: output, status, environment, user" {
    idle
    attempt docker exec -e A=b -u nobody -w /etc "$NAME" sh -c 'echo $A $PWD $(id -u); exit 4'
    gives 4 'b /etc 65534'
}

@test "exec: 127 and 126" {
    idle
    attempt docker exec "$NAME" nosuch
    matches "$status" '^(126|127)$' # docker 20.10 knows only one
    contains "$output" 'executable file not found'
    attempt docker exec "$NAME" /etc/plain
    gives 126
}

@test "exec: terminal, standard input, detached, privileged" {
    idle
    attempt on_tty docker exec -t "$NAME" sh -c 'test -t 0; exit 6'
    gives 6
    status=0
    output=$(echo typed | docker exec -i "$NAME" cat) || status=$?
    gives 0 typed
    attempt docker exec -d "$NAME" touch /tmp/detached
    succeeds
    wait_for docker exec "$NAME" test -e /tmp/detached
    attempt docker run --rm --network none --privileged box grep CapEff /proc/self/status
    local all=$output # docker 20.10 does not know the newest three
    attempt docker exec --privileged "$NAME" grep CapEff /proc/self/status
    gives 0 "$all"
}

@test "stop, start, restart" {
    idle
    attempt docker stop -t 10 "$NAME"
    succeeds
    is "$(field '{{.State.ExitCode}}')" 3
    attempt docker start "$NAME"
    succeeds
    attempt docker restart -t 5 "$NAME"
    succeeds
    is "$(field '{{.State.Running}}')" true
}

@test "kill, and kill of one that does not run" {
    idle
    attempt docker kill "$NAME"
    succeeds
    attempt docker wait "$NAME"
    gives 0 137
    attempt docker kill "$NAME"
    gives 1 'is not running'
}

@test "rm -f of a running one" {
    idle
    attempt docker rm -f "$NAME"
    succeeds
}

@test "pause, unpause" {
    idle
    attempt docker pause "$NAME"
    succeeds
    is "$(field '{{.State.Status}}')" paused
    attempt docker exec "$NAME" true
    [ "$status" != 0 ]
    attempt docker unpause "$NAME"
    succeeds
    attempt docker exec "$NAME" echo again
    gives 0 again
}

@test "top" {
    idle
    attempt docker top "$NAME"
    gives 0 'sleep 1000'
}

@test "stats" {
    idle
    attempt docker stats --no-stream --format '{{.Name}}' "$NAME"
    gives 0 "$NAME"
}

@test "update" {
    need_controllers cpu memory
    idle --memory 32m
    attempt docker update --memory 64m --memory-swap 64m --cpus 0.5 "$NAME"
    succeeds
}

@test "cp, diff, commit" {
    idle
    echo from outside >"$T/file"
    attempt docker cp "$T/file" "$NAME:/tmp/file"
    succeeds
    attempt docker exec "$NAME" cat /tmp/file
    gives 0 'from outside'
    attempt docker diff "$NAME"
    gives 0 /tmp/file
}

@test "healthcheck" {
    idle --health-cmd 'test -e /tmp/well || touch /tmp/well' --health-interval 1s
    wait_for eval '[ "$(field "{{.State.Health.Status}}")" = healthy ]'
}

@test "init" {
    box --init box sh -c 'cat /proc/1/cmdline; echo; echo $$'
    gives 0 init
}

@test "volumes: ro, rslave, tmpfs" {
    mount --bind "$T" "$T" && mount --make-shared "$T"
    echo content >"$T/file"
    box -v "$T:/ro:ro" -v "$T:/rw:rslave" --tmpfs /fast:size=1m box sh -c 'cat /ro/file; ! touch /ro/x && touch /rw/y && mount | grep /fast'
    umount "$T"
    gives 0 content tmpfs
    [ -e "$T/y" ]
}

@test "read-only, privileged" {
    box --read-only box sh -c '! touch /file && echo right'
    gives 0 right
    box --privileged box sh -c 'mount -t tmpfs tmpfs /mnt && test -c /dev/fuse && echo mounted'
    gives 0 mounted
}

@test "device, cap-add, cap-drop, no-new-privileges" {
    box --device /dev/fuse:/dev/renamed --cap-add net_admin --cap-drop chown --security-opt no-new-privileges box \
        sh -c 'exec 3</dev/renamed; ip link set lo down && ! chown 1 /etc/plain && grep NoNewPrivs.*1 /proc/self/status'
    gives 0 NoNewPrivs
}

@test "seccomp: the default, a profile, unconfined" {
    box box grep Seccomp: /proc/self/status
    matches "$output" '2$'
    box --security-opt seccomp=unconfined box grep Seccomp: /proc/self/status
    matches "$output" '0$'
    jq -n '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 95}]}' >"$T/profile"
    box --security-opt "seccomp=$T/profile" box mkdir /new
    gives 1 'not supported'
}

@test "sysctl, shm-size, ulimit, oom-score-adj, hostname, user" {
    box --sysctl kernel.msgmax=12345 --shm-size 1m --ulimit nofile=100:200 --oom-score-adj 500 --hostname moon --user 12:34 box \
        sh -c 'cat /proc/sys/kernel/msgmax /proc/self/oom_score_adj; ulimit -n; hostname; id -u; df -k /dev/shm'
    gives 0 12345 500 100 moon 12 1024
}

@test "another container's namespaces, and the host's" {
    idle --ipc shareable
    attempt docker run --rm --pid "container:$NAME" --ipc "container:$NAME" --network "container:$NAME" box ps
    gives 0 'sleep 1000'
    attempt docker run --rm --pid host --network host --ipc host --uts host box readlink /proc/self/ns/uts
    gives 0 "$(readlink /proc/self/ns/uts)"
}

@test "a runtime with arguments" {
    box --runtime arguments box sh -c 'echo with arguments; exit 3'
    gives 3 'with arguments'
}

@test "build by BuildKit: RUN with mounts, a secret, USER, a RUN that fails" {
    cat >"$T/Dockerfile" <<'END'
FROM box
RUN --mount=type=secret,id=s --mount=type=tmpfs,target=/fast cat /run/secrets/s >/s && mount | grep -q 'tmpfs on /fast' && test $$ = 1
RUN --mount=type=bind,target=/context,ro grep -q FROM /context/Dockerfile && ! touch /context/x
USER nobody
RUN test $(id -u) = 65534
END
    echo hidden >"$T/secret"
    rm -f "$W/called"
    attempt env DOCKER_BUILDKIT=1 docker build -q --network none --secret "id=s,src=$T/secret" -t by-buildkit "$T"
    succeeds
    [ -e "$W/called" ]
    box by-buildkit cat /s
    gives 0 hidden
    printf 'FROM box\nRUN exit 9\n' >"$T/Dockerfile"
    attempt env DOCKER_BUILDKIT=1 docker build -q --network none "$T"
    [ "$status" != 0 ]
    contains "$output" 'exit code: 9'
}

@test "build" {
    printf 'FROM box\nRUN echo built >/by\n' >"$T/Dockerfile"
    attempt env DOCKER_BUILDKIT=0 docker build -q --network none -t built "$T"
    succeeds
    box built cat /by
    gives 0 built
}

@test "many at once" {
    local i pids=()
    for i in 1 2 3 4; do
        docker run --rm --network none box echo "number $i" >"$T/$i" 2>&1 3>&- &
        pids+=($!)
    done
    wait "${pids[@]}"
    for i in 1 2 3 4; do is "$(cat "$T/$i")" "number $i"; done
}

@test "nothing of the runtime's is left" {
    attempt docker ps -aq
    is "$output" ''
    wait_for eval '[ -z "$(find "$R/exec" -name state.json -o -name status 2>/dev/null)" ]'
}
