# SPDX-License-Identifier: LGPL-2.1-or-later
# linux.namespaces: each kind new, shared with the runtime, and joined by path.
# also: user
load helpers

KINDS=(pid net ipc uts mnt cgroup)
declare -gA TYPE=([pid]=pid [net]=network [ipc]=ipc [uts]=uts [mnt]=mount [cgroup]=cgroup [user]=user [time]=time)

# a process that holds namespaces of its own; sets HOLDER
hold_namespaces() {
    background unshare "$@" --fork --kill-child sleep 1000
    wait_for grep -q . "/proc/$!/task/$!/children"
    HOLDER=$(tr -d ' ' <"/proc/$!/task/$!/children")
    wait_for grep -q sleep "/proc/$HOLDER/comm"
}

# proves: linux.namespaces.type, linux.namespaces.type={pid,network,mount,ipc,uts,cgroup}
@test "each kind listed is new" {
    local kind
    start_sleeping
    for kind in "${KINDS[@]}"; do
        [ "$(namespace_of $kind)" != "$(namespace_of $kind $$)" ] || { echo "$kind is the runtime's"; false; }
    done
    is "$(namespace_of time)" "$(namespace_of time $$)"
    rootless || is "$(namespace_of user)" "$(namespace_of user $$)"
}

@test "each kind not listed is the runtime's" {
    need_root "without a process namespace of its own a user cannot mount procfs: rootless.bats"
    local kind
    for kind in pid net ipc uts cgroup; do
        make_bundle "$BUNDLE"
        config '.linux.namespaces |= map(select(.type != $type)) | del(.hostname)
            | .mounts |= map(select(.type != "mqueue" and .type != "sysfs" and .type != "cgroup"))' --arg type "${TYPE[$kind]}"
        start_sleeping
        is "$kind $(namespace_of $kind)" "$kind $(namespace_of $kind $$)"
        caisson delete --force "$ID"
        rm -rf "$BUNDLE"
    done
}

# proves: linux.namespaces.type=time
@test "a time namespace has its offsets" {
    [ -e /proc/self/ns/time ] || skip "this kernel has no time namespaces"
    config '.linux.namespaces += [{type: "time"}]
        | .linux.timeOffsets = {boottime: {secs: 1000000, nanosecs: 0}, monotonic: {secs: 5, nanosecs: 7}}'
    start_sleeping
    [ "$(namespace_of time)" != "$(namespace_of time $$)" ]
    matches "$(cat "/proc/$PID/timens_offsets")" 'monotonic +5 +7'
    matches "$(cat "/proc/$PID/timens_offsets")" 'boottime +1000000 +0'
    [ "$(caisson exec "$ID" cut -d. -f1 /proc/uptime </dev/null)" -ge 1000000 ]
}

@test "time offsets without a time namespace are refused" {
    config '.linux.timeOffsets = {boottime: {secs: 1, nanosecs: 0}}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails timeOffsets
}

# proves: linux.namespaces.path
@test "each kind is joined by path" {
    need_root "namespaces without a user namespace; a user's are joined in rootless.bats"
    local kind
    hold_namespaces --net --ipc --uts --cgroup --pid --mount-proc
    for kind in net ipc uts cgroup pid; do
        make_bundle "$BUNDLE"
        config '(.linux.namespaces[] | select(.type == $type)).path = $path | del(.hostname)
            | .mounts |= map(select(.type != "cgroup"))' \
            --arg type "${TYPE[$kind]}" --arg path "/proc/$HOLDER/ns/$kind"
        start_sleeping
        is "$kind $(namespace_of $kind)" "$kind $(namespace_of $kind "$HOLDER")"
        caisson delete --force "$ID"
        rm -rf "$BUNDLE"
    done
}

@test "a mount namespace is joined by path" {
    need_root "namespaces without a user namespace; a user's are joined in rootless.bats"
    hold_namespaces --mount
    config '(.linux.namespaces[] | select(.type == "mount")).path = $path' --arg path "/proc/$HOLDER/ns/mnt"
    create
    is "$(namespace_of mnt)" "$(namespace_of mnt "$HOLDER")"
}

@test "the host's own mount namespace is not joined: the container's mounts would be the host's" {
    config '(.linux.namespaces[] | select(.type == "mount")).path = "/proc/self/ns/mnt"'
    attempt caisson plan --bundle "$BUNDLE"
    fails /linux/namespaces "mount namespace"
    config '.linux.namespaces |= map(select(.type != "mount"))'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /linux/namespaces "mount namespace"
}

@test "a user namespace is joined by path" {
    need_root "it maps ids that are not granted; a user's own is joined in rootless.bats"
    background unshare --user sleep 1000
    HOLDER=$!
    wait_for grep -q sleep "/proc/$HOLDER/comm"
    echo 0 100000 65536 >"/proc/$HOLDER/uid_map"
    echo 0 100000 65536 >"/proc/$HOLDER/gid_map"
    chown -R 100000:100000 "$BUNDLE/rootfs"
    config '.linux.namespaces += [{type: "user", path: $path}]
        | .mounts |= map(select(.type != "cgroup" and .type != "sysfs"))
        | (.mounts[] | select(.type == "devpts")).options |= map(select(startswith("gid=") | not))' \
        --arg path "/proc/$HOLDER/ns/user"
    start_sleeping
    is "$(namespace_of user)" "$(namespace_of user "$HOLDER")"
    is "$(process_status Uid | tr '\t' ' ')" "100000 100000 100000 100000"
}

@test "a path of the wrong kind is named with both kinds" {
    config '(.linux.namespaces[] | select(.type == "network")).path = $path' --arg path "/proc/$$/ns/ipc"
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "/proc/$$/ns/ipc" network
}

@test "a path that is no namespace is refused" {
    config '(.linux.namespaces[] | select(.type == "network")).path = "/etc/passwd"'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /etc/passwd
}

@test "a path that does not exist is named" {
    config '(.linux.namespaces[] | select(.type == "network")).path = "/run/netns/nosuch"'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /run/netns/nosuch
}

@test "a kind listed twice is refused" {
    config '.linux.namespaces += [{type: "ipc"}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails ipc
}

@test "an unknown kind is refused" {
    config '.linux.namespaces += [{type: "nosuch"}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails nosuch
}

# proves: hostname, domainname
@test "the host name and the domain name are the container's" {
    config '.domainname = "example.org"'
    run_script 'hostname; cat /proc/sys/kernel/domainname'
    succeeds $'box\nexample.org'
}

@test "a host name without a UTS namespace of its own is refused" {
    local before
    before=$(uname -n)
    config '.linux.namespaces |= map(select(.type != "uts"))'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails hostname
    is "$(uname -n)" "$before"
}

@test "the first process of a process namespace is 1" {
    run_script 'echo $$; ls /proc | grep -c "^[0-9]"'
    matches "$output" '^1'
}

@test "the loopback interface of a new network namespace is up" {
    run_script 'ip -o link show lo'
    succeeds
    contains "$output" UP
}

@test "a new cgroup namespace shows the container's cgroup as the root" {
    run_script 'grep ^0:: /proc/self/cgroup'
    succeeds 0::/
}

# proves: linux.cgroupsPath
@test "the process is in its own cgroup below the path of the configuration" {
    start_sleeping
    contains "$(grep ^0:: "/proc/$PID/cgroup")" "$PARENT/$ID"
    [ -d "$CGROUP2$PARENT/$ID" ]
    grep -qx "$PID" "$CGROUP2$PARENT/$ID/cgroup.procs"
}
