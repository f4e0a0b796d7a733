# SPDX-License-Identifier: LGPL-2.1-or-later
# process: what the program finds when it is executed.
# also: user
load helpers

caps_filter='.process.capabilities = {bounding: $b, effective: $e, permitted: $p, inheritable: $i, ambient: $a}'

# proves: process.args, process.env
@test "arguments and environment are passed as they are" {
    config '.process.args = ["env"] | .process.env = ["PATH=/bin", "A=1", "EMPTY=", "SPACES=a  b", "UTF=äöü", "NEWLINE=a\nb", "HOME=/"]'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    succeeds $'PATH=/bin\nA=1\nEMPTY=\nSPACES=a  b\nUTF=äöü\nNEWLINE=a\nb\nHOME=/'
    config '.process.args = ["sh", "-c", "for a; do echo \"<$a>\"; done", "x", "", "a b", "*", "\"q\""]'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    succeeds $'<>\n<a b>\n<*>\n<"q">'
}

@test "the environment of the runtime does not leak" {
    config '.process.env = ["PATH=/bin", "HOME=/"] | .process.args = ["env"]'
    LEAK=yes attempt caisson run --bundle "$BUNDLE" "$ID"
    succeeds $'PATH=/bin\nHOME=/'
}

@test "HOME is the user's of the container's passwd when it is not set" {
    config '.process.env = ["PATH=/bin"]'
    run_script 'echo $HOME'
    succeeds /root
}

@test "the program is looked for in the container's PATH" {
    mkdir -p "$BUNDLE/rootfs/opt/first" "$BUNDLE/rootfs/opt/second"
    printf '#!/bin/sh\necho first\n' >"$BUNDLE/rootfs/opt/first/prog"
    printf '#!/bin/sh\necho second\n' >"$BUNDLE/rootfs/opt/second/prog"
    chmod 755 "$BUNDLE/rootfs/opt/second/prog"
    config '.process.env = ["PATH=/nowhere:/opt/first:/opt/second:/bin"] | .process.args = ["prog"]'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    succeeds second
    chmod 755 "$BUNDLE/rootfs/opt/first/prog"
    attempt caisson run --bundle "$BUNDLE" "$ID"
    succeeds first
}

@test "a program with a slash is not looked for, relative ones start at cwd" {
    mkdir "$BUNDLE/rootfs/opt"
    printf '#!/bin/sh\necho here\n' >"$BUNDLE/rootfs/opt/prog"
    chmod 755 "$BUNDLE/rootfs/opt/prog"
    config '.process.args = ["./prog"] | .process.cwd = "/opt"'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    succeeds here
    config '.process.args = ["opt/prog"] | .process.cwd = "/"'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    succeeds here
}

@test "create fails when the program is not there, not executable or a directory" {
    local program
    touch "$BUNDLE/rootfs/plain"
    config '.process.args = ["/no/such"]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /no/such "no such file or directory"
    config '.process.args = ["/plain"]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /plain "permission denied"
    config '.process.args = ["/etc"]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /etc
}

@test "a program of a wrong format and one with a missing interpreter are named at start" {
    echo garbage >"$BUNDLE/rootfs/garbage"
    printf '#!/no/interpreter\n' >"$BUNDLE/rootfs/script"
    chmod 755 "$BUNDLE/rootfs/garbage" "$BUNDLE/rootfs/script"
    local program
    for program in garbage script; do
        config '.process.args = [$p]' --arg p "/$program"
        attempt caisson run --bundle "$BUNDLE" "$ID"
        fails "/$program"
    done
}

# proves: process.cwd
@test "the working directory is entered, and made when it is missing" {
    mkdir -p "$BUNDLE/rootfs/some/dir"
    config '.process.cwd = "/some/dir"'
    run_script pwd
    succeeds /some/dir
    config '.process.cwd = "/made/here"'
    run_script pwd
    succeeds /made/here
}

