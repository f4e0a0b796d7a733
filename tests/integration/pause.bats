# SPDX-License-Identifier: LGPL-2.1-or-later
# pause and resume.
# also: user lab-root lab-user
load helpers

setup() {
    common_setup
    need_cgroup
}

@test "pause freezes the cgroup, resume thaws it" {
    start_sleeping
    caisson pause "$ID"
    is "$(status_of)" paused
    is "$(awk '$1 == "frozen" {print $2}' "$CGROUP/cgroup.events")" 1
    caisson resume "$ID"
    is "$(status_of)" running
    is "$(awk '$1 == "frozen" {print $2}' "$CGROUP/cgroup.events")" 0
}

@test "a paused program does not go on" {
    script 'i=0; while :; do i=$((i + 1)); echo $i >/tmp/count; done'
    create
    caisson start "$ID"
    wait_for test -s "$BUNDLE/rootfs/tmp/count"
    caisson pause "$ID"
    local before
    before=$(cat "$BUNDLE/rootfs/tmp/count")
    # Time of its own, not of the clock: what it has used of the processor stands still.
    is "$(cut -d' ' -f14,15 "/proc/$PID/stat")" "$(sleep 0.2; cut -d' ' -f14,15 "/proc/$PID/stat")"
    is "$(cat "$BUNDLE/rootfs/tmp/count")" "$before"
    caisson resume "$ID"
    went_on() { [ "$(cat "$BUNDLE/rootfs/tmp/count")" != "$before" ]; }
    wait_for went_on
}

@test "a container that is not running cannot be paused, one that is not paused not resumed" {
    create
    caisson start "$ID"
    attempt caisson resume "$ID"
    fails
    wait_for stopped
    attempt caisson pause "$ID"
    fails
    attempt caisson resume "$ID"
    fails
}

@test "SIGKILL ends a paused container" {
    start_sleeping
    caisson pause "$ID"
    caisson kill "$ID" KILL
    wait_for stopped
    caisson delete "$ID"
}

@test "delete --force ends a paused container" {
    start_sleeping
    caisson pause "$ID"
    caisson delete --force "$ID"
}

@test "a container without a cgroup cannot be paused, and says why" {
    script 'sleep 1000'
    attempt caisson --cgroup-manager disabled create --bundle "$BUNDLE" "$ID"
    succeeds
    caisson start "$ID"
    attempt caisson pause "$ID"
    fails cgroup
}
