# SPDX-License-Identifier: LGPL-2.1-or-later
# CRI-O is in no Debian. What stands here is its half: conmon with the arguments that CRI-O gives it, the runtime's state
# in a root of CRI-O's choice, and the commands that CRI-O itself calls.
load clients

setup() {
    clients_setup
    ROOT_ARGUMENT=--root=$R/state
    mkdir -p "$T/bundle" "$T/persist" "$T/exits" "$T/attach"
    "$CAISSON" spec -b "$T/bundle"
    # A version that crun 1.8 knows, too.
    edit '.ociVersion = "1.0.2" | .root = { path: $root } | .process.terminal = false |
        .linux.cgroupsPath = "/crio/\($id)"' --arg id "$NAME" --arg root "$CLIENTS_WORK/image"
}

teardown() {
    runtime delete --force "$NAME" >/dev/null 2>&1 || :
    rmdir /sys/fs/cgroup/crio 2>/dev/null || :
    clients_teardown
}

edit() {
    jq "$@" "$T/bundle/config.json" >"$T/config.json"
    cp "$T/config.json" "$T/bundle/config.json"
}

runtime() {
    command "$RUNTIME" "$ROOT_ARGUMENT" "$@"
}

# monitor [OPTION...]: conmon, which goes on in the background; what it tells CRI-O is in $T/told
monitor() {
    : >"$T/told"
    # Nothing is waited for: the pipe that says "go on" has said so.
    _OCI_SYNCPIPE=5 _OCI_STARTPIPE=6 conmon --syslog -c "$NAME" -n "k8s_$NAME" -u "$NAME" -r "$(type -P "$RUNTIME")" \
        -b "$T/bundle" --persist-dir "$T/persist" --exit-dir "$T/exits" -p "$T/pid" -P "$T/conmon" -l "$T/log" \
        --log-level info --socket-dir-path "$T/attach" --runtime-arg "$ROOT_ARGUMENT" "$@" \
        5>"$T/told" 6<<<go </dev/null >/dev/null 2>&1 3>&-
}

told() {
    [ -s "$T/told" ]
}

@test "create by conmon, start, state, the end" {
    edit '.process.args = ["sh", "-c", "echo out; echo err >&2; exit 7"]'
    monitor
    wait_for told
    is "$(jq .pid "$T/told")" "$(cat "$T/pid")"
    is "$(runtime state "$NAME" | jq -r .status)" created
    attempt runtime start "$NAME"
    succeeds
    wait_for test -s "$T/exits/$NAME"
    is "$(cat "$T/exits/$NAME")" 7
    is "$(sort -k 2 "$T/log" | cut -d' ' -f2-)" $'stderr F err\nstdout F out'
    is "$(runtime state "$NAME" | jq -r .status)" stopped
    attempt runtime delete "$NAME"
    succeeds
    [ ! -e "$R/state/$NAME" ]
}

@test "create that fails: conmon has the words" {
    edit '.process.args = ["nosuch"]'
    monitor || :
    wait_for told
    [ "$(jq .pid "$T/told")" -lt 0 ]
    contains "$(jq -r .message "$T/told")" 'executable file not found'
}

@test "exec by conmon: output, exit status, a command that is not there" {
    edit '.process.args = ["sleep", "1000"]'
    monitor
    wait_for told
    runtime start "$NAME"
    jq '.process | .args = ["sh", "-c", "echo executed; exit 4"]' "$T/bundle/config.json" >"$T/process.json"
    monitor -e -l "$T/exec.log" -p "$T/exec.pid" --exec-process-spec "$T/process.json" -T 20
    wait_for told
    wait_for grep -q 'stdout F executed' "$T/exec.log"
    wait_for jq -e 'select(.exit_code == 4 or .data == 4)' "$T/told"
    jq '.process | .args = ["nosuch"]' "$T/bundle/config.json" >"$T/process.json"
    monitor -e -l "$T/exec.log" -p "$T/exec.pid2" --exec-process-spec "$T/process.json" -T 20 || :
    wait_for told
    contains "$(cat "$T/told")" 'executable file not found'
}

@test "what CRI-O calls itself: pause, resume, update, kill by a name, delete --force" {
    edit '.process.args = ["sleep", "1000"]'
    monitor
    wait_for told
    runtime start "$NAME"
    runtime pause "$NAME"
    is "$(runtime state "$NAME" | jq -r .status)" paused
    runtime resume "$NAME"
    echo '{}' | runtime update --resources - "$NAME"
    attempt runtime kill "$NAME" KILL
    succeeds
    wait_for test -s "$T/exits/$NAME"
    is "$(cat "$T/exits/$NAME")" 137
    attempt runtime kill "$NAME" TERM
    [ "$status" != 0 ]
    # One of the two that it looks for.
    matches "$output" 'no such process|container not running'
    attempt runtime delete --force "$NAME"
    succeeds
}
