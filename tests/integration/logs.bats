# SPDX-License-Identifier: LGPL-2.1-or-later
# --log, --log-format, --log-level, --debug: podman reads its log file as one JSON object.
load helpers

@test "a failure is exactly one line of JSON, and the same on standard error" {
    config '.process.args = ["nosuch"]'
    attempt "$CAISSON" --log "$T/log" --log-format json --root "$ROOT" create --bundle "$BUNDLE" "$ID"
    [ "$status" = 1 ]
    is "$(wc -l <"$T/log")" 1
    is "$(jq -r .level "$T/log")" error
    contains "$(jq -r .msg "$T/log")" "executable file not found in"
    matches "$(jq -r .time "$T/log")" '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}'
    contains "$output" "$(jq -r .msg "$T/log")"
}

@test "a warning before the failure does not make a second line" {
    config '.process.args = ["nosuch"] | .process.capabilities.bounding += ["CAP_FUTURE"]'
    attempt "$CAISSON" --log="$T/log" --log-format=json --root "$ROOT" create --bundle "$BUNDLE" "$ID"
    fails
    is "$(wc -l <"$T/log")" 1
    is "$(jq -r .level "$T/log")" error
}

@test "success leaves the log empty" {
    attempt "$CAISSON" --log "$T/log" --log-format json --root "$ROOT" create --bundle "$BUNDLE" "$ID"
    succeeds ""
    [ ! -s "$T/log" ]
}

@test "text that needs quoting stays one JSON object" {
    config '.process.args = ["no\"such\\thing\nat\tall\u0001"]'
    attempt "$CAISSON" --log "$T/log" --log-format json --root "$ROOT" create --bundle "$BUNDLE" "$ID"
    fails
    is "$(wc -l <"$T/log")" 1
    contains "$(jq -r .msg "$T/log")" 'no"such'
}

@test "a name of the image cannot command the terminal" {
    local escape=$'\e' csi=$'\302\233'
    config '.process.args = ["/no\u001b]0;title\u0007\u009bsuch\nthing"]'
    attempt "$CAISSON" --root "$ROOT" create --bundle "$BUNDLE" "$ID"
    fails
    contains "$output" '/no\x1b]0;title\x07\u009bsuch\nthing'
    [[ $output != *"$escape"* && $output != *"$csi"* ]]
    is "$(wc -l <<<"$output")" 1
}

@test "the log is appended to, not cut" {
    echo before >"$T/log"
    attempt "$CAISSON" --log "$T/log" --root "$ROOT" state nobody
    fails
    is "$(head -n 1 "$T/log")" before
    is "$(wc -l <"$T/log")" 2
}

@test "file: in front of the path" {
    attempt "$CAISSON" --log "file:$T/log" --root "$ROOT" state nobody
    fails
    [ -s "$T/log" ]
}

@test "the text format names time, level and message" {
    attempt "$CAISSON" --log "$T/log" --root "$ROOT" state nobody
    fails
    contains "$(cat "$T/log")" time= level=error msg= "does not exist"
}

# phases: what the last command said at level debug, without the times and the numbers that differ
phases() {
    sed -n 's/^caisson: debug: \(.*\) \[[0-9]*\.[0-9]\{3\} ms\]$/\1/p' <<<"$output" | sed 's/ of .*\| will be .*\|: [0-9].*\| as process .*//'
}

@test "debug tells each phase when it is over, and how long it took" {
    need_cgroup
    config '.hooks.createRuntime = [{ path: "/bin/sleep", args: ["sleep", "0.2"] }]'
    script true
    attempt "$CAISSON" --debug --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    succeeds
    is "$(phases | grep -v 'mapped the ids')" "read the configuration
looked at the host: the cgroup
made the plan
wrote down what is to be undone
made the cgroup
opened what the init needs; started it
ran 0 prestart and 1 createRuntime hooks
the init has built the container
set the cgroup's limits
created container '$ID'
the init has executed the program
the program has ended: exit status 0
ended the processes and removed the cgroup
removed container '$ID'"
    [ "$(sed -n 's/.*createRuntime hooks \[\([0-9]*\)\..*/\1/p' <<<"$output")" -ge 200 ]
}

@test "debug: create, start, exec, delete; and nothing without it" {
    script 'sleep 1000'
    attempt "$CAISSON" --log-level debug --root "$ROOT" create --bundle "$BUNDLE" "$ID"
    succeeds
    contains "$(phases)" 'made the plan' "created container '$ID'"
    attempt "$CAISSON" --debug --root "$ROOT" start "$ID"
    succeeds
    is "$(phases)" 'the init has executed the program'
    attempt "$CAISSON" --debug --root "$ROOT" exec "$ID" true
    succeeds
    is "$(phases)" $'made the plan\nstarted the init\nthe init has joined the container and executed the program'
    attempt "$CAISSON" --log-level info --root "$ROOT" exec "$ID" true
    succeeds ""
    attempt "$CAISSON" --debug --root "$ROOT" delete --force "$ID"
    succeeds
    contains "$(phases)" "removed container '$ID'"
}

@test "debug: a failure stands behind the phases that went well, in a log of JSON, too" {
    config '.hooks.createRuntime = [{ path: "/bin/false" }]'
    attempt "$CAISSON" --debug --log "$T/log" --log-format json --root "$ROOT" create --bundle "$BUNDLE" "$ID"
    fails 'createRuntime hook 0'
    is "$(jq -r .level "$T/log" | sort -u)" $'debug\nerror'
    matches "$(jq -r .msg "$T/log" | head -n 1)" '^read the configuration of .* ms\]$'
    contains "$(jq -r 'select(.level == "error").msg' "$T/log")" 'createRuntime hook 0'
    # Alone, an error is one line still.
    attempt "$CAISSON" --log-level error --log "$T/log2" --root "$ROOT" state nobody
    fails
    is "$(wc -l <"$T/log2")" 1
}

@test "a log that cannot be opened is an error" {
    attempt "$CAISSON" --log "$T/no/such/log" --root "$ROOT" state nobody
    fails "$T/no/such/log"
}

@test "unknown formats and levels are refused" {
    attempt "$CAISSON" --log-format yaml --root "$ROOT" list
    fails yaml
    attempt "$CAISSON" --log-level loud --root "$ROOT" list
    fails loud
}

@test "a closed standard error does not hide the failure from the log" {
    attempt sh -c '"$0" "$@" 2>&-' "$CAISSON" --log "$T/log" --root "$ROOT" state nobody
    fails
    contains "$(cat "$T/log")" "does not exist"
}
