# SPDX-License-Identifier: LGPL-2.1-or-later
# The figures of tests/bench/run: a function each, and the table of them all.

FIGURES=(run nocgroup limits create start state kill delete exec exec_sealed list seccomp seccomp_cold nonet userns rootless m500 env2000
    hooks64 ann2000 calls memory)
LONG_FIGURES=(m5000 list100 list1000 state1000 sequence parallel instructions growth)
declare -A TITLE=(
    [run]='`run` of `/bin/true`' [nocgroup]='`run`, no cgroup'
    [create]='`create`' [start]='`start`' [state]='`state`' [kill]='`kill`' [delete]='`delete`' [exec]='`exec`' [exec_sealed]='`exec`, sealed program'
    [list]='`list` of 1' [list100]='`list` of 100' [list1000]='`list` of 1000'
    [state1000]='`state` of one of 1000' [limits]='`run`, all limits' [systemd]='`run`, systemd'"'"'s driver'
    [seccomp]='`run`, seccomp profile' [seccomp_cold]='`run`, seccomp profile, nothing cached' [nonet]='`run`, host network' [userns]='`run`, user namespace'
    [rootless]='`run`, by an unprivileged user'
    [m500]='`run`, 500 mounts' [m5000]='`run`, 5000 mounts' [env2000]='`run`, 2000 variables' [hooks64]='`run`, 64 hooks'
    [ann2000]='`run`, 2000 annotations'
    [sequence]='100 × `run` in sequence' [parallel]='100 × `run`, 8 at a time'
)
shown=() as=()

# measure FIGURE TURNS-ARGUMENT...
measure() {
    local figure=$1
    shift
    printf '\n%s\n' "${TITLE[$figure]//\`/}"
    shown+=("$figure")
    "${as[@]}" "$out/turns" -n "${n:-$turns}" -t "$out/tables/$figure" "$@" || :
}

