# SPDX-License-Identifier: LGPL-2.1-or-later
# podman with its own storage for each file of tests. `load clients` and then `load podman`.

setup_file() {
    clients_setup_file
    podman import "$IMAGE_TAR" box >"$W/import.log" 2>&1 || {
        cat "$W/import.log"
        return 1
    }
}

teardown_file() {
    podman pod rm -fa -t 0 >/dev/null 2>&1 || :
    podman rm -fa -t 0 >/dev/null 2>&1 || :
}

teardown() {
    podman rm -f -t 0 --ignore "$NAME" >/dev/null 2>&1 || :
    clients_teardown
}

# The runtime comes from contrib/containers.conf; only another than caisson has to be named.
podman() {
    local runtime=()
    [ "$RUNTIME" = caisson ] || runtime=(--runtime "$(command -v "$RUNTIME")")
    command podman --root "$W/root" --runroot "$R/root" --tmpdir "$R/tmp" --storage-driver overlay \
        --cgroup-manager=cgroupfs --events-backend=file "${runtime[@]}" "$@"
}

export -f podman

# box ARGUMENT...: podman run --rm, of busybox
box() {
    attempt podman run --rm --name "$NAME" "$@"
}

# idle OPTION...: a container in the background that waits, ended by TERM
idle() {
    attempt podman run -d --name "$NAME" "$@" box sh -c 'trap "exit 3" TERM; echo ready; while :; do sleep 1000 & wait $!; done'
    succeeds
    wait_for said ready
}

# said TEXT: in the container's log
said() {
    podman logs "$NAME" | grep -q -- "$1"
}

field() {
    podman inspect --format "$1" "$NAME"
}
