# SPDX-License-Identifier: LGPL-2.1-or-later
# hooks: six kinds, when each runs, what it gets, and what its failure means.
# also: user
load helpers

# hook KIND [INDEX]: a hook that writes its kind into $T/order and the state that it gets into $T/state.KIND
hook() {
    config '.hooks[$kind] += [{path: "/bin/sh", args: ["sh", "-c", $text]}]' --arg kind "$1" \
        --arg text "echo ${2:-$1} >>$T/order; cat >$T/state.$1"
}

failing_hook() {
    config '.hooks[$kind] += [{path: "/bin/sh", args: ["sh", "-c", "echo because of this >&2; exit 7"]}]' --arg kind "$1"
}

@test "the runtime's hooks run in their order" {
    local kind
    for kind in poststop poststart createContainer createRuntime prestart; do hook $kind; done
    create
    is "$(cat "$T/order")" $'prestart\ncreateRuntime\ncreateContainer'
    caisson start "$ID"
    wait_for grep -q poststart "$T/order"
    wait_for stopped
    caisson delete "$ID"
    is "$(cat "$T/order")" $'prestart\ncreateRuntime\ncreateContainer\npoststart\npoststop'
}

@test "startContainer runs in the container, at start, before the program" {
    config '.hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "echo hook >>/tmp/order; cat >/tmp/state"]}]'
    script 'echo program >>/tmp/order; sleep 1000'
    create
    [ ! -e "$BUNDLE/rootfs/tmp/order" ]
    caisson start "$ID"
    wait_for grep -q program "$BUNDLE/rootfs/tmp/order"
    is "$(cat "$BUNDLE/rootfs/tmp/order")" $'hook\nprogram'
    is "$(jq -r .id "$BUNDLE/rootfs/tmp/state")" "$ID"
    is "$(jq -r .status "$BUNDLE/rootfs/tmp/state")" created
    is "$(jq -r .pid "$BUNDLE/rootfs/tmp/state")" 1
}

@test "several hooks of a kind run in the order of the list" {
    hook createRuntime one
    hook createRuntime two
    hook createRuntime three
    create
    is "$(cat "$T/order")" $'one\ntwo\nthree'
}

@test "each gets the state on standard input" {
    local kind
    config '.annotations = {"org.example.key": "value"}'
    for kind in prestart createRuntime poststart poststop; do hook $kind; done
    start_sleeping
    caisson delete --force "$ID"
    for kind in prestart createRuntime poststart poststop; do
        is "$kind $(jq -r .id "$T/state.$kind")" "$kind $ID"
        is "$(jq -r .bundle "$T/state.$kind")" "$BUNDLE"
        is "$(jq -r .ociVersion "$T/state.$kind")" 1.3.0
        is "$(jq -r '.annotations["org.example.key"]' "$T/state.$kind")" value
    done
    is "$(jq -r .status "$T/state.createRuntime")" creating
    is "$(jq -r .pid "$T/state.createRuntime")" "$PID"
    is "$(jq -r .status "$T/state.poststart")" running
    is "$(jq -r .pid "$T/state.poststart")" "$PID"
    is "$(jq -r .status "$T/state.poststop")" stopped
}

@test "createRuntime is in the runtime's namespaces, createContainer in the container's" {
    config '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", "readlink /proc/self/ns/uts /proc/self/ns/mnt >'"$T"'/runtime"]}]
        | .hooks.createContainer = [{path: "/bin/sh", args: ["sh", "-c", "readlink /proc/self/ns/uts >'"$T"'/container; readlink /proc/self/ns/mnt >>'"$T"'/container"]}]'
    create
    is "$(cat "$T/runtime")" "$(readlink /proc/self/ns/uts /proc/self/ns/mnt)"
    is "$(cat "$T/container")" "$(readlink "/proc/$PID/ns/uts" "/proc/$PID/ns/mnt")"
}

@test "prestart sees the container's namespaces, so that a network can be put into them" {
    need_root "a hook of a user has no rights over the container's network"
    config '.hooks.prestart = [{path: "/bin/sh", args: ["sh", "-c",
        "pid=$(jq -r .pid); readlink /proc/$pid/ns/net >'"$T"'/net; nsenter --net=/proc/$pid/ns/net ip link set lo mtu 9999"],
        env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]}]'
    run_script 'cat /sys/class/net/lo/mtu; readlink /proc/self/ns/net'
    succeeds
    is "$(head -n 1 <<<"$output")" 9999
    is "$(tail -n 1 <<<"$output")" "$(cat "$T/net")"
}

