# SPDX-License-Identifier: LGPL-2.1-or-later
# Every option of the specification's table of mount options and of crun's, and what mounts[] says beside options, as the
# kernel lists it. mounts.bats has the cases that are about more than one option.
# also: user lab-root
load helpers

in_user_namespace() {
    config '.linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
        | .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 65536}]'
    chown -R 100000:100000 "$BUNDLE/rootfs"
}

# can_idmap: whether the filesystem of $T can be mounted with other ids
can_idmap() {
    mkdir -p "$T/probe"
    add_mount '{destination: "/mnt/probe", type: "bind", source: "'"$T/probe"'", options: ["bind", "idmap"],
        uidMappings: [{containerID: 0, hostID: 5000, size: 1}], gidMappings: [{containerID: 0, hostID: 5000, size: 1}]}'
    run_script true
    local result=$status
    config '.mounts |= map(select(.destination != "/mnt/probe"))'
    [ "$result" = 0 ] || skip "the filesystem of $T cannot be idmapped on this kernel"
}

# What each option does to a new tmpfs: OPTIONS-BEFORE / WHERE / EXPECTED. WHERE is the mount's own options or those of
# the superblock; EXPECTED is an option that is there, or with a dash one that is not.
declare -gA NEW=(
    [ro]=/mount/ro [rw]=ro/mount/-ro
    [nosuid]=/mount/nosuid [suid]=nosuid/mount/-nosuid
    [nodev]=/mount/nodev [dev]=nodev/mount/-nodev
    [noexec]=/mount/noexec [exec]=noexec/mount/-noexec
    [nodiratime]=/mount/nodiratime [diratime]=nodiratime/mount/-nodiratime
    [noatime]=/mount/noatime [atime]=noatime/mount/-noatime
    [relatime]=noatime/mount/relatime [norelatime]=/mount/relatime
    [strictatime]=/mount/-relatime [nostrictatime]=strictatime/mount/relatime
    [nosymfollow]=/mount/nosymfollow [symfollow]=nosymfollow/mount/-nosymfollow
    [sync]=/super/sync [async]=sync/super/-sync [rsync]=/super/sync [rasync]=sync/super/-sync
    [dirsync]=/super/dirsync [rdirsync]=/super/dirsync
    [lazytime]=/super/lazytime [nolazytime]=lazytime/super/-lazytime
    [mand]=/super/mand [nomand]=mand/super/-mand [rmand]=/super/mand [rnomand]=mand/super/-mand
    [defaults]=/mount/rw [loud]=/mount/rw [silent]=/mount/rw [iversion]=/mount/rw [noiversion]=/mount/rw
)
# The same for a tree that is bound, at its top and below.
declare -gA TREE=(
    [rro]=/ro [rrw]=rro/-ro
    [rnosuid]=/nosuid [rsuid]=rnosuid/-nosuid
    [rnodev]=/nodev [rdev]=rnodev/-nodev
    [rnoexec]=/noexec [rexec]=rnoexec/-noexec
    [rnodiratime]=/nodiratime [rdiratime]=rnodiratime/-nodiratime
    [rnoatime]=/noatime [ratime]=rnoatime/-noatime
    [rrelatime]=rnoatime/relatime [rnorelatime]=/relatime
    [rstrictatime]=/-relatime [rnostrictatime]=rstrictatime/relatime
    [rnosymfollow]=/nosymfollow [rsymfollow]=rnosymfollow/-nosymfollow
)
# What propagation each has: a pattern for the tags of a mount whose source is shared.
declare -gA PROPAGATION=(
    [shared]='^shared:' [rshared]='^shared:' [slave]='^master:' [rslave]='^master:' [private]='^$' [rprivate]='^$'
    [unbindable]='^unbindable$' [runbindable]='^unbindable$'
)
# Those that have tests of their own, by a part of the test's name.
declare -gA ELSEWHERE=(
    [bind]='bind leaves out' [rbind]='bind leaves out' [remount]='remount changes' [tmpcopyup]=tmpcopyup
    [idmap]=idmap: [ridmap]=ridmap: [copy-symlink]=copy-symlink: [src-nofollow]=src-nofollow: [dest-nofollow]=dest-nofollow:
)

