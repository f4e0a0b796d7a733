# SPDX-License-Identifier: LGPL-2.1-or-later
# That limits hold, with either cgroup driver, for root and for a user with a cgroup of his own. (resources.bats has
# which value goes into which file.)
# also: lab-root lab-user
load helpers

setup() {
    common_setup
    need_controller memory cpu pids
}

# with DRIVER: the container's cgroup is made by it; sets $DRIVER, and $CGROUP where it is known before
with() {
    if [ "$1" = systemd ]; then
        [ -d /run/systemd/system ] || skip "systemd does not run here (see tests/lab)"
        [ -x "$(dirname "$CAISSON")/caisson-systemd" ] || skip "caisson was built without libsystemd"
        DRIVER=(--systemd-cgroup)
        rootless && set -- user.slice || set -- system.slice
        config '.linux.cgroupsPath = $slice + ":ct:" + $id' --arg slice "$1" --arg id "$ID"
    else
        DRIVER=()
        need_cgroup
    fi
}

caisson() {
    "$CAISSON" --root "$ROOT" "${DRIVER[@]}" "$@"
}

resources() {
    config '.linux.resources = $r' --argjson r "$1"
}

# make: a container that is not started; sets $PID and $CGROUP
make() {
    create
    CGROUP=$CGROUP2$(sed -n 's/^0:://p' "/proc/$PID/cgroup")
}

# values FILE...: of the container's cgroup, in one line
values() {
    (cd "$CGROUP" && cat "$@") | paste -s -d ' '
}

# field FILE KEY: the number behind KEY in a file of "KEY NUMBER" lines
field() {
    awk -v key="$2" '$1 == key {print $2}' "$CGROUP/$1"
}

# grown FILE KEY NUMBER: whether the number behind KEY is NUMBER or more
grown() {
    [ "$(field "$1" "$2")" -ge "$3" ]
}

LIMITS='{"memory": {"limit": 67108864, "swap": 67108864, "reservation": 33554432}, "pids": {"limit": 17},
    "cpu": {"quota": 50000, "period": 200000, "shares": 512}}'
FILES=(memory.max memory.low pids.max cpu.max cpu.weight)

# ---- in the kernel's files ----

stand() {
    with "$1"
    resources "$LIMITS"
    make
    is "$(values "${FILES[@]}")" "67108864 33554432 17 50000 200000 59"
    is "$(cat "$CGROUP/cgroup.procs")" "$PID"
    caisson start "$ID"
    caisson update --memory 32M --memory-swap 32M --memory-reservation 1M --pids-limit 20 --cpu-quota 60000 --cpu-share 1024 "$ID"
    is "$(values "${FILES[@]}")" "33554432 1048576 20 60000 200000 100"
    caisson update -r - "$ID" <<<'{"unified": {"memory.high": "20971520", "cgroup.max.depth": "7"}}'
    is "$(values memory.high cgroup.max.depth memory.max)" "20971520 7 33554432"
    is "$(caisson ps --format json "$ID" | jq -c .)" "[$PID]"
    caisson delete --force "$ID"
    [ ! -d "$CGROUP" ]
}

@test "cgroupfs: limits stand in the files, are changed there, and go with the container" {
    config '.process.args = ["sleep", "1000"]'
    stand cgroupfs
}

@test "systemd: limits stand in the files, are changed there, and go with the container" {
    config '.process.args = ["sleep", "1000"]'
    stand systemd
}

freeze() {
    with "$1"
    resources "$LIMITS"
    config '.process.args = ["sleep", "1000"]'
    make
    caisson start "$ID"
    caisson pause "$ID"
    is "$(status_of) $(field cgroup.events frozen)" "paused 1"
    caisson update --pids-limit 18 "$ID"
    is "$(status_of) $(field cgroup.events frozen) $(values pids.max)" "paused 1 18"
    caisson resume "$ID"
    is "$(status_of) $(field cgroup.events frozen)" "running 0"
    caisson pause "$ID"
    caisson kill --all "$ID" KILL
    wait_for stopped
    caisson delete "$ID"
    [ ! -d "$CGROUP" ]
}

@test "cgroupfs: pause, resume, and the end of what is paused" {
    freeze cgroupfs
}

@test "systemd: pause, resume, and the end of what is paused" {
    freeze systemd
}

# ---- that they hold ----

bomb() {
    with "$1"
    resources '{"pids": {"limit": 20}}'
    script '(b() { b | b & }; b; b; b) 2>/dev/null; exec sleep 1000'
    make
    caisson start "$ID"
    wait_for grown pids.events max 1
    [ "$(values pids.current)" -le 20 ]
    [ ! -e "$CGROUP/pids.peak" ] || is "$(values pids.peak)" 20
    is "$(caisson events --stats "$ID" | jq '.data.pids | .limit == 20 and .current <= 20 and .events.max >= 1')" true
    caisson kill --all "$ID" KILL
    wait_for stopped
    # systemd removes an empty one at once
    [ ! -d "$CGROUP" ] || is "$(field cgroup.events populated)" 0
}

@test "cgroupfs: a fork bomb stays below pids.max, and kill --all ends it" {
    bomb cgroupfs
}

@test "systemd: a fork bomb stays below pids.max, and kill --all ends it" {
    bomb systemd
}

# watches: it has read the counter of the cgroup and waits for it
watches() {
    grep -q -s memory.events <(ls -l "/proc/$1/fd")
}

