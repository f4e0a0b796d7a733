# SPDX-License-Identifier: LGPL-2.1-or-later
# linux.maskedPaths and linux.readonlyPaths.
# also: user
load helpers

# proves: linux.maskedPaths
@test "a masked file is empty, a masked directory too" {
    mkdir "$BUNDLE/rootfs/secret"
    touch "$BUNDLE/rootfs/secret/inside"
    echo text >"$BUNDLE/rootfs/file"
    config '.linux.maskedPaths = ["/file", "/secret", "/proc/timer_list", "/sys/firmware"]'
    run_script 'wc -c </file; ls -A /secret; ls -A /sys/firmware; head -c 1 /proc/timer_list | wc -c'
    succeeds $'0\n0'
    start_sleeping
    has_option "$(part 1 "$(mounted /secret)")" ro
    is "$(part 3 "$(mounted /secret)")" tmpfs
}

@test "nothing can be written into what is masked" {
    mkdir "$BUNDLE/rootfs/secret"
    echo text >"$BUNDLE/rootfs/file"
    config '.linux.maskedPaths = ["/file", "/secret"]'
    run_script 'touch /secret/new 2>/dev/null || echo refused; echo new >/file; wc -c </file'
    succeeds $'refused\n0'
    is "$(cat "$BUNDLE/rootfs/file")" text
}

@test "paths that do not exist are passed over" {
    config '.linux.maskedPaths = ["/no/such"] | .linux.readonlyPaths = ["/no/such/either"]'
    run_script 'ls -d /no'
    [ "$status" != 0 ]
    contains "$output" "No such file"
}

# proves: linux.readonlyPaths
@test "a read-only path is read-only, with what is mounted below it" {
    mkdir -p "$BUNDLE/rootfs/data"
    echo text >"$BUNDLE/rootfs/data/file"
    add_mount '{destination: "/data/sub", type: "tmpfs", source: "tmpfs", options: []}'
    config '.linux.readonlyPaths = ["/data", "/proc/sys"]'
    run_script 'cat /data/file; touch /data/new 2>/dev/null || echo refused; touch /data/sub/new 2>/dev/null || echo refused
        echo 1 2>/dev/null >/proc/sys/kernel/printk || echo refused'
    succeeds $'text\nrefused\nrefused\nrefused'
}

@test "a read-only path keeps the attributes that its mount has" {
    config '.linux.readonlyPaths = ["/proc/sys"]'
    start_sleeping
    local options
    options=$(part 1 "$(mounted /proc/sys)")
    has_option "$options" ro
    has_option "$options" nosuid
    has_option "$options" nodev
    has_option "$options" noexec
}

@test "a masked path that is a symbolic link masks what it leads to, inside the root" {
    echo text >"$BUNDLE/rootfs/target"
    ln -s /target "$BUNDLE/rootfs/link"
    config '.linux.maskedPaths = ["/link"]'
    run_script 'wc -c </target'
    succeeds 0
}

@test "a path through a link to the outside stays inside" {
    ln -s ../../../../../../../../../etc "$BUNDLE/rootfs/out"
    config '.linux.readonlyPaths = ["/out"] | .linux.maskedPaths = ["/out/passwd"]'
    run_script 'wc -c </etc/passwd'
    succeeds 0
    [ -s /etc/passwd ]
}

@test "relative paths are refused" {
    config '.linux.maskedPaths = ["relative"]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails maskedPaths
}
