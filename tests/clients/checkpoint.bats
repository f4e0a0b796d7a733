# SPDX-License-Identifier: LGPL-2.1-or-later
# containerd by ctr, and Docker: checkpoint and restore, with a criu that tests/criu finds or fetches.
load clients

setup_file() {
    clients_setup_file
    CRIU=$("$CHECKOUT/tests/criu" 2>&1) || NO_CRIU=$CRIU
    export CRIU NO_CRIU
    [ -z "${NO_CRIU:-}" ] || return 0
    export PATH=$CRIU:$PATH
    start_containerd
    start_docker
}

start_containerd() {
    {
        printf 'root = "%s"\nstate = "%s"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n' "$W/root" "$R/state"
        cat "$CHECKOUT/contrib/containerd.toml"
        printf '\n[grpc]\naddress = "%s"\n' "$R/containerd.sock"
    } >"$W/config.toml"
    containerd -c "$W/config.toml" >"$W/containerd.log" 2>&1 3>&- &
    echo $! >"$W/containerd"
    export CONTAINERD_ADDRESS=$R/containerd.sock
    wait_for ctr version
    ctr image import "$CLIENTS_WORK/oci.tar" >"$W/import.log" 2>&1
}

start_docker() {
    jq --arg path "$(type -P "$RUNTIME")" '.experimental = true | ."default-runtime" = "tested" | .runtimes = {tested: {path: $path}}' \
        "$CHECKOUT/contrib/docker-daemon.json" >"$W/daemon.json"
    dockerd --config-file "$W/daemon.json" -H "unix://$R/docker.sock" --data-root "$W/data" --exec-root "$R/exec" \
        --pidfile "$R/docker.pid" --bridge=none --iptables=false --ip6tables=false --userland-proxy=false \
        --storage-driver=overlay2 --exec-opt native.cgroupdriver=cgroupfs >"$W/dockerd.log" 2>&1 3>&- &
    echo $! >"$W/dockerd"
    export DOCKER_HOST=unix://$R/docker.sock DOCKER_CONFIG=$W/docker-config
    wait_for docker version
    docker load -q -i "$CLIENTS_WORK/docker.tar" >"$W/load.log" 2>&1
}

teardown_file() {
    [ -z "${NO_CRIU:-}" ] || return 0
    docker rm -f $(docker ps -aq) >/dev/null 2>&1 || :
    ended_daemon "$(cat "$W/dockerd")"
    ended_daemon "$(cat "$W/containerd")"
}

setup() {
    clients_setup
    [ -z "${NO_CRIU:-}" ] || skip "$NO_CRIU"
}

teardown() {
    if [ -z "${NO_CRIU:-}" ]; then
        local name
        for name in "$NAME" "$NAME-2"; do
            ctr task rm -f "$name" || :
            ctr container rm "$name" || :
            docker rm -f "$name" || :
        done >/dev/null 2>&1
    fi
    clients_teardown
}

COUNT='i=0; while :; do i=$((i + 1)); echo "count $i" >>/count; sleep 0.1; done'

# ctr_count NAME: the last number
ctr_count() {
    ctr task exec --exec-id "e$RANDOM" "$1" tail -n 1 /count | awk '{print $2 + 0}'
}

docker_count() {
    docker exec "$1" tail -n 1 /count | awk '{print $2 + 0}'
}

# beyond COUNTER NAME NUMBER
beyond() {
    [ "$("$1" "$2")" -gt "$3" ]
}

@test "ctr: container checkpoint --task, restore --live: it goes on where it was" {
    attempt ctr run -d --runc-binary "$(type -P "$RUNTIME")" localhost/box:latest "$NAME" sh -c "$COUNT"
    gives 0
    wait_for beyond ctr_count "$NAME" 3
    attempt ctr container checkpoint --rw --image --task "$NAME" "ref/$NAME"
    gives 0
    # It is left running, and a second one begins where it was.
    wait_for beyond ctr_count "$NAME" $(($(ctr_count "$NAME") + 3))
    ctr task rm -f "$NAME"
    ctr container rm "$NAME"
    attempt ctr container restore --rw --live "$NAME" "ref/$NAME"
    gives 0
    wait_for beyond ctr_count "$NAME" 6
}

@test "ctr: task checkpoint --image-path, which ends it" {
    attempt ctr run -d --runc-binary "$(type -P "$RUNTIME")" localhost/box:latest "$NAME" sh -c "$COUNT"
    gives 0
    wait_for beyond ctr_count "$NAME" 3
    attempt ctr task checkpoint --exit --image-path "$T/images" --work-path "$T/work" "$NAME"
    gives 0
    [ -s "$T/images/inventory.img" ]
    [ -s "$T/work/dump.log" ]
}

@test "docker: checkpoint create ends it, start --checkpoint lets it go on" {
    attempt docker run -d --network none --name "$NAME" box sh -c "$COUNT"
    gives 0
    wait_for beyond docker_count "$NAME" 3
    attempt docker checkpoint create "$NAME" one
    gives 0 one
    ended() { [ "$(docker inspect --format '{{.State.Running}}' "$NAME")" = false ]; }
    wait_for ended
    attempt docker start --checkpoint one "$NAME"
    gives 0
    wait_for beyond docker_count "$NAME" 6
    is "$(docker exec "$NAME" awk '$2 != NR' /count)" ''
}

@test "docker: checkpoint create --leave-running" {
    attempt docker run -d --network none --name "$NAME" box sh -c "$COUNT"
    gives 0
    wait_for beyond docker_count "$NAME" 3
    attempt docker checkpoint create --leave-running "$NAME" one
    gives 0 one
    wait_for beyond docker_count "$NAME" $(($(docker_count "$NAME") + 3))
    is "$(docker exec "$NAME" awk '$2 != NR' /count)" ''
}

@test "the images of runc: another runtime's container is restored" {
    local bundle=$T/bundle runc=(runc --root "$T/runc")
    umoci unpack --image "$IMAGE_OCI:box" "$bundle" >/dev/null 2>&1
    jq --arg path "/runc-$RUNTIME-$BATS_TEST_NUMBER" --arg count "$COUNT" '.process.terminal = false | .process.args = ["sh", "-c", $count]
        | .process.env = ["PATH=/bin"] | .linux.cgroupsPath = $path | del(.linux.resources) | .process.rlimits = []' \
        "$bundle/config.json" >"$T/config.json"
    mv "$T/config.json" "$bundle/config.json"
    "${runc[@]}" run -d --bundle "$bundle" "$NAME" </dev/null >/dev/null 2>&1 3>&-
    went_on() { [ "$(wc -l <"$bundle/rootfs/count")" -gt "$1" ]; }
    wait_for went_on 3
    attempt "${runc[@]}" checkpoint --image-path "$T/images" "$NAME"
    gives 0
    "${runc[@]}" delete "$NAME" || :
    command "$RUNTIME" --root "$T/state" restore --detach --bundle "$bundle" --image-path "$T/images" "$NAME" \
        </dev/null >/dev/null 2>"$T/output" 3>&- || { cat "$T/output" && false; }
    wait_for went_on "$(($(wc -l <"$bundle/rootfs/count") + 3))"
    is "$(awk '$2 != NR' "$bundle/rootfs/count")" ''
    command "$RUNTIME" --root "$T/state" delete --force "$NAME"
}
