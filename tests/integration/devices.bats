# SPDX-License-Identifier: LGPL-2.1-or-later
# linux.devices, the default devices, and which of them the cgroup lets through.
# also: user
load helpers

@test "the default devices are there, with their numbers and open to all" {
    run_script 'stat -c "%n %t:%T %a" /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty'
    succeeds $'/dev/null 1:3 666\n/dev/zero 1:5 666\n/dev/full 1:7 666\n/dev/random 1:8 666\n/dev/urandom 1:9 666\n/dev/tty 5:0 666'
}

@test "the default links are there" {
    run_script 'for l in fd stdin stdout stderr ptmx; do readlink /dev/$l; done'
    succeeds
    is "$(sed -n 1,4p <<<"$output")" $'/proc/self/fd\n/proc/self/fd/0\n/proc/self/fd/1\n/proc/self/fd/2'
    matches "$(sed -n 5p <<<"$output")" '^(/dev/)?pts/ptmx$'
}

@test "a pseudo-terminal can be opened by /dev/ptmx" {
    run_script 'exec 3<>/dev/ptmx && ls /dev/pts | sort | tr "\n" " "'
    succeeds "0 ptmx "
}

# proves: linux.devices.{path,type,major,minor,fileMode,uid,gid}, linux.devices.type={c,u,b,p}
@test "devices are made with type, number, mode and owner" {
    need_root "only root can make a device node; a user's are bound (rootless.bats)"
    config '.linux.devices = [
        {type: "c", path: "/dev/own", major: 1, minor: 3, fileMode: 384, uid: 5, gid: 6},
        {type: "u", path: "/dev/unbuffered", major: 1, minor: 5},
        {type: "b", path: "/dev/disk", major: 7, minor: 200, fileMode: 432},
        {type: "p", path: "/dev/pipe", fileMode: 420},
        {type: "c", path: "/srv/deep/down", major: 1, minor: 7}]
        | .linux.resources.devices = [{allow: true, access: "rwm"}]'
    run_script 'stat -c "%n %F %t:%T %a %u:%g" /dev/own /dev/unbuffered /dev/disk /dev/pipe /srv/deep/down'
    succeeds
    is "$(sed -n 1p <<<"$output")" "/dev/own character special file 1:3 600 5:6"
    matches "$(sed -n 2p <<<"$output")" '^/dev/unbuffered character special file 1:5 [0-9]+ 0:0$'
    is "$(sed -n 3p <<<"$output")" "/dev/disk block special file 7:c8 660 0:0"
    is "$(sed -n 4p <<<"$output")" "/dev/pipe fifo 0:0 644 0:0"
    matches "$(sed -n 5p <<<"$output")" '^/srv/deep/down character special file 1:7'
}

@test "a mode is not cut by the caller's umask" {
    need_root "only root can make a device node; a user's are bound (rootless.bats)"
    config '.linux.devices = [{type: "c", path: "/dev/own", major: 1, minor: 3, fileMode: 438}]'
    script 'stat -c %a /dev/own'
    (umask 077 && caisson run --bundle "$BUNDLE" "$ID" </dev/null >"$T/out")
    is "$(cat "$T/out")" 666
}

@test "a default device listed too is the listed one" {
    need_root "only root can make a device node; a user's are bound (rootless.bats)"
    config '.linux.devices = [{type: "c", path: "/dev/null", major: 1, minor: 3, fileMode: 384, uid: 7}]'
    run_script 'stat -c "%a %u" /dev/null'
    succeeds "600 7"
}

@test "a device that exists and is another is an error" {
    config '.mounts |= map(select(.destination | startswith("/dev") | not))
        | .linux.devices = [{type: "c", path: "/dev/thing", major: 1, minor: 3}]'
    touch "$BUNDLE/rootfs/dev/thing"
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /dev/thing
}

@test "a device without its numbers, and of an unknown type, is refused" {
    config '.linux.devices = [{type: "c", path: "/dev/thing"}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /linux/devices/0
    config '.linux.devices = [{type: "x", path: "/dev/thing", major: 1, minor: 3}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /linux/devices/0
}

