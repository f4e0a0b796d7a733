# SPDX-License-Identifier: LGPL-2.1-or-later
# The systemd cgroup driver: only where systemd runs (the lab), as root and as a user with a systemd of his own.
# also: lab-root lab-user
load helpers
load systemd

resources='{"memory": {"limit": 67108864}, "cpu": {"quota": 33333, "period": 100000, "shares": 512}, "pids": {"limit": 20}}'

@test "systemd: the container is in a scope of its slice, alone" {
    create_in_scope
    is "$(property ActiveState) $(property Delegate)" "active yes"
    is "$(sed -n 's/^0:://p' "/proc/$PID/cgroup")" "$(property ControlGroup)"
    is "$(value cgroup.procs)" "$PID"
    is "$(property Slice)" "$(rootless && echo user || echo system).slice"
    is "$(caisson state "$ID" | jq -r '."systemd-scope"')" "$UNIT"
}

@test "systemd: limits stand in the files, exactly, and systemd knows them" {
    config '.linux.resources = $r' --argjson r "$resources"
    create_in_scope
    is "$(value memory.max) $(value pids.max) $(value cpu.max) $(value cpu.weight)" "67108864 20 33333 100000 59"
    is "$(property MemoryMax) $(property TasksMax) $(property CPUWeight)" "67108864 20 59"
    is "$(property CPUQuotaPerSecUSec)" 340ms
}

@test "systemd: a reload of systemd, and its execution anew, leave the limits" {
    config '.linux.resources = $r' --argjson r "$resources"
    create_in_scope
    local files=(memory.max pids.max cpu.max cpu.weight memory.high memory.oom.group cgroup.max.depth) before
    values() { (cd "$CGROUP2$(property ControlGroup)" && cat "${files[@]}") | paste -s -d ' '; }
    caisson update -r - "$ID" <<<'{"unified": {"memory.high": "33554432", "memory.oom.group": "1", "cgroup.max.depth": "7"}}'
    before=$(values)
    is "$before" "67108864 20 33333 100000 59 33554432 1 7"
    again daemon-reload
    is "$(values)" "$before"
    again daemon-reexec
    is "$(values)" "$before"
    # Told one thing, systemd writes all, as it knows it: a quota in whole percents, and nothing of cpu.idle
    # and memory.oom.group.
    caisson update --pids-limit 25 "$ID"
    is "$(values)" "67108864 25 33333 100000 59 33554432 1 7"
    caisson update --cpu-idle 1 "$ID"
    caisson update --pids-limit 26 "$ID"
    is "$(value cpu.idle) $(value pids.max) $(value cpu.max)" "1 26 33333 100000"
    again daemon-reexec
    is "$(value cpu.idle) $(value pids.max) $(value cpu.max)" "1 26 33333 100000"
    # It is still systemd's: known, alone in its scope, and gone with it.
    is "$(property ActiveState) $(value cgroup.procs)" "active $PID"
    caisson delete --force "$ID"
    unit_goes
}

@test "systemd: a reload of systemd, and its execution anew, leave a paused container paused" {
    create_in_scope
    caisson start "$ID"
    caisson pause "$ID"
    local verb
    for verb in daemon-reload daemon-reexec; do
        again "$verb"
        is "$(status_of) $(value cgroup.freeze)" "paused 1"
    done
    caisson resume "$ID"
    is "$(status_of)" running
}

@test "systemd: a reload of systemd, and its execution anew, leave the rules on devices; an update changes them" {
    need_root "device rules take a BPF program, which only root can attach"
    config '.linux.resources.devices = [{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 240, "minor": 7, "access": "rw"}]
        | .process.capabilities |= map_values(. + ["CAP_MKNOD"])'
    script 'mknod /dev/x c 240 7; mknod /dev/y c 240 8; touch /tmp/up; exec sleep 1000'
    attempt caisson --systemd-cgroup create --bundle "$BUNDLE" "$ID"
    succeeds
    caisson start "$ID"
    wait_for test -e "$BUNDLE/rootfs/tmp/up"
    # Numbers without a driver: the cgroup's refusal is EPERM, what it lets through ENXIO.
    opens() { caisson exec "$ID" sh -c 'for d in x y; do (exec 9<>/dev/$d) 2>&1; done' | sed -n 's/^.*: //p' | paste -s -d ,; }
    is "$(opens)" "No such device or address,Operation not permitted"
    again daemon-reload
    is "$(opens)" "No such device or address,Operation not permitted"
    again daemon-reexec
    is "$(opens)" "No such device or address,Operation not permitted"
    caisson update -r - "$ID" <<<'{"devices": [{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 240, "minor": 8, "access": "rw"}]}'
    is "$(opens)" "Operation not permitted,No such device or address"
    again daemon-reload
    is "$(opens)" "Operation not permitted,No such device or address"
    again daemon-reexec
    is "$(opens)" "Operation not permitted,No such device or address"
}

