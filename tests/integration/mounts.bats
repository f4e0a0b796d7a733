# SPDX-License-Identifier: LGPL-2.1-or-later
# mounts, root.readonly and linux.rootfsPropagation, as the kernel lists them.
# also: user
load helpers

# proves: mounts.{destination,type}
@test "each kind of filesystem is mounted" {
    start_sleeping
    is "$(part 3 "$(mounted /proc)")" proc
    is "$(part 3 "$(mounted /dev)")" tmpfs
    is "$(part 3 "$(mounted /dev/pts)")" devpts
    is "$(part 3 "$(mounted /dev/shm)")" tmpfs
    is "$(part 3 "$(mounted /dev/mqueue)")" mqueue
    is "$(part 3 "$(mounted /sys)")" sysfs
    is "$(part 3 "$(mounted /sys/fs/cgroup)")" cgroup2
}

@test "cgroup is cgroup v2 and shows the container's own" {
    run_script 'test -f /sys/fs/cgroup/cgroup.procs && cat /sys/fs/cgroup/cgroup.procs'
    succeeds
    contains "$output" 1
}

@test "cgroup without a cgroup namespace of its own shows no other cgroup" {
    config '.linux.namespaces |= map(select(.type != "cgroup"))'
    run_script 'test -f /sys/fs/cgroup/cgroup.procs && grep ^0:: /proc/self/cgroup'
    succeeds
    lacks "$(ls "$CGROUP2")" ' ' # the host's tree is where it was
}

@test "an overlay is mounted" {
    grep -qw overlay /proc/filesystems || modprobe -q overlay || skip "this kernel has no overlay"
    mkdir -p "$T"/{lower,upper,work}
    echo lower >"$T/lower/file"
    add_mount '{destination: "/mnt", type: "overlay", source: "overlay",
        options: ["lowerdir='"$T/lower"'", "upperdir='"$T/upper"'", "workdir='"$T/work"'"]}'
    run_script 'cat /mnt/file; echo upper >/mnt/file'
    succeeds lower
    is "$(cat "$T/upper/file")" upper
    is "$(cat "$T/lower/file")" lower
}

# proves: mounts.{source,options}
@test "data of a tmpfs: size, mode, owner, inodes" {
    add_mount '{destination: "/mnt", type: "tmpfs", source: "named", options: ["size=128k", "mode=1750", "nr_inodes=50"]}'
    start_sleeping
    local line
    line=$(mounted /mnt)
    is "$(part 4 "$line")" named
    has_option "$(part 5 "$line")" size=128k
    has_option "$(part 5 "$line")" mode=1750
    has_option "$(part 5 "$line")" nr_inodes=50
}

@test "each option that sets an attribute of a mount" {
    local option line failed=0
    for option in ro nosuid nodev noexec noatime nodiratime nosymfollow relatime; do
        add_mount '{destination: "/mnt/'$option'", type: "tmpfs", source: "tmpfs", options: ["'$option'"]}'
    done
    start_sleeping
    for option in ro nosuid nodev noexec noatime nodiratime nosymfollow relatime; do
        line=$(mounted "/mnt/$option") && has_option "$(part 1 "$line")" $option || failed=1
    done
    is $failed 0
}

