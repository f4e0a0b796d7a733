# SPDX-License-Identifier: LGPL-2.1-or-later
# list
# also: user
load helpers

@test "no containers: a header, nothing, an empty array" {
    attempt caisson list
    succeeds
    matches "$output" '^ID +PID +STATUS +BUNDLE +CREATED +OWNER *$'
    attempt caisson list --quiet
    succeeds ""
    attempt caisson list --format json
    succeeds "[]"
}

@test "a container in all three forms" {
    start_sleeping
    attempt caisson list -q
    succeeds "$ID"
    attempt caisson list
    matches "$(sed -n 2p <<<"$output")" "^$ID +$PID +running +$BUNDLE +20[0-9]{2}-[0-9-]+T[0-9:.]+Z +[a-z0-9]+ *$"
    attempt caisson list -f json
    succeeds
    is "$(jq -r '.[0].id' <<<"$output")" "$ID"
    is "$(jq -r '.[0].pid' <<<"$output")" "$PID"
    is "$(jq -r '.[0].status' <<<"$output")" running
    is "$(jq -r '.[0].bundle' <<<"$output")" "$BUNDLE"
    is "$(jq -r '.[0].owner' <<<"$output")" "$(id -un)"
    date -d "$(jq -r '.[0].created' <<<"$output")" >/dev/null
}

@test "each status, in the order of the names" {
    local base=$ID
    ID=$base-b
    start_sleeping
    ID=$base-a
    config '.linux.cgroupsPath |= (. // empty | . + "-a")'
    create
    ID=$base-c
    script true
    config '.linux.cgroupsPath |= (. // empty | . + "-c")'
    create
    caisson start "$ID"
    wait_for stopped
    is "$(caisson list --format json | jq -c 'map(.status)')" '["created","running","stopped"]'
    is "$(caisson list -q)" "$base-a"$'\n'"$base-b"$'\n'"$base-c"
    is "$(caisson list --format json | jq -c '.[2].pid')" 0
    is "$(caisson list | awk 'NR > 1 {print $3}' | paste -sd ,)" created,running,stopped
    is "$(caisson list | awk 'NR > 1 {print $2 == 0}' | paste -sd ,)" 0,0,1
    caisson start "$base-a"
    is "$(caisson list | awk 'NR > 1 {print $3}' | paste -sd ,)" running,running,stopped
    ID=$base
}

@test "a container that somebody else froze is paused" {
    need_cgroup
    start_sleeping
    echo 1 >"$CGROUP/cgroup.freeze"
    wait_for grep -qx 'frozen 1' "$CGROUP/cgroup.events" # the kernel waits for each process to stop
    is "$(caisson list | awk 'NR > 1 {print $3}')" paused
    echo 0 >"$CGROUP/cgroup.freeze"
    is "$(caisson list | awk 'NR > 1 {print $3}')" running
}

@test "an unknown format is refused" {
    attempt caisson list --format xml
    fails xml
}

@test "another state root has other containers" {
    create
    is "$("$CAISSON" --root "$T/other" list -q)" ""
}
