# SPDX-License-Identifier: LGPL-2.1-or-later
# Every row of the conversion from linux.resources to the files of cgroup v2, read back from the kernel. (limits.bats
# has that they hold.)
# also: lab-root lab-qemu
load helpers
load resources
export BATS_TEST_TIMEOUT=600 # a thousand containers on a machine with other work

# proves: linux.resources.memory.{limit,reservation,checkBeforeUpdate}
@test "memory: every spelling of a limit" {
    need_controller memory
    rows <<'ROWS'
{"memory": {"limit": 67108864}}                      | memory.max | 67108864
{"memory": {"limit": 0}}                             | memory.max | max
{"memory": {"limit": -1}}                            | memory.max | max
{"memory": {"reservation": 33554432}}                | memory.low | 33554432
{"memory": {"reservation": 0}}                       | memory.low | 0
{"memory": {"reservation": -1}}                      | memory.low | max
{"memory": {"kernel": 0, "kernelTCP": 0, "disableOOMKiller": false, "useHierarchy": true}} | memory.max | max
{"memory": {"limit": 67108864, "checkBeforeUpdate": true}} | memory.max | 67108864
ROWS
}

# proves: linux.resources.memory.swap
@test "memory: swap is counted with memory, and written without it" {
    need_controller memory
    resources '{"memory": {"limit": 67108864}}'
    create
    [ -e "$CGROUP/memory.swap.max" ] || skip "the kernel does not account swap"
    caisson delete --force "$ID"
    rows <<'ROWS'
{"memory": {"limit": 67108864, "swap": 100663296}}   | memory.swap.max | 33554432
{"memory": {"limit": 67108864, "swap": 67108864}}    | memory.swap.max | 0
{"memory": {"limit": 67108864, "swap": -1}}          | memory.swap.max | max
{"memory": {"limit": 67108864, "swap": 0}}           | memory.swap.max | max
{"memory": {"limit": -1}}                            | memory.swap.max | max
{"memory": {"limit": -1, "swap": -1}}                | memory.swap.max | max
ROWS
}

# proves: linux.resources.memory.{kernel,kernelTCP,swappiness,disableOOMKiller,useHierarchy}
@test "memory: what cannot be had is refused at the value" {
    need_controller memory
    refused '{"memory": {"swap": 100663296}}' /memory/swap "unable to set swap limit without memory limit"
    refused '{"memory": {"limit": 67108864, "swap": 67108863}}' /memory/swap "cannot be less than memory"
    refused '{"memory": {"limit": -2}}' /memory/limit "-2 is out of range"
    refused '{"memory": {"kernel": 1048576}}' /memory/kernel version
    refused '{"memory": {"kernelTCP": 1048576}}' /memory/kernelTCP version
    refused '{"memory": {"swappiness": 60}}' /memory/swappiness
    refused '{"memory": {"disableOOMKiller": true}}' /memory/disableOOMKiller
    refused '{"memory": {"useHierarchy": false}}' /memory/useHierarchy
}

# proves: linux.resources.cpu.{shares,quota,period,burst,idle,realtimeRuntime,realtimePeriod}
@test "cpu: shares on the curve of 2025, quota, period, burst, idle" {
    need_controller cpu
    rows <<'ROWS'
{"cpu": {"shares": 1}}                               | cpu.weight | 1
{"cpu": {"shares": 0}}                               | cpu.weight | 100
{"cpu": {"shares": 2}}                               | cpu.weight | 1
{"cpu": {"shares": 512}}                             | cpu.weight | 59
{"cpu": {"shares": 1024}}                            | cpu.weight | 100
{"cpu": {"shares": 2048}}                            | cpu.weight | 174
{"cpu": {"shares": 262144}}                          | cpu.weight | 10000
{"cpu": {"shares": 999999}}                          | cpu.weight | 10000
{"cpu": {"quota": 50000}}                            | cpu.max | 50000 100000
{"cpu": {"period": 50000}}                           | cpu.max | max 50000
{"cpu": {"quota": 20000, "period": 50000}}           | cpu.max | 20000 50000
{"cpu": {"quota": -1, "period": 50000}}              | cpu.max | max 50000
{"cpu": {"quota": 0, "period": 0}}                   | cpu.max | max 100000
{"cpu": {"quota": 50000, "burst": 20000}}            | cpu.max.burst | 20000
{"cpu": {"quota": 50000, "burst": 50000}}            | cpu.max.burst | 50000
{"cpu": {"idle": 1, "shares": 512}}                  | cpu.idle | 1
{"cpu": {"idle": 0, "shares": 512}}                  | cpu.weight | 59
{"cpu": {"realtimeRuntime": 0, "realtimePeriod": 0}} | cpu.max | max 100000
ROWS
    refused '{"cpu": {"quota": 50000, "burst": 60000}}' cpu.max "not less than cpu.max.burst"
    refused '{"cpu": {"quota": -7}}' /cpu/quota
    refused '{"cpu": {"idle": 2}}' /cpu/idle
    refused '{"cpu": {"realtimePeriod": 1000000}}' /cpu/realtimePeriod
}

