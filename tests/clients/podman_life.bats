# SPDX-License-Identifier: LGPL-2.1-or-later
# podman, as root: the life of a container.
load clients
load podman

@test "info names the runtime and its version" {
    attempt podman info --format '{{.Host.OCIRuntime.Name}} {{.Host.OCIRuntime.Version}}'
    gives 0 "$RUNTIME"
    contains "$output" "version"
}

@test "run: output and exit status are the program's" {
    box box sh -c 'echo out; echo err >&2; exit 7'
    gives 7 out err
}

@test "run: 127 for a program that is not there" {
    box box /no/such/program
    gives 127
    box box nosuch
    gives 127
}

@test "run: 126 for a program that may not be executed" {
    box box /etc/plain
    gives 126
    box box /etc
    gives 126
}

@test "run: 125 for podman's own errors" {
    box --no-such-option box true
    gives 125
}

@test "run -i: standard input" {
    status=0
    output=$(printf 'one\ntwo\n' | podman run --rm -i box wc -l) || status=$?
    gives 0 2
}

@test "run -t: a terminal" {
    attempt on_tty podman run --rm -t box sh -c 'test -t 0 && test -t 1 && tty && exit 5'
    gives 5 /dev/pts/0
}

@test "run -it: what is typed arrives" {
    local input
    mkfifo "$T/typed"
    on_tty podman run --rm --name "$NAME" -it box sh <"$T/typed" >"$T/shown" 2>&1 3>&- &
    BACKGROUND+=($!)
    exec {input}>"$T/typed"
    wait_for grep '#' "$T/shown"
    echo 'echo a$((40+2))b; exit 4' >&"$input"
    status=0
    wait "${BACKGROUND[0]}" || status=$?
    exec {input}>&-
    output=$(cat "$T/shown")
    gives 4 a42b
}

@test "run --init" {
    box --init box sh -c 'cat /proc/1/cmdline | tr "\0" " "; echo; echo $$'
    gives 0 init
    [ "$(tail -n 1 <<<"$output")" != 1 ]
}

@test "run -d, logs, ps, wait" {
    attempt podman run -d --name "$NAME" box sh -c 'echo to the log; exit 9'
    succeeds
    attempt podman wait "$NAME"
    gives 0 9
    attempt podman logs "$NAME"
    gives 0 'to the log'
    attempt podman ps -a --format '{{.Names}} {{.Status}}'
    gives 0 "$NAME Exited (9)"
}

@test "create, init, start --attach" {
    attempt podman create --name "$NAME" box sh -c 'echo started; exit 6'
    succeeds
    attempt podman init "$NAME"
    succeeds
    is "$(field '{{.State.Status}}')" initialized
    attempt podman start --attach "$NAME"
    gives 6 started
}

@test "restart" {
    idle
    local pid
    pid=$(field '{{.State.Pid}}')
    attempt podman restart -t 5 "$NAME"
    succeeds
    [ "$(field '{{.State.Pid}}')" != "$pid" ]
    is "$(field '{{.State.Status}}')" running
}

@test "run --restart=on-failure starts again" {
    attempt podman run -d --name "$NAME" --restart=on-failure:2 box sh -c 'echo attempt; exit 1'
    succeeds
    wait_for eval '[ "$(podman logs '"$NAME"' | grep -c attempt)" = 3 ]'
}

@test "attach" {
    attempt podman create --name "$NAME" box sh -c 'echo attached; exit 2'
    succeeds
    attempt podman start -a "$NAME"
    gives 2 attached
}

@test "stop: TERM, and the exit status of its handler" {
    idle
    attempt podman stop -t 10 "$NAME"
    succeeds
    is "$(field '{{.State.ExitCode}}')" 3
}

@test "stop: KILL after the time" {
    attempt podman run -d --name "$NAME" box sh -c 'trap "" TERM; echo ready; while :; do sleep 1000; done'
    succeeds
    wait_for said ready
    attempt podman stop -t 1 "$NAME"
    succeeds
    is "$(field '{{.State.ExitCode}}')" 137
}

@test "run --stop-signal" {
    attempt podman run -d --name "$NAME" --stop-signal USR1 box sh -c 'trap "exit 8" USR1; echo ready; while :; do sleep 1000 & wait $!; done'
    wait_for said ready
    attempt podman stop -t 10 "$NAME"
    succeeds
    is "$(field '{{.State.ExitCode}}')" 8
}