@test "a working directory that is a file or relative is refused" {
    config '.process.cwd = "/etc/passwd"'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    fails /etc/passwd
    config '.process.cwd = "relative"'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    fails cwd
}

@test "a working directory that only the user may enter is entered as the user" {
    need_root "it changes files to other owners, which takes ids that are not granted"
    mkdir -m 700 "$BUNDLE/rootfs/private"
    chown 1000 "$BUNDLE/rootfs/private"
    config '.process.user = {uid: 1000, gid: 1000} | .process.cwd = "/private"'
    run_script pwd
    succeeds /private
}

@test "a descriptor as working directory does not lead outside (CVE-2024-21626)" {
    local n
    for n in 3 4 5 6 7 8 9 10 11 12 15; do
        config '.process.cwd = $cwd' --arg cwd "/proc/self/fd/$n"
        run_script 'ls'
        [ "$status" != 0 ] || lacks "$output" config.json boot
    done
}

# ---- limits ----

# proves: process.rlimits.{type,soft,hard}, process.rlimits.type={RLIMIT_AS,RLIMIT_CORE,RLIMIT_CPU,RLIMIT_DATA,
#   RLIMIT_FSIZE,RLIMIT_LOCKS,RLIMIT_MEMLOCK,RLIMIT_MSGQUEUE,RLIMIT_NICE,RLIMIT_NOFILE,RLIMIT_NPROC,RLIMIT_RSS,
#   RLIMIT_RTPRIO,RLIMIT_RTTIME,RLIMIT_SIGPENDING,RLIMIT_STACK}
@test "each resource limit is set" {
    config '.process.rlimits = [
        {type: "RLIMIT_AS", soft: 1073741824, hard: 2147483648}, {type: "RLIMIT_CORE", soft: 0, hard: 0},
        {type: "RLIMIT_CPU", soft: 100, hard: 200}, {type: "RLIMIT_DATA", soft: 1073741824, hard: 1073741824},
        {type: "RLIMIT_FSIZE", soft: 1000000, hard: 2000000}, {type: "RLIMIT_LOCKS", soft: 10, hard: 20},
        {type: "RLIMIT_MEMLOCK", soft: 4096, hard: 4096}, {type: "RLIMIT_MSGQUEUE", soft: 1000, hard: 1000},
        {type: "RLIMIT_NICE", soft: 0, hard: 0}, {type: "RLIMIT_NOFILE", soft: 100, hard: 200},
        {type: "RLIMIT_NPROC", soft: 500, hard: 600}, {type: "RLIMIT_RSS", soft: 1000000, hard: 1000000},
        {type: "RLIMIT_RTPRIO", soft: 0, hard: 0}, {type: "RLIMIT_RTTIME", soft: 1000, hard: 2000},
        {type: "RLIMIT_SIGPENDING", soft: 50, hard: 60}, {type: "RLIMIT_STACK", soft: 1048576, hard: 2097152}]'
    start_sleeping
    wait_for started
    local limits
    limits=$(tr -s ' ' <"/proc/$PID/limits")
    contains "$limits" "Max address space 1073741824 2147483648" "Max core file size 0 0" "Max cpu time 100 200" \
        "Max data size 1073741824 1073741824" "Max file size 1000000 2000000" "Max file locks 10 20" \
        "Max locked memory 4096 4096" "Max msgqueue size 1000 1000" "Max nice priority 0 0" "Max open files 100 200" \
        "Max processes 500 600" "Max resident set 1000000 1000000" "Max realtime priority 0 0" \
        "Max realtime timeout 1000 2000" "Max pending signals 50 60" "Max stack size 1048576 2097152"
}

