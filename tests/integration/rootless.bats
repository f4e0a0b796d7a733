# SPDX-License-Identifier: LGPL-2.1-or-later
# What is different for a user without privileges: ids, namespaces that are joined or nested, mounts, devices, paths.
# only: user
# also: user lab-user
load helpers

setup() {
    common_setup
    rootless || skip "needs a user without privileges: tests/run rootless"
}

# spec_rootless: config.json is what `spec --rootless` writes, with a command in place of a terminal
spec_rootless() {
    rm "$BUNDLE/config.json"
    caisson spec --rootless --bundle "$BUNDLE"
    config '.process.terminal = false | .process.env = ["PATH=/bin"]'
}

# own_ids ID: the container's root is this id
own_ids() {
    config '.linux.uidMappings = [{containerID: 0, hostID: $id, size: 1}] | .linux.gidMappings = .linux.uidMappings' \
        --argjson id "$1"
}

# nested OPTION...: `caisson run` inside what unshare(1) makes of the options; the user is its root
nested() {
    attempt unshare --map-root-user "$@" "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
}

# hold OPTION...: a process that keeps namespaces made by unshare(1); sets HOLDER
hold() {
    background unshare "$@" sleep 1000
    HOLDER=$!
    wait_for grep -q sleep "/proc/$HOLDER/comm"
}

# join TYPE...: the container joins the holder's
join() {
    local type
    for type; do
        config '(.linux.namespaces[] | select(.type == $type)).path = $path' --arg type "$type" \
            --arg path "/proc/$HOLDER/ns/$(case $type in network) echo net ;; mount) echo mnt ;; *) echo "$type" ;; esac)"
    done
}

# ---- what `spec --rootless` writes ----

@test "spec --rootless: a container that works as it stands" {
    spec_rootless
    run_script 'id -u; id -g; tr -s " " </proc/self/uid_map; cat /proc/self/setgroups'
    succeeds $'0\n0\n 0 '"$(id -u)"$' 1\ndeny'
}

@test "spec --rootless: all that it shows of /sys is read-only" {
    spec_rootless
    start_sleeping
    is "$(awk '$5 ~ "^/sys(/|$)" && $6 !~ "^ro(,|$)" { print $5 }' "/proc/$PID/mountinfo")" ""
    [ "$(grep -c ' /sys/' "/proc/$PID/mountinfo")" -gt 0 ]
}

# ---- ids ----

@test "no mappings at all: the user alone, as root" {
    config 'del(.linux.uidMappings, .linux.gidMappings)'
    run_script 'tr -s " " </proc/self/uid_map; tr -s " " </proc/self/gid_map'
    succeeds " 0 $(id -u) 1"$'\n'" 0 $(id -g) 1"
}

@test "the user alone, as another id: that is the process's" {
    config '.linux.uidMappings[0].containerID = 7 | .linux.gidMappings[0].containerID = 8 | .process.user = {uid: 7, gid: 8}'
    run_script 'id -u; id -g; touch /tmp/made'
    succeeds $'7\n8'
    is "$(stat -c %u "$BUNDLE/rootfs/tmp/made")" "$(id -u)"
}

@test "the user alone needs no newuidmap" {
    # Where nobody can execute it: root of a user namespace may put something over it.
    own_ids 0
    attempt unshare --map-root-user --mount sh -c 'mount --bind /dev/null /usr/bin/newuidmap &&
        mount --bind /dev/null /usr/bin/newgidmap && exec "$@"' sh "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    succeeds
}

@test "ranges are mapped by newuidmap and newgidmap, in order" {
    more_ids
    config '.process.user = {uid: 7, gid: 8, additionalGids: [9, 10]}'
    run_script 'id -u; id -g; id -G; tr -s " " </proc/self/uid_map; cat /proc/self/setgroups'
    succeeds $'7\n8\n8 9 10\n 0 '"$(id -u)"$' 1\n 1 '"$MORE"$' 65535\nallow'
}

@test "additional groups where setgroups is denied are refused, with the field" {
    config '.process.user.additionalGids = [7]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /process/user/additionalGids setgroups
}

@test "a user or group that is not mapped is refused, with the field" {
    config '.process.user.uid = 7'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /process/user/uid "user 7" linux.uidMappings
    config '.process.user = {uid: 0, gid: 7}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /process/user/gid "group 7" linux.gidMappings
}