@test "kill, and kill of one that does not run" {
    idle
    attempt podman kill "$NAME"
    succeeds
    attempt podman wait "$NAME"
    gives 0 137
    attempt podman kill "$NAME"
    gives 125
}

@test "kill --signal" {
    idle
    attempt podman kill --signal TERM "$NAME"
    succeeds
    attempt podman wait "$NAME"
    gives 0 3
}

@test "rm -f of a running one" {
    idle
    attempt podman rm -f -t 0 "$NAME"
    succeeds
    attempt podman container exists "$NAME"
    gives 1
}

@test "pause, unpause" {
    idle
    attempt podman pause "$NAME"
    succeeds
    is "$(field '{{.State.Status}}')" paused
    attempt podman exec "$NAME" true
    [ "$status" != 0 ]
    attempt podman unpause "$NAME"
    succeeds
    is "$(field '{{.State.Status}}')" running
}

@test "stop of a paused one" {
    idle
    attempt podman pause "$NAME"
    succeeds
    attempt podman rm -f -t 1 "$NAME"
    succeeds
}

@test "top" {
    idle
    attempt podman top "$NAME" pid args
    gives 0 'sleep 1000'
}

@test "stats" {
    need_controllers cpu memory pids
    idle
    attempt podman stats --no-stream --format '{{.Name}} {{.PIDs}}' "$NAME"
    gives 0 "$NAME 2"
}

@test "update" {
    need_controllers cpu memory pids
    idle
    attempt podman update --memory 64m --cpus 0.5 "$NAME"
    succeeds
    attempt podman exec "$NAME" cat /sys/fs/cgroup/memory.max
    gives 0 67108864
}

@test "run: limits" {
    need_controllers cpu memory pids
    box --memory 64m --cpus 0.5 --pids-limit 77 box sh -c 'cd /sys/fs/cgroup && cat memory.max cpu.max pids.max'
    gives 0 67108864 '50000 100000' 77
}

@test "cp, both ways" {
    idle
    echo from outside >"$T/file"
    attempt podman cp "$T/file" "$NAME:/tmp/file"
    succeeds
    attempt podman exec "$NAME" cat /tmp/file
    gives 0 'from outside'
    attempt podman cp "$NAME:/etc/passwd" "$T/passwd"
    succeeds
    contains "$(cat "$T/passwd")" root:x:0
}

@test "diff, commit, export" {
    attempt podman run --name "$NAME" box touch /marker
    succeeds
    attempt podman diff "$NAME"
    gives 0 'A /marker'
    attempt podman commit -q "$NAME" "marked"
    succeeds
    box --replace marked ls /marker
    gives 0 /marker
}

@test "healthcheck" {
    idle --health-cmd 'test -e /tmp/well' --health-interval=disable
    attempt podman healthcheck run "$NAME"
    gives 1
    podman exec "$NAME" touch /tmp/well
    attempt podman healthcheck run "$NAME"
    gives 0
}

@test "run --timeout ends it" {
    box --timeout 1 box sleep 1000
    [ "$status" != 0 ]
}

@test "run: cidfile, pidfile and conmon's pid file" {
    idle --cidfile "$T/cid" --pidfile "$T/pid" --conmon-pidfile "$T/conmon"
    is "$(cat "$T/pid")" "$(field '{{.State.Pid}}')"
    is "$(cat "$T/cid")" "$(field '{{.Id}}')"
    [ -d "/proc/$(cat "$T/conmon")" ]
}

@test "runtime flags of crun and runc" {
    attempt podman --runtime-flag debug run --rm --name "$NAME" box echo hello
    gives 0 hello
}

@test "many at once" {
    local i pids=()
    for i in 1 2 3 4 5 6; do
        podman run --rm box echo "number $i" >"$T/$i" 2>&1 3>&- &
        pids+=($!)
    done
    wait "${pids[@]}"
    for i in 1 2 3 4 5 6; do is "$(cat "$T/$i")" "number $i"; done
}

@test "rm --all" {
    podman rm -fa -t 0
    attempt podman ps -aq
    gives 0
    is "$output" ''
}
