# SPDX-License-Identifier: LGPL-2.1-or-later
# Defects that were found by trying, each with the test that shows it.
load helpers

userns() {
    config '.linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
        | .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 65536}]'
    chown -R 100000:100000 "$BUNDLE/rootfs"
}

@test "a container in the foreground is running, not created" {
    script 'echo up; while :; do sleep 1; done'
    background caisson run --bundle "$BUNDLE" "$ID"
    wait_for grep -q up "$T/background.1"
    is "$(status_of)" running
    attempt caisson delete "$ID"
    fails "not stopped"
    is "$(status_of)" running
    caisson kill "$ID" KILL
}

# What a user without newgidmap(1) has: a namespace in which setgroups(2) is denied for ever
deny_groups() {
    unshare --user --map-root-user "$@"
}

@test "setgroups denied in the namespace that the runtime runs in" {
    deny_groups grep -q deny /proc/self/setgroups || skip "user namespaces are not to be had"
    config 'del(.linux.cgroupsPath) | .linux.namespaces |= map(select(.type != "network"))
        | .mounts |= map(select(.type != "sysfs" and .type != "cgroup"))
        | .linux.maskedPaths = []'
    if rootless; then config '.linux.namespaces |= map(select(.type != "user")) | del(.linux.uidMappings, .linux.gidMappings)'; fi
    script 'id -u'
    attempt deny_groups --mount "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    succeeds
    matches "$output" '0$'
    config '.linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: 0, size: 1}] | .linux.gidMappings = .linux.uidMappings'
    attempt deny_groups --mount "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    succeeds
    matches "$output" '0$'
    config '.process.user.additionalGids = [0]'
    attempt deny_groups --mount "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    fails setgroups
}

@test "setgroups denied in a namespace that is joined" {
    need_root "it is about a user namespace that root joins; rootless.bats joins a user's"
    background unshare --user --map-root-user sleep 1000
    wait_for grep -q sleep "/proc/$!/comm"
    config '.linux.namespaces += [{type: "user", path: $path}]' --arg path "/proc/$!/ns/user"
    run_script 'id -u; cat /proc/self/setgroups'
    succeeds "$(printf '0\ndeny')"
}

@test "exec in a container whose namespace denies setgroups" {
    if ! rootless; then
        background unshare --user --map-root-user sleep 1000
        wait_for grep -q sleep "/proc/$!/comm"
        config '.linux.namespaces += [{type: "user", path: $path}]' --arg path "/proc/$!/ns/user"
    fi
    start_sleeping
    attempt caisson exec "$ID" cat /proc/self/setgroups
    succeeds deny
    attempt caisson exec --additional-gids 0 "$ID" true
    fails setgroups
}

# ignoring PROGRAM ARGUMENT...: with every signal ignored that can be
ignoring() {
    python3 -c 'import os, signal, sys
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}: signal.signal(number, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])' "$@"
}

@test "a caller that ignores signals learns the exit status, and its container ignores none" {
    config '.hooks.createRuntime = [{path: "/bin/true"}]'
    script 'grep ^SigIgn /proc/self/status; exit 7'
    attempt ignoring "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    is "$status" 7
    is "$output" "SigIgn:	0000000000000000"
}

@test "what lies in a read-only tmpfs is made before it becomes read-only" {
    config '(.mounts[] | select(.destination == "/dev") | .options) += ["ro"]'
    add_mount '{destination: "/mnt", type: "tmpfs", source: "tmpfs", options: ["ro", "nosuid"]}' \
        '{destination: "/mnt/a/b", type: "tmpfs", source: "tmpfs"}'
    run_script 'echo x >/dev/null && ls /dev/fd/ >/dev/null && touch /mnt/a/b/file /dev/shm/file && ls /mnt
        touch /mnt/x /dev/x; awk '"'"'$5 == "/mnt" || $5 == "/dev" { print $5, $6 }'"'"' /proc/self/mountinfo | sort'
    succeeds
    contains "$output" "touch: /mnt/x: Read-only file system" "touch: /dev/x: Read-only file system" \
        "/dev ro,nosuid" "/mnt ro,nosuid,relatime"
}