@test "each option that clears an attribute of a mount" {
    local pair line failed=0 pairs=(ro:rw nosuid:suid nodev:dev noexec:exec noatime:atime nodiratime:diratime
        nosymfollow:symfollow relatime:norelatime noatime:strictatime)
    for pair in "${pairs[@]}"; do
        add_mount '{destination: "/mnt/'${pair/:/-}'", type: "tmpfs", source: "tmpfs", options: ["'${pair%:*}'", "'${pair#*:}'"]}'
    done
    start_sleeping
    for pair in "${pairs[@]}"; do
        line=$(mounted "/mnt/${pair/:/-}") || failed=1
        # relatime is the kernel's default: norelatime alone comes back to it
        [ $pair = relatime:norelatime ] || lacks_option "$(part 1 "$line")" ${pair%:*} || failed=1
    done
    is $failed 0
}

@test "each option that belongs to the superblock" {
    local option line failed=0
    for option in sync dirsync lazytime; do
        add_mount '{destination: "/mnt/'$option'", type: "tmpfs", source: "tmpfs", options: ["'$option'"]}'
    done
    add_mount '{destination: "/mnt/async", type: "tmpfs", source: "tmpfs", options: ["sync", "async"]}'
    add_mount '{destination: "/mnt/nolazytime", type: "tmpfs", source: "tmpfs", options: ["lazytime", "nolazytime"]}'
    start_sleeping
    for option in sync dirsync lazytime; do
        line=$(mounted "/mnt/$option") && has_option "$(part 5 "$line")" $option || failed=1
    done
    lacks_option "$(part 5 "$(mounted /mnt/async)")" sync || failed=1
    lacks_option "$(part 5 "$(mounted /mnt/nolazytime)")" lazytime || failed=1
    is $failed 0
}

@test "options that show nowhere are accepted, not passed on as data" {
    local option all=(defaults loud silent iversion noiversion nostrictatime nomand)
    for option in "${all[@]}"; do
        add_mount '{destination: "/mnt/'$option'", type: "tmpfs", source: "tmpfs", options: ["'$option'"]}'
    done
    start_sleeping
    for option in "${all[@]}"; do mounted "/mnt/$option" >/dev/null; done
}

@test "the later of two options wins" {
    add_mount '{destination: "/mnt/a", type: "tmpfs", source: "tmpfs", options: ["ro", "rw", "ro"]}' \
        '{destination: "/mnt/b", type: "tmpfs", source: "tmpfs", options: ["noexec", "exec"]}'
    start_sleeping
    has_option "$(part 1 "$(mounted /mnt/a)")" ro
    lacks_option "$(part 1 "$(mounted /mnt/b)")" noexec
}

# proves: mounts.options=remount
@test "remount changes what is mounted" {
    add_mount '{destination: "/mnt", type: "tmpfs", source: "tmpfs", options: ["size=64k"]}' \
        '{destination: "/mnt", type: "tmpfs", source: "tmpfs", options: ["remount", "ro", "nosuid"]}'
    start_sleeping
    local line
    line=$(mounted /mnt)
    has_option "$(part 1 "$line")" ro
    has_option "$(part 1 "$line")" nosuid
    is "$(grep -c ' /mnt ' "/proc/$PID/mountinfo")" 1
}

# ---- bind mounts ----

# proves: mounts.source
@test "a directory and a file are bound, whatever the type says" {
    mkdir "$T/dir"
    echo inside >"$T/dir/file"
    echo single >"$T/single"
    add_mount '{destination: "/mnt/dir", type: "none", source: "'"$T/dir"'", options: ["bind"]}' \
        '{destination: "/mnt/file", type: "bogus", source: "'"$T/single"'", options: ["rbind"]}' \
        '{destination: "/etc/passwd", type: "bind", source: "'"$T/single"'", options: ["bind", "ro"]}'
    run_script 'cat /mnt/dir/file /mnt/file /etc/passwd; echo new >/mnt/dir/new; echo x 2>/dev/null >/etc/passwd || echo refused'
    succeeds $'inside\nsingle\nsingle\nrefused'
    is "$(cat "$T/dir/new")" new
    is "$(cat "$T/single")" single
}

@test "a relative source is below the bundle" {
    mkdir "$BUNDLE/data"
    echo here >"$BUNDLE/data/file"
    add_mount '{destination: "/mnt", type: "bind", source: "data", options: ["bind"]}'
    cd /
    run_script 'cat /mnt/file'
    succeeds here
}

# proves: mounts.options={bind,rbind}
@test "bind leaves out what is mounted below, rbind does not" {
    need_root "it mounts something on the host"
    mkdir -p "$T/tree/sub"
    mount_fixture -t tmpfs tmpfs "$T/tree/sub"
    touch "$T/tree/sub/file"
    add_mount '{destination: "/mnt/one", type: "bind", source: "'"$T/tree"'", options: ["bind"]}' \
        '{destination: "/mnt/all", type: "bind", source: "'"$T/tree"'", options: ["rbind"]}'
    run_script 'ls /mnt/one/sub; echo -; ls /mnt/all/sub'
    succeeds $'-\nfile'
}

@test "ro of an rbind is the top's alone, rro is everywhere" {
    need_root "it mounts something on the host"
    mkdir -p "$T/tree/sub"
    mount_fixture -t tmpfs tmpfs "$T/tree/sub"
    add_mount '{destination: "/mnt/top", type: "bind", source: "'"$T/tree"'", options: ["rbind", "ro"]}' \
        '{destination: "/mnt/all", type: "bind", source: "'"$T/tree"'", options: ["rbind", "rro"]}'
    start_sleeping
    has_option "$(part 1 "$(mounted /mnt/top)")" ro
    has_option "$(part 1 "$(mounted /mnt/top/sub)")" rw
    has_option "$(part 1 "$(mounted /mnt/all)")" ro
    has_option "$(part 1 "$(mounted /mnt/all/sub)")" ro
    has_option "$(part 1 "$(mounted "$T/tree/sub" $$)")" rw # the host's own
}

@test "each recursive option sets or clears its attribute in the whole tree" {
    need_root "it mounts something on the host"
    local option failed=0 sub line
    declare -A sets=([rro]=ro [rnosuid]=nosuid [rnodev]=nodev [rnoexec]=noexec [rnoatime]=noatime
        [rnodiratime]=nodiratime [rrelatime]=relatime [rnosymfollow]=nosymfollow)
    declare -A clears=([rrw]=ro [rsuid]=nosuid [rdev]=nodev [rexec]=noexec [ratime]=noatime [rdiratime]=nodiratime
        [rstrictatime]=noatime [rsymfollow]=nosymfollow)
    mkdir -p "$T/open" "$T/closed"
    mount_fixture -t tmpfs tmpfs "$T/open"
    mkdir "$T/open/sub"
    mount_fixture -t tmpfs -o strictatime tmpfs "$T/open/sub"
    mount_fixture -t tmpfs -o nosuid,nodev,noexec,noatime,nodiratime,nosymfollow tmpfs "$T/closed"
    mkdir "$T/closed/sub"
    mount_fixture -t tmpfs -o ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow tmpfs "$T/closed/sub"
    mount -o remount,bind,ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow "$T/closed"
    for option in "${!sets[@]}"; do
        add_mount '{destination: "/mnt/'$option'", type: "bind", source: "'"$T/open"'", options: ["rbind", "'$option'"]}'
    done
    for option in "${!clears[@]}" rnorelatime rnostrictatime; do
        add_mount '{destination: "/mnt/'$option'", type: "bind", source: "'"$T/closed"'", options: ["rbind", "'$option'"]}'
    done
    start_sleeping
    for sub in '' /sub; do
        for option in "${!sets[@]}"; do
            line=$(mounted "/mnt/$option$sub") && has_option "$(part 1 "$line")" "${sets[$option]}" ||
                { echo "$option$sub"; failed=1; }
        done
        for option in "${!clears[@]}"; do
            line=$(mounted "/mnt/$option$sub") && lacks_option "$(part 1 "$line")" "${clears[$option]}" ||
                { echo "$option$sub"; failed=1; }
        done
        mounted "/mnt/rnorelatime$sub" >/dev/null
        mounted "/mnt/rnostrictatime$sub" >/dev/null
    done
    is $failed 0
}

@test "a bind mount keeps the attributes of its source that were not named" {
    need_root "it mounts something on the host"
    mkdir "$T/source"
    mount_fixture -t tmpfs -o nosuid,nodev tmpfs "$T/source"
    add_mount '{destination: "/mnt", type: "bind", source: "'"$T/source"'", options: ["bind", "ro"]}'
    start_sleeping
    has_option "$(part 1 "$(mounted /mnt)")" ro
    has_option "$(part 1 "$(mounted /mnt)")" nosuid
    has_option "$(part 1 "$(mounted /mnt)")" nodev
}

@test "a source that does not exist is named" {
    add_mount '{destination: "/mnt", type: "bind", source: "'"$T/nosuch"'", options: ["bind"]}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "$T/nosuch"
}

@test "data on a bind mount is refused" {
    add_mount '{destination: "/mnt", type: "bind", source: "'"$T"'", options: ["bind", "siez=5"]}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails siez=5
}

@test "a filesystem option that the kernel refuses is named" {
    add_mount '{destination: "/mnt", type: "tmpfs", source: "tmpfs", options: ["nosuchoption=5"]}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails nosuchoption
}

@test "a filesystem type that the kernel has not is named" {
    add_mount '{destination: "/mnt", type: "nosuchfs", source: "x", options: []}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails nosuchfs
}

# ---- targets ----

@test "missing targets are made, files for files" {
    echo text >"$T/file"
    add_mount '{destination: "/a/b/c", type: "tmpfs", source: "tmpfs", options: []}' \
        '{destination: "/a/d/file", type: "bind", source: "'"$T/file"'", options: ["bind"]}'
    run_script 'test -d /a/b/c && cat /a/d/file'
    succeeds text
    [ -d "$BUNDLE/rootfs/a/b/c" ]
    [ -f "$BUNDLE/rootfs/a/d/file" ]
}

@test "a relative target is below the root" {
    add_mount '{destination: "mnt/rel", type: "tmpfs", source: "tmpfs", options: []}'
    start_sleeping
    mounted /mnt/rel >/dev/null
}

@test "a target's symbolic links stay inside the root" {
    mkdir "$BUNDLE/rootfs/real"
    ln -s /real "$BUNDLE/rootfs/absolute"
    ln -s ../../../../../../real "$BUNDLE/rootfs/escape"
    ln -s /made/later "$BUNDLE/rootfs/dangling"
    add_mount '{destination: "/absolute/one", type: "tmpfs", source: "tmpfs", options: []}' \
        '{destination: "/escape/two", type: "tmpfs", source: "tmpfs", options: []}' \
        '{destination: "/dangling", type: "tmpfs", source: "tmpfs", options: []}' \
        '{destination: "/../../real/three", type: "tmpfs", source: "tmpfs", options: []}'
    start_sleeping
    mounted /real/one >/dev/null
    mounted /real/two >/dev/null
    mounted /real/three >/dev/null
    mounted /made/later >/dev/null
    [ ! -e /real ]
    [ ! -e /made ]
}

@test "mounts in a row in one directory: what is missing, files, links, and one that covers the directory" {
    mkdir -p "$BUNDLE/rootfs/row/directory" "$BUNDLE/rootfs/row/.hidden" "$BUNDLE/rootfs/real" "$BUNDLE/rootfs/other"
    touch "$BUNDLE/rootfs/row/file" "$BUNDLE/rootfs/real/file" "$T/file"
    ln -s ../real/file "$BUNDLE/rootfs/row/to-file"
    ln -s /real "$BUNDLE/rootfs/row/to-directory"
    ln -s /other "$BUNDLE/rootfs/row/cover"
    ln -s /row "$BUNDLE/rootfs/other/row"
    local name mounts=()
    for name in directory missing to-directory .hidden file to-file new-file missing/ ./dot; do
        [[ $name = *file ]] && mounts+=("{destination: \"/row/$name\", type: \"bind\", source: \"$T/file\", options: [\"bind\"]}") ||
            mounts+=("{destination: \"/row/$name\", type: \"tmpfs\", source: \"tmpfs\", options: []}")
    done
    # /row itself, by a link that is an entry of another directory, and what comes next is in that.
    mounts+=('{destination: "/other/one", type: "tmpfs", source: "tmpfs"}' '{destination: "/other/row", type: "tmpfs", source: "tmpfs"}'
        '{destination: "/row/inner", type: "tmpfs", source: "tmpfs"}' '{destination: "/row/inner2", type: "tmpfs", source: "tmpfs"}'
        '{destination: "/row/.", type: "tmpfs", source: "tmpfs"}' '{destination: "/row/last", type: "tmpfs", source: "tmpfs"}')
    add_mount "${mounts[@]}"
    start_sleeping
    is "$(awk '$5 ~ "^/(row|real|other)" { print $5 }' "/proc/$PID/mountinfo" | sort | paste -sd ' ')" \
        "$(printf '%s\n' /other/one /real /real/file /row /row /row/{.hidden,directory,dot,file,inner,inner2,last,missing,missing,new-file} | sort | paste -sd ' ')"
}

@test "mounts are made in their order" {
    mkdir -p "$T/under"
    touch "$T/under/bound"
    add_mount '{destination: "/mnt", type: "tmpfs", source: "tmpfs", options: []}' \
        '{destination: "/mnt/in", type: "bind", source: "'"$T/under"'", options: ["bind"]}' \
        '{destination: "/mnt/in/deep", type: "tmpfs", source: "tmpfs", options: []}'
    run_script 'ls /mnt/in; ls /mnt'
    succeeds $'bound\ndeep\nin'
    make_bundle "$T/second"
    BUNDLE=$T/second
    add_mount '{destination: "/mnt/in", type: "bind", source: "'"$T/under"'", options: ["bind"]}' \
        '{destination: "/mnt", type: "tmpfs", source: "tmpfs", options: []}'
    run_script 'ls /mnt'
    succeeds ""
}

# proves: mounts.options=tmpcopyup
@test "tmpcopyup starts with the target's content" {
    mkdir -p "$BUNDLE/rootfs/data/dir"
    echo content >"$BUNDLE/rootfs/data/dir/file"
    chmod 640 "$BUNDLE/rootfs/data/dir/file"
    ln -s dir/file "$BUNDLE/rootfs/data/link"
    add_mount '{destination: "/data", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup", "mode=755"]}'
    run_script 'cat /data/link; stat -c %a /data/dir/file; readlink /data/link; echo new >/data/dir/file'
    succeeds $'content\n640\ndir/file'
    is "$(cat "$BUNDLE/rootfs/data/dir/file")" content
}

@test "nothing is mounted on procfs itself but what is allowed there" {
    add_mount '{destination: "/proc/self/attr", type: "tmpfs", source: "tmpfs", options: []}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /proc/self/attr
}

@test "a file over procfs that a system-information filesystem fakes is allowed" {
    echo 12.0 24.0 >"$T/uptime"
    add_mount '{destination: "/proc/uptime", type: "bind", source: "'"$T/uptime"'", options: ["bind", "ro"]}'
    run_script 'cat /proc/uptime'
    succeeds "12.0 24.0"
}

# ---- idmapped mounts ----

@test "an idmapped bind mount shows other owners" {
    need_root "an idmapped mount takes CAP_SYS_ADMIN where the filesystem was mounted"
    mkdir "$T/shared"
    touch "$T/shared/zero"
    touch "$T/shared/thousand"
    chown 1000:1000 "$T/shared/thousand"
    add_mount '{destination: "/mnt", type: "bind", source: "'"$T/shared"'", options: ["bind", "idmap"],
        uidMappings: [{containerID: 0, hostID: 5000, size: 2000}], gidMappings: [{containerID: 0, hostID: 6000, size: 2000}]}'
    run_script 'stat -c %u:%g /mnt/zero /mnt/thousand'
    if [ "$status" != 0 ]; then
        # a filesystem that cannot be idmapped is said so
        fails /mnt
        skip "the filesystem of $T cannot be idmapped on this kernel"
    fi
    succeeds $'5000:6000\n6000:7000'
}

