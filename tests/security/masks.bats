# SPDX-License-Identifier: LGPL-2.1-or-later
# What the runtime takes, writes and hides: none of it may come from, go to or depend on files of the image.
load security

without_dev() {
    config '.mounts |= map(select(.destination | startswith("/dev") | not))'
}

@test "a mask is not made of what the image has at /dev/null (CVE-2025-31133, CVE-2025-62161)" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    without_dev
    echo secret >"$BUNDLE/rootfs/secret"
    echo target >"$BUNDLE/rootfs/target"
    ln -s /target "$BUNDLE/rootfs/dev/null"
    config '.linux.maskedPaths = ["/secret"]'
    # What the link leads to would be there to be written to, under the masked name: a file of /proc, for example.
    script 'echo changed >/secret; cat /target'
    weak null run_it
    succeeds changed
    echo target >"$BUNDLE/rootfs/target"
    run_it
    succeeds target
    script 'cat /secret'
    run_it
    succeeds ""
}

# runc took a source that is not there for a path that is not there, and masked nothing.
@test "a mask does not fail to be there for want of a /dev/null in the image (CVE-2025-31133)" {
    local make
    without_dev
    echo secret >"$BUNDLE/rootfs/secret"
    config '.linux.maskedPaths = ["/secret"]'
    script 'cat /secret && wc -c </secret'
    for make in : mkdir mkfifo 'ln -s /nowhere' 'ln -s null'; do
        rm -rf "$BUNDLE/rootfs/dev/null"
        $make "$BUNDLE/rootfs/dev/null"
        run_it
        succeeds 0
    done
}

@test "the console is the terminal that was made, not what has its name (CVE-2025-52565)" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    without_dev
    mkdir "$BUNDLE/rootfs/dev/pts"
    echo secret >"$BUNDLE/rootfs/secret"
    ln -s /secret "$BUNDLE/rootfs/dev/pts/0"
    config '.process.terminal = true | .process.args = ["sh", "-c", "test -c /dev/console && echo terminal || cat /dev/console"]'
    in_tty() { SHELL=/bin/bash command script -qefc "$CAISSON --root $ROOT run --bundle $BUNDLE $ID" /dev/null; }
    attempt weak pty in_tty
    contains "$output" secret
    attempt in_tty
    contains "$output" terminal
    lacks "$output" secret
}

@test "a file that poses as the pseudo-terminals' multiplexer is not taken for it (CVE-2025-52565)" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    without_dev
    mkdir "$BUNDLE/rootfs/dev/pts"
    echo victim >"$BUNDLE/rootfs/dev/pts/ptmx"
    config '.process.terminal = true | .process.args = ["tty"]'
    in_tty() { SHELL=/bin/bash command script -qefc "$CAISSON --root $ROOT run --bundle $BUNDLE $ID" /dev/null; }
    attempt in_tty
    lacks "$output" "caisson:"
    is "$(stat -c '%U %s' "$BUNDLE/rootfs/dev/pts/ptmx")" "root 7"
}

@test "a sysctl is written to the kernel, not to what the image has in /proc (CVE-2019-16884, CVE-2025-52881, CVE-2025-62596)" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    local own=$BUNDLE/rootfs/proc/sys/net/ipv4
    config '.mounts |= map(select(.destination != "/proc")) | .linux.maskedPaths = [] | .linux.readonlyPaths = []
        | .linux.sysctl = {"net.ipv4.ip_default_ttl": "63"}'
    mkdir -p "$own"
    echo victim >"$own/ip_default_ttl"
    script 'exec sleep 1000'
    weak procfs create
    is "$(head -c 2 "$own/ip_default_ttl")" 63
    caisson delete --force "$ID"
    echo victim >"$own/ip_default_ttl"
    create
    is "$(cat "$own/ip_default_ttl")" victim
    is "$(nsenter --net="/proc/$PID/ns/net" cat /proc/sys/net/ipv4/ip_default_ttl)" 63
}

@test "a masked path that a link leads away from is masked where it leads" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    mkdir "$BUNDLE/rootfs/real"
    echo secret >"$BUNDLE/rootfs/real/file"
    ln -s real "$BUNDLE/rootfs/link"
    config '.linux.maskedPaths = ["/link/file"]'
    script 'cat /real/file /link/file'
    run_it
    succeeds ""
}

# The message that the first process gets is no list of attributes with a length of 16 bits (CVE-2021-43784): what is
# longer than that arrives whole, and nothing of it is taken for something else.
@test "more than 64 KiB of mounts and 340 mappings arrive whole (CVE-2021-43784)" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    local long
    printf -v long '%0200d' 7
    config '.linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [range(340) | {containerID: ., hostID: (1000 + . * 2), size: 1}]
        | .linux.gidMappings = .linux.uidMappings
        | .mounts += [range(500) | {destination: "/mnt/\(.)\($long)", type: "tmpfs", source: $long}]' --arg long "$long"
    find "$BUNDLE/rootfs" -xdev -exec chown -h 1000:1000 {} +
    script 'exec sleep 1000'
    create
    is "$(wc -l <"/proc/$PID/uid_map") $(awk '$1 * 2 + 1000 != $2 || $3 != 1' "/proc/$PID/uid_map")" "340 "
    is "$(grep -c " /mnt/[0-9]*$long " "/proc/$PID/mountinfo")" 500
    is "$(process_status Uid | cut -d' ' -f1 | cut -f1)" 1000
}

@test "an unmount that a link of the container's leads to a mask" {
    script 'ln -s /proc /data; touch /ready; sleep 1000'
    create
    caisson start "$ID"
    wait_for caisson exec "$ID" test -e /ready
    echo '{ "mounts": [{ "destination": "/data/keys" }] }' >"$T/mounts.json"
    attempt caisson mounts remove "$ID" "$T/mounts.json"
    fails 'symbolic link'
    mounted /proc/keys
    attempt weak unmount caisson mounts remove "$ID" "$T/mounts.json"
    succeeds
    attempt mounted /proc/keys
    fails nothing
}

@test "a mount that a link of the container's leads onto procfs" {
    script 'ln -s /proc/1 /data; touch /ready; sleep 1000'
    create
    caisson start "$ID"
    wait_for caisson exec "$ID" test -e /ready
    echo '{ "mounts": [{ "destination": "/data/attr", "type": "tmpfs", "source": "tmpfs" }] }' >"$T/mounts.json"
    attempt caisson mounts add "$ID" "$T/mounts.json"
    fails procfs
    attempt weak proc caisson mounts add "$ID" "$T/mounts.json"
    succeeds
}