@test "tmpcopyup fills a tmpfs that becomes read-only" {
    mkdir "$BUNDLE/rootfs/mnt/sub"
    echo content >"$BUNDLE/rootfs/mnt/sub/file"
    add_mount '{destination: "/mnt", type: "tmpfs", source: "tmpfs", options: ["ro", "tmpcopyup"]}'
    run_script 'cat /mnt/sub/file; touch /mnt/x || exit 3'
    is "$status" 3
    contains "$output" content "Read-only file system"
}

@test "oomScoreAdj holds in a process namespace that is joined" {
    need_root "its process namespace is made without a user namespace"
    background unshare --pid --fork --kill-child sleep 1000
    wait_for pgrep -P "$!"
    config '.process.oomScoreAdj = 444 | .linux.namespaces |= map(if .type == "pid" then .path = $path else . end)' \
        --arg path "/proc/$(pgrep -P "$!")/ns/pid"
    for _ in 1 2 3 4 5 6 7 8; do
        create
        is "$(cat "/proc/$PID/oom_score_adj")" 444
        caisson delete --force "$ID"
    done
}

@test "oomScoreAdj holds for exec, and a process of its own may have another" {
    config '.process.oomScoreAdj = 444'
    start_sleeping
    attempt caisson exec "$ID" cat /proc/self/oom_score_adj
    succeeds 444
    jq '.process | .args = ["cat", "/proc/self/oom_score_adj"] | .oomScoreAdj = 555' "$BUNDLE/config.json" >"$T/process.json"
    attempt caisson exec --process "$T/process.json" "$ID"
    succeeds 555
}

@test "a filter that forbids what the init has yet to do is an error that says so" {
    local nnp
    for nnp in true false; do
        # Only the execution is left; sendmsg(2), by which the init says that it failed, is not in it either.
        config '.process.noNewPrivileges = $nnp | .linux.seccomp = {
            defaultAction: "SCMP_ACT_ERRNO", syscalls: [{action: "SCMP_ACT_ALLOW", names: ["write", "exit", "exit_group"]}]}' --argjson nnp $nnp
        attempt caisson run --bundle "$BUNDLE" "$ID"
        fails "/bin/true" "operation not permitted" "no rule permits execve(2)"
        attempt caisson create --bundle "$BUNDLE" "$ID"
        succeeds
        attempt caisson start "$ID"
        fails "/bin/true" "operation not permitted"
        caisson delete --force "$ID"
    done
}

@test "a root filesystem that brings a /proc may get another" {
    need_root "it mounts something on the host"
    mount_fixture -t proc proc "$BUNDLE/rootfs/proc"
    run_script 'ls -d /proc/[0-9]*'
    succeeds
    lacks "$output" "/proc/$$"
}

@test "/proc may be remounted" {
    add_mount '{destination: "/proc", type: "proc", source: "proc", options: ["remount", "ro"]}'
    run_script 'echo x >/proc/self/comm || awk '"'"'$5 == "/proc" { print $6 }'"'"' /proc/self/mountinfo'
    succeeds
    contains "$output" "ro,"
}

@test "a /proc that is a link to procfs elsewhere is refused" {
    mkdir "$BUNDLE/rootfs/real" "$T/fake"
    rm -r "$BUNDLE/rootfs/proc"
    ln -s real "$BUNDLE/rootfs/proc"
    config '.mounts[0].destination = "/real"'
    add_mount '{destination: "/proc", type: "bind", source: "/", options: ["bind"]}'
    config '(.mounts[-1].source) = $fake' --arg fake "$T/fake"
    attempt caisson run --bundle "$BUNDLE" "$ID"
    fails "symbolic link"
}

