# SPDX-License-Identifier: LGPL-2.1-or-later
# podman's pods, as root. podman 4.3 forbids all devices in the cgroup that it makes for a pod by itself
# (--cgroup-manager=cgroupfs), whatever runtime comes then: the containers do not stand below it here.
load clients
load podman

setup_file() {
    clients_setup_file
    podman import -c 'CMD ["sleep", "1000"]' "$IMAGE_TAR" box >"$W/import.log" 2>&1
}

setup() {
    clients_setup
    POD=pod$BATS_TEST_NUMBER.$BATS_TEST_TRY_NUMBER
}

teardown() {
    podman pod rm -f -t 0 "$POD" >/dev/null 2>&1 || :
    clients_teardown
}

make_pod() {
    attempt podman pod create --share-parent=false --name "$POD" --infra-image localhost/box --infra-command 'sleep 1000' "$@"
    succeeds
}

@test "containers share the pod's namespaces" {
    make_pod --share net,ipc,uts
    attempt podman run --pod "$POD" --name "$NAME" -d box sleep 1000
    succeeds
    attempt podman run --rm --pod "$POD" box sh -c 'for kind in net ipc uts; do readlink /proc/self/ns/$kind; done'
    local pid
    pid=$(field '{{.State.Pid}}')
    gives 0 "$(readlink "/proc/$pid/ns/net")" "$(readlink "/proc/$pid/ns/ipc")" "$(readlink "/proc/$pid/ns/uts")"
}

@test "a shared process namespace" {
    make_pod --share pid,net
    attempt podman run --pod "$POD" --name "$NAME" -d box sleep 777
    succeeds
    attempt podman run --rm --pod "$POD" box ps
    gives 0 'sleep 777' 'sleep 1000'
}

@test "a user namespace for the pod" {
    make_pod --userns auto
    attempt podman run --rm --pod "$POD" box cat /proc/self/uid_map
    gives 0
    matches "$output" '0 +2[0-9]{6} '
}

@test "hostname and shared memory" {
    make_pod --share net,ipc,uts --hostname podded
    attempt podman run --rm --pod "$POD" box sh -c 'echo kept >/dev/shm/file; hostname'
    gives 0 podded
    attempt podman run --rm --pod "$POD" box cat /dev/shm/file
    gives 0 kept
}

@test "pause, unpause, stop, start, kill, restart, rm" {
    make_pod
    attempt podman run --pod "$POD" --name "$NAME" -d box sleep 777
    succeeds
    local command
    for command in pause unpause 'stop -t 1' start 'kill' start restart; do
        attempt podman pod $command "$POD"
        gives 0
    done
    is "$(field '{{.State.Status}}')" running
    attempt podman pod top "$POD"
    gives 0 'sleep 777'
    attempt podman pod rm -f -t 0 "$POD"
    succeeds
}

@test "init containers" {
    make_pod
    attempt podman create --pod "$POD" --init-ctr once -v common:/data box sh -c 'echo first >/data/first'
    succeeds
    attempt podman create --pod "$POD" --name "$NAME" -v common:/data box cat /data/first
    succeeds
    attempt podman pod start "$POD"
    succeeds
    attempt podman wait "$NAME"
    gives 0 0
    attempt podman logs "$NAME"
    gives 0 first
}

@test "play kube, generate kube" {
    cat >"$T/pod.yaml" <<END
apiVersion: v1
kind: Pod
metadata:
  name: $POD
spec:
  containers:
  - name: main
    image: localhost/box:latest
    imagePullPolicy: Never
    command: [sh, -c, 'echo from kube; sleep 1000']
    env: [{name: A, value: b}]
    securityContext: {readOnlyRootFilesystem: true, capabilities: {drop: [CHOWN]}}
END
    # Its pause image cannot be had without a registry: the local image under its name.
    sed -e '/^\[engine\]$/a infra_image = "localhost/box:latest"' "$CONTAINERS_CONF" >"$T/containers.conf"
    CONTAINERS_CONF=$T/containers.conf attempt podman play kube --userns auto --network none "$T/pod.yaml"
    gives 0
    NAME=$POD-main
    wait_for said 'from kube'
    attempt podman generate kube "$POD"
    gives 0 'kind: Pod' 'from kube'
    attempt podman play kube --down "$T/pod.yaml"
    # podman 4.3 leaves the pod's shared memory mounted when this and conmon's clean-up of the last container stop the pod
    # at the same time, with any runtime.
    if [[ $output = *userdata/shm:*busy* ]]; then
        umount "$W"/root/overlay-containers/*/userdata/shm || : # conmon's clean-up may have done it by now
        attempt podman play kube --down "$T/pod.yaml"
    fi
    gives 0
}
