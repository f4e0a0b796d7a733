# SPDX-License-Identifier: LGPL-2.1-or-later
# The host's devices keep their owner and their mode, whatever a container does with what it was given of them.
load security

# A null device of the test's own stands for the host's.
host_null() {
    need_root "it makes device nodes, or namespaces with the rights of the host's root"
    mknod -m 666 "$T/null" c 1 3
    # A /tmp of systemd's has no devices; the test's own mount namespace may have them there.
    { : <"$T/null"; } 2>/dev/null || mount -o remount,bind,dev "$(findmnt -n -o TARGET -T "$T")"
}

every_capability() {
    config '.process.capabilities |= map_values(. + ["CAP_CHOWN", "CAP_FOWNER", "CAP_FSETID", "CAP_DAC_OVERRIDE"])'
}

owner() {
    stat -c '%u:%g %a' "$1"
}

@test "a device that is listed and bound from the host keeps its owner" {
    host_null
    add_mount "{destination: \"/dev/null\", type: \"bind\", source: \"$T/null\", options: [\"bind\"]}"
    config '.linux.devices = [{type: "c", path: "/dev/null", major: 1, minor: 3, uid: 4242, gid: 4242, fileMode: 384}]'
    script 'echo gone >/dev/null'
    weak existing run_it
    succeeds
    is "$(owner "$T/null")" "4242:4242 666"
    chown 0:0 "$T/null"
    run_it
    succeeds
    is "$(owner "$T/null")" "0:0 666"
}

@test "a /dev that is the host's keeps the owners of what is listed" {
    host_null
    mkdir "$T/dev"
    mv "$T/null" "$T/dev/null"
    config '.mounts |= map(select(.destination | startswith("/dev") | not))'
    add_mount "{destination: \"/dev\", type: \"bind\", source: \"$T/dev\", options: [\"rbind\"]}"
    config '.linux.devices = [{type: "c", path: "/dev/null", major: 1, minor: 3, uid: 4242, gid: 4242}]'
    weak existing run_it
    is "$(owner "$T/dev/null")" "4242:4242 666"
    chown 0:0 "$T/dev/null"
    run_it
    succeeds
    is "$(owner "$T/dev/null")" "0:0 666"
}

# A masked file is the host's null device: its owner and mode are one chmod away from root of the container.
@test "what masks a file cannot be changed from inside" {
    need_root "it makes device nodes, or namespaces with the rights of the host's root"
    every_capability
    echo secret >"$BUNDLE/rootfs/secret"
    config '.linux.maskedPaths += ["/secret"]'
    # The host's own null device is in the game here: it gets the mode that it has, and its time of change tells.
    script 'chmod 666 /secret && echo changed; chown 0:0 /secret && echo given; wc -c </secret; echo x >/secret && echo written'
    weak readonly run_it
    contains "$output" changed given
    local before
    before=$(stat -c %z /dev/null)
    run_it
    contains "$output" "Read-only file system" $'\n0\nwritten'
    lacks "$output" changed given
    is "$(stat -c %z /dev/null)" "$before"
}

@test "in a user namespace that has the host's root in it, the devices of /dev cannot be changed from inside" {
    need_root "it makes device nodes, or namespaces with the rights of the host's root"
    every_capability
    config '.linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}]
        | .linux.gidMappings = [{containerID: 0, hostID: 0, size: 65536}]'
    script 'for d in null zero full; do chmod 666 /dev/$d && echo changed; done; echo x >/dev/null && head -c 2 /dev/zero | wc -c'
    weak readonly run_it
    contains "$output" changed
    local before
    before=$(stat -c %z /dev/null /dev/zero /dev/full)
    run_it
    lacks "$output" changed
    contains "$output" "Read-only file system" $'\n2'
    is "$(stat -c %z /dev/null /dev/zero /dev/full)" "$before"
}

@test "in a user namespace of other users the host's devices keep owner, mode and times" {
    need_root "it makes device nodes, or namespaces with the rights of the host's root"
    local before
    every_capability
    userns
    # Bound by the configuration as well, listed with another owner, and as standard streams.
    add_mount '{destination: "/dev/zero", type: "bind", source: "/dev/zero", options: ["bind"]}' \
        '{destination: "/mnt", type: "bind", source: "/dev", options: ["rbind"]}'
    config '.linux.devices = [{type: "c", path: "/dev/null", major: 1, minor: 3, uid: 0, gid: 0, fileMode: 438},
            {type: "c", path: "/dev/full", major: 1, minor: 7, uid: 33, gid: 33}]
        | .process.user = {uid: 33, gid: 33}'
    script 'chmod 600 /dev/null /dev/zero /mnt/null /mnt/full /proc/kcore; chown 33 /dev/zero /mnt/null /proc/kcore; echo done'
    before=$(stat -c '%n %u:%g %a %z' /dev/null /dev/zero /dev/full /dev/tty /dev/random)
    run_it
    contains "$output" done
    is "$(stat -c '%n %u:%g %a %z' /dev/null /dev/zero /dev/full /dev/tty /dev/random)" "$before"
    # And exec, with what it is given as standard streams.
    start_sleeping
    attempt caisson exec --user 44 "$ID" sh -c 'chown 44 /dev/null /proc/self/fd/0 /proc/kcore; true'
    is "$(stat -c '%n %u:%g %a %z' /dev/null /dev/zero /dev/full /dev/tty /dev/random)" "$before"
}

# A standard stream that is a device or a file is no terminal and no pipe, and not the container's.
@test "files and devices that are standard streams keep their owner (CVE-2026-88265)" {
    host_null
    config '.process.user = {uid: 4242, gid: 4242}'
    echo text >"$T/file"
    chmod 644 "$T/file"
    streams() {
        caisson run --bundle "$BUNDLE" "$ID" <"$T/null" >>"$T/file" 2>"$T/null" 3>&-
    }
    weak stdio streams
    is "$(owner "$T/null") $(owner "$T/file")" "4242:0 666 4242:0 644"
    chown 0:0 "$T/null" "$T/file"
    streams
    is "$(owner "$T/null") $(owner "$T/file")" "0:0 666 0:0 644"
}

@test "without standard streams the null device is the host's, not what the image has at its place (CVE-2026-88265)" {
    need_root "it makes device nodes, or namespaces with the rights of the host's root"
    local before
    config '.mounts |= map(select(.destination != "/dev")) | .process.user = {uid: 4242, gid: 4242}'
    echo text >"$T/victim"
    ln -s "$T/victim" "$BUNDLE/rootfs/dev/null"
    mkdir -p "$BUNDLE/rootfs$T"
    chmod 777 "$BUNDLE/rootfs/tmp"
    echo inside >"$BUNDLE/rootfs$T/victim"
    before=$(stat -c %z /dev/null)
    script 'stat -L -c "%t:%T" /proc/self/fd/0 /proc/self/fd/2 >/tmp/streams; echo bad'
    "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID" <&- >&- 2>&- 3>&-
    is "$(sort -u "$BUNDLE/rootfs/tmp/streams")" 1:3
    is "$(cat "$T/victim" "$BUNDLE/rootfs$T/victim")" $'text\ninside'
    is "$(stat -c '%u' "$T/victim" "$BUNDLE/rootfs$T/victim" | sort -u)" 0
    is "$(stat -c %z /dev/null)" "$before"
}
