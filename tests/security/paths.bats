# SPDX-License-Identifier: LGPL-2.1-or-later
# Paths of the container whose files are hostile: links that stand there, and links that come in the middle of it.
load security

# The mounts whose targets lie in the image and not in another mount of the configuration.
only_proc() {
    config '.mounts |= map(select(.destination == "/proc"))'
}

@test "a /dev that is a link to a directory of the host (CVE-2019-18837, CVE-2026-41579, CVE-2026-47766)" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    only_proc
    rmdir "$BUNDLE/rootfs/dev"
    ln -s "$DECOY" "$BUNDLE/rootfs/dev"
    weak resolve run_it
    contains "$(ls "$DECOY")" null
    touched
    touch "$DECOY/ptmx"
    run_it
    is "$(find "$DECOY" -mindepth 1)" "$DECOY/ptmx"
    # It was made where the link leads in the container.
    [ -c "$BUNDLE/rootfs$DECOY/null" ]
}

@test "a mount point behind a link to the host is not made there (CVE-2015-1335, CVE-2021-30465, CVE-2024-45310)" {
    only_proc
    ln -s "$DECOY" "$BUNDLE/rootfs/link"
    echo text >"$T/file"
    add_mount '{destination: "/link/directory", type: "tmpfs", source: "tmpfs"}' \
        "{destination: \"/link/file\", type: \"bind\", source: \"$T/file\", options: [\"bind\"]}"
    config '.process.args = ["sh", "-c", "cat /link/file"]'
    weak resolve run_it
    touched
    run_it
    succeeds text
    untouched
    [ -d "$BUNDLE/rootfs$DECOY/directory" ] && [ -f "$BUNDLE/rootfs$DECOY/file" ]
}

@test "a mount point behind a dangling link is made where the link leads, inside" {
    ln -s /new/place "$BUNDLE/rootfs/link"
    add_mount '{destination: "/link", type: "tmpfs", source: "tmpfs"}'
    script 'touch /link/file && ls /new/place'
    run_it
    succeeds file
}

# The kernel's own answer to the race: the path is walked as if the container's root were the root of everything.
@test "a directory and a link to the host that change places without end (CVE-2021-30465, CVE-2024-45310)" {
    local i mounts='' escaped=''
    only_proc
    mkdir "$BUNDLE/rootfs/a"
    ln -s "$DECOY" "$BUNDLE/rootfs/b"
    for ((i = 0; i < 100; i++)); do mounts+="${mounts:+,}{destination: \"/a/m$i\", type: \"tmpfs\", source: \"tmpfs\"}"; done
    add_mount "$mounts"
    raced() {
        run_it
        [ ! "$(ls -A "$DECOY")" ] || escaped=1
        rm -rf --one-file-system "$BUNDLE"/rootfs/[ab]/m* "$BUNDLE/rootfs$DECOY" 2>/dev/null || :
    }
    # As often as it takes where others have the processors.
    safe() { raced && [ ! "$escaped" ]; }
    swapping "$BUNDLE/rootfs/a" "$BUNDLE/rootfs/b" weak resolve again 40 safe || :
    [ "$escaped" ]
    escaped='' && find "$DECOY" -mindepth 1 -delete
    swapping "$BUNDLE/rootfs/a" "$BUNDLE/rootfs/b" again "$RACES" raced
    [ ! "$escaped" ]
}

@test "the same race with files, devices and the working directory" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    local escaped=''
    only_proc
    mkdir "$BUNDLE/rootfs/a"
    ln -s "$DECOY" "$BUNDLE/rootfs/b"
    echo text >"$T/file"
    config '.process.cwd = "/a/x/y" | .linux.devices = [range(60) | {type: "c", path: "/a/d\(.)", major: 1, minor: 3}]
        | .mounts += [range(30) | {destination: "/a/f\(.)", type: "bind", source: $file, options: ["bind"]}]' --arg file "$T/file"
    raced() {
        run_it
        [ ! "$(ls -A "$DECOY")" ] || escaped=1
        rm -rf --one-file-system "$BUNDLE"/rootfs/[ab]/[dfx]* "$BUNDLE/rootfs$DECOY" 2>/dev/null || :
    }
    # As often as it takes where others have the processors.
    safe() { raced && [ ! "$escaped" ]; }
    swapping "$BUNDLE/rootfs/a" "$BUNDLE/rootfs/b" weak resolve again 40 safe || :
    [ "$escaped" ]
    escaped='' && find "$DECOY" -mindepth 1 -delete
    swapping "$BUNDLE/rootfs/a" "$BUNDLE/rootfs/b" again "$RACES" raced
    [ ! "$escaped" ]
}

