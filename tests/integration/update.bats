# SPDX-License-Identifier: LGPL-2.1-or-later
# update: each option, files, what wins over what, and that a failure changes nothing.
# also: lab-root lab-user lab-qemu
load helpers
load resources

# updates OPTION... : succeeds without a word
updates() {
    attempt caisson update "$@" "$ID"
    succeeds ""
}

@test "memory: limit, reservation and swap, with units" {
    need_controller memory
    create
    updates --memory 64M --memory-reservation=32m
    is "$(value memory.max)" 67108864
    is "$(value memory.low)" 33554432
    updates --memory 1G
    is "$(value memory.max)" 1073741824
    updates --memory 100000K
    is "$(value memory.max)" 102400000
    updates --memory 1.5MiB
    is "$(value memory.max)" 1572864
    updates --memory -1
    is "$(value memory.max)" max
}

@test "memory: swap is what is more than memory, that of this call or that in force" {
    need_controller memory
    resources '{"memory": {"limit": 67108864}}'
    create
    [ -e "$CGROUP/memory.swap.max" ] || skip "the kernel does not account swap"
    updates --memory-swap 96M
    is "$(value memory.swap.max)" 33554432
    # raised and lowered together
    updates --memory 128M --memory-swap 256M
    is "$(value memory.max) $(value memory.swap.max)" "134217728 134217728"
    updates --memory 32M --memory-swap 32M
    is "$(value memory.max) $(value memory.swap.max)" "33554432 0"
    updates --memory-swap -1
    is "$(value memory.swap.max)" max
    attempt caisson update --memory-swap 16M "$ID"
    fails "cannot be less than memory"
    updates --memory -1
    attempt caisson update --memory-swap 16M "$ID"
    fails "unable to set swap limit without memory limit"
}

# proves: linux.resources.memory.checkBeforeUpdate
@test "memory: checkBeforeUpdate keeps a limit from killing" {
    need_controller memory
    create
    echo '{"memory": {"limit": 4096, "checkBeforeUpdate": true}}' >"$T/r.json"
    attempt caisson update --resources "$T/r.json" "$ID"
    fails "rejecting memory limit 4096 <= usage"
    is "$(value memory.max)" max
}

@test "cpu: share, quota, period, burst, idle" {
    need_controller cpu
    create
    updates --cpu-share 512
    is "$(value cpu.weight)" 59
    updates --cpu-quota 50000
    is "$(value cpu.max)" "50000 100000"
    updates --cpu-period 200000
    is "$(value cpu.max)" "50000 200000"
    updates --cpu-burst 40000
    is "$(value cpu.max.burst)" 40000
    # What must be first for the kernel is: the burst is never more than the quota.
    updates --cpu-quota 30000 --cpu-burst 30000
    is "$(value cpu.max) $(value cpu.max.burst)" "30000 200000 30000"
    updates --cpu-quota 80000 --cpu-burst 70000
    is "$(value cpu.max) $(value cpu.max.burst)" "80000 200000 70000"
    updates --cpu-burst 0
    is "$(value cpu.max.burst)" 0
    updates --cpu-quota -1
    is "$(value cpu.max)" "max 200000"
    updates --cpu-idle 1
    is "$(value cpu.idle)" 1
    updates --cpu-idle 0 --cpu-share 1024
    is "$(value cpu.idle) $(value cpu.weight)" "0 100"
    attempt caisson update --cpu-rt-runtime 1000 "$ID"
    fails real-time
    updates --cpu-rt-runtime 0 --cpu-rt-period 0
}

@test "cpuset" {
    need_controller cpuset
    create
    updates --cpuset-cpus 0 --cpuset-mems 0
    is "$(value cpuset.cpus) $(value cpuset.mems)" "0 0"
    is "$(process_status Cpus_allowed_list)" 0
}

@test "pids: a limit, none, and zero for as it is" {
    need_controller pids
    create
    updates --pids-limit 17
    is "$(value pids.max)" 17
    updates --pids-limit 0
    is "$(value pids.max)" 17
    updates --pids-limit=-1
    is "$(value pids.max)" max
}

@test "io: the weight" {
    need_controller io
    create
    attempt caisson update --blkio-weight 500 "$ID"
    if [ -e "$CGROUP/io.bfq.weight" ]; then
        succeeds
        is "$(value io.bfq.weight)" "default 500"
    elif [ -e "$CGROUP/io.weight" ]; then
        succeeds
        is "$(value io.weight)" "default 4950"
    else
        fails io.weight
    fi
    attempt caisson update --blkio-weight 5000 "$ID"
    fails /blockIO/weight "10 to 1000"
}

