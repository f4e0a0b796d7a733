# SPDX-License-Identifier: LGPL-2.1-or-later
# Every action, operator, flag and architecture of linux.seccomp, as the kernel carries it out. (seccomp.bats has the common
# cases, spec_annotations.bats notifications.)
# also: user
load helpers

# profile JSON: linux.seccomp
profile() {
    config '.linux.seccomp = $profile' --argjson profile "$1"
}

# What becomes of a system call by each action; without a tracer there is nobody who could carry it out.
declare -gA ANSWER=(
    [ALLOW]="status 0" [LOG]="status 0" [ERRNO]="Operation not permitted" [TRACE]="Function not implemented"
    [TRAP]="status 159" [KILL]="status 159" [KILL_THREAD]="status 159" [KILL_PROCESS]="status 159"
)

# made_by ACTION: whether the directory is there, and what was said
made_by() {
    rm -rf "$BUNDLE/rootfs/tmp/made"
    run_script '(mkdir /tmp/made) 2>&1; echo "status $?"'
    contains "$1: $output" "${ANSWER[$1]}"
    if [ "${ANSWER[$1]}" = "status 0" ]; then
        [ -d "$BUNDLE/rootfs/tmp/made" ]
    else
        [ ! -e "$BUNDLE/rootfs/tmp/made" ]
    fi
}

# proves: linux.seccomp.syscalls.{names,action}, linux.seccomp.syscalls.action={SCMP_ACT_ALLOW,SCMP_ACT_ERRNO,SCMP_ACT_KILL,
#   SCMP_ACT_KILL_PROCESS,SCMP_ACT_KILL_THREAD,SCMP_ACT_TRAP,SCMP_ACT_TRACE,SCMP_ACT_LOG}
@test "seccomp: each action of a rule" {
    local action
    for action in "${!ANSWER[@]}"; do
        profile '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_'"$action"'"}]}'
        made_by "$action"
    done
}

# everything_but_mkdir: the system calls that docker's profile allows, without those
everything_but_mkdir() {
    jq -c '[.linux.seccomp.syscalls[] | select(.action == "SCMP_ACT_ALLOW" and .args == null) | .names[]]
        + ["clone", "clone3"] - ["mkdir", "mkdirat"] | unique' "$HERE/../data/configs/docker20.json"
}

# proves: linux.seccomp.defaultAction, linux.seccomp.defaultAction={SCMP_ACT_ALLOW,SCMP_ACT_ERRNO,SCMP_ACT_KILL,
#   SCMP_ACT_KILL_PROCESS,SCMP_ACT_KILL_THREAD,SCMP_ACT_TRAP,SCMP_ACT_TRACE,SCMP_ACT_LOG}
@test "seccomp: each default action" {
    local action names
    names=$(everything_but_mkdir)
    for action in "${!ANSWER[@]}"; do
        profile '{"defaultAction": "SCMP_ACT_'"$action"'", "syscalls": [{"names": '"$names"', "action": "SCMP_ACT_ALLOW"}]}'
        made_by "$action"
    done
}

# proves: linux.seccomp.defaultErrnoRet, linux.seccomp.syscalls.errnoRet
@test "seccomp: the number of an error, of a rule and of the default" {
    profile '{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 28,
        "syscalls": [{"names": '"$(everything_but_mkdir)"', "action": "SCMP_ACT_ALLOW"}]}'
    run_script 'mkdir /tmp/made'
    contains "$output" "No space left on device"
    profile '{"defaultAction": "SCMP_ACT_ALLOW",
        "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 122}]}'
    run_script 'mkdir /tmp/made'
    contains "$output" uota
}

# proves: linux.seccomp.defaultAction=SCMP_ACT_NOTIFY
@test "seccomp: a default of SCMP_ACT_NOTIFY is refused: it would stop the runtime itself" {
    profile '{"defaultAction": "SCMP_ACT_NOTIFY", "listenerPath": "/run/agent.sock"}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /linux/seccomp/defaultAction SCMP_ACT_NOTIFY
}

