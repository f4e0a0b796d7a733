# SPDX-License-Identifier: LGPL-2.1-or-later
# The end: kill --all and delete, of what freezes, nests, multiplies and hangs. Everything by cgroup.kill and
# cgroup.events, and never for ever.
# also: user lab-root lab-user
load helpers
load resources

populated() {
    [ "$(field cgroup.events populated)" = 1 ]
}

# divided: starts a container with processes in cgroups inside its own
divided() {
    config '(.mounts[] | select(.type == "cgroup")).options |= map(select(. != "ro"))'
    script 'mkdir -p /sys/fs/cgroup/a/b /sys/fs/cgroup/c
        sleep 1000 & echo $! >/sys/fs/cgroup/a/b/cgroup.procs
        sleep 1000 & echo $! >/sys/fs/cgroup/c/cgroup.procs
        touch /tmp/up; exec sleep 1000'
    create
    caisson start "$ID"
    wait_for test -e "$BUNDLE/rootfs/tmp/up"
}

@test "kill --all KILL reaches the cgroups inside, and delete removes them" {
    divided
    is "$(caisson ps --format json "$ID" | jq length)" 3
    caisson kill --all "$ID" KILL
    wait_for stopped
    is "$(field cgroup.events populated)" 0
    caisson delete "$ID"
    [ ! -d "$CGROUP" ]
}

@test "kill --all with another signal reaches them too" {
    divided
    caisson kill --all "$ID" TERM
    # process 1 of a namespace has no default action for it
    one() { [ "$(caisson ps --format json "$ID" | jq length)" = 1 ]; }
    wait_for one
    is "$(status_of)" running
}

@test "cgroups nested deep are removed" {
    start_sleeping
    local deep=$CGROUP i
    for ((i = 0; i < 60; i++)); do deep+=/d; done
    mkdir -p "$deep" "$CGROUP"/wide{1..60}
    caisson delete --force "$ID"
    [ ! -d "$CGROUP" ]
}

@test "a paused container: kill --all KILL ends it, delete removes it" {
    start_sleeping
    caisson pause "$ID"
    caisson kill --all "$ID" KILL
    wait_for stopped
    caisson delete "$ID"
    [ ! -d "$CGROUP" ]
}

@test "a paused container: delete --force removes it, delete does not" {
    start_sleeping
    caisson pause "$ID"
    attempt caisson delete "$ID"
    fails "not stopped: paused"
    is "$(status_of)" paused
    caisson delete --force "$ID"
    [ ! -d "$CGROUP" ]
    wait_for test ! -d "/proc/$PID" # somebody else reaps it
}

@test "frozen by somebody else, in a cgroup inside or above: delete --force removes it" {
    divided
    echo 1 >"$CGROUP/a/cgroup.freeze"
    caisson delete --force "$ID"
    [ ! -d "$CGROUP" ]
    mkdir -p "$CGROUP2$PARENT/above-$ID"
    config '.linux.cgroupsPath = $path' --arg path "$PARENT/above-$ID/$ID"
    create
    echo 1 >"$CGROUP2$PARENT/above-$ID/cgroup.freeze"
    caisson delete --force "$ID"
    rmdir "$CGROUP2$PARENT/above-$ID"
}

@test "processes that outlive the first one, without a process namespace, are killed by delete" {
    config '.linux.namespaces |= map(select(.type != "pid")) | .mounts |= map(select(.type != "proc"))'
    script 'sleep 1000 & sleep 1000 & sleep 1000 & exit 0'
    create
    caisson start "$ID"
    wait_for stopped
    populated
    caisson delete "$ID"
    [ ! -d "$CGROUP" ]
}

@test "a program that ignores every signal it can is gone with delete --force" {
    script 'trap "" HUP INT QUIT TERM USR1 USR2; while :; do sleep 1000; done'
    create
    caisson start "$ID"
    caisson kill "$ID" TERM
    is "$(status_of)" running
    caisson delete --force "$ID"
    [ ! -d "$CGROUP" ]
}

@test "a hundred processes end with one delete" {
    script 'i=0; while [ $i -lt 100 ]; do sleep 1000 & i=$((i + 1)); done; touch /tmp/up; wait'
    create
    caisson start "$ID"
    wait_for test -e "$BUNDLE/rootfs/tmp/up"
    is "$(caisson ps --format json "$ID" | jq length)" 101
    caisson delete --force "$ID"
    [ ! -d "$CGROUP" ]
}

@test "processes that fork as fast as they can end with one delete" {
    script 'for i in 1 2 3 4; do while :; do /bin/true; done & done; touch /tmp/up; wait'
    create
    caisson start "$ID"
    wait_for test -e "$BUNDLE/rootfs/tmp/up"
    caisson delete --force "$ID"
    [ ! -d "$CGROUP" ]
}

