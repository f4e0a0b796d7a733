# SPDX-License-Identifier: LGPL-2.1-or-later
# Annotations: the specification's rules for their keys, and those of crun's that ask for something.
load helpers

# annotation KEY VALUE
annotation() {
    config '.annotations[$key] = $value' --arg key "$1" --arg value "$2"
}

# notifies: mkdir(2) goes to an agent, and nothing says which
notifies() {
    config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
        syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_NOTIFY"}]}'
    script 'mkdir /tmp/made 2>&1'
}

# agent PATH: answers there; what it says is in $T/agent
agent() {
    background bash -c 'exec python3 "$1" "$2" >"$3"' bash "$HERE/seccomp-agent.py" "$1" "$T/agent"
    wait_for test -S "$1"
}

# ---- keys ----

# proves: annotations, state.annotations
@test "annotations: they are in the state, in their order" {
    annotation org.example.b "two words"
    annotation org.example.a ""
    create
    is "$(caisson state "$ID" | jq -c .annotations)" '{"org.example.b":"two words","org.example.a":""}'
}

@test "annotations: an empty key is refused, and a value that is no string" {
    config '.annotations = {"": "x"}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /annotations "annotation's key"
    config '.annotations = {"a": 1}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /annotations/a
}

@test "annotations: org.opencontainers.* is reserved: an unknown key of it is passed over, and noted" {
    annotation org.opencontainers.image.stopSignal SIGQUIT
    annotation org.opencontainers.unheard.of yes
    attempt caisson --debug create --bundle "$BUNDLE" "$ID"
    succeeds
    contains "$output" org.opencontainers.unheard.of reserved
    lacks "$output" stopSignal
    is "$(caisson state "$ID" | jq -r '.annotations["org.opencontainers.unheard.of"]')" yes
}

# proves: run.oci.{handler,seccomp.plugins,systemd.force_cgroup_v1,systemd.subgroup}
@test "annotations: one that cannot be followed is said, and is no error" {
    local name
    for name in seccomp.plugins handler systemd.force_cgroup_v1 systemd.subgroup; do annotation run.oci.$name x; done
    attempt caisson create --bundle "$BUNDLE" "$ID"
    succeeds
    for name in seccomp.plugins handler systemd.force_cgroup_v1 systemd.subgroup; do
        contains "$output" "run.oci.$name has no effect"
    done
}

# ---- hooks ----

# proves: run.oci.hooks.{stdout,stderr}
@test "run.oci.hooks.stdout and stderr: what every kind of hook writes is appended to the files" {
    local kind
    annotation run.oci.hooks.stdout "$T/out"
    annotation run.oci.hooks.stderr "$T/err"
    echo before >"$T/out"
    for kind in prestart createRuntime createContainer startContainer poststart poststop; do
        config '.hooks[$kind] = [{path: "/bin/sh", args: ["sh", "-c", "echo \($kind) out; echo \($kind) err >&2"]}]' --arg kind $kind
    done
    run_script 'echo the program'
    succeeds "the program"
    is "$(cat "$T/out")" "before
prestart out
createRuntime out
createContainer out
startContainer out
poststart out
poststop out"
    is "$(cat "$T/err")" "prestart err
createRuntime err
createContainer err
startContainer err
poststart err
poststop err"
}

@test "run.oci.hooks.stdout: a file that cannot be opened is named" {
    annotation run.oci.hooks.stdout /no/such/directory/out
    config '.hooks.createRuntime = [{path: "/bin/true"}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /no/such/directory/out /annotations/run.oci.hooks.stdout
}

@test "run.oci.hooks.stderr: of startContainer alone, made when it is missing" {
    annotation run.oci.hooks.stderr "$T/err"
    config '.hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "echo why >&2; exit 3"]}]'
    create
    attempt caisson start "$ID"
    fails startContainer 3
    is "$(cat "$T/err")" why
    is "$(stat -c %a "$T/err")" 600
}

# ---- groups ----

# proves: run.oci.keep_original_groups
@test "run.oci.keep_original_groups: the caller's groups stay" {
    need_root "setpriv(1) gives the caller groups"
    annotation run.oci.keep_original_groups 1
    script 'grep ^Groups /proc/self/status | tr -s "\t " " "'
    attempt setpriv --groups 10,20 "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    succeeds
    matches "$output" '^Groups: 10 20 ?$'
}

# ---- where things are sent ----

# proves: run.oci.pidfd_receiver
@test "run.oci.pidfd_receiver: gets a pidfd of the container's process" {
    annotation run.oci.pidfd_receiver "$T/socket"
    background python3 "$HERE/receive-fd.py" "$T/socket" pidfd
    wait_for test -S "$T/socket"
    create
    wait_for grep -q '^[0-9]' "$T/background.1"
    is "$(cat "$T/background.1")" $'received 1 payload pidfd\n'"$PID"
}