@test "the zeros that docker sends change nothing" {
    need_controller memory cpu pids
    resources '{"memory": {"limit": 67108864}, "cpu": {"quota": 50000, "period": 200000, "shares": 512}, "pids": {"limit": 17}}'
    create
    echo '{"memory": {"limit": 0, "reservation": 0, "swap": 0, "kernel": 0},
        "cpu": {"shares": 0, "quota": 0, "period": 0, "cpus": "", "mems": ""},
        "blockIO": {"weight": 0}, "pids": {"limit": 0}}' >"$T/r.json"
    updates --resources "$T/r.json"
    is "$(value memory.max) $(value cpu.max) $(value cpu.weight) $(value pids.max)" "67108864 50000 200000 59 17"
}

@test "a file, standard input, and options that win over it" {
    create
    echo '{"unified": {"cgroup.max.depth": "7"}}' >"$T/r.json"
    updates -r "$T/r.json"
    is "$(value cgroup.max.depth)" 7
    caisson update --resources=- "$ID" <<<'{"unified": {"cgroup.max.depth": "9"}}'
    is "$(value cgroup.max.depth)" 9
    need_controller pids
    echo '{"pids": {"limit": 17}, "unified": {"cgroup.max.depth": "10"}}' >"$T/r.json"
    updates -r "$T/r.json" --pids-limit 18
    is "$(value pids.max) $(value cgroup.max.depth)" "18 10"
}

@test "a file that is wrong is told at its place" {
    create
    echo '{"memory": {"limit": "much"}}' >"$T/r.json"
    attempt caisson update --resources "$T/r.json" "$ID"
    fails "$T/r.json:1:" /memory/limit
    attempt caisson update --resources "$T/missing.json" "$ID"
    fails missing.json "No such file"
}

@test "a value that the kernel refuses puts back those before it" {
    resources '{"unified": {"cgroup.max.depth": "7"}}'
    create
    echo '{"unified": {"cgroup.max.depth": "8", "cgroup.max.descendants": "many"}}' >"$T/r.json"
    attempt caisson update --resources "$T/r.json" "$ID"
    fails "cannot update container '$ID'" /unified/cgroup.max.descendants "cannot write 'many'"
    is "$(value cgroup.max.depth)" 7
}

@test "a value that the kernel refuses puts back limits of memory, cpu and pids" {
    need_controller memory cpu pids
    resources '{"memory": {"limit": 67108864, "swap": 100663296}, "cpu": {"quota": 50000}, "pids": {"limit": 17}}'
    create
    local before after
    before=$(cat "$CGROUP"/{memory.max,memory.swap.max,memory.low,cpu.max,cpu.weight,pids.max})
    echo '{"unified": {"pids.max": "many"}}' >"$T/r.json"
    attempt caisson update -r "$T/r.json" --memory 32M --memory-swap 32M --memory-reservation 1M --cpu-quota 20000 \
        --cpu-share 2 --pids-limit 5 "$ID"
    fails "cannot write 'many'"
    after=$(cat "$CGROUP"/{memory.max,memory.swap.max,memory.low,cpu.max,cpu.weight,pids.max})
    is "$after" "$before"
}

# start_with_nodes: a container that may make device nodes, with two of them, and use none
start_with_nodes() {
    config '.linux.resources.devices = [{allow: false, access: "rwm"}]
        | .process.capabilities |= map_values(. + ["CAP_MKNOD"])'
    script 'mknod /dev/x c 240 7; mknod /dev/y c 240 8; touch /tmp/up; exec sleep 1000'
    create
    caisson start "$ID"
    wait_for test -e "$BUNDLE/rootfs/tmp/up"
}

# Opens of 240:7, a number without a driver: the cgroup's refusal is EPERM, what it lets through ENXIO.
opens() {
    attempt caisson exec "$ID" sh -c "exec 9<>$1"
    if [ "$2" = allowed ]; then
        contains "$output" "No such device"
    else
        contains "$output" "not permitted"
    fi
}

@test "devices of a live container are replaced as a whole" {
    need_root "device rules take a BPF program, which only root can attach"
    start_with_nodes
    opens /dev/x refused
    echo '{"devices": [{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 240, "minor": 7, "access": "rw"}]}' >"$T/r.json"
    updates -r "$T/r.json"
    opens /dev/x allowed
    opens /dev/y refused
    # what every container may use stays
    attempt caisson exec "$ID" dd if=/dev/zero of=/dev/null bs=1 count=1
    succeeds
    # an update of something else leaves the rules alone
    echo '{"unified": {"cgroup.max.depth": "7"}}' >"$T/r.json"
    updates -r "$T/r.json"
    opens /dev/y refused
    echo '{"devices": [{"allow": true, "access": "rwm"}]}' >"$T/r.json"
    updates -r "$T/r.json"
    opens /dev/y allowed
    # A hundred times: programs that heap up would end at 64.
    local i
    echo '{"devices": [{"allow": false, "access": "rwm"}]}' >"$T/r.json"
    for ((i = 0; i < 100; i++)); do caisson update -r "$T/r.json" "$ID"; done
    opens /dev/x refused
}