@test "a /proc or /sys that is a link is refused (CVE-2019-19921, CVE-2023-27561, CVE-2023-28642, CVE-2025-54867)" {
    local name
    for name in proc sys; do
        mkdir -p "$BUNDLE/rootfs/fake/$name"
        rmdir "$BUNDLE/rootfs/$name"
        ln -s "fake/$name" "$BUNDLE/rootfs/$name"
        config '.process.args = ["ls", $there]' --arg there "/fake/$name"
        weak resolve run_it
        [[ $output = *self* || $output = *kernel* ]]
        run_it
        fails "/$name" "symbolic links"
        rm "$BUNDLE/rootfs/$name"
        mkdir "$BUNDLE/rootfs/$name"
    done
}

# The directory that procfs is mounted on gets another name before the masks are set: they belong to the mount.
@test "a /proc that is renamed while the container is built keeps its masks (CVE-2019-19921, CVE-2025-31133)" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    local unmasked
    config '.linux.maskedPaths = ["/proc/version"] | .linux.readonlyPaths = ["/proc/sys"]'
    # Long to build between the mount of /proc and the masks.
    config '.mounts += [range(60) | {destination: "/mnt/m\(.)", type: "tmpfs", source: "tmpfs"}]'
    mkdir "$BUNDLE/rootfs/fake"
    script 'exec sleep 1000'
    # Where procfs is: is the file masked there, is the directory read-only?
    look() {
        attempt caisson create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
        [ "$status" = 0 ] || return 0
        # By the numbers of the mounts: the names go on changing while they are read.
        awk '$4 == "/" && / - proc / { proc = $1 } proc && $2 == proc && $5 ~ /\/version$/ { masked = 1 }
            proc && $2 == proc && $5 ~ /\/sys$/ && $6 ~ /^ro/ { readonly = 1 }
            END { exit !(masked && readonly) }' <(sort -n "/proc/$(cat "$T/pid")/mountinfo" | awk '/ - proc / && $4 == "/" { print; next } { rest = rest $0 "\n" } END { printf "%s", rest }') || unmasked=1
        caisson delete --force "$ID"
    }
    unmasked=''
    # As often as it takes where others have the processors.
    safe() { look && [ ! "$unmasked" ]; }
    swapping "$BUNDLE/rootfs/proc" "$BUNDLE/rootfs/fake" weak under again 40 safe || :
    [ "$unmasked" ]
    unmasked=''
    swapping "$BUNDLE/rootfs/proc" "$BUNDLE/rootfs/fake" again $((RACES * 2)) look
    [ ! "$unmasked" ]
}