@test "ids that are not granted: newuidmap's words, and where to grant them" {
    command -v newuidmap >/dev/null || skip "needs newuidmap(1)"
    config '.linux.uidMappings += [{containerID: 1, hostID: 3000000, size: 5}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails uid_map newuidmap 3000000 /etc/subuid
    config 'del(.linux.uidMappings[1]) | .linux.gidMappings += [{containerID: 1, hostID: 3000000, size: 5}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails gid_map newgidmap 3000000 /etc/subgid
}

@test "newuidmap that is not installed: what to install, and where ids are granted" {
    own_ids "$(id -u)"
    config '.linux.uidMappings += [{containerID: 1, hostID: 3000000, size: 5}]'
    # A namespace in which the user is that user, and another file is at its place.
    attempt unshare --map-root-user --mount sh -c 'mount --bind /dev/null /usr/bin/newuidmap && exec "$@"' sh \
        unshare --user --map-user="$(id -u)" --map-group="$(id -g)" \
        "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    fails "newuidmap is not installed" /etc/subuid uidmap
}

# ---- namespaces that exist already ----

@test "a user namespace is joined, and others of it" {
    hold --map-root-user --net --ipc --uts
    config 'del(.linux.uidMappings, .linux.gidMappings, .hostname)'
    join user network ipc uts
    start_sleeping
    local kind
    for kind in user net ipc uts; do is "$kind $(namespace_of $kind)" "$kind $(namespace_of $kind "$HOLDER")"; done
    attempt caisson exec "$ID" id -u
    succeeds 0
}

@test "a user namespace that is joined has no setgroups: no groups, and no error" {
    hold --map-root-user
    config 'del(.linux.uidMappings, .linux.gidMappings)'
    join user
    run_script 'cat /proc/self/setgroups; id -u'
    succeeds $'deny\n0'
    config '.process.user.additionalGids = [7]'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    fails /process/user "supplementary groups" setgroups
}

@test "a user that the joined namespace has not is refused" {
    hold --map-root-user
    config 'del(.linux.uidMappings, .linux.gidMappings) | .process.user.uid = 7'
    join user
    attempt caisson run --bundle "$BUNDLE" "$ID"
    fails /process/user "cannot set the user"
}

@test "a namespace of another user is refused, with the field" {
    config '(.linux.namespaces[] | select(.type == "network")).path = "/proc/1/ns/net"'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /linux/namespaces/ "/proc/1/ns/net"
}

# ---- inside a user namespace: the user is uid 0 of it ----

@test "inside unshare --user: a user namespace in it" {
    own_ids 0
    script 'id -u; tr -s " " </proc/self/uid_map'
    nested
    # seen from inside, the ids are those of the namespace above
    succeeds $'0\n 0 0 1'
}

@test "inside unshare --user: mounts that belong to the namespace above are not cloned from there" {
    config 'del(.linux.uidMappings, .linux.gidMappings) | .linux.namespaces |= map(select(.type != "user"))'
    mkdir "$T/data"
    echo content >"$T/data/file"
    add_mount '{destination: "/mnt", type: "bind", source: "'"$T/data"'", options: ["rbind", "ro"]}'
    script 'id -u; cat /mnt/file; touch /mnt/new 2>/dev/null || echo refused; echo gone >/dev/null'
    nested
    succeeds $'0\ncontent\nrefused'
}

@test "inside unshare --user --mount --pid, as in a container: with and without a user namespace" {
    own_ids 0
    script 'id -u; head -c 3 /dev/zero | wc -c; hostname'
    nested --mount --pid --fork --mount-proc --net
    succeeds $'0\n3\nbox'
    config 'del(.linux.uidMappings, .linux.gidMappings) | .linux.namespaces |= map(select(.type != "user"))'
    nested --mount --pid --fork --mount-proc --net
    succeeds $'0\n3\nbox'
}

@test "inside unshare --user: the host's network, whose sysfs is bound" {
    config 'del(.linux.uidMappings, .linux.gidMappings) | .linux.namespaces |= map(select(.type != "user" and .type != "network"))'
    script 'ls /sys/class/net >/dev/null && touch /sys/x 2>/dev/null || echo read-only'
    nested --mount
    succeeds read-only
}