@test "between the old rules for devices and the new ones there is no moment without any" {
    need_root "device rules take a BPF program, which only root can attach"
    config '.linux.resources.devices = [{allow: false, access: "rwm"}]
        | .process.capabilities |= map_values(. + ["CAP_MKNOD"])'
    # 240:7 is never allowed, /dev/null always.
    script 'mknod /dev/x c 240 7; touch /tmp/up
        until [ -e /tmp/end ]; do
            n=$((n + 1))
            (exec 9<>/dev/x) 2>&1 | grep -v "not permitted" && echo "let through in turn $n"
            (exec 9<>/dev/null) 2>&1 || echo "kept out in turn $n"
        done >/tmp/found 2>&1; echo $n >/tmp/turns'
    create
    caisson start "$ID"
    wait_for test -e "$BUNDLE/rootfs/tmp/up"
    local i
    for i in {1..100}; do
        caisson update -r - "$ID" <<<'{"devices": [{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 240, "minor": '$((i + 8))', "access": "rw"}]}'
    done
    touch "$BUNDLE/rootfs/tmp/end"
    wait_for stopped
    is "$(cat "$BUNDLE/rootfs/tmp/found")" ""
    [ "$(cat "$BUNDLE/rootfs/tmp/turns")" -gt 10 ]
}

@test "device rules of a user change nothing, and are no error" {
    rootless || skip "needs a user without privileges: tests/run rootless"
    create
    echo '{"devices": [{"allow": false, "access": "rwm"}], "unified": {"cgroup.max.depth": "7"}}' >"$T/r.json"
    updates -r "$T/r.json"
    is "$(value cgroup.max.depth)" 7
}

@test "a failed update leaves the devices as they were" {
    need_root "device rules take a BPF program, which only root can attach"
    start_with_nodes
    opens /dev/x refused
    echo '{"devices": [{"allow": true, "access": "rwm"}], "unified": {"cgroup.max.depth": "deep"}}' >"$T/r.json"
    attempt caisson update -r "$T/r.json" "$ID"
    fails "cannot write 'deep'"
    opens /dev/x refused
}

@test "a created and a paused container can be updated, one that has ended cannot" {
    echo '{"unified": {"cgroup.max.depth": "7"}}' >"$T/r.json"
    create
    updates -r "$T/r.json"
    is "$(value cgroup.max.depth)" 7
    caisson delete --force "$ID"
    start_sleeping
    caisson pause "$ID"
    updates -r "$T/r.json"
    is "$(status_of)" paused
    is "$(value cgroup.max.depth)" 7
    caisson resume "$ID"
    caisson kill "$ID" KILL
    wait_for stopped
    attempt caisson update -r "$T/r.json" "$ID"
    fails "container not running"
    attempt caisson update -r "$T/r.json" nobody
    fails "container does not exist"
}

@test "kernel memory is ignored with a warning" {
    create
    attempt caisson update --kernel-memory 64M --kernel-memory-tcp 64M "$ID"
    succeeds
    contains "$output" "kernel memory" ignored
}

@test "cache and memory bandwidth need resctrl" {
    create
    ! grep -q ' - resctrl ' /proc/self/mountinfo || skip "resctrl is mounted here"
    attempt caisson update --l3-cache-schema 'L3:0=f' "$ID"
    fails "resctrl" "/sys/fs/resctrl"
    attempt caisson update --mem-bw-schema 'MB:0=50' "$ID"
    fails "resctrl" "/sys/fs/resctrl"
}

@test "numbers that are none are refused before anything is changed" {
    create
    local option
    for option in --memory=x --memory=1X --memory=99999999999999999999 --memory= --pids-limit=many --cpu-quota=1.5 \
        --cpu-share=-1 --cpu-period=-5 --blkio-weight=4294967296; do
        attempt caisson update "$option" "$ID"
        fails
    done
}

@test "the controller of a new limit is enabled on the way" {
    need_controller pids
    resources '{}'
    create
    updates --pids-limit 17
    is "$(value pids.max)" 17
}

@test "a limit whose controller is missing changes nothing and names it" {
    create
    echo '{"unified": {"cgroup.max.depth": "7", "frobnication.max": "1"}}' >"$T/r.json"
    attempt caisson update -r "$T/r.json" "$ID"
    fails "the cgroup controller 'frobnication' is not available"
    is "$(value cgroup.max.depth)" max
}
