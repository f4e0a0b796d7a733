# SPDX-License-Identifier: LGPL-2.1-or-later
# linux.seccomp, as the program sees it.
# also: user
load helpers

# seccomp DEFAULT NAMES ACTION [REST]: one rule; REST is more JSON of the rule
seccomp() {
    config '.linux.seccomp = {defaultAction: $default, architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"],
        syscalls: [{names: $names, action: $action} + $rest]}' \
        --arg default "$1" --argjson names "$2" --arg action "$3" --argjson rest "${4:-"{}"}"
    [ "$(uname -m)" = x86_64 ] || config 'del(.linux.seccomp.architectures)'
    [ "$(uname -m)" != x86_64 ] || config '.linux.seccomp.architectures = ["SCMP_ARCH_X86_64"]'
}

MKDIR='["mkdir", "mkdirat"]'

@test "errno: the default is EPERM" {
    seccomp SCMP_ACT_ALLOW "$MKDIR" SCMP_ACT_ERRNO
    run_script 'mkdir /tmp/x'
    [ "$status" != 0 ]
    contains "$output" "Operation not permitted"
}

@test "errno: any number" {
    seccomp SCMP_ACT_ALLOW "$MKDIR" SCMP_ACT_ERRNO '{"errnoRet": 28}'
    run_script 'mkdir /tmp/x'
    contains "$output" "No space left on device"
    seccomp SCMP_ACT_ALLOW "$MKDIR" SCMP_ACT_ERRNO '{"errnoRet": 0}'
    run_script 'mkdir /tmp/x && ! test -e /tmp/x'
    succeeds
}

@test "kill, with and without noNewPrivileges" {
    local nnp
    for nnp in true false; do
        config '.process.noNewPrivileges = $nnp' --argjson nnp $nnp
        seccomp SCMP_ACT_ALLOW "$MKDIR" SCMP_ACT_KILL_PROCESS
        run_script '(mkdir /tmp/x); echo $?'
        contains "$output" 159 # 128 + SIGSYS
        [ ! -e "$BUNDLE/rootfs/tmp/x" ]
    done
}

@test "kill ends a program that is the container's first process" {
    config '.process.args = ["mkdir", "/tmp/x"]'
    seccomp SCMP_ACT_ALLOW "$MKDIR" SCMP_ACT_KILL_PROCESS
    attempt caisson run --bundle "$BUNDLE" "$ID"
    is "$status" 159
}

@test "trap is a signal" {
    seccomp SCMP_ACT_ALLOW "$MKDIR" SCMP_ACT_TRAP
    run_script '(mkdir /tmp/x); echo $?'
    contains "$output" 159
}

@test "log lets it through" {
    seccomp SCMP_ACT_ALLOW "$MKDIR" SCMP_ACT_LOG
    run_script 'mkdir /tmp/x && echo made'
    succeeds made
}

@test "a list of what is allowed: the rest gets the default" {
    config '.linux.seccomp = {defaultAction: "SCMP_ACT_LOG", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ALLOW"}]}'
    run_script 'mkdir /tmp/x && echo made'
    succeeds made
}

# proves: linux.seccomp.syscalls.args.{index,value,op}
@test "conditions on arguments" {
    # personality(0xffffffff) asks, other values set
    seccomp SCMP_ACT_ALLOW '["kill"]' SCMP_ACT_ERRNO '{"errnoRet": 1, "args": [{"index": 1, "value": 12, "op": "SCMP_CMP_EQ"}]}'
    run_script 'kill -USR1 1; kill -USR2 1 2>&1'
    contains "$output" "not permitted"
    is "$(grep -c "not permitted" <<<"$output")" 1
}

@test "the filter is there and the mode is 2" {
    seccomp SCMP_ACT_ALLOW "$MKDIR" SCMP_ACT_ERRNO
    start_sleeping
    wait_for started
    is "$(process_status Seccomp)" 2
    config 'del(.linux.seccomp)'
    caisson delete --force "$ID"
    start_sleeping
    wait_for started
    is "$(process_status Seccomp)" 0
}

