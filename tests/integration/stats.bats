# SPDX-License-Identifier: LGPL-2.1-or-later
# stats: the table for people, JSON, and OpenMetrics for a monitor.
# also: lab-root lab-user
load helpers
load resources

@test "the table has a line a container and is printed once where nobody looks" {
    start_sleeping
    attempt caisson stats
    succeeds
    is "$(wc -l <<<"$output")" 2
    matches "$output" '^ID +CPU % +MEM USAGE / LIMIT +MEM % +PIDS +BLOCK IO'
    matches "$output" "$ID +[0-9.]+%"
    attempt caisson stats --no-stream "$ID"
    succeeds
    contains "$output" "$ID"
}

@test "the table has limits and shares" {
    need_controller memory pids
    resources '{"memory": {"limit": 67108864}, "pids": {"limit": 17}}'
    start_sleeping
    attempt caisson stats "$ID"
    succeeds
    matches "$output" "$ID .* [0-9.]+KiB / 64\.0MiB +0\.[0-9]+% +[12] "
}

@test "containers that ended are not in the table unless they are named" {
    create
    caisson start "$ID"
    wait_for stopped
    attempt caisson stats
    succeeds
    lacks "$output" "$ID"
    attempt caisson stats "$ID"
    succeeds
    matches "$output" "$ID +-- +-- +-- +-- +--"
}

@test "on a terminal it is drawn anew until the container has ended" {
    start_sleeping
    command script --quiet --flush --command "'$CAISSON' --root '$ROOT' stats '$ID'" "$T/screen" </dev/null >"$T/stats.out" 2>&1 3>&- &
    BACKGROUND+=($!)
    twice() { [ "$(grep -c -a "$ID" "$T/screen")" -ge 2 ]; }
    wait_for twice
    caisson kill "$ID" KILL
    wait "${BACKGROUND[-1]}"
    grep -q -a $'\e\[H' "$T/screen"
}

@test "JSON: numbers are the kernel's, what is unknown or no limit is null" {
    start_sleeping
    caisson pause "$ID"
    attempt caisson stats --format json
    succeeds
    is "$(jq length <<<"$output")" 1
    is "$(jq -r '.[0].id + " " + .[0].status' <<<"$output")" "$ID paused"
    is "$(jq '.[0].cpuUsageNs' <<<"$output")" "$(($(field cpu.stat usage_usec) * 1000))"
    is "$(jq '.[0].memoryLimit' <<<"$output")" null
    jq -e '.[0].uptimeNs > 0' <<<"$output"
    need_controller memory pids
    caisson update --memory 64M --pids-limit 17 "$ID"
    attempt caisson stats --format json "$ID"
    succeeds
    is "$(jq '.[0].memoryLimit' <<<"$output")" 67108864
    is "$(jq '.[0].memoryUsage' <<<"$output")" "$(value memory.current)"
    is "$(jq '.[0].pids' <<<"$output")" "$(value pids.current)"
    is "$(jq '.[0].pidsLimit' <<<"$output")" 17
}

# The rules of OpenMetrics 1.0 that a family of ours could break.
check_openmetrics() {
    awk '
        function bad(why) { print NR ": " why ": " $0; failed = 1; exit 1 }
        ended { bad("behind EOF") }
        $0 == "# EOF" { ended = 1; next }
        $1 == "#" && $2 == "TYPE" {
            if ($3 in type) bad("a family twice")
            family = $3; type[family] = $4; next
        }
        $1 == "#" && $2 == "UNIT" {
            if ($3 != family || family !~ ("_" $4 "$")) bad("unit is not the end of the name")
            next
        }
        $1 == "#" && $2 == "HELP" { if ($3 != family || NF < 4) bad("help of another family"); next }
        !/^[a-z_]+\{[a-z_]+="[^"\\]*"(,[a-z_]+="[^"\\]*")*\} [0-9]+(\.[0-9]+)?$/ { bad("no sample") }
        {
            name = $0; sub(/\{.*/, "", name)
            labels = $0; sub(/ [0-9.]+$/, "", labels)
            if (seen[labels]++) bad("a sample twice")
            expected = family (type[family] == "counter" ? "_total" : "")
            if (name != expected) bad("not of the family " family)
        }
        END { if (!failed && !ended) { print "no EOF"; exit 1 } }
    ' <<<"$1"
}

@test "OpenMetrics: valid, of every container, those that ended too" {
    start_sleeping
    local other=$ID-2
    config '.linux.cgroupsPath |= . + "-2" | .process.args = ["true"]'
    caisson create --bundle "$BUNDLE" "$other" </dev/null >/dev/null 3>&-
    caisson start "$other"
    wait_for stopped "$other"
    attempt caisson stats --format openmetrics
    succeeds
    check_openmetrics "$output"
    contains "$output" "caisson_container_cpu_seconds_total{id=\"$ID\"} " \
        "caisson_container_status{id=\"$ID\",caisson_container_status=\"running\"} 1" \
        "caisson_container_status{id=\"$other\",caisson_container_status=\"stopped\"} 1" \
        "caisson_container_status{id=\"$other\",caisson_container_status=\"running\"} 0"
    lacks "$output" "caisson_container_cpu_seconds_total{id=\"$other\"}"
    is "$(tail -n 1 <<<"$output")" "# EOF"
}

@test "OpenMetrics: limits are samples when there are some" {
    need_controller memory pids
    resources '{"memory": {"limit": 67108864}, "pids": {"limit": -1}}'
    start_sleeping
    attempt caisson stats --format openmetrics "$ID"
    succeeds
    check_openmetrics "$output"
    contains "$output" "caisson_container_memory_limit_bytes{id=\"$ID\"} 67108864"
    lacks "$output" "caisson_container_pids_limit{id=\"$ID\"}"
}

@test "without containers there is a table's head, an empty array, and nothing but families" {
    attempt caisson stats
    succeeds
    is "$(wc -l <<<"$output")" 1
    attempt caisson stats --format json
    succeeds "[]"
    attempt caisson stats --format openmetrics
    succeeds
    check_openmetrics "$output"
}

@test "a container that does not exist is an error" {
    attempt caisson stats nobody
    fails "container does not exist"
    start_sleeping
    attempt caisson stats "$ID" nobody
    fails "container does not exist"
}

@test "a container without a cgroup has a line without numbers" {
    attempt "$CAISSON" --root "$ROOT" --cgroup-manager disabled create --bundle "$BUNDLE" "$ID"
    succeeds
    attempt caisson stats "$ID"
    succeeds
    matches "$output" "$ID +-- +-- +-- +-- +--"
}