# A thread of a program makes the call: one action ends it alone, the other the program.
@test "seccomp: SCMP_ACT_KILL and SCMP_ACT_KILL_THREAD end a thread, SCMP_ACT_KILL_PROCESS all of them" {
    python3 -c 'import threading' 2>/dev/null || skip "needs the whole of python3"
    local action expected
    config '.root = {path: "/", readonly: true} | .mounts = [.mounts[0]] | del(.linux.maskedPaths, .linux.readonlyPaths)
        | .process.args = ["/usr/bin/python3", "-c", $program]' --arg program '
import ctypes, os, threading
call = ctypes.CDLL(None).syscall
threading.Thread(target=call, args=('"$(mkdir_number)"', b"/tmp/never", 0), daemon=True).start()
while len(os.listdir("/proc/self/task")) > 1: pass
os.write(1, b"alive")
os._exit(0)'
    for action in KILL KILL_THREAD KILL_PROCESS; do
        expected="0 alive"
        [ $action != KILL_PROCESS ] || expected="159 "
        profile '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdirat"], "action": "SCMP_ACT_'$action'"}]}'
        attempt caisson run --bundle "$BUNDLE" "$ID"
        is "$action $status $output" "$action $expected"
    done
}

# The number of mkdirat(2), for who calls it by number.
mkdir_number() {
    case $(uname -m) in
    x86_64) echo 258 ;;
    *) echo 34 ;;
    esac
}

# proves: linux.seccomp.syscalls.args.{index,value,valueTwo,op}, linux.seccomp.syscalls.args.op={SCMP_CMP_NE,SCMP_CMP_LT,
#   SCMP_CMP_LE,SCMP_CMP_EQ,SCMP_CMP_GE,SCMP_CMP_GT,SCMP_CMP_MASKED_EQ}
@test "seccomp: each operator" {
    local op refused
    # kill(1, SIGNAL), which the first process of a container does not feel: signals 8, 10 and 12 against the value 10
    while read -r op refused; do
        profile '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["kill"], "action": "SCMP_ACT_ERRNO",
            "args": [{"index": 1, "value": 10, "valueTwo": 10, "op": "SCMP_CMP_'"$op"'"}]}]}'
        run_script 'for s in 8 10 12; do kill -$s 1 2>/dev/null || printf "%s " $s; done'
        is "$op ${output% }" "$op $refused"
    done <<'END'
NE 8 12
LT 8
LE 8 10
EQ 10
GE 10 12
GT 12
MASKED_EQ 10
END
    # Another argument, and two conditions at once.
    profile '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["kill"], "action": "SCMP_ACT_ERRNO",
        "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}, {"index": 1, "value": 10, "op": "SCMP_CMP_NE"}]}]}'
    run_script 'sleep 100 & for s in 8 10; do kill -$s 1 2>/dev/null || printf "%s " $s; done; kill $! && echo other'
    is "$output" "8 other"
}

# installed_with: the flags with which the container's process installs its filter
installed_with() {
    attempt strace -f -qq -e trace=seccomp -o "$T/trace" "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    grep -o 'SECCOMP_SET_MODE_FILTER, [^{]*{len=' "$T/trace" | sed 's/.*FILTER, //; s/, {len=//'
}

# proves: linux.seccomp.flags, linux.seccomp.flags=SECCOMP_FILTER_FLAG_{TSYNC,LOG,SPEC_ALLOW}
@test "seccomp: each flag reaches the kernel" {
    local flag rules='"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO"}]'
    for flag in TSYNC LOG SPEC_ALLOW; do
        profile "{$rules, \"flags\": [\"SECCOMP_FILTER_FLAG_$flag\"]}"
        is "$(installed_with)" "SECCOMP_FILTER_FLAG_$flag"
    done
    profile "{$rules, \"flags\": []}"
    is "$(installed_with)" 0
    profile "{$rules}"
    is "$(installed_with)" SECCOMP_FILTER_FLAG_SPEC_ALLOW
    profile "{$rules, \"flags\": [\"SECCOMP_FILTER_FLAG_OTHER\"]}"
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /linux/seccomp/flags/0 SECCOMP_FILTER_FLAG_OTHER
}

