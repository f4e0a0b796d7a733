# SPDX-License-Identifier: LGPL-2.1-or-later
# A user to whom no cgroup is delegated, and whose login has set nothing: containers without limits run, those with limits
# are refused, and the state is where it can be.
# only: user
# also: user
# undelegated
load helpers

setup() {
    common_setup
    rootless || skip "needs a user without privileges: tests/run rootless"
}

# undelegated: the lab gives its user a cgroup
undelegated() {
    [ ! -w "$CGROUP2$(sed -n 's/^0:://p' /proc/self/cgroup)" ] || skip "a cgroup is delegated to this user"
}

@test "without limits it runs in the caller's cgroup, with one warning" {
    undelegated
    script 'echo ran'
    caisson run --bundle "$BUNDLE" "$ID" </dev/null >"$T/out" 2>"$T/err"
    is "$(cat "$T/out")" ran
    is "$(wc -l <"$T/err")" 1
    contains "$(cat "$T/err")" "warning" "no cgroup of its own" "$CGROUP2" "not delegated"
    start_sleeping
    is "$(sed -n 's/^0:://p' "/proc/$PID/cgroup")" "$(sed -n 's/^0:://p' /proc/self/cgroup)"
}

@test "with a limit it is refused, whatever the limit, and nothing is left" {
    undelegated
    local limit
    for limit in '{"memory": {"limit": 67108864}}' '{"pids": {"limit": 10}}' '{"cpu": {"shares": 100}}' \
        '{"unified": {"cgroup.max.depth": "3"}}'; do
        config '.linux.resources = $r' --argjson r "$limit"
        attempt caisson create --bundle "$BUNDLE" "$ID"
        fails "/linux/resources/$(jq -r 'keys[0]' <<<"$limit")" hint
        [ -z "$(ls -A "$ROOT" 2>/dev/null)" ]
    done
}

@test "a limit that needs no controller is refused with how to delegate" {
    undelegated
    config '.linux.resources = {unified: {"cgroup.max.depth": "3"}}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "is not delegated to this user" chown /sys/kernel/cgroup/delegate "Delegate=yes"
}

@test "limits that say 'none' are none" {
    config '.linux.resources = {memory: {limit: -1}, pids: {limit: -1}, cpu: {quota: -1}}'
    run_script 'echo ran'
    succeeds ran
}

@test "device rules of a user change nothing, and are no limit" {
    config '.linux.resources = {devices: [{allow: false, access: "rwm"}]}'
    run_script 'echo gone >/dev/null; echo ran'
    succeeds ran
}

@test "pause, update and statistics say that there is no cgroup; ps, kill and delete work" {
    undelegated
    script 'sleep 1000 & exec sleep 1000'
    create
    caisson start "$ID"
    local command
    for command in pause "update --pids-limit 5" "events --stats"; do
        attempt caisson ${command%% *} $([ "$command" = "${command#* }" ] || echo "${command#* }") "$ID"
        fails "it has no cgroup" "hint"
    done
    two() { [ "$(caisson ps --format json "$ID" | jq length)" = 2 ]; }
    wait_for two
    caisson kill "$ID" KILL
    wait_for stopped
    caisson delete "$ID"
}

@test "--rootless: auto and true go without a cgroup, false does not" {
    undelegated
    local value
    for value in auto true 1 t TRUE ""; do
        attempt caisson --rootless="$value" run --bundle "$BUNDLE" "$ID"
        succeeds
    done
    for value in false 0 f False; do
        attempt caisson --rootless "$value" run --bundle "$BUNDLE" "$ID"
        fails "cannot make the cgroup" "Permission denied" "not delegated"
    done
    attempt caisson --rootless=perhaps run --bundle "$BUNDLE" "$ID"
    fails "'perhaps'" --rootless auto true false
}

# ---- where the state is ----

# state_in DIR [NAME=VALUE...]: with this environment the state of a container is below DIR
state_in() {
    local dir=$1
    shift
    attempt env "$@" "$CAISSON" create --bundle "$BUNDLE" "$ID"
    succeeds
    [ -f "$dir/$ID/state.json" ]
    is "$(stat -c %u "$dir")" "$(id -u)"
    attempt env "$@" "$CAISSON" start "$ID"
    succeeds
    attempt env "$@" "$CAISSON" exec "$ID" true
    attempt env "$@" "$CAISSON" delete --force "$ID"
    succeeds
    [ ! -e "$dir/$ID" ]
}

@test "XDG_RUNTIME_DIR" {
    mkdir -m 700 "$T/runtime"
    script 'sleep 1000'
    state_in "$T/runtime/caisson" XDG_RUNTIME_DIR="$T/runtime"
}

@test "no XDG_RUNTIME_DIR, an empty and a relative one, and no /run/user" {
    [ ! -e "/run/user/$(id -u)" ] || skip "this user has /run/user/$(id -u)"
    script 'sleep 1000'
    state_in "/tmp/caisson-$(id -u)" --unset=XDG_RUNTIME_DIR
    is "$(stat -c %a "/tmp/caisson-$(id -u)")" 700
    state_in "/tmp/caisson-$(id -u)" XDG_RUNTIME_DIR=
    state_in "/tmp/caisson-$(id -u)" XDG_RUNTIME_DIR=relative
    rmdir "/tmp/caisson-$(id -u)"
}

@test "nothing of the environment at all" {
    [ ! -e "/run/user/$(id -u)" ] || skip "this user has /run/user/$(id -u)"
    script 'sleep 1000'
    state_in "/tmp/caisson-$(id -u)" --ignore-environment
    rmdir "/tmp/caisson-$(id -u)"
}

@test "an XDG_RUNTIME_DIR that is not the user's is named, with what to do" {
    attempt env XDG_RUNTIME_DIR=/run "$CAISSON" create --bundle "$BUNDLE" "$ID"
    fails "'/run/caisson'" "Permission denied" --root
}

@test "uid 0 of a user namespace keeps to the user's XDG_RUNTIME_DIR" {
    mkdir -m 700 "$T/runtime"
    config '.linux.uidMappings[0].hostID = 0 | .linux.gidMappings[0].hostID = 0'
    attempt env XDG_RUNTIME_DIR="$T/runtime" unshare --map-root-user "$CAISSON" create --bundle "$BUNDLE" "$ID"
    succeeds
    [ -f "$T/runtime/caisson/$ID/state.json" ]
    # From outside of that namespace it is the same container.
    attempt env XDG_RUNTIME_DIR="$T/runtime" "$CAISSON" delete --force "$ID"
    succeeds
}
