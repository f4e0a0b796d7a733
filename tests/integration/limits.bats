# SPDX-License-Identifier: LGPL-2.1-or-later
# linux.resources, as the container's cgroup has them. Most controllers are only to be had in the lab.
# also: lab-root
load helpers

setup() {
    need_root
    common_setup
}

teardown() {
    rootless || common_teardown
}

resources() {
    config '.linux.resources = $r' --argjson r "$1"
}

# value FILE
value() {
    cat "$CGROUP2/caisson-test/$ID/$1"
}

# refused JSON PART...: create fails and says each part; nothing is left
refused() {
    resources "$1"
    shift
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "$@"
    [ ! -d "$CGROUP2/caisson-test/$ID" ]
}

@test "memory: limit, reservation, swap" {
    need_controller memory
    resources '{"memory": {"limit": 67108864, "reservation": 33554432, "swap": 100663296}}'
    create
    is "$(value memory.max)" 67108864
    is "$(value memory.low)" 33554432
    [ ! -e "$CGROUP2/caisson-test/$ID/memory.swap.max" ] || is "$(value memory.swap.max)" 33554432
}

@test "memory: -1 is no limit, 0 is unset" {
    need_controller memory
    resources '{"memory": {"limit": -1}}'
    create
    is "$(value memory.max)" max
    caisson delete --force "$ID"
    resources '{"memory": {"limit": 0, "reservation": 0, "swap": 0}}'
    create
    is "$(value memory.max)" max
    is "$(value memory.low)" 0
}

@test "memory: a program that takes more is killed" {
    need_controller memory
    resources '{"memory": {"limit": 16777216, "swap": 16777216}}'
    config '.process.args = ["dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=1"]'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    is "$status" 137
}

@test "memory: a small limit does not hinder create" {
    need_controller memory
    resources '{"memory": {"limit": 4194304}}'
    create
    is "$(value memory.max)" 4194304
}

@test "memory: what cgroup v2 cannot express is refused" {
    need_controller memory
    refused '{"memory": {"swap": 100663296}}' /linux/resources/memory
    refused '{"memory": {"limit": 67108864, "swap": 33554432}}' /linux/resources/memory
    refused '{"memory": {"swappiness": 60}}' swappiness
}

@test "cpu: shares, quota, period" {
    need_controller cpu
    resources '{"cpu": {"shares": 1024, "quota": 50000, "period": 200000}}'
    create
    is "$(value cpu.weight)" 100
    is "$(value cpu.max)" "50000 200000"
    caisson delete --force "$ID"
    resources '{"cpu": {"shares": 2, "quota": -1}}'
    create
    is "$(value cpu.weight)" 1
    is "$(value cpu.max)" "max 100000"
    caisson delete --force "$ID"
    resources '{"cpu": {"shares": 262144, "period": 50000}}'
    create
    is "$(value cpu.weight)" 10000
    is "$(value cpu.max)" "max 50000"
    caisson delete --force "$ID"
    resources '{"cpu": {"shares": 0, "quota": 0, "period": 0}}'
    create
    is "$(value cpu.weight)" 100
    is "$(value cpu.max)" "max 100000"
}

@test "cpu: burst and idle" {
    need_controller cpu
    resources '{"cpu": {"quota": 50000, "period": 100000, "burst": 20000}}'
    create
    [ ! -e "$CGROUP2/caisson-test/$ID/cpu.max.burst" ] || is "$(value cpu.max.burst)" 20000
    caisson delete --force "$ID"
    resources '{"cpu": {"idle": 1}}'
    create
    is "$(value cpu.idle)" 1
}

@test "cpu: real-time values are refused" {
    refused '{"cpu": {"realtimeRuntime": 1000}}' realtimeRuntime
}

@test "cpuset" {
    need_controller cpuset
    resources '{"cpu": {"cpus": "0", "mems": "0"}}'
    create
    is "$(value cpuset.cpus)" 0
    is "$(value cpuset.mems)" 0
    is "$(process_status Cpus_allowed_list)" 0
}

@test "pids: the limit, no limit, and zero" {
    need_controller pids
    resources '{"pids": {"limit": 17}}'
    create
    is "$(value pids.max)" 17
    caisson delete --force "$ID"
    resources '{"pids": {"limit": -1}}'
    create
    is "$(value pids.max)" max
}

@test "pids: it holds" {
    need_controller pids
    resources '{"pids": {"limit": 5}}'
    run_script 'for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done; wait'
    contains "$output" "fork"
}

