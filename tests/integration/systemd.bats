# SPDX-License-Identifier: LGPL-2.1-or-later
# The systemd cgroup driver: only where systemd runs (the lab), as root and as a user with a systemd of his own.
# also: lab-root lab-user
load helpers

setup() {
    common_setup
    [ -d /run/systemd/system ] || skip "systemd does not run here (see tests/lab)"
    [ -x "$(dirname "$CAISSON")/caisson-systemd" ] || skip "caisson was built without libsystemd"
    [ -f "$CGROUP2/cgroup.controllers" ] && need_controller memory cpu pids
    UNIT=ct-$ID.scope
    config '.linux.cgroupsPath = $slice + ":ct:" + $id' --arg id "$ID" --arg slice "$(rootless && echo user || echo system).slice"
}

# By way of the bus: systemd's own socket does not speak to systemctl from another process id namespace.
manager() {
    SYSTEMCTL_FORCE_BUS=1 systemctl "$(rootless && echo --user || echo --system)" "$@"
}

property() {
    manager show --value -p "$1" "$UNIT"
}

value() {
    cat "$CGROUP2$(property ControlGroup)/$1"
}

# unit_goes: systemd forgets the unit by itself; asking it is what we wait for, at most so often
unit_goes() {
    local i
    for ((i = 0; i < 200; i++)); do
        [ "$(manager list-units --all --no-legend "$UNIT")" ] || return 0
    done
    echo "systemd still has $UNIT: $(property ActiveState)"
    return 1
}

create_in_scope() {
    config '.process.args = ["sleep", "1000"]'
    attempt caisson --systemd-cgroup create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
    succeeds
    PID=$(cat "$T/pid")
}

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

@test "systemd: a reload of systemd leaves the limits" {
    config '.linux.resources = $r' --argjson r "$resources"
    create_in_scope
    manager daemon-reload
    is "$(value memory.max) $(value pids.max)" "67108864 20"
}

@test "systemd: a limit of one process does not get in the way of making the container" {
    config '.linux.resources = {"pids": {"limit": 1}} | .process.args = ["cat", "/proc/self/status"]'
    attempt caisson --systemd-cgroup run --bundle "$BUNDLE" "$ID"
    succeeds
}

@test "systemd: an update is told to systemd too" {
    config '.linux.resources = $r' --argjson r "$resources"
    create_in_scope
    echo '{"memory": {"limit": 33554432}}' >"$T/resources"
    attempt caisson update --resources "$T/resources" "$ID"
    succeeds
    is "$(value memory.max) $(property MemoryMax)" "33554432 33554432"
}

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

@test "systemd: the same name again and again" {
    local i
    for ((i = 0; i < 5; i++)); do
        create_in_scope
        caisson delete --force "$ID"
    done
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
