# SPDX-License-Identifier: LGPL-2.1-or-later
# ps
# also: user
load helpers

@test "the processes of the container, as numbers and as a table" {
    script 'sleep 1000 & sleep 2000 & wait'
    create
    caisson start "$ID"
    three() { [ "$(caisson ps --format json "$ID" | jq length)" = 3 ]; }
    wait_for three
    attempt caisson ps --format json "$ID"
    is "$(jq -c 'sort == . and index('"$PID"') == 0' <<<"$output")" true
    attempt caisson ps "$ID"
    succeeds
    contains "$output" PID "sleep 1000" "sleep 2000"
    is "$(wc -l <<<"$output")" 4
}

@test "options of ps are passed on" {
    start_sleeping
    attempt caisson ps "$ID" -o pid,comm
    succeeds
    matches "$(head -n 1 <<<"$output")" '^ *PID +COMMAND *$'
}

@test "a process of another container is not among them" {
    start_sleeping
    lacks "$(caisson ps --format json "$ID" | jq -c .)" ",$$," "[$$,"
}

@test "without a cgroup they are those of the process namespace" {
    script 'trap "echo got >/tmp/got" USR1; sleep 1000 & while :; do wait; done'
    attempt caisson --cgroup-manager disabled create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
    succeeds
    caisson start "$ID"
    two() { [ "$(caisson ps --format json "$ID" | jq length)" = 2 ]; }
    wait_for two
    contains "$(caisson ps --format json "$ID" | jq -c .)" "[$(cat "$T/pid"),"
    caisson kill --all "$ID" USR1
    wait_for test -e "$BUNDLE/rootfs/tmp/got"
}

@test "without a cgroup and a process namespace of its own they are not known, and it says so" {
    config '.linux.namespaces |= map(select(.type != "pid")) | .mounts |= map(select(.type != "proc"))'
    script 'sleep 1000'
    attempt caisson --cgroup-manager disabled create --bundle "$BUNDLE" "$ID"
    succeeds
    attempt caisson ps --format json "$ID"
    fails "it has no cgroup"
}