# check_option OPTIONS EXPECTED
check_option() {
    case $2 in
    -*) lacks_option "$1" "${2#-}" ;;
    *) has_option "$1" "$2" ;;
    esac
}

@test "every option that features lists has a test" {
    local option known
    for option in $("$CAISSON" features | jq -r '.mountOptions[]'); do
        known=${NEW[$option]:-}${TREE[$option]:-}${PROPAGATION[$option]:-}
        if [ -z "$known" ] && [ "${ELSEWHERE[$option]:-}" ]; then
            known=$(grep -h "^@test.*${ELSEWHERE[$option]}" "$BATS_TEST_DIRNAME"/{,spec_}mounts.bats)
        fi
        [ "$known" ] || {
            echo "no test of the mount option $option"
            return 1
        }
    done
}

@test "features lists every option of the specification" {
    local option all
    all=$("$CAISSON" features | jq -r '.mountOptions | join(" ")')
    for option in async atime bind defaults dev diratime dirsync exec iversion lazytime loud noatime nodev nodiratime noexec \
        noiversion nolazytime norelatime nostrictatime nosuid private rbind relatime remount ro rprivate rshared rslave \
        runbindable rw shared silent slave strictatime suid sync unbindable nosymfollow symfollow ratime rdev rdiratime rexec \
        rnoatime rnodiratime rnoexec rnorelatime rnostrictatime rnosuid rnosymfollow rro rrw rrelatime rstrictatime rsuid \
        rsymfollow rnodev idmap ridmap mand nomand tmpcopyup; do
        contains " $all " " $option "
    done
}

