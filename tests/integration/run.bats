# SPDX-License-Identifier: LGPL-2.1-or-later
# run: create, start, wait, delete in one.
# also: user
load helpers

@test "the exit status is the program's" {
    local n
    for n in 0 1 2 42 127 200 255; do
        run_script "exit $n"
        is "$status" "$n"
    done
}

@test "a signal's exit status is 128 and its number" {
    # The first process of a process namespace ignores what it does not handle: let it be another.
    config '.linux.namespaces |= map(select(.type != "pid")) | .mounts |= map(select(.type != "proc"))'
    run_script 'kill -KILL $$'
    is "$status" 137
    run_script 'kill -TERM $$'
    is "$status" 143
    run_script 'kill -ABRT $$'
    is "$status" 134
}

@test "the output is the program's and nothing else" {
    script 'echo out; echo err >&2'
    caisson run --bundle "$BUNDLE" "$ID" </dev/null >"$T/out" 2>"$T/err"
    is "$(cat "$T/out")" out
    is "$(grep -v 'warning: the container has no cgroup of its own' "$T/err")" err
}

@test "standard input reaches the program" {
    script 'cat; echo end'
    printf 'one\ntwo\n' | caisson run --bundle "$BUNDLE" "$ID" >"$T/out"
    is "$(cat "$T/out")" $'one\ntwo\nend'
}

@test "much output is not lost" {
    script 'i=0; while [ $i -lt 2000 ]; do echo 0123456789012345678901234567890123456789012345678; i=$((i+1)); done'
    caisson run --bundle "$BUNDLE" "$ID" </dev/null | cat >"$T/out"
    is "$(wc -c <"$T/out")" 100000
}

@test "after it nothing is left" {
    run_script true
    succeeds ""
    attempt caisson state "$ID"
    fails "container does not exist"
    [ ! -e "$ROOT/$ID" ]
}

@test "--keep leaves the stopped container" {
    run_script "exit 3" --keep
    is "$status" 3
    is "$(status_of)" stopped
    caisson delete "$ID"
}

@test "--detach returns when the program runs" {
    script 'trap "exit 0" TERM; while :; do sleep 1000 & wait $!; done'
    attempt caisson run --detach --pid-file "$T/pid" --bundle "$BUNDLE" "$ID"
    succeeds ""
    is "$(status_of)" running
    is "$(cat "$T/pid")" "$(caisson state "$ID" | jq -r .pid)"
    caisson kill "$ID" KILL
    wait_for stopped
    caisson delete "$ID"
}

@test "the pid file holds the process id and no newline" {
    start_sleeping
    is "$(od -An -c "$T/pid" | tr -d ' \n')" "$PID"
    is "$(tr '\0' ' ' <"/proc/$PID/cmdline" | cut -c1-6)" "sh -c "
}

@test "a pid file that cannot be written is an error and the container is not left" {
    attempt caisson run --detach --pid-file "$T/nowhere/pid" --bundle "$BUNDLE" "$ID"
    fails "$T/nowhere/pid"
    attempt caisson state "$ID"
    fails "does not exist"
}

@test "a program that is not there ends run with 1 and a message on standard error" {
    config '.process.args = ["nosuch"]'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    is "$status" 1
    contains "$output" nosuch "executable file not found in" "no such file or directory"
}

@test "signals to the runtime are forwarded" {
    script 'trap "exit 5" TERM; trap "echo usr1" USR1; echo up; while :; do sleep 0.05; done'
    background caisson run --bundle "$BUNDLE" "$ID"
    local pid=$!
    wait_for grep -qx up "$T/background.1"
    # `caisson` is a shell function here: the runtime is the shell's child.
    local runtime
    runtime=$(cat "/proc/$pid/task/$pid/children")
    runtime=${runtime%% *}
    kill -USR1 "${runtime:-$pid}"
    wait_for grep -qx usr1 "$T/background.1"
    kill -TERM "${runtime:-$pid}"
    local status=0
    wait "$pid" || status=$?
    is "$status" 5
}

@test "the process is a child of run, and is reaped" {
    script 'sleep 1000 & exit 0'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    succeeds
}

@test "what the first process leaves in a shared process namespace is killed" {
    config '.linux.namespaces |= map(select(.type != "pid")) | .mounts |= map(select(.type != "proc"))'
    run_script 'setsid sleep 1000 </dev/null >/dev/null 2>&1 & exit 0'
    succeeds
}

@test "run of an id that exists fails and leaves the other alone" {
    start_sleeping
    attempt caisson run --bundle "$BUNDLE" "$ID"
    fails "container with given ID already exists"
    is "$(status_of)" running
}

@test "with standard streams closed it still works" {
    script 'echo ran >/tmp/ran'
    caisson run --bundle "$BUNDLE" "$ID" <&- >&- 2>&-
    is "$(cat "$BUNDLE/rootfs/tmp/ran")" ran
}

@test "--no-pivot enters the root too" {
    run_script 'ls / | grep -c busybox; test -e /bin/busybox && echo inside; test ! -e /work && echo cut' --no-pivot
    contains "$output" inside
    [ "$status" = 0 ]
}
