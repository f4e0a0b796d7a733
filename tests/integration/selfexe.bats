# SPDX-License-Identifier: LGPL-2.1-or-later
# /proc/self/exe of the runtime's part in the container: the host's program cannot be reached (CVE-2019-5736).
# also: user
load helpers

@test "while it waits for start, the process is no file of the host" {
    create
    local exe
    exe=$(readlink "/proc/$PID/exe")
    matches "$exe" '^/memfd:.*\(deleted\)$'
    [ "$(stat -L -c %d:%i "/proc/$PID/exe")" != "$(stat -L -c %d:%i "$CAISSON")" ]
}

@test "it cannot be opened for writing, by root either" {
    create
    attempt sh -c 'exec 3>>/proc/'"$PID"'/exe'
    [ "$status" != 0 ]
    # Nor when it is no longer executed: the seals stay.
    exec 4<"/proc/$PID/exe"
    caisson delete --force "$ID"
    attempt python3 -c 'import fcntl; seals = fcntl.fcntl(4, 1034); assert seals & 0xf == 0xf, seals'
    exec 4<&-
    succeeds
}

@test "a container whose program is /proc/self/exe does not get the runtime" {
    config '.process.args = ["/proc/self/exe", "--version"]'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    lacks "$output" "caisson version"
}

@test "a container whose program is a link to /proc/self/exe cannot change the runtime" {
    local before
    before=$(sha256sum <"$CAISSON")
    printf '#!/proc/self/exe\n' >"$BUNDLE/rootfs/evil"
    chmod 755 "$BUNDLE/rootfs/evil"
    config '.process.args = ["/evil"]'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    is "$(sha256sum <"$CAISSON")" "$before"
}

@test "the waiting process cannot be traced or read from inside" {
    create
    if rootless; then
        # Its memory is the user's own, who is the container's root: that one may not read it from inside.
        attempt caisson exec "$ID" cat /proc/1/maps
        contains "$output" "Permission denied"
        attempt caisson exec "$ID" ls -l /proc/1/exe
        contains "$output" "Permission denied"
        return
    fi
    # Not dumpable: the files of its /proc belong to root, not to its user.
    is "$(stat -c %u "/proc/$PID/maps")" 0
    caisson delete --force "$ID"
    config '.process.user = {uid: 1000, gid: 1000}'
    create
    is "$(stat -c %u "/proc/$PID/environ")" 0
}

@test "the process that waits is small" {
    create
    # kB; a bare static musl program has about 20 of its own
    [ "$(process_status RssAnon | tr -dc 0-9)" -lt 512 ]
}