@test "a bind mount of a directory on a file, and of a file on a directory, say what is wrong" {
    touch "$BUNDLE/rootfs/mnt/file" "$T/file"
    config '.mounts += [{destination: "/mnt/file", source: $dir, options: ["bind"]}]' --arg dir "$T"
    attempt caisson run --bundle "$BUNDLE" "$ID"
    fails /mnt/file "Not a directory"
    config '.mounts[-1] = {destination: "/mnt", source: $file, options: ["bind"]}' --arg file "$T/file"
    attempt caisson run --bundle "$BUNDLE" "$ID"
    fails /mnt "Is a directory"
}

@test "a type of bind without the option says which option is missing" {
    add_mount '{destination: "/mnt", type: "bind", source: "/", options: ["ro"]}'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    fails /mounts/7/options rbind
}

@test "every hook reads the same version of the specification" {
    local kind
    for kind in createRuntime createContainer poststop; do
        config '.hooks[$kind] = [{path: "/bin/sh", args: ["sh", "-c", "cat >" + $file]}]' --arg kind "$kind" --arg file "$T/$kind"
    done
    config '.hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "cat >/tmp/startContainer"]}]'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    succeeds
    is "$(jq -r .ociVersion "$T"/{createRuntime,createContainer,poststop} "$BUNDLE/rootfs/tmp/startContainer" | sort -u | wc -l)" 1
}

@test "what a hook in the container writes is not the container's output, and is told when it fails" {
    local kind
    for kind in createContainer startContainer; do
        config '.hooks = {($kind): [{path: "/bin/sh", args: ["sh", "-c", "echo to output; echo to errors >&2; exit $0", "0"]}]}' \
            --arg kind "$kind"
        run_script 'echo from the program'
        succeeds "from the program"
        config '.hooks[][0].args[3] = "7"'
        attempt caisson run --bundle "$BUNDLE" "$ID"
        fails "$kind hook 0" "status 7: to errors"
        lacks "$output" "to output"
        config '.hooks[][0] |= (.args[2] = "seq 100000 >&2; exit 7")'
        attempt caisson run --bundle "$BUNDLE" "$ID"
        fails "$kind hook 0" "status 7: "
    done
}

# as_user COMMAND...: as a user without privileges, whom the test's files belong to
as_user() {
    if rootless; then "$@"; else setpriv --reuid 12345 --regid 12345 --clear-groups --inh-caps -all "$@"; fi
}

# unprivileged: makes the bundle as_user's own
unprivileged() {
    rootless && return
    config 'del(.linux.cgroupsPath) | .linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: 12345, size: 1}] | .linux.gidMappings = .linux.uidMappings'
    chown -R 12345:12345 "$T"
    as_user unshare --user true || skip "user namespaces are not to be had"
}

@test "without privileges a mount may be a slave of the host's" {
    need_root "it mounts something on the host, and drops its privileges itself"
    mkdir "$T/shared"
    mount_fixture -t tmpfs shared "$T/shared"
    mount --make-shared "$T/shared"
    mkdir "$T/shared/later"
    config '.mounts += [{destination: "/mnt/slave", source: $dir, options: ["rbind", "rslave"]},
        {destination: "/mnt/private", source: $dir, options: ["rbind"]}]' --arg dir "$T/shared"
    unprivileged
    script 'sleep 1000'
    attempt as_user "$CAISSON" --root "$ROOT" run --detach --pid-file "$T/pid" --bundle "$BUNDLE" "$ID"
    succeeds
    PID=$(cat "$T/pid")
    matches "$(part 2 "$(mounted /mnt/slave)")" '^master:[0-9]+$'
    is "$(part 2 "$(mounted /mnt/private)")" ""
    mount -t tmpfs later "$T/shared/later"
    mounted /mnt/slave/later
    umount "$T/shared/later"
    attempt mounted /mnt/slave/later
    fails "nothing is mounted"
}