@test "a cgroup that somebody removed before is no error" {
    create
    caisson kill "$ID" KILL
    wait_for stopped
    wait_for rmdir "$CGROUP"
    caisson delete "$ID"
}

# hang: a container with a process that nothing can end; unhang ends what it waits for
hang() {
    [ -w /dev/fuse ] && grep -qw fuse /proc/filesystems || skip "there is no FUSE here"
    mkdir "$T/hang"
    python3 "$HERE/hanging-mount.py" "$T/hang" >"$T/hang.out" 2>&1 </dev/null 3>&- &
    HANG=$!
    BACKGROUND+=($HANG)
    wait_for grep -q . "$T/hang.out"
    grep -qx ready "$T/hang.out" || skip "cannot mount FUSE: $(cat "$T/hang.out")"
    FIXTURES+=("$T/hang")
    add_mount '{"destination": "/mnt", "type": "none", "source": "'"$T/hang"'", "options": ["bind"]}'
    script 'cat /mnt/file & touch /tmp/up; exec sleep 1000'
    create
    caisson start "$ID"
    asleep() { grep -q 'State:.*[DS]' "/proc/$(pgrep -P "$PID" cat)/status"; }
    wait_for asleep
}

@test "a process that cannot be killed: delete says which, in bounded time, and succeeds when it can be" {
    hang
    local stuck
    stuck=$(pgrep -P "$PID" cat)
    attempt timeout 60 "$CAISSON" --root "$ROOT" delete --force "$ID"
    fails "cannot end the processes of container '$ID'" "$stuck (cat, D"
    kill "$HANG"
    caisson delete --force "$ID"
    [ ! -d "$CGROUP" ]
}

@test "a process that cannot be stopped: pause says which, in bounded time, and the container goes on" {
    hang
    local stuck
    stuck=$(pgrep -P "$PID" cat)
    attempt timeout 60 "$CAISSON" --root "$ROOT" pause "$ID"
    fails "cannot pause container '$ID'" "did not freeze within 10 s" "$stuck (cat, "
    is "$(status_of) $(value cgroup.freeze)" "running 0"
    # The others work, and the end is not in the way of the next try.
    attempt caisson exec "$ID" true
    succeeds
    kill "$HANG"
    over() { ! grep -q 'State:.*[DS]' "/proc/$stuck/status"; }
    wait_for over
    caisson pause "$ID"
    is "$(status_of)" paused
}

@test "a process that cannot be killed: kill --all comes back, and delete without --force says that it is there" {
    hang
    attempt timeout 20 "$CAISSON" --root "$ROOT" kill --all "$ID" KILL
    succeeds
    # The first process waits for it: it is the end of its process namespace.
    attempt timeout 20 "$CAISSON" --root "$ROOT" delete "$ID"
    fails "not stopped"
    kill "$HANG"
    wait_for stopped
    caisson delete "$ID"
    [ ! -d "$CGROUP" ]
}

# ---- exec and the cgroups inside ----

@test "exec --cgroup puts the process into a cgroup inside, which must exist" {
    divided
    attempt caisson exec --cgroup a/b "$ID" grep ^0:: /proc/self/cgroup
    succeeds "0::/a/b"
    attempt caisson exec --cgroup /c "$ID" grep ^0:: /proc/self/cgroup
    succeeds "0::/c"
    attempt caisson exec --cgroup / "$ID" grep ^0:: /proc/self/cgroup
    succeeds "0::/"
    attempt caisson exec --cgroup missing "$ID" true
    fails "sub-cgroup 'missing'" "No such file"
    is "$status" 255
}

@test "exec --cgroup does not lead out of the container's" {
    divided
    local path
    for path in .. ../ a/../.. /../x a/../../../../..; do
        attempt caisson exec --cgroup "$path" "$ID" true
        fails "is not a sub-cgroup of container"
    done
}

@test "exec --cgroup with a controller, as version 1 has them, is refused" {
    divided
    attempt caisson exec --cgroup cpu:a "$ID" true
    fails "cpu:" "version 2"
}

@test "exec joins the first process where the container's cgroup takes none any more" {
    need_controller pids memory
    resources '{"memory": {"limit": 67108864}, "pids": {"limit": 100}}'
    start_sleeping
    mkdir "$CGROUP/init.scope"
    local pid
    for pid in $(cat "$CGROUP/cgroup.procs"); do echo "$pid" >"$CGROUP/init.scope/cgroup.procs"; done
    echo +memory >"$CGROUP/cgroup.subtree_control"
    attempt caisson exec "$ID" grep ^0:: /proc/self/cgroup
    succeeds "0::/init.scope"
    # who names a cgroup gets that one or none
    attempt caisson exec --cgroup / "$ID" true
    fails "Device or resource busy" "hands controllers"
    caisson delete --force "$ID"
    [ ! -d "$CGROUP" ]
}