@test "idmap without mappings and without a user namespace is refused" {
    need_root "a user always has mappings"
    add_mount '{destination: "/mnt", type: "bind", source: "'"$T"'", options: ["bind", "idmap"]}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails idmap
}

@test "mappings come in pairs" {
    add_mount '{destination: "/mnt", type: "bind", source: "'"$T"'", options: ["bind"],
        uidMappings: [{containerID: 0, hostID: 5000, size: 2000}]}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails gidMappings
}

# ---- propagation ----

@test "each propagation of a mount" {
    need_root "it mounts something on the host"
    mkdir "$T/shared"
    mount_fixture -t tmpfs tmpfs "$T/shared"
    mount --make-shared "$T/shared"
    local p
    for p in private rprivate shared rshared slave rslave unbindable runbindable; do
        add_mount '{destination: "/mnt/'$p'", type: "bind", source: "'"$T/shared"'", options: ["rbind", "'$p'"]}'
    done
    start_sleeping
    is "$(part 2 "$(mounted /mnt/private)")" ""
    is "$(part 2 "$(mounted /mnt/rprivate)")" ""
    matches "$(part 2 "$(mounted /mnt/shared)")" shared:
    matches "$(part 2 "$(mounted /mnt/rshared)")" shared:
    matches "$(part 2 "$(mounted /mnt/slave)")" '^master:[0-9]+(,propagate_from:[0-9]+)?$'
    matches "$(part 2 "$(mounted /mnt/rslave)")" '^master:[0-9]+(,propagate_from:[0-9]+)?$'
    is "$(part 2 "$(mounted /mnt/unbindable)")" unbindable
    is "$(part 2 "$(mounted /mnt/runbindable)")" unbindable
}