@test "without noNewPrivileges it is loaded too, and capabilities are gone all the same" {
    more_ids
    config '.process.noNewPrivileges = false | .process.capabilities = {} | .process.user = {uid: 1000, gid: 1000}'
    seccomp SCMP_ACT_ALLOW "$MKDIR" SCMP_ACT_ERRNO
    run_script 'grep -E "^(Seccomp|CapEff|NoNewPrivs):" /proc/self/status | tr "\t" " "'
    contains "$output" "Seccomp: 2" "CapEff: 0000000000000000" "NoNewPrivs: 0"
}

@test "a system call newer than the profile is answered with ENOSYS, not with EPERM" {
    command -v python3 >/dev/null || skip "needs python3"
    # The number of a call that no kernel knows; the program is the host's python in a chroot of "/".
    seccomp SCMP_ACT_ERRNO '["read"]' SCMP_ACT_ALLOW
    local names
    names=$("$CAISSON" features | jq -r '.linux.seccomp.enabled')
    is "$names" true
    config '.root = {path: "/", readonly: true} | .mounts = [] | del(.linux.maskedPaths, .linux.readonlyPaths)
        | .linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 1, architectures: .linux.seccomp.architectures, syscalls: [
            {names: ["mkdir"], action: "SCMP_ACT_ERRNO", errnoRet: 13},
            {names: $all, action: "SCMP_ACT_ALLOW"}]}' --argjson all "$(every_call)"
    config '.process.args = ["/usr/bin/python3", "-c",
        "import ctypes; c = ctypes.CDLL(None, use_errno=True); c.syscall(1000); print(ctypes.get_errno())"]
        | .process.env = ["PATH=/usr/bin:/bin"]'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    succeeds 38
}

# the system calls that a python needs to start
every_call() {
    printf '%s\n' access arch_prctl brk clock_gettime clone clone3 close connect dup dup2 epoll_create1 execve exit exit_group faccessat \
        faccessat2 fcntl fstat futex getcwd getdents64 getegid geteuid getgid getpid getrandom getrlimit gettid getuid ioctl lseek \
        lstat madvise mmap mprotect mremap munmap newfstatat open openat pipe2 poll pread64 prlimit64 pwrite64 read readlink \
        readlinkat rseq rt_sigaction rt_sigprocmask rt_sigreturn sched_getaffinity set_robust_list set_tid_address sigaltstack \
        socket stat statx statfs sysinfo uname write writev getpgrp getppid kill tgkill wait4 | jq -Rn '[inputs]'
}

@test "unknown actions, operators and architectures are refused" {
    seccomp SCMP_ACT_ALLOW "$MKDIR" SCMP_ACT_NOSUCH
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails SCMP_ACT_NOSUCH
    seccomp SCMP_ACT_ALLOW "$MKDIR" SCMP_ACT_ERRNO '{"args": [{"index": 0, "value": 1, "op": "SCMP_CMP_NOSUCH"}]}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails SCMP_CMP_NOSUCH
    seccomp SCMP_ACT_ALLOW "$MKDIR" SCMP_ACT_ERRNO
    config '.linux.seccomp.architectures += ["SCMP_ARCH_NOSUCH"]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails SCMP_ARCH_NOSUCH
}

@test "errnoRet with an action that has none is refused" {
    seccomp SCMP_ACT_ERRNO "$MKDIR" SCMP_ACT_ALLOW '{"errnoRet": 5}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails errnoRet
}

@test "the names of unknown system calls are passed over" {
    seccomp SCMP_ACT_ALLOW '["no_such_call", "mkdir", "mkdirat"]' SCMP_ACT_ERRNO
    run_script 'mkdir /tmp/x'
    contains "$output" "Operation not permitted"
}
