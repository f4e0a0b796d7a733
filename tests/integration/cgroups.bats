# SPDX-License-Identifier: LGPL-2.1-or-later
# Where the container's cgroup is, and whose it is.
# also: user lab-root lab-user
load helpers

setup() {
    common_setup
    need_cgroup
}

@test "a container with the cgroup of a running one is refused, and the running one lives" {
    config '.process.args = ["sleep", "1000"]'
    create
    caisson start "$ID"
    attempt caisson create --bundle "$BUNDLE" "$ID-second"
    fails "container's cgroup is not empty" "$PARENT/$ID"
    is "$(status_of)" running
    is "$(cat "$CGROUP/cgroup.procs")" "$PID"
    attempt caisson state "$ID-second"
    fails "does not exist"
}

@test "a cgroup that was left behind is taken" {
    mkdir -p "$CGROUP"
    config '.process.args = ["sleep", "1000"]'
    create
    caisson start "$ID"
    is "$(cat "$CGROUP/cgroup.procs")" "$PID"
    caisson delete --force "$ID"
    [ ! -e "$CGROUP" ]
}

@test "systemd's way to write the path makes the same place without systemd" {
    need_root "the path starts at the root of the hierarchy"
    config '.linux.cgroupsPath = "caisson-test.slice:p:" + $id' --arg id "$ID"
    create
    is "$(sed -n 's/^0:://p' "/proc/$PID/cgroup")" "/caisson.slice/caisson-test.slice/p-$ID.scope"
    caisson delete --force "$ID"
    rmdir "$CGROUP2/caisson.slice/caisson-test.slice" "$CGROUP2/caisson.slice"
}

@test "a path that climbs is refused" {
    config '.linux.cgroupsPath = "/caisson-test/../../x"'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "/linux/cgroupsPath" "'..'"
}

@test "without cgroupsPath the container has a cgroup of its own all the same" {
    config 'del(.linux.cgroupsPath)'
    create
    local path
    path=$(sed -n 's/^0:://p' "/proc/$PID/cgroup")
    [ "$path" != "$(sed -n 's/^0:://p' /proc/self/cgroup)" ]
    contains "$path" "$ID"
}

@test "a writable cgroup of a user namespace is the container's to divide" {
    need_root "it changes files to other owners, which takes ids that are not granted"
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
    [ ! -d "$CGROUP" ]
}

# It took every cgroup of the machine for its own, and killed what was in them.
@test "a test that was skipped before its setup has nothing to clean up" {
    local hierarchy=$T/hierarchy
    mkdir -p "$hierarchy/other"
    (
        CGROUP2=$hierarchy
        unset ID T
        common_teardown
    )
    is "$(find "$hierarchy/other")" "$hierarchy/other"
}

@test "bats' own watchdog, started late, is nothing that a test has left" {
    background sleep "$BATS_TEST_TIMEOUT"
    wait_for no_new_processes
    background sleep 1000
    ! no_new_processes
}