@test "systemd: only create and update ask it for anything" {
    local real
    real=$(dirname "$CAISSON")/caisson-systemd
    mkdir "$T/bin"
    cp "$CAISSON" "$T/bin/caisson"
    printf '#!/bin/sh\necho "$1" >>%q\nexec %q "$@"\n' "$T/asked" "$real" >"$T/bin/caisson-systemd"
    chmod 755 "$T/bin/caisson-systemd"
    caisson() { "$T/bin/caisson" --root "$ROOT" "$@"; }
    config '.linux.resources = $r' --argjson r "$resources"
    create_in_scope
    is "$(cat "$T/asked")" start
    caisson start "$ID"
    caisson exec "$ID" true
    caisson state "$ID" >/dev/null
    caisson ps "$ID" >/dev/null
    caisson events --stats "$ID" >/dev/null
    caisson stats "$ID" >/dev/null
    caisson pause "$ID"
    caisson resume "$ID"
    is "$(cat "$T/asked")" start
    caisson update --memory 32M "$ID"
    is "$(paste -s "$T/asked")" start$'\t'set
    caisson kill --all "$ID" KILL
    is "$(paste -s "$T/asked")" start$'\t'set
}

@test "systemd: a slice within a slice" {
    config '.linux.cgroupsPath = "ct-" + $id + ".slice:ct:" + $id' --arg id "${ID//-/}"
    UNIT=ct-${ID//-/}.scope
    create_in_scope
    is "$(property Slice)" "ct-${ID//-/}.slice"
    matches "$(property ControlGroup)" "/ct\.slice/ct-${ID//-/}\.slice/$UNIT\$"
    is "$(value cgroup.procs)" "$PID"
    caisson delete --force "$ID"
    unit_goes
    manager stop "ct-${ID//-/}.slice"
}

@test "systemd: a limit of one process does not get in the way of making the container" {
    config '.linux.resources = {"pids": {"limit": 1}} | .process.args = ["cat", "/proc/self/status"]'
    attempt caisson --systemd-cgroup run --bundle "$BUNDLE" "$ID"
    succeeds
}

@test "systemd: limits with room for the making of the container are told with the scope, by one call" {
    config '.linux.resources = $r' --argjson r "$resources"
    create_in_scope
    is "$(property DropInPaths)" ""
    is "$(value memory.max) $(property MemoryMax) $(property TasksMax)" "67108864 67108864 20"
    caisson delete --force "$ID"
    unit_goes
    config '.linux.resources.pids.limit = 1'
    create_in_scope
    contains "$(property DropInPaths)" TasksMax
    is "$(value memory.max) $(property MemoryMax) $(property TasksMax)" "67108864 67108864 1"
}

@test "systemd: an update is told to systemd too" {
    config '.linux.resources = $r' --argjson r "$resources"
    create_in_scope
    echo '{"memory": {"limit": 33554432}}' >"$T/resources"
    attempt caisson update --resources "$T/resources" "$ID"
    succeeds
    is "$(value memory.max) $(property MemoryMax)" "33554432 33554432"
}

# proves: org.systemd.property
@test "systemd: properties from annotations" {
    config '.annotations = {"org.systemd.property.TimeoutStopSec": "3.5", "org.systemd.property.Description": "'"'"'of mine'"'"'"}'
    create_in_scope
    is "$(property TimeoutStopUSec)" 3.500000s
    is "$(property Description)" "of mine"
}

@test "systemd: a property that systemd does not know is an error, and leaves nothing" {
    config '.annotations = {"org.systemd.property.NoSuch": "true"}'
    attempt caisson --systemd-cgroup create --bundle "$BUNDLE" "$ID"
    fails "cannot make the scope '$UNIT'" "NoSuch"
    unit_goes
}

@test "systemd: delete leaves no unit" {
    create_in_scope
    caisson delete --force "$ID"
    unit_goes
}

@test "systemd: an end by itself leaves no unit" {
    config '.process.args = ["true"]'
    attempt caisson --systemd-cgroup run --bundle "$BUNDLE" "$ID"
    succeeds
    unit_goes
}

@test "systemd: fifty containers of the same name leave no unit and no cgroup" {
    local i slice
    config '.linux.resources = $r | .process.args = ["sleep", "1000"]' --argjson r "$resources"
    for ((i = 0; i < 50; i++)); do
        caisson --systemd-cgroup create --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 3>&-
        [ "$i" -gt 0 ] || slice=$CGROUP2$(dirname "$(property ControlGroup)")
        caisson delete --force "$ID"
    done
    unit_goes
    is "$(find "$slice" -name "*$ID*")" ""
}

@test "systemd: a create that fails leaves no unit" {
    config '.process.args = ["/no/such/program"]'
    attempt caisson --systemd-cgroup create --bundle "$BUNDLE" "$ID"
    fails "no such file or directory"
    unit_goes
}

@test "systemd: a second container with the scope of a running one is refused" {
    create_in_scope
    attempt caisson --systemd-cgroup create --bundle "$BUNDLE" "$ID-second"
    fails "cgroup is not empty"
    is "$(value cgroup.procs)" "$PID"
}

@test "systemd: a path that is not slice:prefix:name is refused" {
    config '.linux.cgroupsPath = "/a/b"'
    attempt caisson --systemd-cgroup create --bundle "$BUNDLE" "$ID"
    fails "/linux/cgroupsPath" "slice:prefix:name"
}
