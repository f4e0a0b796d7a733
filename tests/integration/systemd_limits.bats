# SPDX-License-Identifier: LGPL-2.1-or-later
# Every limit by the systemd driver: it stands in the kernel's file when the container is made and after each update,
# and still when systemd has written all that it knows. (resources.bats and update.bats are the same without systemd.)
# also: lab-root lab-user lab-qemu
load helpers
load systemd

# create_here: in a scope, whose directory is $CGROUP
create_here() {
    create_in_scope
    CGROUP=$CGROUP2$(property ControlGroup)
}

has() {
    grep -qw "$1" "$CGROUP/cgroup.controllers"
}

# files: what is written below, of what this machine has, a line a file
files() {
    local file
    cd "$CGROUP"
    for file in memory.{max,low,high,swap.max,oom.group} cpu.{weight,max,max.burst,idle} cpuset.{cpus,mems} pids.max \
        io.{weight,bfq.weight,max} hugetlb.2MB.{max,rsvd.max} cgroup.max.depth; do
        [ ! -e "$file" ] || sed "s/^/$file /" "$file"
    done
}

@test "systemd: every limit of the configuration stands in its file, and stays there" {
    local have disk before
    # What the caller's systemd was given.
    create_here
    have=$(cat "$CGROUP/cgroup.controllers")
    caisson delete --force "$ID"
    unit_goes
    disk=$(cat /sys/block/{ubda,vda}/dev 2>/dev/null | head -n 1)
    config '($have | split(" ")) as $have | def has($name): $have | index($name) != null;
        .linux.resources = ({
            memory: {limit: 67108864, swap: 100663296, reservation: 33554432},
            cpu: ({shares: 512, quota: 33333, period: 200000, burst: 10000}
                + if has("cpuset") then {cpus: "0", mems: "0"} else {} end),
            pids: {limit: 17},
            unified: {"memory.high": "60000000", "memory.oom.group": "1", "cgroup.max.depth": "7"}}
        + if has("io") and $disk != "" then ($disk | split(":") | map(tonumber)) as $d
            | {blockIO: {throttleReadBpsDevice: [{major: $d[0], minor: $d[1], rate: 1048576}],
                throttleWriteIOPSDevice: [{major: $d[0], minor: $d[1], rate: 400}]}} else {} end
        + if has("hugetlb") then {hugepageLimits: [{pageSize: "2MB", limit: 4194304}]} else {} end)' \
        --arg have "$have" --arg disk "$disk"
    create_here
    before=$(files)
    echo "$before"
    contains "$before" "memory.max 67108864" "memory.low 33554432" "memory.high 59998208" "memory.oom.group 1" \
        "cpu.weight 59" "cpu.max 33333 200000" "cpu.max.burst 10000" "pids.max 17" "cgroup.max.depth 7"
    [ ! -e "$CGROUP/memory.swap.max" ] || contains "$before" "memory.swap.max 33554432"
    if has cpuset; then contains "$before" "cpuset.cpus 0" "cpuset.mems 0"; fi
    if has io && [ "$disk" ]; then contains "$before" "io.max $disk rbps=1048576 wbps=max riops=max wiops=400"; fi
    if has hugetlb; then contains "$before" "hugetlb.2MB.max 4194304" "hugetlb.2MB.rsvd.max 4194304"; fi
    again daemon-reload
    is "$(files)" "$before"
    again daemon-reexec
    is "$(files)" "$before"
    # An update of one value does not touch the others.
    caisson update --pids-limit 18 "$ID"
    is "$(files)" "${before/pids.max 17/pids.max 18}"
}

# updated OPTION FILE VALUE: and what was said before holds too
updated() {
    local file
    caisson update "$1" "$ID"
    SAID[$2]=$3
    for file in "${!SAID[@]}"; do is "$file $(cat "$CGROUP/$file")" "$file ${SAID[$file]}"; done
}

@test "systemd: each option of update stands in its file, beside those before it" {
    local -A SAID=()
    # Where it can be had, the BFQ scheduler has a file with a scale of its own.
    [ ! "${CAISSON_IN_LAB:-}" ] || rootless || modprobe -q bfq || :
    create_here
    updated --memory=64M memory.max 67108864
    updated --memory-reservation=32M memory.low 33554432
    [ ! -e "$CGROUP/memory.swap.max" ] || updated --memory-swap=96M memory.swap.max 33554432
    updated --cpu-share=512 cpu.weight 59
    updated --cpu-quota=33333 cpu.max "33333 100000"
    updated --cpu-period=200000 cpu.max "33333 200000"
    updated --cpu-burst=20000 cpu.max.burst 20000
    updated --pids-limit=17 pids.max 17
    if has cpuset; then
        updated --cpuset-cpus=0 cpuset.cpus 0
        updated --cpuset-mems=0 cpuset.mems 0
    fi
    if [ -e "$CGROUP/io.bfq.weight" ]; then
        updated --blkio-weight=500 io.bfq.weight "default 500"
    elif [ -e "$CGROUP/io.weight" ]; then
        updated --blkio-weight=500 io.weight "default 4950"
    fi
    again daemon-reload
    updated --pids-limit=-1 pids.max max
    unset 'SAID[cpu.weight]' # what is idle has the least there is: 0 of Linux 6.1, 1 of later ones
    updated --cpu-idle=1 cpu.idle 1
    [ ! -e "$CGROUP/memory.swap.max" ] || SAID[memory.swap.max]=max # no limit on memory is none on both together
    updated --memory=-1 memory.max max
}