@test "without privileges an option for the mount alone leaves the mounts below it alone" {
    need_root "it mounts something on the host, and drops its privileges itself"
    mkdir "$T/tree"
    mount_fixture -t tmpfs tree "$T/tree"
    mkdir "$T/tree/below"
    mount_fixture -t tmpfs below "$T/tree/below"
    chmod 777 "$T/tree/below"
    config '.mounts += [{destination: "/mnt", source: $dir, options: ["rbind", "ro", "rnosuid"]}]' --arg dir "$T/tree"
    unprivileged
    script 'touch /mnt/below/file && grep " /mnt" /proc/self/mountinfo | cut -d" " -f5,6'
    attempt as_user "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    succeeds
    contains "$output" "/mnt ro,nosuid,relatime" "/mnt/below rw,nosuid,relatime"
    config '.mounts[-1].options = ["bind"]'
    attempt as_user "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    fails "rbind, not bind"
}

@test "root of the container's user namespace cannot trace the init that waits for start" {
    need_root "the memory of an init that a user starts is that user's, root of the container"
    userns
    config '.process.capabilities[] += ["CAP_SYS_PTRACE"]'
    script 'readlink /proc/self/exe; sleep 1000'
    create
    attempt caisson exec "$ID" readlink /proc/self/exe
    succeeds /bin/busybox
    attempt caisson exec "$ID" readlink /proc/1/exe
    is "$status$output" 1
    attempt caisson exec "$ID" cat /proc/1/maps
    contains "$output" "Permission denied"
    caisson start "$ID"
    attempt caisson exec "$ID" readlink /proc/1/exe
    succeeds /bin/busybox
}

@test "an /etc/passwd that is no file is not opened" {
    config '.process.env = ["PATH=/bin"]'
    rm "$BUNDLE/rootfs/etc/passwd"
    mkfifo "$BUNDLE/rootfs/etc/passwd"
    # A writer waits until somebody opens the fifo for reading.
    background sh -c ': >"$1"' sh "$BUNDLE/rootfs/etc/passwd"
    wait_for grep -q '^State:.S' "/proc/$!/status"
    run_script 'echo "$HOME"'
    succeeds /
    kill -0 "$!"
}

@test "an inheritable capability outside of the bounding set is left out with a warning" {
    config '.process.capabilities = {bounding: ["CAP_KILL"], inheritable: ["CAP_KILL", "CAP_CHOWN"]}'
    run_script 'grep CapInh /proc/self/status'
    succeeds
    contains "$output" "warning: /process/capabilities/inheritable" "CapInh:	0000000000000020"
}

@test "tmpcopyup leaves the mode that the options give" {
    mkdir -p "$BUNDLE/rootfs/mnt"
    chmod 755 "$BUNDLE/rootfs/mnt"
    : >"$BUNDLE/rootfs/mnt/file"
    add_mount '{destination: "/mnt", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup", "mode=1700"]}'
    run_script 'stat -c %a /mnt; ls /mnt'
    succeeds
    contains "$output" 1700 file
}

# few_descriptors SOFT HARD: of the runtime and, unless its configuration says otherwise, of the container
few_descriptors() {
    (ulimit -Sn "$1" && ulimit -Hn "$2" && caisson run --bundle "$BUNDLE" "$ID")
}

@test "a creation that runs out of descriptors is undone in full" {
    need_root "it binds / without what is mounted below, which a user may not see under its mounts"
    config '.mounts += [range(300) | {destination: "/mnt/\(.)", source: "/", options: ["bind"]}]'
    attempt few_descriptors 128 128
    fails "Too many open files"
    lacks "$output" "is left as it is"
    is "$(find "$CGROUP2" -type d -name "$ID")" ""
}

@test "many mounts go with a low soft limit of descriptors, which stays the container's" {
    need_root "it binds / without what is mounted below, which a user may not see under its mounts"
    config '.mounts += [range(200) | {destination: "/mnt/b\(.)", source: "/", options: ["bind"]},
        {destination: "/mnt/t\(.)", type: "tmpfs", source: "x", options: ["ro"]}]'
    script 'ulimit -n; grep -c /mnt/ /proc/self/mountinfo'
    attempt few_descriptors 128 1024
    succeeds "$(printf '128\n400')"
}