# proves: linux.resources.cpu.{cpus,mems}
@test "cpuset: processors and memory nodes" {
    need_controller cpuset
    rows <<ROWS
{"cpu": {"cpus": "0"}}                               | cpuset.cpus | 0
{"cpu": {"mems": "0"}}                               | cpuset.mems | 0
{"cpu": {"cpus": "", "mems": ""}}                    | cpuset.cpus.effective | $(cat "$CGROUP2/cpuset.cpus.effective")
ROWS
    refused '{"cpu": {"cpus": "4096"}}' /cpu/cpus "of those that exist"
}

# proves: linux.resources.pids.limit
@test "pids: a limit, none, and the zero that became a limit with version 1.3" {
    need_controller pids
    config '.ociVersion = "1.2.1"'
    rows <<'ROWS'
{"pids": {"limit": 17}}                              | pids.max | 17
{"pids": {"limit": -1}}                              | pids.max | max
{"pids": {"limit": 0}}                               | pids.max | max
ROWS
    config '.ociVersion = "1.3.0"'
    rows <<'ROWS'
{"pids": {"limit": -1}}                              | pids.max | max
{"pids": {"limit": 0}}                               | pids.max | 1
{"pids": {}}                                         | pids.max | max
ROWS
    refused '{"pids": {"limit": -2}}' /pids/limit
}

