# SPDX-License-Identifier: LGPL-2.1-or-later
# Who the container's processes are: numbers that are none, names that look like numbers, capabilities that stay.
load security

@test "exec: what is no number of 32 bits is no user (CVE-2026-30892, CVE-2026-46680)" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    local user
    start_sleeping
    for user in 4294967296 4294968296 1x root '' : 0x7 1:4294967296 -1 +1 ' 1'; do
        attempt caisson exec --user "$user" "$ID" id -u
        fails "user"
    done
    # 2^32 is root to who cuts it off, and so is a word to who takes the digits that there are.
    for user in 4294967296 root ''; do
        attempt weak number caisson exec --user "$user" "$ID" id -u
        succeeds 0
    done
    attempt caisson exec --user 1 "$ID" sh -c 'id -u; id -g'
    succeeds $'1\n0'
    attempt caisson exec --user 1:2 "$ID" sh -c 'id -u; id -g'
    succeeds $'1\n2'
}

@test "create: what is no number of 32 bits is no user (CVE-2026-46680)" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    local user
    for user in 4294967296 4294967295 -1 '"0"' 1.5; do
        config '.process.user.uid = $uid' --argjson uid "$user"
        attempt caisson create --bundle "$BUNDLE" "$ID"
        fails /process/user/uid
    done
}

@test "a user of the image whose name is a number is not that number (CVE-2016-3697)" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    echo '1000:x:0:0:evil:/evil:/bin/sh' >>"$BUNDLE/rootfs/etc/passwd"
    config '.process.user = {uid: 1000, gid: 1000} | .process.env = ["PATH=/bin"]'
    script 'id -u; echo "$HOME"'
    run_it
    succeeds $'1000\n/'
    start_sleeping
    attempt caisson exec --user 1000 "$ID" id -u
    succeeds 1000
    # What looks names up first:
    mount_fixture --bind "$BUNDLE/rootfs/etc/passwd" /etc/passwd
    is "$(chroot --userspec=1000 / id -u)" 0
}

inheritable() {
    attempt caisson exec "$@" "$ID" grep ^CapInh /proc/self/status
    output=$(tr '\t' ' ' <<<"$output")
}

@test "no capability is inheritable that was not asked for (CVE-2022-24769, CVE-2022-27650, CVE-2022-29162, CVE-2025-27612)" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    run_script 'grep ^CapInh /proc/self/status | tr "\t" " "'
    succeeds "CapInh: 0000000000000000"
    # Nor are the runtime's own.
    attempt setpriv --inh-caps +kill,+chown "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    succeeds "CapInh: 0000000000000000"
    start_sleeping
    inheritable
    succeeds "CapInh: 0000000000000000"
    inheritable --cap CAP_NET_RAW
    succeeds "CapInh: 0000000000000000"
    weak inheritable inheritable --cap CAP_NET_RAW
    succeeds "CapInh: 0000000000002000"
}

@test "no program of the runtime changes its user: there is nothing to raise one's rights with" {
    local program
    command -v getcap
    for program in "$CAISSON" "$(dirname "$CAISSON")/caisson-systemd"; do
        [ -e "$program" ] || continue
        [ ! -u "$program" ] && [ ! -g "$program" ]
        is "$(getcap "$program")" ""
    done
}
