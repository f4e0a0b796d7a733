# SPDX-License-Identifier: LGPL-2.1-or-later
# What tests/clients found, reproduced without the client.
load helpers

@test "podman, containerd, docker --privileged: /dev/ptmx among the devices is the container's own" {
    config '.linux.devices += [{type: "c", path: "/dev/ptmx", major: 5, minor: 2, fileMode: 438, uid: 0, gid: 0}]'
    run_script 'readlink /dev/ptmx'
    succeeds pts/ptmx
}

@test "docker: a directory for a program is 126, by its words" {
    config '.process.args = ["/etc"]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails 'is a directory' 'permission denied'
}

@test "podman exec: a directory for a program is 126, by its words" {
    start_sleeping
    attempt caisson exec "$ID" /etc
    fails 'is a directory' 'permission denied'
}

# A capability that the kernel does not know is a warning.
@test "docker exec: with a log, standard error is the container's alone" {
    script 'echo out; echo err >&2'
    config '.process.capabilities.bounding += ["CAP_OF_TOMORROW"]'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    succeeds
    contains "$output" warning CAP_OF_TOMORROW
    attempt caisson --log "$T/log.json" --log-format json run --bundle "$BUNDLE" "$ID"
    succeeds $'out\nerr'
    is "$(cat "$T/log.json")" ''
    attempt caisson --log "$T/log" run --bundle "$BUNDLE" "$ID"
    succeeds $'out\nerr'
    contains "$(cat "$T/log")" 'level=warning' CAP_OF_TOMORROW
}
