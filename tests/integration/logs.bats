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

@test "debug says more than the error" {
    attempt "$CAISSON" --debug --log "$T/log" --root "$ROOT" create --bundle "$BUNDLE" "$ID"
    succeeds
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