@test "a limit of 64 bits is infinity" {
    config '.process.rlimits = [{type: "RLIMIT_CORE", soft: 5, hard: 5}]'
    (ulimit -c 0 && run_script 'grep core /proc/self/limits' && matches "$output" '(5 +5|ermitted)')
    [ "$(ulimit -H -c)" = unlimited ] || skip "no unlimited limit to keep"
    printf '%s\n' "$(sed 's/"soft": 5,/"soft": 18446744073709551615,/; s/"hard": 5$/"hard": 18446744073709551615/' "$BUNDLE/config.json")" \
        >"$BUNDLE/config.json"
    # jq would round the number: the program is set by hand
    sed -i 's|"sh"|"cat"|; s|"-c"|"/proc/self/limits"|' "$BUNDLE/config.json"
    jq -c '.process.args' "$BUNDLE/config.json"
    attempt caisson run --bundle "$BUNDLE" "$ID"
    contains "$(tr -s ' ' <<<"$output")" "Max core file size unlimited unlimited"
}

@test "a limit listed twice, an unknown one and soft above hard are refused" {
    config '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 1, hard: 2}, {type: "RLIMIT_NOFILE", soft: 1, hard: 2}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails RLIMIT_NOFILE
    config '.process.rlimits = [{type: "RLIMIT_NOFILES", soft: 1, hard: 2}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails RLIMIT_NOFILES
    config '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 3, hard: 2}]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /process/rlimits/0 hard
}

# proves: process.oomScoreAdj
@test "oomScoreAdj is set, and left alone when it is not" {
    config '.process.oomScoreAdj = 977'
    run_script 'cat /proc/self/oom_score_adj'
    succeeds 977
    config 'del(.process.oomScoreAdj)'
    script 'cat /proc/self/oom_score_adj'
    (echo 955 >"/proc/$BASHPID/oom_score_adj" && exec "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID") </dev/null >"$T/out"
    is "$(cat "$T/out")" 955
}

# ---- privileges ----

# proves: process.capabilities.{bounding,effective,inheritable,permitted,ambient}
@test "the five capability sets are exactly what was asked for" {
    more_ids
    config "$caps_filter" --argjson b '["CAP_CHOWN", "CAP_KILL", "CAP_SETPCAP", "CAP_NET_RAW", "CAP_SYS_CHROOT"]' \
        --argjson e '["CAP_CHOWN", "CAP_KILL"]' --argjson p '["CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW"]' \
        --argjson i '["CAP_NET_RAW"]' --argjson a '["CAP_NET_RAW"]'
    config '.process.user = {uid: 1000, gid: 1000}'
    start_sleeping
    wait_for started
    # CHOWN 0, KILL 5, SETPCAP 8, NET_RAW 13, SYS_CHROOT 18. For another user than root execve keeps the ambient ones.
    is "$(process_status CapBnd)" 0000000000042121
    is "$(process_status CapInh)" 0000000000002000
    is "$(process_status CapAmb)" 0000000000002000
    is "$(process_status CapPrm)" 0000000000002000
    is "$(process_status CapEff)" 0000000000002000
}

@test "root has what is in the bounding set, and nothing inheritable" {
    start_sleeping
    wait_for started
    is "$(process_status CapBnd)" 0000000000040420
    is "$(process_status CapPrm)" 0000000000040420
    is "$(process_status CapEff)" 0000000000040420
    is "$(process_status CapInh)" 0000000000000000
    is "$(process_status CapAmb)" 0000000000000000
}

@test "no capabilities object, no capabilities" {
    config 'del(.process.capabilities)'
    run_script 'grep ^Cap /proc/self/status | tr "\t" " "'
    succeeds
    contains "$output" "CapEff: 0000000000000000" "CapPrm: 0000000000000000" "CapInh: 0000000000000000"
}

@test "an unknown capability is a warning" {
    config '.process.capabilities.bounding += ["CAP_FUTURE"]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    succeeds
    contains "$output" CAP_FUTURE
}

# proves: process.noNewPrivileges
@test "noNewPrivileges" {
    run_script 'grep ^NoNewPrivs /proc/self/status | cut -f2'
    succeeds 1
    config '.process.noNewPrivileges = false'
    run_script 'grep ^NoNewPrivs /proc/self/status | cut -f2'
    succeeds 0
}

