# SPDX-License-Identifier: LGPL-2.1-or-later
# process.user and user namespaces.
# also: user
load helpers

# userns [FIRST [SIZE]]: container ids from 0 are host ids from FIRST
userns() {
    config '.linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: $first, size: $size}]
        | .linux.gidMappings = [{containerID: 0, hostID: $first, size: $size}]' \
        --argjson first "${1:-100000}" --argjson size "${2:-65536}"
    chown -R "${1:-100000}:${1:-100000}" "$BUNDLE/rootfs"
}

# proves: process.user.{uid,gid,additionalGids}
@test "uid, gid and groups are set" {
    more_ids
    config '.process.user = {uid: 1000, gid: 1001, additionalGids: [5, 1001, 60000]}'
    run_script 'id -u; id -g; grep ^Groups /proc/self/status | cut -f2'
    succeeds
    is "$(sed -n 1p <<<"$output")" 1000
    is "$(sed -n 2p <<<"$output")" 1001
    is "$(sed -n 3p <<<"$output" | tr ' ' '\n' | grep . | sort -nu | tr '\n' ' ')" "5 1001 60000 "
}

@test "real, effective, saved and filesystem ids are all the user's" {
    more_ids
    config '.process.user = {uid: 1000, gid: 1001}'
    start_sleeping
    wait_for started
    local uid=1000 gid=1001
    ! rootless || uid=$((MORE + 999)) gid=$((MORE + 1000))
    is "$(process_status Uid | tr '\t' ' ')" "$uid $uid $uid $uid"
    is "$(process_status Gid | tr '\t' ' ')" "$gid $gid $gid $gid"
}

@test "without additional groups there are none of the caller's" {
    need_root "setpriv(1) gives the caller groups"
    attempt setpriv --groups 10,20 "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    script 'grep ^Groups /proc/self/status | cut -f2 | tr -d " "'
    setpriv --groups 10,20 "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID" </dev/null >"$T/out"
    matches "$(cat "$T/out")" '^0?$'
}

# proves: process.user.umask
@test "umask is set, and left alone when it is not" {
    config '.process.user.umask = 63'
    run_script umask
    succeeds 0077
    config 'del(.process.user.umask)'
    script umask
    (umask 027 && caisson run --bundle "$BUNDLE" "$ID" </dev/null >"$T/out")
    is "$(cat "$T/out")" 0027
}

@test "an id of 32 bits works, the invalid one is refused" {
    need_root "such an id is granted to nobody"
    config '.process.user.uid = 4294967294'
    run_script 'id -u'
    succeeds 4294967294
    config '.process.user.uid = 4294967295'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails uid
    config '.process.user.uid = 4294967296'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails uid
    config '.process.user.uid = -1'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails uid
}

# proves: linux.namespaces.type=user
@test "a user namespace maps root to another user" {
    need_root "it is about a user namespace that root makes"
    userns
    script 'id -u; cat /proc/self/uid_map | tr -s " "; touch /tmp/made; sleep 1000'
    create
    caisson start "$ID"
    wait_for test -e "$BUNDLE/rootfs/tmp/made"
    is "$(stat -c %u:%g "$BUNDLE/rootfs/tmp/made")" 100000:100000
    is "$(process_status Uid | tr '\t' ' ')" "100000 100000 100000 100000"
    is "$(tr -s ' ' <"/proc/$PID/uid_map")" " 0 100000 65536"
    is "$(tr -s ' ' <"/proc/$PID/gid_map")" " 0 100000 65536"
    [ "$(namespace_of user)" != "$(namespace_of user $$)" ]
}

# proves: linux.uidMappings.{containerID,hostID,size}, linux.gidMappings.{containerID,hostID,size}
@test "several mappings are written in order" {
    need_root "it maps ids that are not granted; a user's ranges are in rootless.bats"
    config '.linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 10}, {containerID: 1000, hostID: 1000, size: 1}]
        | .linux.gidMappings = [{containerID: 0, hostID: 200000, size: 10}, {containerID: 50, hostID: 1000, size: 5}]'
    chown -R 100000:200000 "$BUNDLE/rootfs"
    start_sleeping
    is "$(tr -s ' ' <"/proc/$PID/uid_map")" $' 0 100000 10\n 1000 1000 1'
    is "$(tr -s ' ' <"/proc/$PID/gid_map")" $' 0 200000 10\n 50 1000 5'
}

@test "in a user namespace another user than root is taken" {
    need_root "it is about a user namespace that root makes"
    userns
    config '.process.user = {uid: 33, gid: 44, additionalGids: [55]}'
    run_script 'id -u; id -g; id -G'
    succeeds $'33\n44\n44 55'
}

@test "in a user namespace the process has the capabilities that were asked for" {
    need_root "it is about a user namespace that root makes"
    userns
    run_script 'grep ^Cap /proc/self/status | tr "\t" " "'
    succeeds
    # KILL (5), NET_BIND_SERVICE (10), SYS_CHROOT (18)
    contains "$output" "CapEff: 0000000000040420" "CapPrm: 0000000000040420" "CapBnd: 0000000000040420" "CapInh: 0000000000000000"
}

@test "in a user namespace the devices are there" {
    need_root "it is about a user namespace that root makes"
    userns
    run_script 'echo x >/dev/null && head -c 4 /dev/zero | wc -c && ls /dev/full /dev/random /dev/tty /dev/urandom'
    succeeds
    contains "$output" 4 /dev/full /dev/random /dev/tty /dev/urandom
}

@test "mappings without a user namespace are refused" {
    need_root "a user always has a user namespace"
    config '.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 10}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails uidMappings
}

@test "a new user namespace without mappings is refused with a reason" {
    need_root "a user gets their own id without mappings, see rootless.bats"
    config '.linux.namespaces += [{type: "user"}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails apping
}

@test "a user that is not mapped is refused" {
    need_root "it is about a user namespace that root makes"
    userns 100000 10
    config '.process.user.uid = 77'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails 77
}

@test "overlapping mappings are refused" {
    need_root "it is about a user namespace that root makes"
    userns
    config '.linux.uidMappings += [{containerID: 5, hostID: 300000, size: 1}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails
}

@test "an unprivileged user runs a container as its root" {
    need_root "it becomes that user itself"
    chown -R 1234:1234 "$T"
    config '.linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: 1234, size: 1}]
        | .linux.gidMappings = [{containerID: 0, hostID: 1234, size: 1}]
        | del(.linux.cgroupsPath)'
    script 'id -u; id -g; grep -c . /proc/self/uid_map'
    attempt setpriv --reuid 1234 --regid 1234 --clear-groups \
        "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    succeeds
    contains "$output" $'0\n0\n1'
}