# proves: --pidfd-socket
@test "--pidfd-socket: create, run and exec" {
    local receive="$HERE/receive-fd.py"
    background python3 "$receive" "$T/create" pidfd
    background python3 "$receive" "$T/exec" pidfd
    background python3 "$receive" "$T/run" pidfd
    wait_for test -S "$T/create" -a -S "$T/exec" -a -S "$T/run"
    start_sleeping --pidfd-socket "$T/create"
    wait_for grep -q '^[0-9]' "$T/background.1"
    is "$(tail -n 1 "$T/background.1")" "$PID"
    attempt caisson exec --detach --pidfd-socket "$T/exec" --pid-file "$T/exec.pid" "$ID" sleep 1000
    succeeds
    wait_for grep -q '^[0-9]' "$T/background.2"
    is "$(tail -n 1 "$T/background.2")" "$(cat "$T/exec.pid")"
    caisson delete --force "$ID"
    attempt caisson run --detach --pidfd-socket "$T/run" --pid-file "$T/run.pid" --bundle "$BUNDLE" "$ID"
    succeeds
    wait_for grep -q '^[0-9]' "$T/background.3"
    is "$(tail -n 1 "$T/background.3")" "$(cat "$T/run.pid")"
}

@test "--pidfd-socket: a socket that is not there is named, and nothing is left" {
    attempt caisson create --bundle "$BUNDLE" --pidfd-socket "$T/nosuch" "$ID"
    fails "$T/nosuch"
    nothing_left
}

# ---- seccomp ----

# proves: linux.seccomp.{listenerPath,listenerMetadata}, linux.seccomp.syscalls.action=SCMP_ACT_NOTIFY
@test "listenerPath: the agent gets the listener and the container process state, and answers" {
    notifies
    config '.linux.seccomp.listenerPath = $path | .linux.seccomp.listenerMetadata = "meta data"' --arg path "$T/agent.sock"
    agent "$T/agent.sock"
    create
    caisson start "$ID"
    wait_for stopped
    wait_for grep -q notified "$T/agent"
    head -n 1 "$T/agent" >"$T/state.json"
    is "$(jq -c '[.fds, .pid, .metadata, .state.id, .state.status, .state.bundle]' "$T/state.json")" \
        "[[\"seccompFd\"],$PID,\"meta data\",\"$ID\",\"created\",\"$BUNDLE\"]"
    is "$(sed -n 2p "$T/agent")" "descriptors 1"
    [ ! -e "$BUNDLE/rootfs/tmp/made" ]
}

@test "listenerPath: the agent gets all of a long state, too" {
    notifies
    # More than a path, and more than a socket takes at once.
    config '.linux.seccomp.listenerPath = $path | .annotations.long = "0123456789abcdef" * 20000' --arg path "$T/agent.sock"
    agent "$T/agent.sock"
    attempt caisson run --bundle "$BUNDLE" "$ID"
    contains "$output" "cross-device link"
    is "$(head -n 1 "$T/agent" | jq '.state.annotations.long | length')" 320000
    is "$(sed -n 2p "$T/agent")" "descriptors 1"
}

@test "listenerPath: system calls that hand the listener over cannot be notified; those after it can" {
    notifies
    config '.linux.seccomp.listenerPath = $path | .linux.seccomp.syscalls += [{names: ["sendmsg"], action: "SCMP_ACT_NOTIFY"}]' --arg path "$T/agent.sock"
    agent "$T/agent.sock"
    attempt caisson run --bundle "$BUNDLE" "$ID"
    fails "/linux/seccomp/syscalls/1/names/0" "SCMP_ACT_NOTIFY for sendmsg(2) would stop the process that hands the listener over"
    # The agent has it by then, and answers.
    config '.linux.seccomp.syscalls[1].names = ["recvfrom", "close"]'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    fails
    wait_for grep -q notified "$T/agent"
}

@test "listenerPath: for run and exec, and without noNewPrivileges" {
    notifies
    annotation org.example.a yes
    config '.linux.seccomp.listenerPath = $path | .process.noNewPrivileges = false' --arg path "$T/agent.sock"
    agent "$T/agent.sock"
    attempt caisson run --bundle "$BUNDLE" "$ID"
    [ "$status" != 0 ]
    contains "$output" "cross-device link"
    is "$(head -n 1 "$T/agent" | jq -r .state.status)" created
    # Each process has a listener of its own, and an agent takes one.
    rm "$T/agent.sock"
    agent "$T/agent.sock"
    start_sleeping
    wait_for grep -q descriptors "$T/agent"
    rm "$T/agent.sock"
    agent "$T/agent.sock"
    attempt caisson exec "$ID" mkdir /tmp/made
    [ "$status" != 0 ]
    contains "$output" "cross-device link"
    is "$(head -n 1 "$T/agent" | jq -c '[.state.status, .state.pid, .state.bundle, .state.annotations]')" \
        "[\"running\",$PID,\"$BUNDLE\",{\"org.example.a\":\"yes\"}]"
    [ ! -e "$BUNDLE/rootfs/tmp/made" ]
}