# each_runtime BEFORE AFTER ARGUMENT...: fills `args` for turns. RUNTIME in BEFORE and AFTER is the runtime's command, NAME
# in an argument its name.
each_runtime() {
    local before=$1 after=$2 name
    shift 2
    for name in "${runtimes[@]}"; do
        local -n runtime=$name
        [ ${#args[@]} = 0 ] || args+=(:::)
        args+=("$name")
        [ -z "$before" ] || args+=(-b "${before//RUNTIME/${runtime[*]}}")
        [ -z "$after" ] || args+=(-a "${after//RUNTIME/${runtime[*]}}")
        args+=("${runtime[@]}" "${@//NAME/$name}")
    done
}

# run_of FIGURE BUNDLE FLOOR-OPTION...
run_of() {
    local figure=$1 bundle=$2 args
    shift 2
    args=(floor "${floor[@]}" "$@" "$B/$bundle/rootfs" /bin/true)
    each_runtime '' '' run -b "$B/$bundle" c%d
    measure "$figure" "${args[@]}"
}

figure_run() { run_of run plain; }
figure_seccomp() { run_of seccomp seccomp -f "$out/filter.bpf"; }
figure_limits() { run_of limits limits; }
figure_nonet() { run_of nonet nonet -n; }
figure_m500() { run_of m500 m500 -b "$B/source" -m 500; }
figure_m5000() { n=$(((turns + 9) / 10)) run_of m5000 m5000 -b "$B/source" -m 5000; }
figure_env2000() { run_of env2000 env2000 -e 2000; }
figure_hooks64() { run_of hooks64 hooks64 -k 64; }
figure_ann2000() { run_of ann2000 ann2000; }

# crun keeps what it compiled (below its state root, by a hash of the profile); caisson has no cache, runc neither.
figure_seccomp_cold() {
    local args=(floor "${floor[@]}" -f "$out/filter.bpf" "$B/seccomp/rootfs" /bin/true)
    each_runtime "rm -rf '$state'/crun*/.cache" '' run -b "$B/seccomp" c%d
    measure seccomp_cold "${args[@]}"
}

# By a helper program, in a scope that systemd makes. The floor's cgroup is made by nobody but itself.
figure_systemd() {
    local name caisson=("${caisson[@]}") runtimes=("${runtimes[@]}")
    [ -d /run/systemd/system ] || die "the figure systemd needs systemd (tests/lab/vm)"
    for name in "${runtimes[@]}"; do
        local -n runtime=$name
        runtime+=(--systemd-cgroup)
    done
    run_of systemd plain
    for name in "${runtimes[@]}"; do
        local -n runtime=$name
        unset 'runtime[-1]'
    done
}

# This bundle has no device rules.
figure_userns() {
    local floor=("$out/floor" -c /sys/fs/cgroup -s "$state")
    run_of userns userns -u 100000
}

# as_user: sets the commands to what a user without privileges runs, in no cgroup of its own
as_user() {
    as=(setpriv --reuid 54321 --regid 54321 --clear-groups --inh-caps=-all env HOME=/tmp)
    floor=("$out/floor" -s "$state/user")
    caisson=("$CAISSON" --root "$state/user/caisson" --cgroup-manager=disabled)
    runtimes=(caisson)
    ! command -v crun >/dev/null || { crun=(crun --root "$state/user/crun" --cgroup-manager=disabled) && runtimes+=(crun); }
    ! command -v runc >/dev/null || { runc=(runc --root "$state/user/runc") && runtimes+=(runc); }
}

# The whole command is that user's, the one that takes the time too.
figure_rootless() {
    local as floor caisson crun runc runtimes=()
    as_user
    install -o 54321 -g 54321 /dev/null "$out/tables/rootless"
    run_of rootless rootless -r
}

# runc cannot do without.
figure_nocgroup() {
    local floor=("$out/floor" -s "$state") caisson=("${caisson[@]}" --cgroup-manager=disabled) crun=("${crun[@]}")
    local runtimes=(caisson)
    [ ${#crun[@]} = 0 ] || { crun+=(--cgroup-manager=disabled) && runtimes+=(crun); }
    run_of nocgroup plain
}

figure_create() {
    local args=(floor "$out/floor" -z)
    each_runtime '' 'RUNTIME delete --force c%d' create -b "$B/plain" c%d
    measure create "${args[@]}"
}

figure_start() {
    local args=(floor "$out/floor" -z)
    each_runtime "RUNTIME create -b $B/plain c%d" 'RUNTIME delete --force c%d' start c%d
    measure start "${args[@]}"
}

figure_delete() {
    local end="until $CAISSON --root $state/caisson state c%d | grep -q stopped; do :; done"
    local args=(floor -b "$CAISSON --root $state/caisson run --detach -b $B/plain c%d; $end" "$out/short" delete
        "$state/caisson" c%d)
    each_runtime "RUNTIME run --detach -b $B/plain c%d; until RUNTIME state c%d | grep -q stopped; do :; done" '' delete c%d
    measure delete "${args[@]}"
}

pid_of_running() { "${caisson[@]}" state running-caisson | jq .pid; }

# of_running FIGURE ARGUMENT...: a command on a container that runs all the time. Its floor is a process that joins that
# container for `exec`, one that makes the same system calls for `state` and `kill`, and one that does nothing for others.
of_running() {
    local figure=$1 args=(floor "$out/floor" -z) name
    shift
    for name in "${runtimes[@]}"; do
        local -n runtime=$name
        "${runtime[@]}" run --detach -b "$B/sleep" "running-$name" </dev/null >/dev/null 2>&1 || die "$name cannot run a container"
    done
    case $figure in
    exec) args=(floor "$out/floor" -x "$(pid_of_running)" -c /sys/fs/cgroup/caisson-running-caisson /bin/true) ;;
    exec_sealed) args=(floor "$out/joined" "$(pid_of_running)" /sys/fs/cgroup/caisson-running-caisson /bin/true) ;;
    esac
    [[ $figure != state* && $figure != kill ]] || args=(floor "$out/short" "${figure%%[0-9]*}" "$state/caisson" running-caisson)
    each_runtime '' '' "$@"
    measure "$figure" "${args[@]}"
    for name in "${runtimes[@]}"; do
        local -n runtime=$name
        "${runtime[@]}" delete --force "running-$name"
    done
}

figure_state() { of_running state state running-NAME; }
figure_kill() { of_running kill kill running-NAME CONT; }
figure_exec() { of_running exec exec running-NAME /bin/true; }
# Beside a floor that is safe: joined.c. crun and runc copy themselves, or what joins, too.
figure_exec_sealed() { of_running exec_sealed exec running-NAME /bin/true; }
figure_list() { of_running list list; }

# of_many COUNT FIGURE ARGUMENT...: a command beside so many containers that run
of_many() {
    local count=$1 name i
    shift
    for name in "${runtimes[@]}"; do
        local -n runtime=$name
        for ((i = 1; i < count; i++)); do "${runtime[@]}" run --detach -b "$B/sleep" "many-$name-$i" </dev/null >/dev/null 2>&1; done
    done
    of_running "$@"
    for name in "${runtimes[@]}"; do
        local -n runtime=$name
        for ((i = 1; i < count; i++)); do "${runtime[@]}" delete --force "many-$name-$i"; done
    done
}

figure_list100() { of_many 100 list100 list; }

# The peers take minutes to make so many.
figure_list1000() {
    local runtimes=(caisson)
    of_many 1000 list1000 list
}

figure_state1000() {
    local runtimes=(caisson)
    of_many 1000 state1000 state running-NAME
}

# hundred FIGURE SCRIPT: the script gets a command as its arguments, and adds a number that is new each time
hundred() {
    local figure=$1 script=$2 args n=$(((turns + 9) / 10)) name
    args=(floor sh -c "$script" sh "${floor[@]}" "$B/plain/rootfs" /bin/true)
    for name in "${runtimes[@]}"; do
        local -n runtime=$name
        args+=(::: "$name" sh -c "$script" sh "${runtime[@]}" run -b "$B/plain")
    done
    measure "$figure" "${args[@]}"
}

figure_sequence() { hundred sequence 'for i in $(seq 100); do "$@" "s%d-$i" || exit; done'; }
figure_parallel() { hundred parallel 'seq 100 | xargs -P 8 -I @ "$@" "p%d-@"'; }
