# SPDX-License-Identifier: LGPL-2.1-or-later
# podman exec, as root.
load clients
load podman

setup() {
    clients_setup
    NAME=executed
    podman container exists "$NAME" || idle --env FROM=run
}

teardown() {
    clients_teardown
}

# in_it ARGUMENT...
in_it() {
    attempt podman exec "$@"
}

@test "output and exit status" {
    in_it "$NAME" sh -c 'echo out; echo err >&2; exit 11'
    gives 11 out err
}

@test "standard input" {
    status=0
    output=$(echo typed | podman exec -i "$NAME" cat) || status=$?
    gives 0 typed
}

@test "environment, working directory, user" {
    in_it -e MORE=exec -w /etc -u nobody "$NAME" sh -c 'echo $FROM $MORE $PWD $(id -u)'
    gives 0 'run exec /etc 65534'
}

@test "a terminal" {
    attempt on_tty podman exec -t "$NAME" sh -c 'test -t 0 && tty; exit 12'
    gives 12 /dev/pts/
}

@test "detached" {
    in_it -d "$NAME" sh -c 'echo done >/tmp/detached'
    succeeds
    wait_for podman exec "$NAME" grep done /tmp/detached
}

@test "privileged has all capabilities, plain the container's" {
    in_it "$NAME" grep CapEff /proc/self/status
    local plain=$output
    in_it --privileged "$NAME" grep CapEff /proc/self/status
    succeeds
    [ "$output" != "$plain" ]
    is "$(cut -f 2 <<<"$output")" "$(awk '$1 == "CapBnd:" { print $2 }' /proc/self/status)"
}

@test "127 for a program that is not there" {
    in_it "$NAME" /no/such/program
    gives 127
    in_it "$NAME" nosuch
    gives 127
}

@test "126 for a program that may not be executed" {
    in_it "$NAME" /etc/plain
    gives 126
    in_it "$NAME" /etc
    gives 126
}

@test "a working directory that is not there" {
    in_it -w /no/such "$NAME" true
    [ "$status" = 126 ] || gives 127
}

@test "preserve-fds" {
    status=0
    output=$(podman exec --preserve-fds 1 "$NAME" sh -c 'cat <&3' 3<<<'through 3') || status=$?
    gives 0 'through 3'
}

@test "no descriptor leaks into it" {
    exec 7</etc/hostname 8</proc
    in_it "$NAME" sh -c 'ls /proc/self/fd'
    exec 7<&- 8<&-
    succeeds
    lacks "$output" 7 8
}

@test "many at once" {
    local i pids=()
    for i in 1 2 3 4 5 6; do
        podman exec "$NAME" echo "number $i" >"$T/$i" 2>&1 3>&- &
        pids+=($!)
    done
    wait "${pids[@]}"
    for i in 1 2 3 4 5 6; do is "$(cat "$T/$i")" "number $i"; done
}

@test "of a container that does not run" {
    podman create --name stopped box true
    in_it stopped true
    gives 255
}

@test "killed by a signal: 128 and its number" {
    in_it "$NAME" sh -c 'kill -TERM $$'
    gives 143
}
