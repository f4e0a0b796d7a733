# SPDX-License-Identifier: LGPL-2.1-or-later
# For the tests of the systemd driver: a container in a scope of the caller's systemd, and what that one knows of it. Load
# it behind helpers.

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

# again daemon-reload|daemon-reexec: and waits until systemd answers as before
again() {
    manager "$1"
    wait_for manager show --property Version
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