@test "a container in a container" {
    mkdir -p "$BUNDLE/rootfs/inner"
    make_template "$BUNDLE/rootfs/inner/rootfs"
    cp "$CAISSON" "$BUNDLE/rootfs/bin/caisson"
    jq 'del(.linux.cgroupsPath, .linux.maskedPaths, .linux.readonlyPaths) | .process.args = ["sh", "-c", "echo inner; id -u"]
        | .linux.uidMappings = [{containerID: 0, hostID: 0, size: 1}] | .linux.gidMappings = .linux.uidMappings' \
        "$BUNDLE/config.json" >"$BUNDLE/rootfs/inner/config.json"
    # What is masked in a procfs would show again in a new one: the kernel refuses that one.
    config 'del(.linux.maskedPaths, .linux.readonlyPaths) | (.mounts[] | select(.type == "cgroup")).options = []
        | .process.capabilities[] = ["CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETFCAP", "CAP_NET_ADMIN"]'
    run_script 'caisson --cgroup-manager disabled --root /tmp/state run --bundle /inner in'
    succeeds $'inner\n0'
    config '.process.capabilities[] -= ["CAP_SETFCAP"]'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    fails uid_map CAP_SETFCAP
}

# ---- mounts and devices ----

@test "sysfs of a network that is not the container's is the host's, read-only all through" {
    config '.linux.namespaces |= map(select(.type != "network"))'
    start_sleeping
    is "$(part 3 "$(mounted /sys)")" sysfs
    has_option "$(part 1 "$(mounted /sys)")" ro
    is "$(awk '$5 ~ "^/sys(/|$)" && $5 !~ "^/sys/fs/cgroup" && $6 !~ "^ro(,|$)" { print $5 }' "/proc/$PID/mountinfo")" ""
}

@test "sysfs of the container's own network is a new one" {
    start_sleeping
    is "$(part 3 "$(mounted /sys)")" sysfs
    is "$(part 6 "$(mounted /sys)")" /
    attempt caisson exec "$ID" ls /sys/class/net
    succeeds lo
}

@test "devpts with a group that is not mapped is refused, with the field and the remedy" {
    config '(.mounts[] | select(.type == "devpts")).options += ["gid=5"]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "/mounts/$(jq '[.mounts[].type] | index("devpts")' "$BUNDLE/config.json"): " "option 'gid'" linux.gidMappings
}

@test "proc and mqueue without a namespace of the container's own are refused, with the field and the remedy" {
    local type kind
    for type in proc:pid mqueue:ipc; do
        cp "$BUNDLE/config.json" "$T/good"
        kind=${type#*:} type=${type%:*}
        config '.linux.namespaces |= map(select(.type != $kind))' --arg kind "$kind"
        attempt caisson create --bundle "$BUNDLE" "$ID"
        fails "/mounts/$(jq '[.mounts[].type] | index("'$type'")' "$BUNDLE/config.json"): " "$type" rbind
        cp "$T/good" "$BUNDLE/config.json"
    done
}

@test "proc and mqueue of the host are bound where the configuration says so" {
    config '.linux.namespaces |= map(select(.type != "pid" and .type != "ipc"))
        | .mounts |= map(if .type == "proc" then {destination: "/proc", type: "bind", source: "/proc", options: ["rbind"]}
            elif .type == "mqueue" then {destination: "/dev/mqueue", type: "bind", source: "/dev/mqueue", options: ["rbind"]} else . end)'
    [ -d /dev/mqueue ] || config '.mounts |= map(select(.destination != "/dev/mqueue"))'
    run_script 'test -d /proc/'$$' && echo seen'
    succeeds seen
}

@test "the default devices are the host's, bound; and one that is asked for" {
    config '.linux.devices = [{type: "c", path: "/dev/fuse", major: 10, minor: 229}]'
    [ -c /dev/fuse ] || config 'del(.linux.devices)'
    start_sleeping
    local name
    for name in null zero full random urandom tty; do
        is "$name $(stat -L -c %t:%T "/proc/$PID/root/dev/$name")" "$name $(stat -c %t:%T "/dev/$name")"
        mounted "/dev/$name" >/dev/null
    done
    [ ! -c /dev/fuse ] || is "$(stat -c %t:%T "/proc/$PID/root/dev/fuse")" a:e5
}

@test "a device that the host has not, or has with another number, is refused with the field" {
    config '.linux.devices = [{type: "c", path: "/dev/nosuch", major: 1, minor: 3}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /linux/devices/0 /dev/nosuch "of the host"
    config '.linux.devices = [{type: "c", path: "/dev/zero", major: 1, minor: 3}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /linux/devices/0 /dev/zero
}

@test "an overlay, with userxattr and without" {
    grep -qw overlay /proc/filesystems || skip "this kernel has no overlay"
    mkdir -p "$T"/{lower,upper,work}
    echo lower >"$T/lower/file"
    local extra
    for extra in '"userxattr"' '"redirect_dir=nofollow"'; do
        config '.mounts |= map(select(.type != "overlay"))'
        add_mount '{destination: "/mnt", type: "overlay", source: "overlay",
            options: ["lowerdir='"$T/lower"'", "upperdir='"$T/upper"'", "workdir='"$T/work"'", '"$extra"']}'
        run_script 'cat /mnt/file; rm /mnt/file; echo upper >/mnt/file; cat /mnt/file; grep -o userxattr /proc/self/mountinfo'
        contains "$output" $'lower\nupper'
        [ "$extra" != '"userxattr"' ] || contains "$output" userxattr
        is "$(cat "$T/upper/file")" upper
        is "$(cat "$T/lower/file")" lower
        chmod -R u+rwx "$T/work"
        rm -rf "$T/upper" "$T/work"
        mkdir "$T/upper" "$T/work"
    done
}