@test "what is mounted over /proc or into it is refused (CVE-2019-16884)" {
    local i mounts=('{destination: "/proc", type: "tmpfs", source: "tmpfs"}' '{destination: "/proc/self", type: "tmpfs", source: "tmpfs"}'
        "{destination: \"/proc/sys\", type: \"bind\", source: \"$DECOY\", options: [\"bind\"]}" '{destination: "//proc/./self/attr", type: "tmpfs", source: "tmpfs"}')
    cp "$BUNDLE/config.json" "$T/config.json"
    for ((i = 0; i < ${#mounts[@]}; i++)); do
        cp "$T/config.json" "$BUNDLE/config.json"
        add_mount "${mounts[i]}"
        weak proc run_it
        succeeds
        run_it
        fails proc
    done
}

@test "a volume whose mount point is a link into /proc is refused (CVE-2019-19921, CVE-2025-52881)" {
    ln -s /proc/self "$BUNDLE/rootfs/volume"
    add_mount '{destination: "/volume", type: "tmpfs", source: "tmpfs"}'
    script 'ls /proc/self | wc -l'
    weak proc run_it
    [ "$status" = 0 ] || contains "$output" "no such"
    run_it
    fails /volume
}

# The second mount in a directory is attached by name: not where a link leads, and not by a link to the directory.
@test "mounts in a row in one directory, the second of which a link leads onto procfs (CVE-2019-19921)" {
    local target
    mkdir "$BUNDLE/rootfs/plain"
    ln -s /proc/self "$BUNDLE/rootfs/plain/link"
    ln -s /proc "$BUNDLE/rootfs/plain/whole"
    ln -s / "$BUNDLE/rootfs/link"
    cp "$BUNDLE/config.json" "$T/config.json"
    for target in plain/link plain/whole link/proc; do
        cp "$T/config.json" "$BUNDLE/config.json"
        add_mount "{destination: \"/${target%/*}/mnt\", type: \"tmpfs\", source: \"tmpfs\"}" \
            "{destination: \"/$target\", type: \"tmpfs\", source: \"tmpfs\"}"
        weak proc run_it
        [ "$status" = 0 ] || contains "$output" "no such"
        run_it
        fails "/$target" procfs
    done
}

@test "an entry of a directory that changes places with a link into /proc or to the host, in the middle of many mounts" {
    local escaped='' covered='' target
    only_proc
    mkdir "$BUNDLE/rootfs/a"
    config 'del(.linux.maskedPaths, .linux.readonlyPaths)
        | .mounts += [range(60) | {destination: "/a/m\(.)", type: "tmpfs", source: "tmpfs"}]'
    script 'grep -c " /proc" /proc/self/mountinfo 2>/dev/null || echo covered'
    raced() {
        run_it
        [ ! "$(ls -A "$DECOY")" ] || escaped=1
        [ "$status" != 0 ] || [ "$output" = 1 ] || covered=1
        [ "$status" = 0 ] || contains "$output" /a/m30
    }
    # As often as it takes where others have the processors.
    safe() { raced && [ ! "$covered" ]; }
    for target in /proc "$DECOY"; do
        mkdir -p "$BUNDLE/rootfs/a/m30"
        ln -s "$target" "$BUNDLE/rootfs/other"
        if [ "$target" = /proc ]; then
            swapping "$BUNDLE/rootfs/a/m30" "$BUNDLE/rootfs/other" weak proc again 40 safe || :
            [ "$covered" ]
            covered=''
        fi
        swapping "$BUNDLE/rootfs/a/m30" "$BUNDLE/rootfs/other" again "$RACES" raced
        [ ! "$escaped" ] && [ ! "$covered" ]
        rm -rf --one-file-system "$BUNDLE/rootfs/a/m30" "$BUNDLE/rootfs/other"
    done
}

@test "a console that is a link to a file of the host that is not there (CVE-2026-88264)" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    only_proc
    config '.process.terminal = true | .process.args = ["true"]'
    ln -s "$DECOY/made" "$BUNDLE/rootfs/dev/console"
    in_tty() { SHELL=/bin/bash command script -qefc "$CAISSON --root $ROOT run --bundle $BUNDLE $ID" /dev/null; }
    attempt weak resolve in_tty
    touched
    attempt in_tty
    succeeds
    untouched
    [ -f "$BUNDLE/rootfs$DECOY/made" ]
}

@test "a read-only tmpfs is mounted where a link leads, not over the link" {
    mkdir "$BUNDLE/rootfs/place"
    ln -s /place "$BUNDLE/rootfs/link"
    add_mount '{destination: "/link", type: "tmpfs", source: "tmpfs", options: ["ro"]}'
    script 'readlink /link; grep -c " /place tmpfs ro" /proc/mounts'
    run_it
    succeeds $'/place\n1'
}

# crun wrote .krun_config.json into the image for its libkrun handler (CVE-2025-24965): there is no such handler.
@test "nothing is written into the image for a handler that is annotated (CVE-2025-24965)" {
    echo victim >"$DECOY/victim"
    ln -s "$DECOY/victim" "$BUNDLE/rootfs/.krun_config.json"
    ln -s "$DECOY/made" "$BUNDLE/rootfs/.krun_vm.json"
    config '.annotations = {"run.oci.handler": "krun"}'
    run_it
    is "$(cd "$DECOY" && grep . *)" victim
    is "$(readlink "$BUNDLE/rootfs/.krun_config.json")" "$DECOY/victim"
}

@test "the host's cgroups cannot be written to where the container has neither a cgroup nor a namespace (CVE-2023-25809)" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    local place=$CGROUP2/caisson-attack
    config 'del(.linux.cgroupsPath) | .linux.namespaces |= map(select(.type != "cgroup"))
        | .mounts |= map(if .destination == "/sys/fs/cgroup" then .options = ["rw"] else . end)'
    mounted_at=/sys/fs/cgroup
    [ "$CGROUP2" = /sys/fs/cgroup ] || mounted_at=${CGROUP2/#\/sys\/fs\/cgroup//sys/fs/cgroup}
    config '.process.capabilities |= map_values(. + ["CAP_DAC_OVERRIDE"])'
    script "mkdir $mounted_at/caisson-attack && echo made"
    it() { attempt caisson --cgroup-manager disabled run --bundle "$BUNDLE" "$ID"; }
    weak cgroup it
    [ ! -d "$place" ] || rmdir "$place"
    succeeds made
    it
    lacks "$output" made
    contains "$output" "Read-only file system"
    [ ! -d "$place" ]
}

@test "names that lead elsewhere: ids, cgroups" {
    local bad
    for bad in . .. ../x a/b /x 'a b' $'a\nb'; do
        attempt caisson create --bundle "$BUNDLE" "$bad"
        fails "container id"
    done
    for bad in /../../x ../x /a/../../b 'x/..'; do
        config '.linux.cgroupsPath = $path' --arg path "$bad"
        attempt caisson create --bundle "$BUNDLE" "$ID"
        fails cgroupsPath
    done
}

@test "a state directory in /tmp that somebody else has made is not used (CVE-2019-12439)" {
    need_root "it is about two users"
    local place=/tmp/caisson-54399
    [ ! -e "$place" ]
    cp "$CAISSON" "$T/caisson"
    as_user() { setpriv --reuid 54399 --regid 54399 --clear-groups env -u XDG_RUNTIME_DIR "$T/caisson" list; }
    mkdir -m 777 "$place"
    attempt as_user
    rmdir "$place"
    fails "$place" "not for this user alone"
    ln -s "$DECOY" "$place"
    attempt as_user
    rm "$place"
    fails "$place"
    attempt as_user
    [ ! -d "$place" ] || rmdir "$place"
    succeeds
}
