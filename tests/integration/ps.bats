# SPDX-License-Identifier: LGPL-2.1-or-later
# ps
# also: user
load helpers

@test "the processes of the container, as numbers and as a table" {
    need_root
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
    need_root
    start_sleeping
    attempt caisson ps "$ID" -o pid,comm
    succeeds
    matches "$(head -n 1 <<<"$output")" '^ *PID +COMMAND *$'
}

@test "a process of another container is not among them" {
    need_root
    start_sleeping
    lacks "$(caisson ps --format json "$ID" | jq -c .)" ",$$," "[$$,"
}
