# SPDX-License-Identifier: LGPL-2.1-or-later
# process.terminal: the console socket, and the foreground.
# also: user
load helpers

setup() {
    common_setup
    config '.process.terminal = true'
}

# in_terminal COMMAND-LINE: `attempt` of it in a terminal of its own, whose input does not end
in_terminal() {
    mkfifo "$T/typing"
    background sh -c 'exec sleep 1000 >"$0"' "$T/typing"
    status=0
    command script --quiet --return --command "$1" "$T/typescript" <"$T/typing" >"$T/output" 2>&1 3>&- || status=$?
    output=$(tr -d '\r' <"$T/output")
}

# receiver [SOCKET]: in the background; its output is $RECEIVED
receiver() {
    SOCKET=${1:-$T/console}
    background python3 "$HERE/receive-fd.py" "$SOCKET" terminal
    RECEIVED=$T/background.${#BACKGROUND[@]}
    wait_for test -S "$SOCKET"
}

# proves: process.terminal
@test "the terminal's master comes over the console socket" {
    receiver
    script 'tty; test -t 0 && test -t 1 && test -t 2 && echo three'
    create --console-socket "$SOCKET"
    caisson start "$ID"
    wait_for grep -q "hung up" "$RECEIVED"
    is "$(sed -n 1p "$RECEIVED" | cut -d' ' -f1-3)" "received 1 payload"
    contains "$(cat "$RECEIVED")" /dev/pts/0 three
}

@test "what is typed reaches the program" {
    echo typed words >"$T/console.input"
    receiver
    script 'read line; echo "got $line"'
    create --console-socket "$SOCKET"
    caisson start "$ID"
    wait_for grep -q "got typed words" "$RECEIVED"
}

@test "it is the controlling terminal, and /dev/console is it" {
    receiver
    script 'echo tty-works >/dev/tty; echo console-works >/dev/console; stat -c "number %t:%T" /dev/console; ls -l /dev/console | cut -c1'
    create --console-socket "$SOCKET"
    caisson start "$ID"
    wait_for grep -q "hung up" "$RECEIVED"
    contains "$(cat "$RECEIVED")" tty-works console-works "number 88:0"
}

# proves: process.consoleSize.{height,width}
@test "the console's size" {
    receiver
    config '.process.consoleSize = {height: 33, width: 77}'
    script 'stty size'
    create --console-socket "$SOCKET"
    caisson start "$ID"
    wait_for grep -q "33 77" "$RECEIVED"
    caisson delete --force "$ID"
    config '.process.consoleSize.width = 65536'
    attempt caisson create --bundle "$BUNDLE" --console-socket "$SOCKET" "$ID"
    fails /process/consoleSize/width 65536 "0 to 65535"
    # "Runtimes MUST ignore consoleSize if terminal is false or unset."
    config '.process.terminal = false'
    run_script 'echo ran'
    succeeds ran
}

@test "the terminal belongs to the user" {
    more_ids
    receiver
    config '.process.user = {uid: 1000, gid: 1000}'
    script 'stat -c %u:%a /dev/pts/0; echo open >/dev/pts/0'
    create --console-socket "$SOCKET"
    caisson start "$ID"
    wait_for grep -q "hung up" "$RECEIVED"
    contains "$(cat "$RECEIVED")" 1000:620 open
}

@test "a socket's path longer than an address holds" {
    local long
    long=$T/$(printf 'd%.0s' {1..120})
    mkdir "$long"
    receiver "$long/console"
    script tty
    create --console-socket "$SOCKET"
    caisson start "$ID"
    wait_for grep -q /dev/pts/0 "$RECEIVED"
}

@test "a terminal without a console socket cannot be created detached" {
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails console-socket
    attempt caisson run --detach --bundle "$BUNDLE" "$ID"
    fails console-socket
}

@test "a console socket without a terminal is refused" {
    receiver
    config '.process.terminal = false'
    attempt caisson create --bundle "$BUNDLE" --console-socket "$SOCKET" "$ID"
    fails console-socket
}

@test "a console socket that is not there is named" {
    attempt caisson create --bundle "$BUNDLE" --console-socket "$T/nosuch" "$ID"
    fails "$T/nosuch"
}

@test "in the foreground the terminal is copied" {
    script 'test -t 0 && test -t 1 && echo both; tty'
    in_terminal "$CAISSON --root $ROOT run --bundle $BUNDLE $ID"
    [ "$status" = 0 ]
    contains "$output" both /dev/pts/0
}

@test "in the foreground the exit status comes through, and no byte is lost" {

    script 'i=0; while [ $i -lt 3000 ]; do echo "line $i"; i=$((i + 1)); done; exit 9'
    in_terminal "$CAISSON --root $ROOT run --bundle $BUNDLE $ID"
    is "$status" 9
    is "$(grep -c '^line' <<<"$output")" 3000
}

@test "in the foreground without a terminal of the caller's" {
    script 'test -t 1 && echo terminal'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    contains "$output" terminal
}

@test "in the foreground the size is the caller's" {
    script 'stty size'
    in_terminal "stty rows 31 cols 91; $CAISSON --root $ROOT run --bundle $BUNDLE $ID"
    contains "$output" "31 91"
}

@test "nothing can be typed into the caller's terminal from inside (TIOCSTI)" {
    config '.process.terminal = false'
    script 'test -t 0 && echo terminal; cat </dev/tty'
    in_terminal "$CAISSON --root $ROOT run --bundle $BUNDLE $ID"
    # A session of its own has no controlling terminal.
    contains "$output" "/dev/tty"
    [ "$status" != 0 ]
}

@test "exec gets a terminal of its own" {
    config '.process.terminal = false'
    start_sleeping
    receiver
    attempt caisson exec --tty --console-socket "$SOCKET" --detach "$ID" sh -c 'tty; test -t 2 && echo err'
    succeeds
    wait_for grep -q "hung up" "$RECEIVED"
    contains "$(cat "$RECEIVED")" /dev/pts/ err
}

@test "exec in the foreground with a terminal" {
    config '.process.terminal = false'
    start_sleeping
    in_terminal "$CAISSON --root $ROOT exec --tty $ID sh -c 'tty; exit 4'"
    is "$status" 4
    contains "$output" /dev/pts/
}