# proves: linux.seccomp.flags=SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
@test "seccomp: SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV reaches the kernel" {
    need_kernel 5.19
    background bash -c 'exec python3 "$1" "$2" >"$3"' bash "$HERE/seccomp-agent.py" "$T/agent.sock" "$T/agent"
    wait_for test -S "$T/agent.sock"
    profile '{"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "'"$T/agent.sock"'",
        "flags": ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"], "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}]}'
    matches "$(installed_with)" '(WAIT_KILLABLE_RECV|0x20)'
}

# proves: linux.seccomp.architectures, linux.seccomp.architectures=SCMP_ARCH_{X86,X86_64,X32}
@test "seccomp: the system calls of each architecture that the processor carries out" {
    [ "$(uname -m)" = x86_64 ] || skip "the programs are x86-64's"
    local name archs status_of_program
    # Each ends with the number of its error: 33 is the profile's, 159 a kill, for what is no architecture of the profile.
    while read -r name archs status_of_program; do
        rm -rf "$BUNDLE/rootfs/tmp/made"
        python3 "$HERE/foreign-call.py" "$BUNDLE/rootfs/bin/foreign" "$name"
        config '.process.args = ["/bin/foreign"] | del(.linux.seccomp)'
        attempt caisson run --bundle "$BUNDLE" "$ID"
        if [ "$name" = i386 ] && [ ! -e "$BUNDLE/rootfs/tmp/made" ]; then continue; fi # a kernel without 32 bits
        profile '{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ['"$archs"'],
            "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 33}]}'
        attempt caisson run --bundle "$BUNDLE" "$ID"
        is "$name $archs $status" "$name $archs $status_of_program"
    done <<'END'
x86-64 "SCMP_ARCH_X86_64" 33
x86-64 "SCMP_ARCH_X86" 33
i386 "SCMP_ARCH_X86_64","SCMP_ARCH_X86" 33
i386 "SCMP_ARCH_X86_64" 159
x32 "SCMP_ARCH_X86_64","SCMP_ARCH_X32" 33
x32 "SCMP_ARCH_X86_64" 159
END
}

# proves: linux.seccomp.architectures=SCMP_ARCH_{ARM,AARCH64,LOONGARCH64,M68K,MIPS,MIPS64,MIPS64N32,MIPSEL,MIPSEL64,
#   MIPSEL64N32,PPC,PPC64,PPC64LE,S390,S390X,SH,SHEB,PARISC,PARISC64,RISCV64}
@test "seccomp: architectures of other machines are in the filter, or refused with the reason" {
    local name known
    known=" $("$CAISSON" features | jq -r '.linux.seccomp.archs | join(" ")') "
    for name in ARM AARCH64 LOONGARCH64 M68K MIPS MIPS64 MIPS64N32 MIPSEL MIPSEL64 MIPSEL64N32 PPC PPC64 PPC64LE S390 S390X \
        SH SHEB PARISC PARISC64 RISCV64; do
        profile '{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_'$name'"],
            "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]}'
        run_script 'mkdir /tmp/made; grep ^Seccomp: /proc/self/status'
        if [[ $known != *" SCMP_ARCH_$name "* ]]; then
            fails /linux/seccomp/architectures/0 "libseccomp" "does not know SCMP_ARCH_$name"
        elif [ "$status" != 0 ]; then
            [[ $name = @(M68K|MIPS|MIPS64|MIPS64N32|PPC|PPC64|S390|S390X|SHEB|PARISC|PARISC64) ]]
            fails /linux/seccomp/architectures/0 "SCMP_ARCH_$name has another byte order"
        else
            contains "$name $output" "No space left" $'Seccomp:\t2'
        fi
    done
}
