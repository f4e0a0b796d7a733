# SPDX-License-Identifier: LGPL-2.1-or-later
# create, start, state, kill, delete: the life of a container (runtime.md), and what its status forbids.
# also: user lab-root lab-user
load helpers

@test "create, start, kill, delete: the status follows" {
    create
    is "$(status_of)" created
    caisson start "$ID"
    wait_for stopped
    is "$(caisson state "$ID" | jq .pid)" 0
    caisson delete "$ID"
    attempt caisson state "$ID"
    fails "container does not exist"
}

@test "create does not execute the program, start does" {
    script 'echo ran >/tmp/ran'
    create
    [ ! -e "$BUNDLE/rootfs/tmp/ran" ]
    caisson start "$ID"
    wait_for stopped
    is "$(cat "$BUNDLE/rootfs/tmp/ran")" ran
}

# proves: state.{ociVersion,id,status,pid,bundle}
@test "state has the members of the specification" {
    config '.annotations = {"org.example.a": "b / \"c\""}'
    start_sleeping
    attempt caisson state "$ID"
    succeeds
    is "$(jq -r .id <<<"$output")" "$ID"
    is "$(jq -r .status <<<"$output")" running
    is "$(jq -r .pid <<<"$output")" "$PID"
    is "$(jq -r .bundle <<<"$output")" "$BUNDLE"
    is "$(jq -r .ociVersion <<<"$output")" 1.3.0
    is "$(jq -r '.annotations["org.example.a"]' <<<"$output")" 'b / "c"'
}

@test "the bundle defaults to the current directory" {
    cd "$BUNDLE"
    attempt caisson create "$ID"
    succeeds
    is "$(caisson state "$ID" | jq -r .bundle)" "$BUNDLE"
}

@test "the configuration may have another name" {
    mv "$BUNDLE/config.json" "$BUNDLE/other.json"
    create --config other.json
    is "$(status_of)" created
}

@test "changes of config.json after create have no effect" {
    script 'echo old >/tmp/which'
    create
    script 'echo new >/tmp/which'
    caisson start "$ID"
    wait_for stopped
    is "$(cat "$BUNDLE/rootfs/tmp/which")" old
}

@test "an id can be taken once" {
    create
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "container with given ID already exists"
    is "$(status_of)" created
}

@test "an id that is no name is refused" {
    local bad
    for bad in "" . .. a/b ../x "a b" $'a\nb'; do
        attempt caisson create --bundle "$BUNDLE" -- "$bad"
        fails
        [ ! -e "$ROOT/$bad" ] || [ "$bad" = "" ] || [ "$bad" = . ] || [ "$bad" = .. ]
    done
}

@test "start is for a created container alone" {
    start_sleeping
    attempt caisson start "$ID"
    fails
    is "$(status_of)" running
    caisson kill "$ID" KILL
    wait_for stopped
    attempt caisson start "$ID"
    fails
}

@test "kill of a stopped container is an error" {
    create
    caisson start "$ID"
    wait_for stopped
    attempt caisson kill "$ID" KILL
    fails "container not running" "no such process"
}

@test "kill reaches a created container" {
    create
    caisson kill "$ID" KILL
    wait_for stopped
    caisson delete "$ID"
}

@test "kill knows names with and without SIG, and numbers" {
    local signal
    script 'for s in HUP USR1 USR2 TERM; do trap "echo $s >>/tmp/got" $s; done; trap "exit 0" INT; touch /tmp/up
        while :; do sleep 0.05; done'
    create
    caisson start "$ID"
    wait_for test -e "$BUNDLE/rootfs/tmp/up"
    for signal in SIGHUP:HUP usr1:USR1 12:USR2; do
        caisson kill "$ID" "${signal%:*}"
        wait_for grep -qx "${signal#*:}" "$BUNDLE/rootfs/tmp/got"
    done
    caisson kill "$ID"
    wait_for grep -qx TERM "$BUNDLE/rootfs/tmp/got"
    attempt caisson kill "$ID" NOSUCHSIGNAL
    fails NOSUCHSIGNAL
    attempt caisson kill "$ID" 65
    fails 65
    caisson kill "$ID" INT
    wait_for stopped
}

@test "delete of a running container needs --force" {
    start_sleeping
    attempt caisson delete "$ID"
    fails
    is "$(status_of)" running
    caisson delete --force "$ID"
    attempt caisson state "$ID"
    fails "container does not exist"
}

@test "delete --force of what does not exist is no error, delete is" {
    caisson delete --force no-such-container
    attempt caisson delete no-such-container
    fails "does not exist"
}

@test "every command names a container that does not exist" {
    local command
    for command in start state kill delete pause resume ps; do
        attempt caisson $command nobody
        fails "container does not exist" nobody
    done
    attempt caisson exec nobody true
    fails "container does not exist" nobody
}

@test "a process that was killed behind the runtime's back is stopped" {
    start_sleeping
    kill -KILL "$PID"
    wait_for stopped
    is "$(caisson state "$ID" | jq .pid)" 0
    caisson delete "$ID"
}

@test "a created container whose process was killed is stopped" {
    create
    kill -KILL "$PID"
    wait_for stopped
    caisson delete "$ID"
}

@test "delete kills what the container left in its cgroup" {
    config '.linux.namespaces |= map(select(.type != "pid")) | .mounts |= map(select(.type != "proc"))'
    script 'setsid sleep 1000 & echo $! >/tmp/child'
    create
    caisson start "$ID"
    wait_for stopped
    caisson delete "$ID"
}

@test "two containers live side by side" {
    start_sleeping
    local first=$ID
    ID=$ID-2
    config '.linux.cgroupsPath |= (. // empty | . + "-2")'
    start_sleeping
    is "$(status_of "$first")" running
    is "$(status_of "$ID")" running
    caisson delete --force "$ID"
    is "$(status_of "$first")" running
    ID=$first
}

@test "a failed create leaves nothing and can be repeated" {
    config '.process.args = ["/no/such/program"]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "no such file or directory"
    attempt caisson state "$ID"
    fails "container does not exist"
    script true
    create
    is "$(status_of)" created
}

@test "a missing bundle, a missing config.json and a missing rootfs are named" {
    attempt caisson create --bundle "$T/nowhere" "$ID"
    fails "$T/nowhere"
    rm -rf "$BUNDLE/rootfs"
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "$BUNDLE/rootfs"
    rm "$BUNDLE/config.json"
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails config.json
}

@test "a long path of the state root is no obstacle" {
    ROOT=$T/$(printf 'd%.0s' {1..120})/$(printf 'e%.0s' {1..120})
    mkdir -p "$ROOT"
    start_sleeping
    is "$(status_of)" running
    caisson delete --force "$ID"
}

@test "nothing needs PATH, HOME or XDG_RUNTIME_DIR" {
    attempt env -i XDG_RUNTIME_DIR= "$CAISSON" --root "$ROOT" create --bundle "$BUNDLE" "$ID"
    succeeds
    env -i XDG_RUNTIME_DIR= "$CAISSON" --root "$ROOT" start "$ID"
    wait_for stopped
    env -i XDG_RUNTIME_DIR= "$CAISSON" --root "$ROOT" delete "$ID"
}