hog() {
    with "$1"
    resources '{"memory": {"limit": 16777216, "swap": 16777216}}'
    script 'dd if=/dev/zero of=/dev/null bs=64M count=1; exec sleep 1000'
    make
    "$CAISSON" --root "$ROOT" events --interval 1h "$ID" </dev/null >"$T/events" 2>&1 3>&- &
    BACKGROUND+=($!)
    wait_for watches "${BACKGROUND[-1]}"
    caisson start "$ID"
    wait_for grep -q . "$T/events"
    is "$(jq -c . "$T/events")" "{\"type\":\"oom\",\"id\":\"$ID\"}"
    is "$(field memory.events oom_kill)" 1
    [ ! -e "$CGROUP/memory.peak" ] || [ "$(values memory.peak)" -le 16777216 ]
    # the hog alone
    is "$(status_of)" running
}

@test "cgroupfs: a process that takes more memory is killed, and events tells at once" {
    hog cgroupfs
}

@test "systemd: a process that takes more memory is killed, and events tells at once" {
    hog systemd
}

# The kernel's own clock: what was used, against what the periods that went by allow. A processor that the host takes
# away for a moment is paid back in the periods that follow; a window that ends within one is another try's.
quota() {
    local i before used
    with "$1"
    resources '{"cpu": {"quota": 20000, "period": 100000}}'
    script 'while :; do :; done'
    make
    caisson start "$ID"
    wait_for grown cpu.stat nr_throttled 5
    window() { awk '$1 == "usage_usec" {used = $2} $1 == "nr_periods" {print used, $2}' "$CGROUP/cpu.stat"; }
    for ((i = 0; i < 3; i++)); do
        before=$(window)
        wait_for grown cpu.stat nr_periods $((${before#* } + 100))
        used=$(awk '{ printf "%.1f\n", ($3 - $1) / ($4 - $2) / 1000 }' <<<"$before $(window)")
        echo "$used % of a processor, of 20 %"
        if awk '{ exit !($1 > 19 && $1 < 21) }' <<<"$used"; then return 0; fi
    done
    return 1
}

@test "cgroupfs: a quota of 20 % of a processor is that, within a twentieth of it" {
    quota cgroupfs
}

@test "systemd: a quota of 20 % of a processor is that, within a twentieth of it" {
    quota systemd
}

small() {
    with "$1"
    resources '{"memory": {"limit": 524288}, "pids": {"limit": 1}}'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    succeeds
}

@test "cgroupfs: 512 KiB and one process are enough for a program that needs no more" {
    small cgroupfs
}

@test "systemd: 512 KiB and one process are enough for a program that needs no more" {
    small systemd
}

@test "the memory is the container's to use, not the runtime's" {
    with cgroupfs
    resources '{"memory": {"limit": 1048576}}'
    make
    # What the process that waits for start has been charged for.
    [ "$(values memory.current)" -lt 409600 ] || {
        echo "memory.current is $(values memory.current)"
        return 1
    }
    is "$(field memory.events max)" 0
}

@test "a process that forks at its limit gets EAGAIN" {
    with cgroupfs
    resources '{"pids": {"limit": 1}}'
    run_script 'sleep 0 & wait'
    contains "$output" "can't fork"
    [ "$status" != 0 ]
}

@test "exec into a full container says that a limit on processes is reached" {
    with cgroupfs
    resources '{"pids": {"limit": 1}}'
    config '.process.args = ["sleep", "1000"]'
    make
    caisson start "$ID"
    attempt caisson exec "$ID" true
    is "$status" 255
    fails "cannot start" "pids.max"
}

# ---- and that they could not be had ----

@test "a limit below a cgroup that holds processes itself is refused, with what to do" {
    DRIVER=()
    local full
    if rootless; then
        full=$(sed -n 's/^0:://p' /proc/self/cgroup)
    else
        full=/caisson-test/full-$ID
        mkdir -p "$CGROUP2$full"
        sleep 1000 </dev/null >/dev/null 2>&1 3>&- &
        BACKGROUND+=($!)
        echo $! >"$CGROUP2$full/cgroup.procs"
    fi
    config '.linux.cgroupsPath = $path' --arg path "$full/$ID"
    # The kernel itself refuses memory; cpu and pids it would let pass, and then no process enters.
    local limit
    for limit in '{"memory": {"limit": 67108864}}' '{"pids": {"limit": 17}}' '{"cpu": {"shares": 512}}'; do
        resources "$limit"
        attempt caisson create --bundle "$BUNDLE" "$ID"
        fails "/linux/resources/$(jq -r 'keys[0]' <<<"$limit")/" "processes are in that cgroup itself"
        is "$(cat "$CGROUP2$full/cgroup.subtree_control")" ""
        [ ! -d "$CGROUP2$full/$ID" ]
    done
    attempt caisson state "$ID"
    fails "does not exist"
    rootless || {
        # Where somebody else has done what is refused above, no process enters.
        echo +pids >"$CGROUP2$full/cgroup.subtree_control"
        resources '{}'
        attempt caisson create --bundle "$BUNDLE" "$ID"
        fails "cannot start the container's first process" "holds processes itself"
        [ ! -d "$CGROUP2$full/$ID" ]
        kill "${BACKGROUND[-1]}"
        wait_for rmdir "$CGROUP2$full"
    }
}
