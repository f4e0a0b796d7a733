# SPDX-License-Identifier: LGPL-2.1-or-later
# The runtime, or the init, is killed after any system call that it makes, or any of its calls fails. Nothing is lost:
# `delete --force` removes what is left. Nothing gets out: what fails is said, or has no effect on the container.
# CAISSON_LONG=1 tries every call, CAISSON_POINTS=100 at most so many of each command, otherwise it is 8. tests/security/faults
# runs it with all errors, and counts.
# also: user
load ../integration/helpers
load faults

setup() {
    common_setup
    need_step
    GLOBAL=()
}

sleeping() {
    script 'while :; do sleep 1000; done'
}

# everything: a configuration that takes the code through all it can do
everything() {
    script "$LOOK"
    rootless || config '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 100, hard: 200}] | .process.oomScoreAdj = 100
        | .process.user.additionalGids = [5, 6] | .process.user.umask = 27
        | .linux.sysctl = {"kernel.domainname": "there"}
        | .linux.resources = {devices: [{allow: false, access: "rwm"}]}
        | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["kexec_load"], action: "SCMP_ACT_ERRNO"}]}
        | .root.readonly = true'
    config '.hooks.createRuntime = [{path: "/bin/true"}] | .hooks.startContainer = [{path: "/bin/true"}]'
}

@test "create, killed after any system call, can be removed" {
    config '.hooks.createRuntime = [{path: "/bin/true"}]'
    sleeping
    killed_at_each create
}

@test "create of a user namespace, killed after any system call, can be removed" {
    need_root "it is about a user namespace that root makes"
    config '.linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
        | .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 65536}]'
    chown -R 100000:100000 "$BUNDLE/rootfs"
    sleeping
    killed_at_each create
}

@test "start, killed after any system call" {
    sleeping
    killed_at_each start
}

@test "run, killed after any system call" {
    sleeping
    killed_at_each run-detach
}

@test "run in the foreground, killed after any system call" {
    script 'true'
    killed_at_each run
}

@test "exec, killed after any system call" {
    sleeping
    killed_at_each exec
}

@test "pause, resume and update, killed after any system call" {
    need_root "no need: it would take as long again for the same system calls"
    sleeping
    killed_at_each pause
    killed_at_each resume
    ! grep -qw pids "$CGROUP2/cgroup.controllers" || killed_at_each update
}

@test "delete --force, killed after any system call, can be repeated" {
    sleeping
    killed_at_each delete
}

@test "the init of create, run and exec is killed after any of its system calls" {
    need_root "no need: it would take as long again for the same system calls"
    sleeping
    init_killed_at_each create
    init_killed_at_each exec 2
    script 'true'
    init_killed_at_each run
}

# Every call: between the fork and the message that tells of it, the new process has the channel open and waits.
@test "an init that joins a process namespace is killed after any of its system calls" {
    need_root "no need: it would take as long again for the same system calls"
    local POINTS=100
    sleeping
    init_killed_at_each exec
    background unshare --pid --fork --kill-child sleep 1000
    config '.linux.namespaces |= map(if .type == "pid" then .path = $path else . end)' \
        --arg path "/proc/$!/ns/pid_for_children"
    wait_for pgrep -P "$!"
    processes PROCESSES_BEFORE
    init_killed_at_each create
}

@test "a container whose creation was killed is listed, and its id is taken until it is deleted" {
    sleeping
    calls_of create 0
    attempt "$STEP" -k "0:$((LAST - 20))" "${COMMAND[@]}"
    is "$status" 137
    is "$(caisson list -q)" "$ID"
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "container with given ID already exists"
    caisson delete --force "$ID"
    create
}

# ENOMEM 12, EMFILE 24, ENOSPC 28, EINTR 4, EIO 5: the short form has the first alone
ERRORS=(12)
[ ! "${CAISSON_LONG:-}${CAISSON_POINTS:-}" ] || ERRORS+=(24 28 4 5)

@test "any system call of run fails" {
    need_root "no need: it would take as long again for the same system calls"
    need_no_sanitizer
    everything
    fails_at_each run 0 "${ERRORS[@]}"
}

@test "any system call of the init fails" {
    need_root "no need: it would take as long again for the same system calls"
    need_no_sanitizer
    everything
    fails_at_each run 1 "${ERRORS[@]}"
}

@test "any system call of create fails" {
    need_root "no need: it would take as long again for the same system calls"
    need_no_sanitizer
    everything
    fails_at_each create 0 "${ERRORS[@]}"
}

@test "any system call of start, exec, delete fails" {
    need_root "no need: it would take as long again for the same system calls"
    need_no_sanitizer
    sleeping
    local name
    for name in start exec delete; do fails_at_each "$name" 0 "${ERRORS[@]}"; done
}

@test "any system call of the init of exec fails, before its fork and after it" {
    need_root "no need: it would take as long again for the same system calls"
    need_no_sanitizer
    sleeping
    fails_at_each exec 1 "${ERRORS[@]}"
    fails_at_each exec 2 "${ERRORS[@]}"
}

@test "any system call of delete fails where there is no cgroup" {
    need_root "no need: it would take as long again for the same system calls"
    need_no_sanitizer
    sleeping
    GLOBAL=(--cgroup-manager disabled)
    caisson() { "$CAISSON" --root "$ROOT" --cgroup-manager disabled "$@"; }
    fails_at_each delete 0 "${ERRORS[@]}"
    fails_at_each create 0 "${ERRORS[@]}"
}