# proves: mounts.options={ro,rw,nosuid,suid,nodev,dev,noexec,exec,nodiratime,diratime,noatime,atime,relatime,
#   norelatime,strictatime,nostrictatime,nosymfollow,symfollow,sync,async,rsync,rasync,dirsync,rdirsync,lazytime,
#   nolazytime,mand,nomand,rmand,rnomand,defaults,loud,silent,iversion,noiversion}
@test "options of a new filesystem, one by one" {
    local option before where expected line failed=0
    for option in "${!NEW[@]}"; do
        IFS=/ read -r before where expected <<<"${NEW[$option]}"
        add_mount "{destination: \"/mnt/$option\", type: \"tmpfs\", source: \"tmpfs\",
            options: [${before:+\"$before\",} \"$option\"]}"
    done
    start_sleeping
    for option in "${!NEW[@]}"; do
        IFS=/ read -r before where expected <<<"${NEW[$option]}"
        line=$(mounted "/mnt/$option") || failed=1
        if [ "$where" = mount ]; then line=$(part 1 "$line"); else line=$(part 5 "$line"); fi
        check_option "$line" "$expected" || {
            echo "^ $option"
            failed=1
        }
    done
    is $failed 0
}

@test "the same options of a bind mount" {
    need_root "it mounts something on the host"
    local option before where expected failed=0
    mkdir "$T/plain"
    mount_fixture -t tmpfs tmpfs "$T/plain"
    for option in "${!NEW[@]}"; do
        IFS=/ read -r before where expected <<<"${NEW[$option]}"
        add_mount "{destination: \"/mnt/$option\", type: \"none\", source: \"$T/plain\",
            options: [\"bind\", ${before:+\"$before\",} \"$option\"]}"
    done
    start_sleeping
    for option in "${!NEW[@]}"; do
        IFS=/ read -r before where expected <<<"${NEW[$option]}"
        # A superblock is not the bind mount's: its options leave the host's filesystem alone.
        [ "$where" = mount ] || expected=-${expected#-}
        check_option "$(part $([ "$where" = mount ] && echo 1 || echo 5) "$(mounted "/mnt/$option")")" "$expected" || {
            echo "^ $option"
            failed=1
        }
    done
    is $failed 0
}

# proves: mounts.options={rro,rrw,rnosuid,rsuid,rnodev,rdev,rnoexec,rexec,rnodiratime,rdiratime,rnoatime,ratime,
#   rrelatime,rnorelatime,rstrictatime,rnostrictatime,rnosymfollow,rsymfollow}
@test "recursive options of a tree, one by one" {
    need_root "it mounts something on the host"
    local option before expected sub failed=0
    mkdir "$T/tree"
    mount_fixture -t tmpfs tmpfs "$T/tree"
    mkdir "$T/tree/sub"
    mount_fixture -t tmpfs tmpfs "$T/tree/sub"
    for option in "${!TREE[@]}"; do
        IFS=/ read -r before expected <<<"${TREE[$option]}"
        add_mount "{destination: \"/mnt/$option\", type: \"none\", source: \"$T/tree\",
            options: [\"rbind\", ${before:+\"$before\",} \"$option\"]}"
    done
    start_sleeping
    for option in "${!TREE[@]}"; do
        IFS=/ read -r before expected <<<"${TREE[$option]}"
        for sub in '' /sub; do
            check_option "$(part 1 "$(mounted "/mnt/$option$sub")")" "$expected" || {
                echo "^ $option$sub"
                failed=1
            }
        done
    done
    is $failed 0
}

# proves: mounts.options={shared,rshared,slave,rslave,private,rprivate,unbindable,runbindable}
@test "propagation of a mount, one by one" {
    need_root "it mounts something on the host"
    local option sub failed=0
    mkdir "$T/shared"
    mount_fixture -t tmpfs tmpfs "$T/shared"
    mkdir "$T/shared/sub"
    mount_fixture -t tmpfs tmpfs "$T/shared/sub"
    mount --make-rshared "$T/shared"
    for option in "${!PROPAGATION[@]}"; do
        add_mount "{destination: \"/mnt/$option\", type: \"none\", source: \"$T/shared\", options: [\"rbind\", \"$option\"]}"
        add_mount "{destination: \"/new/$option\", type: \"tmpfs\", source: \"tmpfs\", options: [\"$option\"]}"
    done
    start_sleeping
    for option in "${!PROPAGATION[@]}"; do
        matches "$option $(part 2 "$(mounted "/mnt/$option")")" "^$option ${PROPAGATION[$option]#^}" || failed=1
        [[ $option != r* ]] ||
            matches "$option $(part 2 "$(mounted "/mnt/$option/sub")")" "^$option ${PROPAGATION[$option]#^}" || failed=1
        # A filesystem that is new has nobody whose slave it could be.
        [[ $option = *slave ]] ||
            matches "$option $(part 2 "$(mounted "/new/$option")")" "^$option ${PROPAGATION[$option]#^}" || failed=1
    done
    is $failed 0
}

# ---- where from ----

@test "a socket and a fifo are bound on targets that are made" {
    python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$T/socket"
    mkfifo "$T/fifo"
    add_mount '{destination: "/run/some/socket", type: "bind", source: "'"$T/socket"'", options: ["bind"]}' \
        '{destination: "/run/fifo", type: "bind", source: "'"$T/fifo"'", options: ["bind"]}'
    run_script 'stat -c %F /run/some/socket /run/fifo'
    succeeds $'socket\nfifo'
    is "$(stat -c %F "$BUNDLE/rootfs/run/some/socket")" "regular empty file"
}

@test "a source's symbolic links are the host's" {
    mkdir "$T/real"
    echo text >"$T/real/file"
    ln -s real "$T/link"
    ln -s "$T/link/file" "$T/filelink"
    add_mount '{destination: "/mnt/dir", type: "bind", source: "'"$T/link"'", options: ["bind"]}' \
        '{destination: "/mnt/file", type: "bind", source: "'"$T/filelink"'", options: ["bind"]}'
    run_script 'cat /mnt/dir/file /mnt/file; test -f /mnt/file && test ! -L /mnt/file'
    succeeds $'text\ntext'
}

# proves: mounts.options=src-nofollow
@test "src-nofollow: a source that is a link is bound as the link" {
    echo text >"$BUNDLE/rootfs/inside"
    ln -s /inside "$T/link"
    add_mount '{destination: "/mnt/link", type: "bind", source: "'"$T/link"'", options: ["bind", "src-nofollow"]}'
    run_script 'readlink /mnt/link; cat /mnt/link'
    succeeds $'/inside\ntext'
}

# proves: mounts.options=dest-nofollow
@test "dest-nofollow: a target that is a link is mounted over, not followed" {
    echo original >"$BUNDLE/rootfs/elsewhere"
    ln -s /elsewhere "$BUNDLE/rootfs/link"
    echo mounted >"$T/file"
    add_mount '{destination: "/link", type: "bind", source: "'"$T/file"'", options: ["bind", "dest-nofollow"]}'
    run_script 'cat /link /elsewhere'
    succeeds $'mounted\noriginal'
    # Without it the link is followed.
    config '.mounts[-1].options = ["bind"]'
    run_script 'cat /link /elsewhere'
    succeeds $'mounted\nmounted'
}

@test "dest-nofollow is no read-only, and a read-only tmpfs follows a link" {
    mkdir "$BUNDLE/rootfs/elsewhere" "$BUNDLE/rootfs/other"
    ln -s elsewhere "$BUNDLE/rootfs/link"
    add_mount '{destination: "/link", type: "tmpfs", source: "tmpfs", options: ["ro"]}' \
        '{destination: "/other", type: "tmpfs", source: "tmpfs", options: ["dest-nofollow"]}'
    start_sleeping
    has_option "$(part 1 "$(mounted /elsewhere)")" ro
    has_option "$(part 1 "$(mounted /other)")" rw
}

# proves: mounts.options=copy-symlink
@test "copy-symlink: a source that is a link is made again, and nothing is mounted" {
    ln -s ../some/where "$T/link"
    add_mount '{destination: "/a/new/link", type: "bind", source: "'"$T/link"'", options: ["bind", "copy-symlink"]}'
    start_sleeping
    is "$(readlink "$BUNDLE/rootfs/a/new/link")" ../some/where
    attempt mounted /a/new/link
    [ "$status" != 0 ]
    caisson delete --force "$ID"
    # The same link may be there already, and nothing else.
    run_script 'readlink /a/new/link'
    succeeds ../some/where
    ln -sf other "$BUNDLE/rootfs/a/new/link"
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /a/new/link /mounts/7
    is "$(readlink "$BUNDLE/rootfs/a/new/link")" other
    # What is no link is mounted.
    rm "$BUNDLE/rootfs/a/new/link" "$T/link"
    echo text >"$T/link"
    run_script 'cat /a/new/link'
    succeeds text
}

# ---- where to ----

@test "a file is bound over a link that leads nowhere: where the link leads is made, inside the root" {
    echo text >"$T/file"
    ln -s /not/there/yet "$BUNDLE/rootfs/dangling"
    ln -s ../../../../../../also/not/there "$BUNDLE/rootfs/upwards"
    add_mount '{destination: "/dangling", type: "bind", source: "'"$T/file"'", options: ["bind"]}' \
        '{destination: "/upwards", type: "bind", source: "'"$T/file"'", options: ["bind"]}'
    run_script 'cat /dangling /not/there/yet /also/not/there'
    succeeds $'text\ntext\ntext'
    [ ! -e /not ] && [ ! -e /also ]
}

@test "a relative destination starts at the root, and its parents lead nowhere else" {
    add_mount '{destination: "mnt/one", type: "tmpfs", source: "tmpfs"}' \
        '{destination: "../../mnt/two", type: "tmpfs", source: "tmpfs"}'
    attempt caisson --debug create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
    succeeds
    contains "$output" deprecated
    PID=$(cat "$T/pid")
    mounted /mnt/one
    mounted /mnt/two
}

@test "a relative source is below the bundle, wherever create is called" {
    mkdir -p "$BUNDLE/deep/er"
    echo here >"$BUNDLE/deep/er/file"
    add_mount '{destination: "/mnt", type: "bind", source: "deep/er", options: ["bind"]}' \
        '{destination: "/file", type: "bind", source: "./deep/../deep/er/file", options: ["bind"]}'
    cd /
    run_script 'cat /mnt/file /file'
    succeeds $'here\nhere'
}

@test "nothing can be mounted on the root itself, which exec would see and the container not" {
    local path
    cp "$BUNDLE/config.json" "$T/good.json"
    for path in / // /. /.. /etc/../ ./..; do
        add_mount "{destination: \"$path\", type: \"tmpfs\", source: \"tmpfs\"}"
        attempt caisson create --bundle "$BUNDLE" "$ID"
        fails /mounts/7/destination "the root filesystem itself" root.path
        cp "$T/good.json" "$BUNDLE/config.json"
    done
    config '.linux.maskedPaths = ["/sys/firmware", "/."]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /linux/maskedPaths/1 "the root filesystem itself"
    config '.linux.maskedPaths = [] | .linux.readonlyPaths = ["/"]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /linux/readonlyPaths/0 root.readonly
    # Nor by a link of the image.
    ln -s / "$BUNDLE/rootfs/link"
    config '.linux.readonlyPaths = ["/link"]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "'/'" "leads to the root itself"
    cp "$T/good.json" "$BUNDLE/config.json"
    add_mount '{destination: "/link/.", type: "tmpfs", source: "tmpfs"}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "'/'" "leads to the root itself"
    # Its options can be changed.
    cp "$T/good.json" "$BUNDLE/config.json"
    add_mount '{destination: "/", options: ["remount", "nosuid"]}'
    start_sleeping
    has_option "$(part 1 "$(mounted /)")" nosuid
}

@test "a thousand mounts" {
    local i=0 mounts
    mkdir "$T/source"
    mounts=$(for ((i = 0; i < 500; i++)); do
        echo "{\"destination\": \"/many/bind$i\", \"type\": \"bind\", \"source\": \"$T/source\", \"options\": [\"bind\"]}"
        echo "{\"destination\": \"/many/tmpfs$i\", \"type\": \"tmpfs\", \"source\": \"tmpfs\"}"
    done | jq -s .)
    echo "$mounts" >"$T/many.json"
    config '.mounts += $many[0]' --slurpfile many "$T/many.json"
    ulimit -Sn 1024
    start_sleeping
    is "$(grep -c ' /many/' "/proc/$PID/mountinfo")" 1000
    is "$(awk '$1 == "Max" && $2 == "open" {print $4}' "/proc/$PID/limits")" 1024
}

@test "a new filesystem's root has the mode and the owner that it has without us" {
    mkdir "$BUNDLE/rootfs/strict"
    chmod 700 "$BUNDLE/rootfs/strict"
    add_mount '{destination: "/strict", type: "tmpfs", source: "tmpfs"}' \
        '{destination: "/given", type: "tmpfs", source: "tmpfs", options: ["mode=2750", "uid=3", "gid=4"]}'
    script 'umask 077; stat -c "%a %u:%g" /strict /given /dev/shm'
    (umask 077 && caisson run --bundle "$BUNDLE" "$ID" </dev/null >"$T/out" 2>&1) || :
    if rootless; then return 0; fi
    is "$(cat "$T/out")" $'1777 0:0\n2750 3:4\n1777 0:0'
}

@test "tmpcopyup: links, modes, owners, fifos, and what is empty" {
    need_root "it changes files to other owners, which takes ids that are not granted"
    mkdir -p "$BUNDLE/rootfs/data/empty" "$BUNDLE/rootfs/data/deep/er"
    echo text >"$BUNDLE/rootfs/data/deep/er/file"
    chown 7:8 "$BUNDLE/rootfs/data/deep/er/file"
    chmod 4711 "$BUNDLE/rootfs/data/deep/er/file"
    chmod 2770 "$BUNDLE/rootfs/data/deep"
    chmod 751 "$BUNDLE/rootfs/data"
    ln -s /dangling "$BUNDLE/rootfs/data/link"
    mkfifo -m 640 "$BUNDLE/rootfs/data/fifo"
    touch -d '2001-02-03 04:05:06' "$BUNDLE/rootfs/data/deep/er/file"
    add_mount '{destination: "/data", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup"]}'
    start_sleeping
    is "$(part 3 "$(mounted /data)")" tmpfs
    local inside=/proc/$PID/root/data
    is "$(stat -c '%a %u:%g %Y' "$inside/deep/er/file")" "$(stat -c '%a %u:%g %Y' "$BUNDLE/rootfs/data/deep/er/file")"
    is "$(stat -c %a "$inside" "$inside/deep" "$inside/fifo")" $'751\n2770\n640'
    is "$(readlink "$inside/link")" /dangling
    is "$(cat "$inside/deep/er/file")" text
    [ -p "$inside/fifo" ] && [ -d "$inside/empty" ]
}

# ---- ids ----

# proves: mounts.options=idmap, mounts.uidMappings.{containerID,hostID,size}, mounts.gidMappings.{containerID,
#   hostID,size}
@test "idmap: by mappings of its own" {
    can_idmap
    mkdir "$T/data"
    touch "$T/data/file"
    chown 3:4 "$T/data/file"
    add_mount '{destination: "/mnt", type: "bind", source: "'"$T/data"'", options: ["bind", "idmap"],
        uidMappings: [{containerID: 0, hostID: 5000, size: 100}], gidMappings: [{containerID: 0, hostID: 6000, size: 100}]}'
    run_script 'stat -c %u:%g /mnt/file; touch /mnt/new 2>/dev/null || echo not mapped'
    succeeds $'5003:6004\nnot mapped'
}

@test "idmap: mappings mean it without the option" {
    can_idmap
    mkdir "$T/data"
    add_mount '{destination: "/mnt", type: "bind", source: "'"$T/data"'", options: ["bind"],
        uidMappings: [{containerID: 0, hostID: 5000, size: 100}], gidMappings: [{containerID: 0, hostID: 6000, size: 100}]}'
    run_script 'stat -c %u:%g /mnt'
    succeeds 5000:6000
}

# proves: mounts.options=idmap
@test "idmap: by the container's mappings, when it has none of its own" {
    can_idmap
    in_user_namespace
    mkdir "$T/data"
    touch "$T/data/file"
    add_mount '{destination: "/mnt/mapped", type: "bind", source: "'"$T/data"'", options: ["bind", "idmap"]}' \
        '{destination: "/mnt/plain", type: "bind", source: "'"$T/data"'", options: ["bind"]}'
    run_script 'stat -c %u:%g /mnt/mapped/file /mnt/plain/file; touch /mnt/mapped/new'
    succeeds $'0:0\n65534:65534'
    is "$(stat -c %u:%g "$T/data/new")" 0:0
}

@test "idmap: written as crun takes it" {
    can_idmap
    mkdir "$T/data"
    touch "$T/data/file"
    chown 10:20 "$T/data/file"
    add_mount '{destination: "/mnt", type: "bind", source: "'"$T/data"'", options: ["bind", "idmap=uids=0-3000-20;gids=0-4000-30"]}'
    run_script 'stat -c %u:%g /mnt/file'
    succeeds 3010:4020
}

# proves: mounts.options=ridmap
@test "ridmap: below the mount, too; idmap: not" {
    can_idmap
    mkdir "$T/data"
    mount_fixture --bind "$T/data" "$T/data"
    mkdir "$T/data/sub" "$T/other"
    mount_fixture --bind "$T/other" "$T/data/sub"
    local maps='uidMappings: [{containerID: 0, hostID: 5000, size: 100}], gidMappings: [{containerID: 0, hostID: 6000, size: 100}]'
    add_mount '{destination: "/mnt/one", type: "bind", source: "'"$T/data"'", options: ["rbind", "idmap"], '"$maps"'}' \
        '{destination: "/mnt/all", type: "bind", source: "'"$T/data"'", options: ["rbind", "ridmap"], '"$maps"'}'
    run_script 'stat -c %u:%g /mnt/one /mnt/one/sub /mnt/all /mnt/all/sub'
    succeeds $'5000:6000\n0:0\n5000:6000\n5000:6000'
}

@test "idmap: of a new filesystem is refused" {
    add_mount '{destination: "/mnt", type: "tmpfs", source: "tmpfs", options: ["idmap"],
        uidMappings: [{containerID: 0, hostID: 5000, size: 100}], gidMappings: [{containerID: 0, hostID: 6000, size: 100}]}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /mounts/7/options /mnt "new filesystem"
    config '.mounts[-1].options = []'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /mounts/7/uidMappings "new filesystem"
}

# ---- cgroup and sysfs ----

@test "cgroup: with a namespace of its own it is a new mount of cgroup v2, with the options" {
    start_sleeping
    local line
    line=$(mounted /sys/fs/cgroup)
    is "$(part 3 "$line")" cgroup2
    has_option "$(part 1 "$line")" ro
    has_option "$(part 1 "$line")" nosuid
    is "$(caisson exec "$ID" cat /proc/self/cgroup </dev/null | grep ^0::)" 0::/
    is "$(ls -d "/proc/$PID/root/sys/fs/cgroup/cgroup.procs")" "/proc/$PID/root/sys/fs/cgroup/cgroup.procs"
}

@test "cgroup: without a namespace of its own it is the container's cgroup, bound" {
    config '.linux.namespaces |= map(select(.type != "cgroup"))'
    start_sleeping
    local line
    line=$(mounted /sys/fs/cgroup)
    is "$(part 3 "$line")" cgroup2
    has_option "$(part 1 "$line")" ro
    is "$(part 6 "$line")" "$PARENT/$ID"
    contains "$(cat "/proc/$PID/root/sys/fs/cgroup/cgroup.procs")" "$PID"
    caisson delete --force "$ID"
    config '(.mounts[] | select(.destination == "/sys/fs/cgroup")).options |= map(select(. != "ro"))'
    start_sleeping
    has_option "$(part 1 "$(mounted /sys/fs/cgroup)")" rw
}

@test "cgroup: without namespace and cgroup of its own it is the host's, read-only (CVE-2023-25809)" {
    config '.linux.namespaces |= map(select(.type != "cgroup")) | del(.linux.cgroupsPath)
        | (.mounts[] | select(.destination == "/sys/fs/cgroup")).options = ["rw"]'
    script 'trap "exit 0" TERM; while :; do sleep 1000 & wait $!; done'
    attempt caisson --cgroup-manager disabled create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
    succeeds
    PID=$(cat "$T/pid")
    local where
    for where in $(awk '$5 ~ "^/sys/fs/cgroup" {print $5}' "/proc/$PID/mountinfo"); do
        has_option "$(part 1 "$(mounted "$where")")" ro
    done
    mounted /sys/fs/cgroup
}

@test "sysfs: new where the user namespace owns the network" {
    need_root "it is about a user namespace that root makes; see rootless.bats for a user's"
    in_user_namespace
    start_sleeping
    is "$(part 6 "$(mounted /sys)")" /
    is "$(ls "/proc/$PID/root/sys/class/net")" lo
}

@test "sysfs: in a user namespace that does not own the network it is the host's, read-only all through" {
    need_root "it is about a user namespace that root makes; see rootless.bats for a user's"
    in_user_namespace
    config '.linux.namespaces |= map(select(.type != "network"))'
    mount_fixture -t tmpfs tmpfs /sys/kernel
    start_sleeping
    local where
    is "$(part 3 "$(mounted /sys)")" sysfs
    has_option "$(part 1 "$(mounted /sys)")" nosuid
    mounted /sys/kernel
    for where in $(awk '$5 ~ "^/sys" && $5 !~ "^/sys/fs/cgroup" {print $5}' "/proc/$PID/mountinfo"); do
        has_option "$(part 1 "$(mounted "$where")")" ro
    done
    is "$(ls "/proc/$PID/root/sys/class/net")" "$(ls /sys/class/net)"
}

@test "sysfs: by whose the network namespace is that is joined" {
    need_root "it is about a user namespace that root makes; see rootless.bats for a user's"
    in_user_namespace
    touch "$T/net"
    unshare --net="$T/net" true
    FIXTURES+=("$T/net")
    config '(.linux.namespaces[] | select(.type == "network")).path = $path' --arg path "$T/net"
    # The host's: this container cannot mount a sysfs of it.
    run_script 'test -d /sys/class/net && grep -c " /sys sysfs " /proc/mounts'
    succeeds 1
    # A pod: user and network namespace of one container, joined by a second.
    config '(.linux.namespaces[] | select(.type == "network")) |= del(.path)'
    start_sleeping
    make_bundle "$T/second"
    BUNDLE=$T/second
    chown -R 100000:100000 "$BUNDLE/rootfs"
    config '(.linux.namespaces[] | select(.type == "network")).path = $net
        | .linux.namespaces += [{type: "user", path: $user}] | .linux.cgroupsPath += "-second"' \
        --arg net "/proc/$PID/ns/net" --arg user "/proc/$PID/ns/user"
    script 'grep " /sys sysfs " /proc/mounts; ls /sys/class/net'
    attempt caisson run --bundle "$BUNDLE" "$ID-second"
    succeeds
    contains "$output" $'\nlo'
}