@test "what is locked in the host's mounts stays, and taking it away is refused with the field" {
    local where
    where=$(awk '$6 ~ /nosuid/ && $6 ~ /noexec/ { print $5 }' /proc/self/mountinfo | while read -r dir; do
        [ ! -d "$dir" ] || [ ! -x "$dir" ] || echo "$dir"
    done | head -n 1)
    [ "$where" ] || skip "no mount of the host's is nosuid and noexec"
    add_mount '{destination: "/mnt", type: "bind", source: "'"$where"'", options: ["rbind"]}'
    start_sleeping
    has_option "$(part 1 "$(mounted /mnt)")" nosuid
    has_option "$(part 1 "$(mounted /mnt)")" noexec
    caisson delete --force "$ID"
    config '.mounts[-1].options = ["rbind", "suid", "exec"]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "/mounts/$(jq '.mounts | length - 1' "$BUNDLE/config.json"): " locked
}

@test "mounts of the host below a bound directory cannot be taken away to see what is below them" {
    script 'umount /mnt/sys 2>&1; umount /mnt/proc 2>&1; grep -c " /mnt/" /proc/self/mountinfo'
    add_mount '{destination: "/mnt", type: "bind", source: "/", options: ["rbind", "ro"]}'
    config '.process.capabilities[] = ["CAP_SYS_ADMIN"]'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    succeeds
    contains "$output" "umount: can't unmount /mnt/sys" "umount: can't unmount /mnt/proc"
}

@test "bind of a tree with mounts in it, without rbind, is refused with the remedy" {
    add_mount '{destination: "/mnt", type: "bind", source: "/", options: ["bind"]}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "rbind, not bind"
}

# ---- paths that this user cannot reach ----

@test "a directory on the way that does not let the user through is named, with its owner" {
    local closed="the directory '/root' (owner 0, group 0, mode 0700) does not let user $(id -u) through"
    [ "$(stat -c %u:%g:%a /root)" = 0:0:700 ] || skip "/root is open here"
    add_mount '{destination: "/mnt", type: "bind", source: "/root/some/data", options: ["rbind"]}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /mounts/ "'/root/some/data'" "Permission denied" "$closed"
    config 'del(.mounts[-1]) | .root.path = "/root/rootfs"'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /root/path "'/root/rootfs'" "$closed"
    attempt caisson create --bundle /root/bundle "$ID"
    fails "bundle '/root/bundle'" "$closed"
    attempt "$CAISSON" --root /root/state list
    fails "'/root/state'" "$closed"
}

@test "a config.json that the user cannot read is named, with its owner" {
    chmod 000 "$BUNDLE/config.json"
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails config.json "Permission denied" "(owner $(id -u), group $(id -g), mode 0000)"
    chmod 644 "$BUNDLE/config.json"
}

@test "a link to what is out of reach is named with its target" {
    [ ! -x /root ] || skip "/root is open here"
    ln -s /root/data "$T/link"
    add_mount '{destination: "/mnt", type: "bind", source: "'"$T/link"'", options: ["rbind"]}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "the symbolic link '$T/link' leads to '/root/data'"
}