# ---- scheduling ----

@test "the I/O priority" {
    config '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 6}'
    run_script 'ionice -p $$'
    succeeds
    contains "$output" 6
    config '.process.ioPriority = {class: "IOPRIO_CLASS_IDLE", priority: 0}'
    run_script 'ionice -p $$'
    succeeds
    contains "$output" idle
}

# policy_of PID: field 41 of stat
policy_of() {
    sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f39
}

@test "the scheduler's policy and nice value" {
    config '.process.scheduler = {policy: "SCHED_BATCH", nice: 7}'
    start_sleeping
    wait_for started
    is "$(policy_of "$PID")" 3
    is "$(sed 's/.*) //' "/proc/$PID/stat" | cut -d' ' -f17)" 7
    # One that is idle may wait long for its turn on a busy machine: for its end, too.
    caisson delete --force "$ID"
    config '.process.scheduler = {policy: "SCHED_IDLE"} | .process.args = ["cat", "/proc/self/stat"]'
    attempt caisson run --bundle "$BUNDLE" "$ID"
    is "$(sed 's/.*) //' <<<"$output" | cut -d' ' -f39)" 5
}

@test "a real-time policy with its priority" {
    chrt -f 5 true 2>/dev/null || skip "this host gives root no real-time priority"
    config '.process.scheduler = {policy: "SCHED_FIFO", priority: 5, flags: ["SCHED_FLAG_RESET_ON_FORK"]}'
    start_sleeping
    wait_for started
    is "$(policy_of "$PID")" 1
    is "$(sed 's/.*) //' "/proc/$PID/stat" | cut -d' ' -f38)" 5
}

@test "unknown policies and classes are refused" {
    config '.process.scheduler = {policy: "SCHED_BEST"}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails SCHED_BEST
    config 'del(.process.scheduler) | .process.ioPriority = {class: "IOPRIO_CLASS_BEST", priority: 1}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails IOPRIO_CLASS_BEST
    config '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 8}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails ioPriority
}

@test "the personality" {
    config '.linux.personality = {domain: "LINUX32"}'
    run_script 'cat /proc/self/personality; uname -m'
    # A kernel without 32-bit programs has one name for both.
    succeeds "00000008"$'\n'"$(setarch linux32 uname -m)"
    config '.linux.personality = {domain: "LINUX"}'
    run_script 'cat /proc/self/personality; uname -m'
    succeeds "00000000"$'\n'"$(uname -m)"
    config '.linux.personality = {domain: "BSD"}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails BSD
}

# proves: linux.sysctl
@test "sysctl of the container's namespaces" {
    config '.linux.sysctl = {"net.ipv4.ip_forward": "1", "kernel.shmmax": "123456", "fs.mqueue.msg_max": "12"}'
    run_script 'cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shmmax /proc/sys/fs/mqueue/msg_max'
    succeeds $'1\n123456\n12'
}

@test "sysctl that would reach the host is refused" {
    config '.linux.sysctl = {"kernel.panic": "5"}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails kernel.panic
    config '.linux.sysctl = {"net.ipv4.ip_forward": "1"} | .linux.namespaces |= map(select(.type != "network"))
        | .mounts |= map(select(.type != "sysfs"))'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails net.ipv4.ip_forward
}

@test "the session is the process's own" {
    start_sleeping
    wait_for started
    is "$(sed 's/.*) //' "/proc/$PID/stat" | cut -d' ' -f4)" "$PID"
}


@test "signals are as a program expects them: none blocked, none ignored" {
    start_sleeping
    wait_for started
    is "$(process_status SigBlk)" 0000000000000000
    config '.process.args = ["cat", "/proc/self/status"]'
    caisson delete --force "$ID"
    (trap '' USR1 && exec "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID") </dev/null >"$T/out"
    is "$(awk '$1 == "SigBlk:" {print $2}' "$T/out")" 0000000000000000
}
