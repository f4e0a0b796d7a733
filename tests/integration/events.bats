# SPDX-License-Identifier: LGPL-2.1-or-later
# events: statistics in runc's shape, and the end of memory.
# also: lab-root lab-user lab-qemu
load helpers
load resources

# events_in_background [OPTION...]: sets $EVENTS to the file that they go to and $! to the process
events_in_background() {
    EVENTS=$T/events
    "$CAISSON" --root "$ROOT" events "$@" "$ID" </dev/null >"$EVENTS" 2>"$T/events.err" 3>&- &
    BACKGROUND+=($!)
}

# ended PROCESS: has it ended?
ended() {
    ! kill -0 "$1" 2>/dev/null
}

@test "--stats prints one object in the shape that containerd reads" {
    start_sleeping
    attempt caisson events --stats "$ID"
    succeeds
    is "$(wc -l <<<"$output")" 1
    jq -e --arg id "$ID" '.type == "stats" and .id == $id and (.data | type == "object")' <<<"$output" || {
        echo "$output"
        return 1
    }
    jq -e '.data | [.cpu, .cpuset, .memory, .pids, .blkio, .hugetlb] | all(type == "object")' <<<"$output"
    jq -e '.data.cpu.usage | .total >= 0 and .total >= .kernel' <<<"$output"
}

@test "the numbers are the kernel's" {
    need_controller memory pids
    resources '{"memory": {"limit": 67108864, "swap": 100663296}, "pids": {"limit": 17}, "unified": {"memory.high": "60M"}}'
    start_sleeping
    caisson pause "$ID" # nothing moves while we look
    attempt caisson events --stats "$ID"
    succeeds
    is "$(jq .data.memory.usage.limit <<<"$output")" 67108864
    is "$(jq .data.memory.usage.usage <<<"$output")" "$(value memory.current)"
    is "$(jq .data.pids.limit <<<"$output")" 17
    is "$(jq .data.pids.current <<<"$output")" "$(value pids.current)"
    is "$(jq .data.memory.raw.anon <<<"$output")" "$(field memory.stat anon)"
    is "$(jq .data.memory.events.oom_kill <<<"$output")" 0
    is "$(jq .data.pids.events.max <<<"$output")" "$(field pids.events max)"
    [ ! -e "$CGROUP/memory.peak" ] || is "$(jq .data.memory.usage.max <<<"$output")" "$(value memory.peak)"
    [ ! -e "$CGROUP/pids.peak" ] || is "$(jq .data.pids.peak <<<"$output")" "$(value pids.peak)"
    is "$(jq .data.cpu.usage.total <<<"$output")" "$(($(field cpu.stat usage_usec) * 1000))"
    [ ! -e "$CGROUP/memory.swap.max" ] || is "$(jq .data.memory.swap.limit <<<"$output")" 100663296
}

@test "pressure, where the kernel measures it" {
    start_sleeping
    [ -e "$CGROUP/cpu.pressure" ] || skip "this kernel has no pressure files in cgroups"
    attempt caisson events --stats "$ID"
    succeeds
    jq -e '.data.cpu.psi.some | [.avg10, .avg60, .avg300, .total] | all(type == "number")' <<<"$output"
}

@test "objects come at the interval, until the container ends" {
    start_sleeping
    events_in_background --interval 20ms
    local process=${BACKGROUND[-1]}
    three() { [ "$(grep -c '"type":"stats"' "$EVENTS")" -ge 3 ]; }
    wait_for three
    caisson kill "$ID" KILL
    wait_for ended "$process"
    wait "$process"
    jq -es --arg id "$ID" 'all(.type == "stats" and .id == $id)' "$EVENTS"
    is "$(cat "$T/events.err")" ""
}

@test "they end too when the container is deleted at once" {
    start_sleeping
    events_in_background --interval 10ms
    local process=${BACKGROUND[-1]}
    wait_for test -s "$EVENTS"
    caisson delete --force "$ID"
    wait_for ended "$process"
    wait "$process" || {
        cat "$T/events.err"
        return 1
    }
}

@test "a created container has them from before its start" {
    create
    events_in_background --interval 20ms
    wait_for test -s "$EVENTS"
    caisson start "$ID"
    wait_for ended "${BACKGROUND[-1]}"
}

@test "a process killed for want of memory is told at once, one event each" {
    need_controller memory
    resources '{"memory": {"limit": 16777216, "swap": 16777216}}'
    script 'dd if=/dev/zero of=/dev/null bs=64M count=1; until [ -e /tmp/again ]; do sleep 0.1; done
        dd if=/dev/zero of=/dev/null bs=64M count=1; exec sleep 1000'
    create
    events_in_background --interval 1h
    # It reads the counter before it waits: only then may the first one die.
    watches() { grep -q -s memory.events <(ls -l "/proc/${BACKGROUND[-1]}/fd"); }
    wait_for watches
    caisson start "$ID"
    wait_for grown memory.events oom_kill 1
    wait_for grep -q . "$EVENTS"
    touch "$BUNDLE/rootfs/tmp/again"
    two() { [ "$(wc -l <"$EVENTS")" -ge 2 ]; }
    wait_for two
    is "$(jq -c . "$EVENTS" | sort -u)" "{\"type\":\"oom\",\"id\":\"$ID\"}"
    is "$(wc -l <"$EVENTS")" 2
    is "$(field memory.events oom_kill)" 2
}

@test "the first process's own death for want of memory is told before the end" {
    need_controller memory
    resources '{"memory": {"limit": 16777216, "swap": 16777216}}'
    config '.process.args = ["dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=1"]'
    create
    events_in_background --interval 1h
    local process=${BACKGROUND[-1]}
    watches() { grep -q -s memory.events <(ls -l "/proc/$process/fd"); }
    wait_for watches
    caisson start "$ID"
    wait_for ended "$process"
    is "$(jq -r .type "$EVENTS")" oom
}

@test "there are none of a container that has ended, or never was" {
    create
    caisson start "$ID"
    wait_for stopped
    attempt caisson events "$ID"
    fails "container not running"
    attempt caisson events --stats "$ID"
    fails "container not running"
    attempt caisson events --stats nobody
    fails "container does not exist"
}

@test "an interval is a duration of Go's" {
    create
    local bad
    for bad in 5 0s -1s 1x 1 s1 '' 1ns 5d; do
        attempt caisson events --stats --interval="$bad" "$ID"
        fails duration
    done
    for good in 1s 500ms 1m30s 1.5h 1000us 0.5s; do
        attempt caisson events --stats --interval "$good" "$ID"
        succeeds
    done
}
