# SPDX-License-Identifier: LGPL-2.1-or-later
# What a process can be given beside its user and its limits, as the kernel tells of it: scheduler, I/O priority, memory
# policy, personality, keyring.
# also: user lab-root
load helpers

# The tests say what the nice value becomes, whatever this suite itself was started with.
setup() {
    common_setup
    rootless || renice --priority 0 --pid $BASHPID >/dev/null
}

# scheduler JSON: starts a container with process.scheduler
scheduler() {
    config '.process.scheduler = $value' --argjson value "$1"
    start_sleeping
    wait_for started
}

# scheduled PATTERN: what sched_getattr(2) says of it
scheduled() {
    matches "$(python3 "$HERE/sched-attr.py" "$PID")" "^$1\$"
    caisson delete --force "$ID"
}

# ---- scheduler: policy flags nice priority runtime deadline period ----

# proves: process.scheduler.{policy,nice}, process.scheduler.policy={SCHED_OTHER,SCHED_BATCH,SCHED_IDLE}
@test "scheduler: SCHED_OTHER, SCHED_BATCH and SCHED_IDLE, with nice" {
    need_root "a nice value below the caller's takes CAP_SYS_NICE"
    scheduler '{"policy": "SCHED_OTHER", "nice": -7}'
    scheduled '0 0 -7 0 .*'
    scheduler '{"policy": "SCHED_BATCH", "nice": 19}'
    scheduled '3 0 19 0 .*'
    scheduler '{"policy": "SCHED_IDLE"}'
    scheduled '5 0 0 0 .*'
}

# proves: process.scheduler.priority, process.scheduler.policy={SCHED_FIFO,SCHED_RR}
@test "scheduler: SCHED_FIFO and SCHED_RR, with a priority" {
    chrt --fifo 5 true 2>/dev/null || skip "no real-time scheduling here"
    scheduler '{"policy": "SCHED_FIFO", "priority": 17}'
    scheduled '1 0 0 17 .*'
    scheduler '{"policy": "SCHED_RR", "priority": 99}'
    scheduled '2 0 0 99 .*'
}

# proves: process.scheduler.{runtime,deadline,period}, process.scheduler.policy=SCHED_DEADLINE,
#   process.scheduler.flags={SCHED_FLAG_RECLAIM,SCHED_FLAG_DL_OVERRUN}
@test "scheduler: SCHED_DEADLINE, with runtime, deadline and period" {
    chrt --deadline --sched-runtime 1000000 --sched-deadline 50000000 --sched-period 100000000 0 true 2>/dev/null ||
        skip "no deadlines here"
    # A shell could not make children of its own then.
    config '.process.args = ["sleep", "1000"] | .process.scheduler =
        {policy: "SCHED_DEADLINE", runtime: 1000000, deadline: 50000000, period: 100000000}'
    create
    caisson start "$ID"
    wait_for started
    scheduled '6 0 0 0 1000000 50000000 100000000'
    config '.process.scheduler.flags = ["SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_RECLAIM", "SCHED_FLAG_DL_OVERRUN"]'
    create
    caisson start "$ID"
    wait_for started
    scheduled '6 7 0 0 1000000 50000000 100000000'
}

# proves: process.scheduler.flags, process.scheduler.flags=SCHED_FLAG_RESET_ON_FORK
@test "scheduler: SCHED_FLAG_RESET_ON_FORK" {
    need_root "a nice value below the caller's takes CAP_SYS_NICE"
    scheduler '{"policy": "SCHED_BATCH", "nice": -3, "flags": ["SCHED_FLAG_RESET_ON_FORK"]}'
    scheduled '3 1 -3 0 .*'
}