@test "arguments and environment are exactly the hook's" {
    config '.hooks.createRuntime = [{path: "/usr/bin/env", args: ["other-name"], env: ["ONLY=this"]}]'
    config '.hooks.createRuntime = [{path: "/bin/sh", args: ["zero", "-c", "echo \"$0 $1\" >'"$T"'/args; env >'"$T"'/env", "a", "b"],
        env: ["ONLY=this", "PATH=/bin:/usr/bin"]}]'
    LEAK=yes create
    is "$(cat "$T/args")" "a b"
    contains "$(cat "$T/env")" ONLY=this
    lacks "$(cat "$T/env")" LEAK HOME=
}

@test "a hook without env has an empty environment" {
    config '.hooks.createRuntime = [{path: "/usr/bin/env", args: ["env"]}]
        | .hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", "tr \"\\0\" \"\\n\" </proc/$$/environ >'"$T"'/env"]}]'
    LEAK=yes create
    is "$(cat "$T/env")" ""
}

@test "the failure of each hook of create fails create, and nothing is left" {
    local kind
    for kind in prestart createRuntime createContainer; do
        make_bundle "$BUNDLE"
        hook poststop
        failing_hook $kind
        attempt caisson create --bundle "$BUNDLE" "$ID"
        fails $kind "because of this"
        attempt caisson state "$ID"
        fails "does not exist"
        grep -qx poststop "$T/order"
        rm "$T/order"
    done
}

@test "the failure of startContainer fails start and the program is not run" {
    config '.hooks.startContainer = [{path: "/bin/false", args: ["false"]}]'
    script 'touch /tmp/ran'
    create
    attempt caisson start "$ID"
    fails startContainer
    [ ! -e "$BUNDLE/rootfs/tmp/ran" ]
}

@test "the failure of poststart fails start, and the container is stopped and deleted" {
    failing_hook poststart
    hook poststop
    script 'sleep 1000'
    create
    attempt caisson start "$ID"
    fails poststart "because of this"
    attempt caisson state "$ID"
    fails "does not exist"
    is "$(cat "$T/order")" poststop
}

@test "the failure of poststop is a warning and the others run" {
    failing_hook poststop
    hook poststop
    create
    attempt caisson delete --force "$ID"
    succeeds
    contains "$output" poststop
    is "$(cat "$T/order")" poststop
}

@test "a hook behind one that failed does not run" {
    failing_hook createRuntime
    hook createRuntime
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails createRuntime
    [ ! -e "$T/order" ]
}

@test "a hook that does not end in its time is killed" {
    config '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", "echo $$ >'"$T"'/pid.hook; exec sleep 1000"], timeout: 1}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails createRuntime 1
    [ ! -d "/proc/$(cat "$T/pid.hook")" ]
}

@test "a hook that is not there is named" {
    config '.hooks.createRuntime = [{path: "/no/such/hook"}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /no/such/hook
}

@test "a relative path and a timeout of zero are refused" {
    config '.hooks.createRuntime = [{path: "relative"}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails relative
    config '.hooks.createRuntime = [{path: "/bin/true", timeout: 0}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails timeout
}

@test "a hook that is killed by a signal has failed" {
    config '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", "kill -KILL $$"]}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails createRuntime
}

@test "a hook that does not read the state is no failure" {
    config '.annotations = {"big": ("x" * 200000)} | .hooks.createRuntime = [{path: "/bin/true", args: ["true"]}]'
    create
}

@test "a large state arrives whole" {
    config '.annotations = {"big": ("x" * 200000)}'
    hook createRuntime
    create
    is "$(jq -r '.annotations.big | length' "$T/state.createRuntime")" 200000
}

@test "run runs all of them" {
    local kind
    for kind in prestart createRuntime createContainer poststart poststop; do hook $kind; done
    run_script 'exit 0'
    succeeds
    is "$(sort "$T/order" | tr '\n' ' ')" "createContainer createRuntime poststart poststop prestart "
}
