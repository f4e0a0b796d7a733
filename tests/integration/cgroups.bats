# SPDX-License-Identifier: LGPL-2.1-or-later
# Where the container's cgroup is, and whose it is.
# also: lab-root lab-user
load helpers

setup() {
    need_root
    common_setup
}

teardown() {
    rootless || common_teardown
}

@test "a container with the cgroup of a running one is refused, and the running one lives" {
    config '.process.args = ["sleep", "1000"]'
    create
    caisson start "$ID"
    attempt caisson create --bundle "$BUNDLE" "$ID-second"
    fails "container's cgroup is not empty" "/caisson-test/$ID"
    is "$(status_of)" running
    is "$(cat "$CGROUP2/caisson-test/$ID/cgroup.procs")" "$PID"
    attempt caisson state "$ID-second"
    fails "does not exist"
}

@test "a cgroup that was left behind is taken" {
    mkdir -p "$CGROUP2/caisson-test/$ID"
    config '.process.args = ["sleep", "1000"]'
    create
    caisson start "$ID"
    is "$(cat "$CGROUP2/caisson-test/$ID/cgroup.procs")" "$PID"
    caisson delete --force "$ID"
    [ ! -e "$CGROUP2/caisson-test/$ID" ]
}

@test "systemd's way to write the path makes the same place without systemd" {
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