# proves: run.oci.seccomp.receiver
@test "run.oci.seccomp.receiver: takes the listener when listenerPath is not set" {
    notifies
    annotation run.oci.seccomp.receiver "$T/agent.sock"
    agent "$T/agent.sock"
    attempt caisson run --bundle "$BUNDLE" "$ID"
    [ "$status" != 0 ]
    contains "$output" "cross-device link"
    is "$(head -n 1 "$T/agent" | jq -r .state.id)" "$ID"
}

@test "run.oci.seccomp.receiver: has to be absolute" {
    notifies
    annotation run.oci.seccomp.receiver agent.sock
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /annotations/run.oci.seccomp.receiver absolute
}

@test "RUN_OCI_SECCOMP_RECEIVER: the same by the environment of create" {
    notifies
    agent "$T/agent.sock"
    attempt env RUN_OCI_SECCOMP_RECEIVER="$T/agent.sock" "$CAISSON" --root "$ROOT" create --bundle "$BUNDLE" "$ID"
    succeeds
    caisson start "$ID"
    wait_for stopped
    wait_for grep -q notified "$T/agent"
    [ ! -e "$BUNDLE/rootfs/tmp/made" ]
}

@test "a notification that nobody would get is refused" {
    notifies
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails listenerPath
}

# base64 of a filter: mkdir and mkdirat (83 and 258 on x86-64) are answered with ENOTTY, the rest is allowed
finished_filter() {
    [ "$(uname -m)" = x86_64 ] || skip "the filter's numbers are x86-64's"
    python3 -c '
import base64, struct
code = [(0x20, 0, 0, 0), (0x15, 2, 0, 83), (0x15, 1, 0, 258), (0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x00050019)]
print(base64.b64encode(b"".join(struct.pack("HBBI", *i) for i in code)).decode())'
}

# proves: run.oci.seccomp_bpf_data
@test "run.oci.seccomp_bpf_data: the filter takes the place of linux.seccomp" {
    annotation run.oci.seccomp_bpf_data "$(finished_filter)"
    config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["getcwd"], action: "SCMP_ACT_ERRNO"}]}'
    run_script 'mkdir /tmp/made; pwd; grep ^Seccomp: /proc/self/status'
    contains "$output" "Inappropriate ioctl" / $'Seccomp:\t2'
    lacks "$output" "not permitted"
    config 'del(.linux.seccomp)'
    run_script 'mkdir /tmp/made'
    contains "$output" "Inappropriate ioctl"
}

@test "run.oci.seccomp_bpf_data: what is no filter is refused" {
    local bad
    for bad in '*' abc AAAA AAAAAAAAAAAA '====' 'A===' 'AAAAAAAAAA=A'; do
        annotation run.oci.seccomp_bpf_data "$bad"
        attempt caisson create --bundle "$BUNDLE" "$ID"
        fails /annotations/run.oci.seccomp_bpf_data
    done
}

# proves: run.oci.seccomp_fail_unknown_syscall
@test "run.oci.seccomp_fail_unknown_syscall: a name that is not known is an error" {
    config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
        syscalls: [{names: ["mkdir", "call_of_tomorrow"], action: "SCMP_ACT_ERRNO"}]}'
    run_script 'echo ran'
    succeeds ran
    annotation run.oci.seccomp_fail_unknown_syscall 0
    run_script 'echo ran'
    succeeds ran
    annotation run.oci.seccomp_fail_unknown_syscall 1
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails call_of_tomorrow /linux/seccomp/syscalls/0/names/1
}

# ---- cgroups ----

# proves: run.oci.delegate-cgroup
@test "run.oci.delegate-cgroup: the process is in a cgroup of its own below the container's" {
    need_root "it changes files to other owners, which takes ids that are not granted"
    local dir=$CGROUP2$PARENT/$ID
    annotation run.oci.delegate-cgroup inner
    config '.linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
        | .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
        | (.mounts[] | select(.destination == "/sys/fs/cgroup")).options |= map(select(. != "ro"))'
    chown -R 100000:100000 "$BUNDLE/rootfs"
    start_sleeping
    contains "$(cat "/proc/$PID/cgroup")" "0::/caisson-test/$ID/inner"
    contains "$(cat "$dir/inner/cgroup.procs")" "$PID"
    is "$(cat "$dir/cgroup.procs")" ""
    is "$(stat -c %u "$dir/inner")" 100000
    # The namespace's root is the container's cgroup, above it.
    matches "$(caisson exec "$ID" sh -c 'cat /sys/fs/cgroup/inner/cgroup.procs' </dev/null | tr '\n' ' ')" '^1 '
    attempt caisson exec "$ID" mkdir /sys/fs/cgroup/inner/more
    succeeds
    caisson pause "$ID"
    is "$(status_of)" paused
    caisson resume "$ID"
    caisson delete --force "$ID"
    [ ! -e "$dir" ]
}

@test "run.oci.delegate-cgroup: a path is no name" {
    local bad
    for bad in a/b .. . cgroup.procs; do
        annotation run.oci.delegate-cgroup "$bad"
        attempt caisson create --bundle "$BUNDLE" "$ID"
        fails /annotations/run.oci.delegate-cgroup
    done
}
