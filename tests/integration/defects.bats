# SPDX-License-Identifier: LGPL-2.1-or-later
# Defects that were found by trying, each with the test that shows it.
load helpers

userns() {
    config '.linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
        | .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 65536}]'
    chown -R 100000:100000 "$BUNDLE/rootfs"
}

@test "a container in the foreground is running, not created" {
    script 'echo up; while :; do sleep 1; done'
    background caisson run --bundle "$BUNDLE" "$ID"
    wait_for grep -q up "$T/background.1"
    is "$(status_of)" running
    attempt caisson delete "$ID"
    fails "not stopped"
    is "$(status_of)" running
    caisson kill "$ID" KILL
}