# proves: process.scheduler.flags={SCHED_FLAG_KEEP_POLICY,SCHED_FLAG_KEEP_PARAMS}
@test "scheduler: SCHED_FLAG_KEEP_POLICY and SCHED_FLAG_KEEP_PARAMS leave what the caller has" {
    need_root "a nice value below the caller's takes CAP_SYS_NICE"
    config '.process.scheduler = {policy: "SCHED_IDLE", nice: 3, flags: ["SCHED_FLAG_KEEP_POLICY"]}'
    script 'sleep 1000'
    attempt chrt --batch 0 "$CAISSON" --root "$ROOT" create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
    succeeds
    PID=$(cat "$T/pid")
    scheduled '3 0 3 0 .*'
    config '.process.scheduler = {policy: "SCHED_BATCH", nice: 3, flags: ["SCHED_FLAG_KEEP_PARAMS"]}'
    attempt nice -n 5 "$CAISSON" --root "$ROOT" create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
    succeeds
    PID=$(cat "$T/pid")
    # The policy is a parameter, too.
    scheduled '0 0 5 0 .*'
}

# proves: process.scheduler.flags={SCHED_FLAG_UTIL_CLAMP_MIN,SCHED_FLAG_UTIL_CLAMP_MAX}
@test "scheduler: the utilization clamps, or why they cannot be" {
    need_root "the utilization clamps take CAP_SYS_NICE"
    config '.process.scheduler = {policy: "SCHED_OTHER", nice: 2, flags: ["SCHED_FLAG_UTIL_CLAMP_MIN", "SCHED_FLAG_UTIL_CLAMP_MAX"]}'
    script 'sleep 1000'
    attempt caisson create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
    if [ "$status" != 0 ]; then
        fails /process/scheduler CONFIG_UCLAMP_TASK
        return 0
    fi
    PID=$(cat "$T/pid")
    scheduled '0 [0-9]+ 2 0 .*'
}

# proves: process.scheduler.policy=SCHED_ISO
@test "scheduler: SCHED_ISO is refused by the kernel, and said so" {
    config '.process.scheduler = {policy: "SCHED_ISO"}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /process/scheduler SCHED_ISO
}

@test "scheduler: values that do not go together are refused" {
    local bad
    for bad in '{"policy": "SCHED_OTHER", "priority": 5}' '{"policy": "SCHED_FIFO"}' '{"policy": "SCHED_RR", "priority": 100}' \
        '{"policy": "SCHED_OTHER", "nice": 20}' '{"policy": "SCHED_BATCH", "runtime": 5}' '{"nice": 5}' \
        '{"policy": "SCHED_OTHER", "flags": ["SCHED_FLAG_OTHER"]}'; do
        config '.process.scheduler = $value' --argjson value "$bad"
        attempt caisson create --bundle "$BUNDLE" "$ID"
        fails /process/scheduler
    done
    config '.process.scheduler = {policy: "SCHED_DEADLINE", runtime: 50, deadline: 20, period: 10}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /process/scheduler
}

@test "scheduler: exec takes the container's, and a process file its own" {
    need_root "a nice value below the caller's takes CAP_SYS_NICE"
    scheduler '{"policy": "SCHED_BATCH", "nice": 4}'
    attempt caisson exec --detach --pid-file "$T/exec.pid" "$ID" sleep 1000
    succeeds
    matches "$(python3 "$HERE/sched-attr.py" "$(cat "$T/exec.pid")")" '^3 0 4 0'
    jq '.process | .scheduler = {policy: "SCHED_IDLE"} | .args = ["sleep", "1000"]' "$BUNDLE/config.json" >"$T/process.json"
    attempt caisson exec --detach --pid-file "$T/exec.pid" --process "$T/process.json" "$ID"
    succeeds
    matches "$(python3 "$HERE/sched-attr.py" "$(cat "$T/exec.pid")")" '^5 0 0 0'
}

# ---- ioPriority ----

