# SPDX-License-Identifier: LGPL-2.1-or-later
# What the tests of faults share: a command is disturbed at each of its system calls in turn, by build/security/step.
#
#   $POINTS  at how many calls of a command at most: CAISSON_POINTS, 8 without it; CAISSON_LONG=1 takes every one
#   $TALLY   what was done, a line a command, for tests/security/faults

STEP=${CAISSON%/*}/security/step
POINTS=${CAISSON_LONG:+100000}
POINTS=${POINTS:-${CAISSON_POINTS:-8}}
TALLY=${CAISSON_FAULTS_TALLY:-/dev/null}

need_step() {
    [ -x "$STEP" ] || skip "needs $STEP, which the build makes"
}

# The sanitizer's own calls would be disturbed, before main() and behind it.
need_no_sanitizer() {
    ! grep -q __asan_init "$CAISSON" || skip "the sanitizer does not take it that its own system calls fail"
}

# The commands under test, each with what has to be there before it; $1 says which.
prepare_for() {
    case $1 in
    start) caisson create --bundle "$BUNDLE" "$ID" ;;
    exec | pause | update | delete) caisson run --detach --bundle "$BUNDLE" "$ID" ;;
    resume) caisson run --detach --bundle "$BUNDLE" "$ID" && caisson pause "$ID" ;;
    esac </dev/null >"$T/prepared" 2>&1 3>&-
}

# command_for NAME: sets COMMAND
command_for() {
    COMMAND=("$CAISSON" --root "$ROOT" "${GLOBAL[@]}")
    case $1 in
    create) COMMAND+=(create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID") ;;
    run) COMMAND+=(run --bundle "$BUNDLE" "$ID") ;;
    run-detach) COMMAND+=(run --detach --bundle "$BUNDLE" "$ID") ;;
    exec) COMMAND+=(exec "$ID" true) ;;
    update) COMMAND+=(update --pids-limit 100 "$ID") ;;
    delete) COMMAND+=(delete --force "$ID") ;;
    *) COMMAND+=("$1" "$ID") ;;
    esac
}

# calls_of NAME PROCESS: undisturbed, its own system calls are those from FIRST to LAST; sets these
calls_of() {
    local follow=() column
    [ "$2" = 0 ] || follow=(-f)
    prepare_for "$1"
    command_for "$1"
    "$STEP" "${follow[@]}" "${COMMAND[@]}" </dev/null >"$T/undisturbed" 2>"$T/calls" 3>&-
    # Of who executes what is in the container those before that, of the others all.
    case $1:$2 in
    *:0 | create:* | exec:1) column=3 ;;
    *) column=4 ;;
    esac
    LAST=$(awk -v process="$2" -v column=$column '$1 == "step" && $2 == process { print $column }' "$T/calls")
    FIRST=1
    caisson delete --force "$ID"
    [ "${LAST:-0}" -gt 5 ]
}

# behind_startup: FIRST is behind what the C library does before main(), which ends the program when that fails. The
# first of our own calls is the one for SIGCHLD; the line of the execve is not counted.
behind_startup() {
    FIRST=$(strace "$CAISSON" --version 2>&1 >/dev/null | awk '/^rt_sigaction\(SIGCHLD/ { print NR - 1; exit }')
    [ "${FIRST:-0}" -gt 0 ]
}

# tally COMMAND PROCESS FAULT POINTS UNHARMED: adds a line
tally() {
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$1${GLOBAL:+ ${GLOBAL[*]}}" "$2" "$3" "$LAST" "$4" "$5" >>"$TALLY"
}

# points: the numbers from FIRST to LAST, or $POINTS of them, spread evenly; the last one too
points() {
    awk -v first="$FIRST" -v last="$LAST" -v want="$POINTS" 'BEGIN {
        n = last - first + 1
        step = n > want ? n / want : 1
        for (i = first; i <= last; i += step) print int(i)
        if (int(i - step) != last) print last }'
}

# gone WHAT: `delete --force` leaves nothing
gone() {
    attempt caisson delete --force "$ID"
    [ "$status" = 0 ] || {
        echo "$1: delete --force failed: $output"
        return 1
    }
    nothing_left || {
        printf '%s: left behind: %s\n' "$1" "$left"
        return 1
    }
}

# killed_at_each NAME: SIGKILL after each of the command's system calls
killed_at_each() {
    local point killed=0 tried=0
    calls_of "$1" 0
    for point in $(points); do
        prepare_for "$1"
        attempt "$STEP" -k "0:$point" "${COMMAND[@]}"
        tried=$((tried + 1))
        [ "$status" != 137 ] || killed=$((killed + 1))
        gone "$1 killed after call $point"
    done
    tally "$1" 0 SIGKILL "$tried" "$((tried - killed))"
    # The last calls may be another's, where it waited; not many.
    [ $((killed * 10)) -ge $((tried * 7)) ]
}

# init_killed_at_each NAME [PROCESS]: the init dies instead: the command ends, says so, and has undone everything. In a
# process namespace that is there already process 1 does no more than to join it and to start process 2.
init_killed_at_each() {
    local point tried=0 ended=0 process=${2:-1} what
    calls_of "$1" "$process"
    for point in $(points); do
        what="$1, whose init (process $process) was killed after call $point"
        prepare_for "$1"
        attempt "$STEP" -f -k "$process:$point" "${COMMAND[@]}"
        tried=$((tried + 1))
        no_hang "$what"
        [ "$status" != 0 ] || ended=$((ended + 1))
        [ "$status" = 0 ] || [ "$status" = 137 ] || undone "$1" "$what"
        gone "$what"
    done
    tally "$1" "$process" SIGKILL "$tried" "$ended"
}

# no_hang WHAT: neither a hang nor a crash, about the last `attempt`; 137 is the container's process that was killed
no_hang() {
    [ "$status" -lt 124 ] || [ "$status" = 137 ] || [ "$status" = 255 ] || {
        echo "$1: status $status: $output"
        return 1
    }
}

# undone NAME WHAT: after a failure, which was said: what the command was to make is not there. Who has no memory left to
# undo with ends as by SIGKILL (base/arena.h): `delete --force` does it.
undone() {
    [ "$output" != "caisson: out of memory" ] || return 0
    [[ $output =~ caisson:\ [^[:space:]] ]] || {
        echo "$2: status $status without a message: $output"
        return 1
    }
    # What `run` was to make may have been there and gone: then it was the removal that failed.
    [ "$1" != create ] || nothing_left || {
        printf '%s: %s\nleft behind: %s\n' "$2" "$output" "$left"
        return 1
    }
}

# fails_at_each NAME PROCESS ERRNO...: each call fails with each of them. Either the command fails, says so, and has
# undone what it made; or it succeeds, and the container's process sees what it sees without the fault.
fails_at_each() {
    local name=$1 process=$2 follow=() errno point what tried ignored
    shift 2
    [ "$process" = 0 ] || follow=(-f)
    calls_of "$name" "$process"
    [ "$process" != 0 ] || behind_startup
    for errno; do
        tried=0 ignored=0
        for point in $(points); do
            what="$name, call $point of process $process fails with $errno"
            prepare_for "$name"
            status=0
            "$STEP" "${follow[@]}" -e "$process:$point:$errno" "${COMMAND[@]}" </dev/null >"$T/seen" 2>"$T/output" 3>&- || status=$?
            output=$(<"$T/output")
            tried=$((tried + 1))
            no_hang "$what"
            if [ "$status" = 0 ]; then
                ignored=$((ignored + 1))
                diff "$T/undisturbed" "$T/seen" >"$T/difference" || {
                    printf '%s: success, but not the same:\n%s\n%s\n' "$what" "$(<"$T/difference")" "$output"
                    return 1
                }
            else
                undone "$name" "$what"
            fi
            gone "$what"
        done
        tally "$name" "$process" "$(errno_name "$errno")" "$tried" "$ignored"
    done
}

errno_name() {
    case $1 in
    4) echo EINTR ;;
    5) echo EIO ;;
    12) echo ENOMEM ;;
    24) echo EMFILE ;;
    28) echo ENOSPC ;;
    *) echo "errno $1" ;;
    esac
}

# What a process can see of the isolation that it was given.
LOOK='cut -d" " -f4-6 /proc/self/mountinfo; sed "s/.* - //;s/size=[0-9]*k//" /proc/self/mountinfo
    grep -E "^(Uid|Gid|Groups|NoNewPrivs|Seccomp|Cap.*|Speculation.*|Cpus_allowed|Umask):" /proc/self/status
    cat /proc/self/limits /proc/self/oom_score_adj /proc/self/cgroup; hostname; id; env; pwd; umask; ls /proc/self/fd | wc -l
    ls -ln /dev | sed "s/ [A-Z][a-z][a-z] .*:[0-9][0-9] / /"; ip link | grep -o "^.*lo: <[A-Z,]*>"; cat /proc/sys/kernel/domainname; :'
