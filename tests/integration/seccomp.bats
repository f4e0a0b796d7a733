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

@test "without noNewPrivileges no capability is left of what loading it takes, to the program or to a hook" {
    more_ids
    local user expected
    printf '#!/bin/sh\ngrep "^Cap" /proc/self/status >/tmp/hook\n' >"$BUNDLE/rootfs/bin/hook"
    chmod +x "$BUNDLE/rootfs/bin/hook"
    config '.process.noNewPrivileges = false | .hooks = {startContainer: [{path: "/bin/hook"}]}'
    for user in 0 1000; do
        config '.process.user = {uid: $user, gid: $user} | del(.linux.seccomp)' --argjson user $user
        run_script 'grep -h "^Cap" /proc/self/status /tmp/hook; rm /tmp/hook'
        succeeds
        expected=$output
        seccomp SCMP_ACT_ALLOW "$MKDIR" SCMP_ACT_ERRNO
        run_script 'grep -h "^Cap" /proc/self/status /tmp/hook; rm /tmp/hook'
        succeeds "$expected"
        is "$(wc -l <<<"$output")" 10
    done
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

# bare: the container's program makes no system call but exit(2), with status 7; with an argument, but pause(2)
bare() {
    [ "$(uname -m)" = x86_64 ] || skip "its program is written for x86-64"
    command -v cc >/dev/null || skip "needs a C compiler"
    cc -static -nostdlib -x assembler -o "$BUNDLE/rootfs/bin/bare" - <<'END'
        .globl _start
_start: cmpq $1, (%rsp)
        jne 1f
        mov $60, %eax
        mov $7, %edi
        syscall
1:      mov $34, %eax
        syscall
        jmp 1b
END
    config '.process.args = ["/bin/bare"]'
}

# execution_alone DEFAULT [NAME...]: allows to execute a program and to end it, and those
execution_alone() {
    local names
    names=$(printf '%s\n' execve execveat exit exit_group "${@:2}" | jq -Rn '[inputs]')
    seccomp "$1" "$names" SCMP_ACT_ALLOW
}

# ends_bare ARGUMENT...: caisson with them ends as the program does, whatever the filter's default and noNewPrivileges
ends_bare() {
    local default nnp
    for default in SCMP_ACT_KILL_PROCESS SCMP_ACT_ERRNO; do
        for nnp in true false; do
            config '.process.noNewPrivileges = $nnp' --argjson nnp $nnp
            execution_alone "$default"
            attempt "$@"
            [ "$status" = 7 ] || { echo "$default, noNewPrivileges $nnp: status $status, $output" && return 1; }
        done
    done
}

# with_socket ARGUMENT...: caisson with them, which passes a socket on to the program, and LISTEN_PID
with_socket() {
    (
        export LISTEN_FDS=1 LISTEN_PID=$BASHPID
        exec "$CAISSON" --root "$ROOT" "$@"
    ) 3</dev/null
}

# Of everything that the init does nothing but the execution comes after the filter: it need allow nothing else.
@test "a filter that allows nothing but to execute the program: users, capabilities, limits, hooks, sockets" {
    more_ids
    bare
    ends_bare caisson run --bundle "$BUNDLE" "$ID"
    config '.process.user = {uid: 1000, gid: 1000, umask: 63} | .process.cwd = "/tmp" | .process.oomScoreAdj = 900
        | .process.rlimits = [{type: "RLIMIT_NOFILE", soft: 64, hard: 64}, {type: "RLIMIT_CORE", soft: 0, hard: 0}]'
    rootless || config '.process.user.additionalGids = [5, 6]'
    ends_bare caisson run --bundle "$BUNDLE" "$ID"
    config '.process.capabilities = {}'
    ends_bare caisson run --bundle "$BUNDLE" "$ID"
    config '.process.user = {uid: 0, gid: 0} | .process.capabilities =
        (["CAP_SYS_ADMIN", "CAP_KILL"] | {bounding: ., effective: ., permitted: ., inheritable: ., ambient: .})'
    ends_bare caisson run --bundle "$BUNDLE" "$ID"
    config '.hooks = {startContainer: [{path: "/bin/true"}]}'
    ends_bare with_socket run --bundle "$BUNDLE" "$ID"
}

@test "a filter that allows nothing but to execute the program: create and start, a terminal, exec" {
    more_ids
    bare
    config '.process.user = {uid: 1000, gid: 1000} | .process.terminal = true'
    ends_bare command script --quiet --return --command "$CAISSON --root $ROOT run --bundle $BUNDLE $ID" /dev/null
    config '.process.terminal = false'
    local nnp
    for nnp in true false; do
        config '.process.noNewPrivileges = $nnp | .process.args = ["/bin/bare", "stay"]' --argjson nnp $nnp
        execution_alone SCMP_ACT_KILL_PROCESS pause
        caisson create --bundle "$BUNDLE" "$ID" </dev/null >"$T/out" 2>&1 3>&-
        caisson start "$ID"
        wait_for started
        is "$(status_of)" running
        attempt caisson exec "$ID" /bin/bare
        is "$status" 7
        attempt caisson exec --user 0:0 --cwd /tmp --cap CAP_KILL "$ID" /bin/bare
        is "$status" 7
        attempt command script --quiet --return --command "$CAISSON --root $ROOT exec --tty $ID /bin/bare" /dev/null
        is "$status" 7
        caisson delete --force "$ID"
    done
}