# proves: process.ioPriority.{class,priority}, process.ioPriority.class={IOPRIO_CLASS_RT,IOPRIO_CLASS_BE,
#   IOPRIO_CLASS_IDLE}
@test "ioPriority: every class" {
    need_root "the real-time class takes CAP_SYS_NICE"
    config '.process.ioPriority = {class: "IOPRIO_CLASS_RT", priority: 3}'
    start_sleeping
    wait_for started
    is "$(ionice -p "$PID")" "realtime: prio 3"
    caisson delete --force "$ID"
    config '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 7}'
    start_sleeping
    wait_for started
    is "$(ionice -p "$PID")" "best-effort: prio 7"
    caisson delete --force "$ID"
    config '.process.ioPriority = {class: "IOPRIO_CLASS_IDLE", priority: 0}'
    start_sleeping
    wait_for started
    is "$(ionice -p "$PID")" idle
}

@test "ioPriority: a priority outside 0 to 7, and an unknown class" {
    local bad
    for bad in '{"class": "IOPRIO_CLASS_BE", "priority": 8}' '{"class": "IOPRIO_CLASS_BE", "priority": -1}' \
        '{"class": "IOPRIO_CLASS_NONE", "priority": 0}' '{"class": "IOPRIO_CLASS_BE"}' '{"priority": 1}'; do
        config '.process.ioPriority = $value' --argjson value "$bad"
        attempt caisson create --bundle "$BUNDLE" "$ID"
        fails /process/ioPriority
    done
}

# ---- linux.memoryPolicy ----

# memory_policy JSON EXPECTED: what numa_maps says of memory that has no policy of its own
memory_policy() {
    [ -r /proc/self/numa_maps ] || skip "this kernel has no NUMA"
    config '.linux.memoryPolicy = $value' --argjson value "$1"
    start_sleeping
    wait_for started
    matches "$(awk 'NR == 1 {print $2}' "/proc/$PID/numa_maps")" "^$2\$"
    caisson delete --force "$ID"
}

# proves: linux.memoryPolicy.{mode,nodes}, linux.memoryPolicy.mode={MPOL_DEFAULT,MPOL_BIND,MPOL_INTERLEAVE,
#   MPOL_PREFERRED,MPOL_PREFERRED_MANY,MPOL_LOCAL}
@test "memoryPolicy: every mode" {
    memory_policy '{"mode": "MPOL_DEFAULT"}' default
    memory_policy '{"mode": "MPOL_DEFAULT", "nodes": ""}' default
    memory_policy '{"mode": "MPOL_BIND", "nodes": "0"}' bind:0
    memory_policy '{"mode": "MPOL_INTERLEAVE", "nodes": "0"}' interleave:0
    memory_policy '{"mode": "MPOL_PREFERRED", "nodes": "0"}' prefer:0
    memory_policy '{"mode": "MPOL_LOCAL"}' local
    need_kernel 5.15
    memory_policy '{"mode": "MPOL_PREFERRED_MANY", "nodes": "0"}' "prefer"
}

# proves: linux.memoryPolicy.mode=MPOL_WEIGHTED_INTERLEAVE
@test "memoryPolicy: MPOL_WEIGHTED_INTERLEAVE" {
    need_kernel 6.9
    memory_policy '{"mode": "MPOL_WEIGHTED_INTERLEAVE", "nodes": "0"}' weighted
}

# proves: linux.memoryPolicy.flags, linux.memoryPolicy.flags={MPOL_F_STATIC_NODES,MPOL_F_RELATIVE_NODES,
#   MPOL_F_NUMA_BALANCING}
@test "memoryPolicy: every flag" {
    memory_policy '{"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_STATIC_NODES"]}' bind=static:0
    memory_policy '{"mode": "MPOL_INTERLEAVE", "nodes": "0", "flags": ["MPOL_F_RELATIVE_NODES"]}' interleave=relative:0
    memory_policy '{"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_NUMA_BALANCING"]}' "bind(=balancing)?:0"
}

