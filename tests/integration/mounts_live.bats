# SPDX-License-Identifier: LGPL-2.1-or-later
# `mounts add` and `mounts remove`: the mounts of a container that is there.
# also: user lab-root
load helpers

# mounts JSON...: writes the file that the command reads
mounts() {
    local all
    printf -v all '%s,' "$@"
    echo "{ \"mounts\": [${all%,}] }" >"$T/mounts.json"
}

add() {
    mounts "$@"
    attempt caisson mounts add "$ID" "$T/mounts.json"
}

remove() {
    local all=() path
    for path; do all+=("{ \"destination\": \"$path\" }"); done
    mounts "${all[@]}"
    attempt caisson mounts remove "$ID" "$T/mounts.json"
}

# inside COMMAND...: in the container; for `attempt`
inside() {
    caisson exec "$ID" "$@"
}

not_mounted() {
    ! mounted "$1" || return 1
}

bind() {
    jq -cn '{ destination: $where, source: $what, options: ["bind", $ARGS.positional[]] }' --arg what "$1" --arg where "$2" --args -- "${@:3}"
}

@test "directories and files of the host, bound, and what the kernel provides" {
    need_root "a source of the host's is bound"
    mkdir "$T/source"
    echo content >"$T/source/file"
    start_sleeping
    add "$(bind "$T/source" /data)" "$(bind "$T/source/file" /etc/one ro)" \
        '{ "destination": "/scratch/deep", "type": "tmpfs", "source": "tmpfs", "options": ["size=64k", "mode=1777"] }'
    succeeds ""
    attempt inside sh -c 'cat /data/file /etc/one; echo x >/data/new; echo x >/etc/one'
    fails 'Read-only file system'
    contains "$output" $'content\ncontent'
    is "$(cat "$T/source/new")" x
    contains "$(part 5 "$(mounted /scratch/deep)")" size=64k
    is "$(part 3 "$(mounted /scratch/deep)")" tmpfs
    # Of the container's mounts alone.
    is "$(grep -c "$T" /proc/self/mounts)" "$(grep -c "$T" /proc/1/mounts)"
    remove /data /etc/one
    succeeds ""
    attempt inside sh -c 'test ! -e /data/file && cat /etc/one | wc -c'
    succeeds 0
    is "$(part 3 "$(mounted /scratch/deep)")" tmpfs
}

@test "with all that is mounted below, and again" {
    need_root "a source of the host's is bound"
    mkdir -p "$T/source/below"
    mount_fixture -t tmpfs below "$T/source/below"
    start_sleeping
    add '{ "destination": "/data", "source": "'"$T/source"'", "options": ["rbind", "rro"] }'
    succeeds ""
    has_option "$(part 1 "$(mounted /data/below)")" ro
    # It sees no more of the host's mounts than were there.
    is "$(part 2 "$(mounted /data)")" ''
    remove /data
    succeeds ""
    not_mounted /data
    not_mounted /data/below
    add "$(bind "$T/source" /data)"
    succeeds ""
    mounted /data
    not_mounted /data/below
}

@test "a created and a paused container; not one that has ended" {
    local tmpfs='{ "destination": "/data", "type": "tmpfs", "source": "tmpfs" }'
    script 'grep -c " /data " /proc/mounts; sleep 1000'
    attempt caisson create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID" >/dev/null
    succeeds
    PID=$(cat "$T/pid")
    add "$tmpfs"
    succeeds ""
    is "$(part 3 "$(mounted /data)")" tmpfs
    is "$(status_of)" created
    attempt caisson start "$ID"
    succeeds
    if [ "${CGROUP:-}" ] && ! rootless; then
        caisson pause "$ID"
        remove /data
        succeeds ""
        not_mounted /data
        is "$(status_of)" paused
        caisson resume "$ID"
    fi
    caisson kill "$ID" KILL
    wait_for stopped
    add "$tmpfs"
    fails 'container not running'
}

@test "in a user namespace: the container's root owns what is new, and the ids of a bind are mapped" {
    need_root "a user namespace with many ids, and an idmapped mount"
    config '.linux.namespaces += [{ type: "user" }] |
        .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }] | .linux.gidMappings = .linux.uidMappings'
    chmod 755 "$T"
    mkdir "$T/source"
    start_sleeping
    add '{ "destination": "/tmp/new", "type": "tmpfs", "source": "tmpfs" }' \
        '{ "destination": "/tmp/mine", "source": "'"$T/source"'", "options": ["bind", "idmap"] }'
    succeeds ""
    attempt inside sh -c 'stat -c %u /tmp/new /tmp/mine; touch /tmp/new/file /tmp/mine/file'
    succeeds $'0\n0'
    is "$(stat -c %u "$T/source/file")" 0
    remove /tmp/new /tmp/mine
    succeeds ""
    not_mounted /tmp/new
    not_mounted /tmp/mine
}