@test "what is mounted in the container reaches the host through rshared only" {
    need_root "it mounts something on the host"
    mkdir "$T/shared"
    mount_fixture -t tmpfs tmpfs "$T/shared"
    mount --make-shared "$T/shared"
    mkdir "$T/shared/a" "$T/shared/b"
    local caps='.process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"])'
    config "$caps | .linux.rootfsPropagation = \"rshared\""
    add_mount '{destination: "/shared", type: "bind", source: "'"$T/shared"'", options: ["rbind", "rshared"]}' \
        '{destination: "/slave", type: "bind", source: "'"$T/shared"'", options: ["rbind", "rslave"]}'
    script 'mount -t tmpfs inside /shared/a && mount -t tmpfs inside /slave/b && sleep 1000'
    create
    caisson start "$ID"
    wait_for mounted /slave/b
    is "$(part 4 "$(mounted "$T/shared/a" $$)")" inside
    run mounted "$T/shared/b" $$
    [ "$status" != 0 ]
    # A mount of the host reaches the slave.
    mkdir "$T/shared/c"
    mount_fixture -t tmpfs outside "$T/shared/c"
    is "$(part 4 "$(mounted /slave/c)")" outside
}

@test "before open_tree_attr(2), Linux 6.15, and behind a filter that does not know it: a bound tree is private all the same" {
    need_root "it mounts something on the host, and loads a seccomp filter"
    local errno program=$CAISSON CAISSON=$CAISSON
    mkdir "$T/shared"
    mount_fixture -t tmpfs tmpfs "$T/shared"
    mount --make-shared "$T/shared"
    mkdir "$T/shared/below"
    mount_fixture -t tmpfs tmpfs "$T/shared/below"
    matches "$(part 2 "$(mounted "$T/shared/below" $$)")" shared
    add_mount '{destination: "/shared", type: "bind", source: "'"$T/shared"'", options: ["rbind", "ro"]}'
    for errno in 0 38 1; do # none, ENOSYS, EPERM
        if [ "$errno" != 0 ]; then
            CAISSON=$T/older
            printf '#!/bin/sh\nexec "%s" 467 %s "%s" "$@"\n' "$BATS_TEST_DIRNAME/without-call.py" "$errno" "$program" >"$CAISSON"
            chmod +x "$CAISSON"
        fi
        start_sleeping
        is "$(part 2 "$(mounted /shared)")" ""
        is "$(part 2 "$(mounted /shared/below)")" ""
        has_option "$(part 1 "$(mounted /shared)")" ro
        caisson delete --force "$ID"
    done
}