@test "memoryPolicy: what the kernel refuses is said" {
    local bad
    [ -r /proc/self/numa_maps ] || skip "this kernel has no NUMA"
    for bad in '{"mode": "MPOL_BIND"}' '{"mode": "MPOL_BIND", "nodes": "1000"}' '{"mode": "MPOL_DEFAULT", "nodes": "0"}' \
        '{"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES"]}'; do
        config '.linux.memoryPolicy = $value' --argjson value "$bad"
        attempt caisson create --bundle "$BUNDLE" "$ID"
        fails /linux/memoryPolicy "memory policy"
    done
    for bad in '{"mode": "MPOL_BIND", "nodes": "0-"}' '{"mode": "MPOL_BIND", "nodes": "x"}' '{"nodes": "0"}' \
        '{"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_OTHER"]}'; do
        config '.linux.memoryPolicy = $value' --argjson value "$bad"
        attempt caisson create --bundle "$BUNDLE" "$ID"
        fails /linux/memoryPolicy
    done
}

# ---- personality, time, keyring, groups ----

# proves: linux.personality.{domain,flags}, linux.personality.domain={LINUX,LINUX32}
@test "personality: LINUX32 says another machine, LINUX the same" {
    [ "$(uname -m)" = x86_64 ] || skip "the names are x86-64's"
    config '.linux.personality = {domain: "LINUX32"}'
    start_sleeping
    wait_for started
    is "$(cat "/proc/$PID/personality")" 00000008
    caisson delete --force "$ID"
    ln -sf busybox "$BUNDLE/rootfs/bin/uname"
    run_script 'uname -m'
    # A kernel that runs no 32-bit programs has no other name.
    succeeds "$(setarch linux32 uname -m)"
    config '.linux.personality = {domain: "LINUX"}'
    run_script 'uname -m; cat /proc/self/personality'
    succeeds $'x86_64\n00000000'
    config '.linux.personality = {domain: "LINUX", flags: ["ADDR_NO_RANDOMIZE"]}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /linux/personality/flags
}

# proves: linux.timeOffsets.{monotonic,boottime}.{secs,nanosecs}
@test "timeOffsets: seconds and nanoseconds of both clocks, before zero too" {
    config '.linux.namespaces += [{type: "time"}]
        | .linux.timeOffsets = {monotonic: {secs: 86400, nanosecs: 500000000}, boottime: {secs: -1}}'
    start_sleeping
    is "$(tr -s ' ' <"/proc/$PID/timens_offsets")" $'monotonic 86400 500000000\nboottime -1 0'
}

# proves: --no-new-keyring
@test "keyring: the session has one of its own; --no-new-keyring leaves the caller's" {
    grep -q . /proc/keys || skip "this kernel has no keyrings"
    config '.linux.maskedPaths = []'
    run_script 'grep -c "keyring *_ses\.'"$ID"':" /proc/keys'
    succeeds 1
    # Under another name: the kernel lists the first one until it has let go of the process's credentials.
    script 'grep -c "keyring *_ses\.'"$ID"'-2:" /proc/keys'
    attempt caisson run --bundle "$BUNDLE" --no-new-keyring "$ID-2"
    is "$status $output" "1 0"
    attempt caisson run --bundle "$BUNDLE" "$ID-2"
    is "$status $output" "0 1"
}

# proves: process.user.additionalGids
@test "additionalGids: they are the only ones, the group itself aside" {
    need_root "setpriv(1) gives the caller groups"
    config '.process.user = {uid: 7, gid: 8, additionalGids: [4294967294, 0, 9]}'
    script 'grep ^Groups /proc/self/status | tr "\t" " "'
    attempt setpriv --groups 10,20 "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    succeeds
    is "$(tr -s ' ' '\n' <<<"${output#Groups:}" | grep . | sort -n | tr '\n' ' ')" "0 9 4294967294 "
}

@test "umask: the largest, zero, and one that is none" {
    config '.process.user.umask = 511'
    run_script umask
    succeeds 0777
    config '.process.user.umask = 0'
    (umask 077 && caisson run --bundle "$BUNDLE" "$ID" </dev/null >"$T/out")
    is "$(cat "$T/out")" 0000
    config '.process.user.umask = 512'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /process/user/umask
}