@test "in a user namespace of the host's root the nodes work" {
    need_root "it is about a user namespace that root makes"
    config '.linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
        | .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
        | .linux.devices = [{type: "c", path: "/dev/zero", major: 1, minor: 5}]'
    chown -R 100000:100000 "$BUNDLE/rootfs"
    run_script 'head -c 3 /dev/zero | wc -c; echo gone >/dev/null && stat -c %t:%T /dev/null'
    succeeds $'3\n1:3'
    # The host's node is what is there: no other can be made.
    config '.linux.devices[0].path = "/dev/caisson-nosuch"'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /linux/devices/0 /dev/caisson-nosuch "o such file"
    config '.linux.devices[0] += {path: "/dev/zero", minor: 7}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /linux/devices/0 "'/dev/zero' of the host is not device c 1:7"
}

# Opens of 240:7, a number without a driver: the cgroup's refusal is EPERM, what it lets through ENXIO.
LET_THROUGH="No such device or address"
REFUSED="Operation not permitted"

# device_rules JSON: and a program that may make nodes
device_rules() {
    config '.process.capabilities |= map_values(. + ["CAP_MKNOD"]) | .linux.resources.devices = $rules' --argjson rules "$1"
}

# proves: linux.resources.devices.{allow,type,major,minor,access}, linux.resources.devices.type={c,b}
@test "the cgroup lets through what is allowed and nothing else" {
    need_root "device rules take a BPF program, which only root can attach"
    device_rules '[{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 240, "minor": 7, "access": "r"}]'
    run_script 'mknod /dev/some c 240 7; mknod /dev/other c 240 8; mknod /dev/block b 240 7
        for f in some other block; do (exec 3</dev/$f) 2>&1 | sed "s/^.*open/$f read/"; done
        (exec 3>/dev/some) 2>&1 | sed "s/^.*create/some write/"; head -c 1 /dev/zero | wc -c'
    contains "$output" "some read /dev/some: $LET_THROUGH" "some write /dev/some: $REFUSED" \
        "other read /dev/other: $REFUSED" "block read /dev/block: $REFUSED" $'\n1'
}

@test "without any rule a device of the host is refused, the default devices are not" {
    need_root "device rules take a BPF program, which only root can attach"
    device_rules '[]'
    run_script 'mknod /dev/some c 240 7 && (exec 3</dev/some) 2>&1; head -c 1 /dev/urandom | wc -c; echo x >/dev/null && echo null'
    contains "$output" "$REFUSED" 1 null
}

# proves: linux.resources.devices.type=a
@test "the order of the rules counts: the last match decides" {
    need_root "device rules take a BPF program, which only root can attach"
    device_rules '[{"allow": true, "type": "a", "access": "rwm"}, {"allow": false, "type": "c", "major": 240, "access": "w"},
        {"allow": false, "type": "c", "major": 240, "minor": 8, "access": "rw"}, {"allow": true, "type": "c", "major": 240, "minor": 8, "access": "r"}]'
    run_script 'mknod /dev/some c 240 7; mknod /dev/other c 240 8
        for f in some other; do (exec 3</dev/$f) 2>&1 | sed "s/^.*open/$f read/"; (exec 3>/dev/$f) 2>&1 | sed "s/^.*create/$f write/"; done'
    contains "$output" "some read /dev/some: $LET_THROUGH" "some write /dev/some: $REFUSED" \
        "other read /dev/other: $LET_THROUGH" "other write /dev/other: $REFUSED"
}

@test "rules on devices need no right to raise the limit of locked memory" {
    need_root "device rules take a BPF program, which only root can attach"
    device_rules '[{"allow": false, "access": "rwm"}]'
    script 'mknod /dev/some c 240 7 && (exec 3</dev/some) 2>&1'
    # crun 1.8 ends here: it asks for more than it may have.
    attempt prlimit --memlock=0:0 setpriv --bounding-set=-sys_resource --inh-caps=-sys_resource \
        "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    contains "$output" "$REFUSED"
}