@test "io: throttling of a device" {
    need_controller io
    local device
    device=$(awk '$5 == "/" {print $3}' /proc/1/mountinfo | tail -n 1)
    [ -e "/sys/dev/block/$device" ] || skip "the root filesystem is on no block device"
    # Of a partition the limit is its disk's.
    [ ! -e "/sys/dev/block/$device/partition" ] || device=$(cat "/sys/dev/block/$device/../dev")
    resources '{"blockIO": {"throttleReadBpsDevice": [{"major": '"${device%:*}"', "minor": '"${device#*:}"', "rate": 1048576}],
        "throttleWriteIOPSDevice": [{"major": '"${device%:*}"', "minor": '"${device#*:}"', "rate": 100}]}}'
    create
    contains "$(value io.max)" "$device" rbps=1048576 wiops=100
}

@test "io: weight" {
    need_controller io
    resources '{"blockIO": {"weight": 500}}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    if [ "$status" != 0 ]; then
        # A kernel without BFQ and iocost has no file for it, and says so.
        fails io.
        skip "this kernel has neither io.weight nor io.bfq.weight"
    fi
    if [ -e "$CGROUP2/caisson-test/$ID/io.bfq.weight" ]; then
        is "$(value io.bfq.weight)" "default 500"
    else
        is "$(value io.weight)" "default 4950"
    fi
}

@test "hugetlb" {
    need_controller hugetlb
    [ -d /sys/kernel/mm/hugepages/hugepages-2048kB ] || skip "no pages of 2 MB"
    resources '{"hugepageLimits": [{"pageSize": "2MB", "limit": 4194304}]}'
    create
    is "$(value hugetlb.2MB.max)" 4194304
    is "$(value hugetlb.2MB.rsvd.max)" 4194304
}

@test "unified: any file by its name, and after the others" {
    need_controller pids
    resources '{"pids": {"limit": 17}, "unified": {"pids.max": "23", "cgroup.max.depth": "7"}}'
    create
    is "$(value pids.max)" 23
    is "$(value cgroup.max.depth)" 7
}

@test "unified: core files need no controller; a name with a slash is refused" {
    resources '{"unified": {"cgroup.max.descendants": "9"}}'
    create
    is "$(value cgroup.max.descendants)" 9
    caisson delete --force "$ID"
    refused '{"unified": {"../cgroup.max.depth": "5"}}' unified
}

@test "a controller that is missing is named, with what needs it" {
    local name json
    while read -r name json; do
        if grep -qw "$name" "$CGROUP2/cgroup.controllers"; then continue; fi
        refused "$json" "$name"
    done <<'LIST'
memory {"memory": {"limit": 67108864}}
pids {"pids": {"limit": 5}}
cpu {"cpu": {"shares": 512}}
cpuset {"cpu": {"cpus": "0"}}
io {"blockIO": {"weight": 100}}
LIST
}

@test "zero values, as docker writes them, need no controller" {
    resources '{"cpu": {"shares": 0}, "blockIO": {"weight": 0}, "memory": {"limit": 0}}'
    create
}

@test "without cgroupsPath the container has a cgroup of its own all the same" {
    config 'del(.linux.cgroupsPath)'
    create
    local path
    path=$(sed -n 's/^0:://p' "/proc/$PID/cgroup")
    [ "$path" != "$(sed -n 's/^0:://p' /proc/self/cgroup)" ]
    contains "$path" "$ID"
}

@test "a path that leads out of the hierarchy is refused" {
    config '.linux.cgroupsPath = "/caisson-test/../../../../../tmp/x"'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    if [ "$status" = 0 ]; then
        matches "$(sed -n 's/^0:://p' "/proc/$PID/cgroup")" '^/'
        [ ! -e /tmp/x ]
    else
        fails cgroupsPath
    fi
}

@test "a writable cgroup of a user namespace is the container's to divide" {
    config '.linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
        | .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
        | (.mounts[] | select(.type == "cgroup")).options |= map(select(. != "ro"))'
    chown -R 100000:100000 "$BUNDLE/rootfs"
    run_script 'mkdir /sys/fs/cgroup/sub && echo 0 >/sys/fs/cgroup/sub/cgroup.procs && grep ^0:: /proc/self/cgroup'
    succeeds
    contains "$output" /sub
}

@test "the cgroups that the container made inside its own go with it" {
    config '(.mounts[] | select(.type == "cgroup")).options |= map(select(. != "ro"))'
    run_script 'mkdir -p /sys/fs/cgroup/a/b/c /sys/fs/cgroup/d'
    succeeds
    [ ! -d "$CGROUP2/caisson-test/$ID" ]
}