@test "by a user: what the kernel provides, but nothing of the host's" {
    rootless || skip "root may bind what it likes: by tests/run rootless"
    start_sleeping
    add '{ "destination": "/data", "type": "tmpfs", "source": "tmpfs" }'
    succeeds ""
    is "$(part 3 "$(mounted /data)")" tmpfs
    add "$(bind "$T" /data/host)"
    fails '/mounts/0' CAP_SYS_ADMIN
    remove /data
    succeeds ""
}

@test "wrong files and mounts change nothing, and the place is named" {
    start_sleeping
    echo '{ "mounts": [{ "destination": "/data", "options": 3 }] }' >"$T/mounts.json"
    attempt caisson mounts add "$ID" "$T/mounts.json"
    fails "$T/mounts.json:1:" '/mounts/0/options'
    echo '{}' >"$T/mounts.json"
    attempt caisson mounts add "$ID" "$T/mounts.json"
    fails mounts.json '/mounts'
    attempt caisson mounts add "$ID" "$T/nosuch"
    fails nosuch
    attempt caisson mounts change "$ID" "$T/mounts.json"
    fails "'change'"
    add '{ "destination": "/", "type": "tmpfs", "source": "tmpfs" }'
    fails '/mounts/0/destination' 'root filesystem'
    add '{ "destination": "/data", "type": "overlay", "source": "overlay", "options": ["lowerdir=/etc:/usr"] }'
    fails "$T/mounts.json:1:" '/mounts/0/type' 'bind it'
    add '{ "destination": "/etc", "options": ["remount", "bind", "rw"] }'
    fails '/mounts/0/options' remount
    add '{ "destination": "/proc/self", "type": "tmpfs", "source": "tmpfs" }'
    fails '/mounts/0/destination'
    add '{ "destination": "/data", "type": "tmpfs", "source": "tmpfs", "options": ["size=many"] }'
    fails '/mounts/0' size
    not_mounted /data
    remove /
    fails '/mounts/0/destination'
    remove /nosuch
    fails '/nosuch' 'No such file'
    remove /etc
    fails '/etc' 'nothing is mounted exactly there'
    is "$(status_of)" running
}

@test "a source that is missing" {
    need_root "a source of the host's is bound"
    start_sleeping
    add "$(bind "$T/nosuch" /data)"
    fails "$T/nosuch" '/mounts/0/source'
    # A relative one is the bundle's.
    mkdir "$BUNDLE/part"
    add "$(bind part /data)"
    succeeds ""
}

@test "links of the container lead neither out nor onto procfs, and to no other mount's end" {
    mkdir "$T/outside"
    script 'ln -s '"$T/outside"' /out; ln -s /proc/1 /fd; ln -s /proc /open; touch /ready; sleep 1000'
    create
    caisson start "$ID"
    wait_for inside test -e /ready
    add '{ "destination": "/out/x", "type": "tmpfs", "source": "tmpfs" }'
    succeeds ""
    [ -z "$(ls "$T/outside")" ]
    is "$(part 3 "$(mounted "$T/outside/x")")" tmpfs
    add '{ "destination": "/fd/attr", "type": "tmpfs", "source": "tmpfs" }'
    fails procfs
    # What hides a part of procfs stays: the path would name it by the link.
    remove /open/keys
    fails '/open/keys' 'symbolic link'
    mounted /proc/keys
    remove /out/x
    fails 'symbolic link'
    remove "$T/outside/x"
    succeeds ""
}

@test "the file may be standard input" {
    start_sleeping
    status=0
    echo '{ "mounts": [{ "destination": "/data", "type": "tmpfs", "source": "tmpfs" }] }' | caisson mounts add "$ID" - || status=$?
    is "$status" 0
    mounted /data
}

@test "a new procfs shows the container's processes; nothing else goes among them" {
    start_sleeping
    add '{ "destination": "/mine", "type": "proc", "source": "proc" }'
    succeeds ""
    contains "$(inside cat /mine/1/cmdline | tr '\0' ' ')" 'trap "exit 0" TERM'
    local before after
    before=$(inside sh -c 'echo $$')
    add '{ "destination": "/new", "type": "tmpfs", "source": "tmpfs" }'
    succeeds ""
    remove /new
    succeeds ""
    after=$(inside sh -c 'echo $$')
    is "$after" $((before + 1))
}