# The first whole disk of some size, "MAJOR:MINOR".
disk() {
    local size
    for size in /sys/block/*/size; do
        if [ "$(cat "$size")" -gt 0 ]; then
            cat "${size%size}dev"
            return
        fi
    done
    skip "there is no block device"
}

# proves: linux.resources.blockIO.{throttleReadBpsDevice,throttleWriteBpsDevice,throttleReadIOPSDevice,
#   throttleWriteIOPSDevice}.{major,minor,rate}
@test "io: the four throttles of a device, together and taken back" {
    need_controller io
    local device major minor
    device=$(disk) major=${device%:*} minor=${device#*:}
    rows <<ROWS
{"blockIO": {"throttleReadBpsDevice": [{"major": $major, "minor": $minor, "rate": 1048576}]}}  | io.max | $device rbps=1048576 wbps=max riops=max wiops=max
{"blockIO": {"throttleWriteBpsDevice": [{"major": $major, "minor": $minor, "rate": 2097152}]}} | io.max | $device rbps=max wbps=2097152 riops=max wiops=max
{"blockIO": {"throttleReadIOPSDevice": [{"major": $major, "minor": $minor, "rate": 300}]}}     | io.max | $device rbps=max wbps=max riops=300 wiops=max
{"blockIO": {"throttleReadBpsDevice": [{"major": $major, "minor": $minor, "rate": 1048576}], "throttleWriteIOPSDevice": [{"major": $major, "minor": $minor, "rate": 400}]}} | io.max | $device rbps=1048576 wbps=max riops=max wiops=400
ROWS
    refused '{"blockIO": {"throttleReadBpsDevice": [{"major": 4095, "minor": 1, "rate": 1}]}}' io.max "no block device has that number"
}

# proves: linux.resources.blockIO.{weight,leafWeight}
@test "io: weights" {
    need_controller io
    local device
    device=$(disk)
    resources '{"blockIO": {"throttleReadBpsDevice": [{"major": '"${device%:*}"', "minor": '"${device#*:}"', "rate": 1048576}]}}'
    create
    if [ -e "$CGROUP/io.bfq.weight" ]; then
        caisson delete --force "$ID"
        rows <<<'{"blockIO": {"weight": 500}} | io.bfq.weight | default 500'
    elif [ -e "$CGROUP/io.weight" ]; then
        caisson delete --force "$ID"
        rows <<'ROWS'
{"blockIO": {"weight": 10}}                          | io.weight | default 1
{"blockIO": {"weight": 500}}                         | io.weight | default 4950
{"blockIO": {"weight": 1000}}                        | io.weight | default 10000
ROWS
    else
        caisson delete --force "$ID"
        refused '{"blockIO": {"weight": 500}}' io.weight "neither the BFQ scheduler nor CONFIG_BLK_CGROUP_IOCOST"
    fi
    refused '{"blockIO": {"weight": 9}}' /blockIO/weight
    refused '{"blockIO": {"leafWeight": 10}}' /blockIO/leafWeight
}

# proves: linux.resources.blockIO.weightDevice.{major,minor,weight}
@test "io: the weight of a device, by the cost model and by the BFQ scheduler" {
    need_controller io
    [ "${CAISSON_IN_LAB:-}" ] || skip "it changes how the whole machine uses a disk (see tests/lab)"
    [ -e "$CGROUP2/io.cost.qos" ] || skip "the kernel was built without CONFIG_BLK_CGROUP_IOCOST"
    modprobe -n -q bfq || skip "the kernel was built without BFQ"
    local device json
    device=$(disk)
    json='{"blockIO": {"weight": 300, "weightDevice": [{"major": '${device%:*}', "minor": '${device#*:}', "weight": 505}]}}'
    # Whichever file there is, a device that is not scheduled by weights has none.
    refused "$json" /linux/resources/blockIO/weightDevice/0 "$device 5" "the device has"
    echo "$device enable=1" >"$CGROUP2/io.cost.qos"
    resources "$json"
    create
    [ -e "$CGROUP/io.bfq.weight" ] || is "$(value io.weight)" $'default 2930\n'"$device 5000"
    caisson delete --force "$ID"
    echo "$device enable=0" >"$CGROUP2/io.cost.qos"

    modprobe bfq
    echo bfq >"/sys/dev/block/$device/queue/scheduler"
    create
    is "$(value io.bfq.weight)" $'default 300\n'"$device 505"
    caisson update --blkio-weight 400 "$ID"
    is "$(value io.bfq.weight)" $'default 400\n'"$device 505"
    echo '{"blockIO": {"weight": 600}, "unified": {"cgroup.max.depth": "deep"}}' >"$T/r.json"
    attempt caisson update -r "$T/r.json" "$ID"
    fails "cannot write 'deep'"
    is "$(value io.bfq.weight)" $'default 400\n'"$device 505"
    echo none >"/sys/dev/block/$device/queue/scheduler"
}

# proves: linux.resources.hugepageLimits.{pageSize,limit}
@test "hugetlb: a limit on pages in use and one on pages reserved" {
    need_controller hugetlb
    [ -d /sys/kernel/mm/hugepages/hugepages-2048kB ] || skip "this kernel has no pages of 2 MB"
    rows <<'ROWS'
{"hugepageLimits": [{"pageSize": "2MB", "limit": 4194304}]} | hugetlb.2MB.max | 4194304
{"hugepageLimits": [{"pageSize": "2MB", "limit": 4194304}]} | hugetlb.2MB.rsvd.max | 4194304
{"hugepageLimits": [{"pageSize": "2MB", "limit": 0}]}       | hugetlb.2MB.max | 0
ROWS
    refused '{"hugepageLimits": [{"pageSize": "3MB", "limit": 1}]}' hugetlb.3MB.max
    refused '{"hugepageLimits": [{"pageSize": "2M", "limit": 1}]}' /hugepageLimits/0 2MB
}

@test "rdma and misc: what this machine has none of is refused at its place" {
    need_controller rdma misc
    refused '{"rdma": {"mlx5_9": {"hcaHandles": 3}}}' /rdma/mlx5_9 "rdma.max" /sys/class/infiniband
    refused '{"unified": {"misc.max": "unicorns 1"}}' /unified/misc.max "cannot write 'unicorns 1'"
}

# proves: linux.resources.rdma.{hcaHandles,hcaObjects}
@test "rdma: handles and objects of a device" {
    need_controller rdma
    [ "${CAISSON_IN_LAB:-}" ] || skip "it makes a device (see tests/lab)"
    modprobe -q rdma_rxe || skip "the kernel has no RDMA over Ethernet in software"
    ip link add labrdma type veth peer name labrdma2
    ip link set labrdma up
    rdma link add lab0 type rxe netdev labrdma
    rows <<'ROWS'
{"rdma": {"lab0": {"hcaHandles": 3, "hcaObjects": 10000}}} | rdma.max | lab0 hca_handle=3 hca_object=10000
{"rdma": {"lab0": {"hcaHandles": 3}}}                      | rdma.max | lab0 hca_handle=3 hca_object=max
{"rdma": {"lab0": {"hcaObjects": 0}}}                      | rdma.max | lab0 hca_handle=max hca_object=0
ROWS
    refused '{"rdma": {"lab0": {}}}' /rdma/lab0 "expected at least one"
    resources '{"rdma": {"lab0": {"hcaHandles": 3}}}'
    create
    # A refusal behind it puts it back.
    echo '{"rdma": {"lab0": {"hcaHandles": 4, "hcaObjects": 5}}, "unified": {"cgroup.max.depth": "deep"}}' >"$T/r.json"
    attempt caisson update -r "$T/r.json" "$ID"
    fails "cannot write 'deep'"
    is "$(value rdma.max)" "lab0 hca_handle=3 hca_object=max"
    # The device stays: the machine is thrown away, and to delete what is below it is an Oops of Debian's 6.1.
}

# proves: linux.resources.network.{classID,priorities.name,priorities.priority}
@test "what cgroup v2 has no controller for is refused, zeros of it are not" {
    refused '{"network": {"classID": 1048577}}' /network/classID "no such controller"
    refused '{"network": {"priorities": [{"name": "eth0", "priority": 500}]}}' /network/priorities
    rows <<<'{"network": {"classID": 0, "priorities": []}} | cgroup.freeze | 0'
}

# proves: linux.resources.unified
@test "unified: line by line, behind the others, also files that nobody knows" {
    need_controller pids
    rows <<'ROWS'
{"pids": {"limit": 17}, "unified": {"pids.max": "23"}}            | pids.max | 23
{"unified": {"cgroup.max.depth": "7", "cgroup.max.descendants": "9"}} | cgroup.max.depth | 7
{"unified": {"cgroup.max.depth": "7\n8\n"}}                       | cgroup.max.depth | 8
ROWS
    refused '{"unified": {"pids.of.tomorrow": "1"}}' /unified/pids.of.tomorrow "no such file"
    refused '{"unified": {"pids.max": "many"}}' /unified/pids.max "cannot write 'many'"
    refused '{"unified": {"max": "1"}}' /unified/max CONTROLLER.PARAMETER
}

@test "unified: a controller that is missing is named, and what there is" {
    refused '{"unified": {"frobnication.max": "1"}}' /unified/frobnication.max \
        "the cgroup controller 'frobnication' is not available" "$(cat "$CGROUP2/cgroup.controllers")"
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

@test "a controller that the kernel holds back says who has it" {
    local controller
    for controller in memory cpuset hugetlb rdma; do
        if grep -qw "$controller" "$CGROUP2/cgroup.controllers"; then continue; fi
        refused '{"unified": {"'$controller'.max": "1"}}' "the cgroup controller '$controller' is not available" hint
        return
    done
    skip "cgroup v2 has every controller here"
}

@test "a limit that is refused leaves no container and no cgroup" {
    need_controller pids
    resources '{"pids": {"limit": 17}, "unified": {"pids.max": "x"}}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails
    attempt caisson state "$ID"
    fails "container does not exist"
    [ ! -d "$CGROUP" ]
}

@test "a thousand containers leave no cgroup" {
    local i count=1000
    # Where a process costs ten times as much, fewer show it as well.
    ! slow_lab || count=100
    ! grep -q __asan_init "$CAISSON" || count=100
    resources '{"unified": {"cgroup.max.depth": "7"}}'
    ! grep -qw memory "$CGROUP2/cgroup.controllers" || resources '{"memory": {"limit": 67108864}}'
    # Below one that is theirs alone: what it counts is what they leave.
    config '.linux.cgroupsPath |= . + "/c"'
    mkdir -p "$CGROUP"
    SECONDS=0
    for ((i = 0; i < count; i++)); do
        # A machine that has no more than a twentieth of a processor for them shows it by fewer.
        [ "$SECONDS" -lt 400 ] || [ "$i" -lt 100 ] || break
        caisson create --bundle "$BUNDLE" "$ID-$i" </dev/null >/dev/null 3>&-
        caisson delete --force "$ID-$i"
    done
    [ "$i" = 1000 ] || echo "# $i containers, not a thousand: this machine is too slow" >&3
    is "$(field cgroup.stat nr_descendants)" 0
    is "$(ls "$ROOT")" ""
    # Removed ones that something still holds on to would in the end take all the kernel's memory.
    few() { [ "$(field cgroup.stat nr_dying_descendants)" -lt 100 ]; }
    wait_for few
    rmdir "$CGROUP"
}