# proves: linux.rootfsPropagation, linux.rootfsPropagation={private,rprivate,slave,rslave,shared,rshared,
#   unbindable}
@test "each propagation of the root" {
    need_root "it mounts something on the host"
    local p
    mkdir "$T/top"
    mount_fixture --bind "$BUNDLE" "$T/top"
    mount --make-shared "$T/top"
    BUNDLE=$T/top
    for p in private rprivate slave rslave shared rshared unbindable; do
        config '.linux.rootfsPropagation = $p' --arg p $p
        start_sleeping
        local tags
        tags=$(part 2 "$(mounted /)")
        case $p in
        *private) is "$p $tags" "$p " ;;
        *slave) matches "$p $tags" master: ;;
        *shared) matches "$p $tags" shared: ;;
        unbindable) is "$p $tags" "$p unbindable" ;;
        esac
        caisson delete --force "$ID"
    done
}

@test "an unknown propagation of the root is refused" {
    config '.linux.rootfsPropagation = "sharde"'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails sharde
}

# ---- the root ----

# proves: root.readonly
@test "a read-only root is read-only, mounts in it are not" {
    config '.root.readonly = true'
    add_mount '{destination: "/mnt", type: "tmpfs", source: "tmpfs", options: []}'
    run_script 'touch /file 2>/dev/null || echo refused; touch /mnt/file && echo written'
    succeeds $'refused\nwritten'
    [ ! -e "$BUNDLE/rootfs/file" ]
    start_sleeping
    has_option "$(part 1 "$(mounted /)")" ro
}

@test "the root is a mount of its own and the old one is gone" {
    start_sleeping
    is "$(part 6 "$(mounted /)" | sed 's|.*/bundle|/bundle|')" /bundle/rootfs
    # Nothing of the host but the bundle: every mount point is below it.
    local points
    points=$(cut -d' ' -f5 "/proc/$PID/mountinfo")
    lacks "$points" "$T" /home
}

# proves: root.path
@test "an absolute root path outside the bundle" {
    mv "$BUNDLE/rootfs" "$T/elsewhere"
    config '.root.path = $path' --arg path "$T/elsewhere"
    run_script 'echo fine'
    succeeds fine
}

@test "a root that is no directory is refused" {
    config '.root.path = "config.json"'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails config.json
}
