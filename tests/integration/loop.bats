# SPDX-License-Identifier: LGPL-2.1-or-later
# Many containers one after the other: nothing grows. CAISSON_LONG=1 makes it 1,000 instead of 50.
# also: user
load helpers

N=50
[ -z "${CAISSON_LONG:-}" ] || N=1000
export BATS_TEST_TIMEOUT=3600

# count: processes, their descriptors without our own, mounts, states. Cgroups are asked for by name: the hierarchy is
# the host's, and others may be at work.
count() {
    local dirs=(/proc/[0-9]*) fds=(/proc/[0-9]*/fd/*) fd n=0
    for fd in "${fds[@]}"; do
        if [[ $fd != /proc/$$/* && $fd != /proc/$BASHPID/* ]]; then n=$((n + 1)); fi
    done
    echo "processes ${#dirs[@]} descriptors $n mounts $(wc -l </proc/self/mountinfo)" \
        "cgroups $(find "$CGROUP2" -type d -name "*$ID*" 2>/dev/null | wc -l) states $(ls -A "$ROOT" 2>/dev/null | wc -l)"
}

settled() {
    is "$(count)" "$1"
}

@test "run, $N times" {
    local i before
    run_script true
    succeeds
    before=$(count)
    for ((i = 0; i < N; i++)); do caisson run --bundle "$BUNDLE" "$ID" </dev/null >"$T/out"; done
    wait_for settled "$before" || settled "$before"
}

@test "create, start, kill, delete, $N times" {
    local i before
    run_script true
    succeeds
    script 'sleep 1000'
    before=$(count)
    for ((i = 0; i < N; i++)); do
        create
        caisson start "$ID"
        caisson kill "$ID" KILL
        wait_for stopped
        caisson delete "$ID"
    done
    rm -f "$T/pid"
    wait_for settled "$before" || settled "$before"
}

@test "exec, $N times in one container" {
    local i before
    start_sleeping
    caisson exec "$ID" true </dev/null
    before=$(count)
    for ((i = 0; i < N; i++)); do caisson exec "$ID" true </dev/null; done
    wait_for settled "$before" || settled "$before"
}

@test "create that fails, $N times" {
    local i before
    run_script true
    config '.process.args = ["nosuch"]'
    before=$(count)
    for ((i = 0; i < N; i++)); do
        attempt caisson create --bundle "$BUNDLE" "$ID"
        fails
    done
    wait_for settled "$before" || settled "$before"
}

@test "several at once" {
    local i n=8
    script 'exit 0'
    for ((i = 1; i <= n; i++)); do
        make_bundle "$T/bundle-$i"
        jq --arg path "$PARENT/$ID-$i" 'if .linux.cgroupsPath then .linux.cgroupsPath = $path else . end
            | .process.args = ["sh", "-c", "echo fine"]' "$T/bundle-$i/config.json" >"$T/new"
        mv "$T/new" "$T/bundle-$i/config.json"
        background caisson run --bundle "$T/bundle-$i" "$ID-$i"
    done
    for ((i = 1; i <= n; i++)); do wait "${BACKGROUND[i - 1]}"; done
    for ((i = 1; i <= n; i++)); do is "$(without_warning <"$T/background.$i")" fine; done
}

@test "the same id at once: one wins" {
    local i won=0
    script 'sleep 1000'
    for ((i = 1; i <= 6; i++)); do background caisson create --bundle "$BUNDLE" "$ID"; done
    for ((i = 1; i <= 6; i++)); do
        if wait "${BACKGROUND[i - 1]}"; then won=$((won + 1)); else
            # Who comes between the two looks at the id meets the winner's cgroup first.
            matches "$(cat "$T/background.$i")" "(container with given ID already exists|container's cgroup is not empty)"
        fi
    done
    is $won 1
}