# ---- what a user cannot have ----

@test "without a user namespace: refused, with what to add" {
    config '.linux.namespaces |= map(select(.type != "user")) | del(.linux.uidMappings, .linux.gidMappings)'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "Operation not permitted" '{"type": "user"}' "spec --rootless"
    attempt caisson check --bundle "$BUNDLE"
    fails "user namespace"
}

@test "scores, limits and priorities beyond the user's own are refused, with the field" {
    local change
    while read -r change; do
        cp "$BUNDLE/config.json" "$T/good"
        config "$change"
        attempt caisson run --bundle "$BUNDLE" "$ID"
        fails "/process/$(grep -o '\.process\.[a-zA-Z]*' <<<"$change" | head -n 1 | cut -d. -f3)" hint
        cp "$T/good" "$BUNDLE/config.json"
    done <<'END'
.process.oomScoreAdj = -999
.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 100, hard: 1073741816}]
.process.scheduler = {policy: "SCHED_FIFO", priority: 5}
END
}

@test "oomScoreAdj of exec is the container's" {
    config '.process.oomScoreAdj = 900'
    start_sleeping
    is "$(cat "/proc/$PID/oom_score_adj")" 900
    attempt caisson exec "$ID" cat /proc/self/oom_score_adj
    succeeds 900
}

# ---- limits, where the user's systemd delegates ----

# need_user_systemd: skips where this user has none, or where it is given no memory controller
need_user_systemd() {
    [ -d /run/systemd/system ] && systemctl --user is-system-running 2>/dev/null | grep -qE 'running|degraded|starting' ||
        skip "this user has no systemd (see tests/lab)"
    config 'del(.linux.cgroupsPath)'
}

# limited: the container says what its limits are
limited() {
    config '.linux.resources = {memory: {limit: 33554432}, pids: {limit: 21}}'
    script 'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max'
}

@test "in a scope of systemd-run that is delegated: limits hold, though the runtime is in it" {
    need_user_systemd
    limited
    attempt systemd-run --user --scope --quiet -p Delegate=yes "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    succeeds $'33554432\n21'
}

@test "in a delegated scope that others are in too: refused, with what to do" {
    need_user_systemd
    limited
    attempt systemd-run --user --scope --quiet -p Delegate=yes sh -c '"$@"; exit $?' sh \
        "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    fails /linux/resources/ "processes are in that cgroup itself"
}

@test "a scope of the user's systemd: limits, update, pause" {
    need_user_systemd
    [ -x "$(dirname "$CAISSON")/caisson-systemd" ] || skip "caisson was built without libsystemd"
    limited
    script 'sleep 1000'
    attempt caisson --systemd-cgroup create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
    succeeds
    caisson start "$ID"
    local dir
    dir=$CGROUP2$(sed -n 's/^0:://p' "/proc/$(cat "$T/pid")/cgroup")
    is "$(cat "$dir/memory.max" "$dir/pids.max")" $'33554432\n21'
    caisson update --pids-limit 22 --memory 64M "$ID"
    is "$(cat "$dir/memory.max" "$dir/pids.max")" $'67108864\n22'
    caisson pause "$ID"
    is "$(status_of)" paused
    caisson resume "$ID"
    is "$(status_of)" running
}

@test "a controller that is not delegated is named, with how to delegate it" {
    need_cgroup
    need_controller pids
    # A cgroup of the user's which hands nothing down to the one in it.
    mkdir -p "$CGROUP2$PARENT/narrow-$ID/inner"
    config '.linux.cgroupsPath = $path | .linux.resources = {pids: {limit: 10}}' --arg path "$PARENT/narrow-$ID/inner/$ID"
    attempt caisson create --bundle "$BUNDLE" "$ID"
    rmdir "$CGROUP2$PARENT/narrow-$ID/inner" "$CGROUP2$PARENT/narrow-$ID"
    fails /linux/resources/pids/limit "'pids'" "$PARENT/narrow-$ID/inner" cgroup.subtree_control "Delegate=" user@.service
}

@test "checkpoint and restore say that they take root" {
    attempt caisson checkpoint --image-path "$T/images" "$ID"
    fails "only root of the host can checkpoint containers"
    attempt caisson restore --image-path "$T/images" --bundle "$BUNDLE" "$ID"
    fails "only root of the host can restore containers"
    [ ! -e "$T/images" ]
}
