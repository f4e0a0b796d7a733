# SPDX-License-Identifier: LGPL-2.1-or-later
# The figures of tests/bench/run: a function each, and the table of them all.

FIGURES=(run nocgroup create start state kill delete exec list seccomp nonet userns rootless m500 env2000 hooks64 ann2000 calls
    memory)
LONG_FIGURES=(list100 list1000 sequence parallel)
declare -A TITLE=(
    [run]='`run` of `/bin/true`' [nocgroup]='`run`, no cgroup'
    [create]='`create`' [start]='`start`' [state]='`state`' [kill]='`kill`' [delete]='`delete`' [exec]='`exec`'
    [list]='`list` of 1' [list100]='`list` of 100' [list1000]='`list` of 1000'
    [seccomp]='`run`, seccomp profile' [nonet]='`run`, host network' [userns]='`run`, user namespace'
    [rootless]='`run`, by an unprivileged user'
    [m500]='`run`, 500 mounts' [env2000]='`run`, 2000 variables' [hooks64]='`run`, 64 hooks'
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

# each_runtime BEFORE AFTER ARGUMENT...: fills `args` for turns. RUNTIME in BEFORE and AFTER is the runtime's command.
each_runtime() {
    local before=$1 after=$2 name
    shift 2
    for name in "${runtimes[@]}"; do
        local -n runtime=$name
        [ ${#args[@]} = 0 ] || args+=(:::)
        args+=("$name")
        [ -z "$before" ] || args+=(-b "${before//RUNTIME/${runtime[*]}}")
        [ -z "$after" ] || args+=(-a "${after//RUNTIME/${runtime[*]}}")
        args+=("${runtime[@]}" "$@")
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
figure_nonet() { run_of nonet nonet -n; }
figure_m500() { run_of m500 m500 -b "$B/source" -m 500; }
figure_env2000() { run_of env2000 env2000 -e 2000; }
figure_hooks64() { run_of hooks64 hooks64 -k 64; }
figure_ann2000() { run_of ann2000 ann2000; }

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
    crun=(crun --root "$state/user/crun" --cgroup-manager=disabled)
    runc=(runc --root "$state/user/runc")
}

# The whole command is that user's, the one that takes the time too.
figure_rootless() {
    local as floor caisson crun runc
    as_user
    install -o 54321 -g 54321 /dev/null "$out/tables/rootless"
    run_of rootless rootless -r
}

figure_nocgroup() {
    local floor=("$out/floor" -s "$state") caisson=("${caisson[@]}" --cgroup-manager=disabled) name
    local crun=(crun --root "$state/crun" --cgroup-manager=disabled) runtimes=("${runtimes[@]}")
    runtimes=($(printf '%s\n' "${runtimes[@]}" | grep -v runc)) # it cannot do without
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
    local args
    args=(floor "$out/floor" -z)
    each_runtime "RUNTIME run --detach -b $B/plain c%d; until RUNTIME state c%d | grep -q stopped; do :; done" '' delete c%d
    measure delete "${args[@]}"
}

# of_running FIGURE ARGUMENT...: a command on a container that runs all the time. Its floor is a process that joins that
# container for `exec`, and one that does nothing for all others.
of_running() {
    local figure=$1 args=(floor "$out/floor" -z) name
    shift
    for name in "${runtimes[@]}"; do
        local -n runtime=$name
        "${runtime[@]}" run --detach -b "$B/sleep" running </dev/null >/dev/null 2>&1 || die "$name cannot run a container"
    done
    [ "$figure" != exec ] ||
        args=(floor "$out/floor" -x "$("${caisson[@]}" state running | jq .pid)" -c /sys/fs/cgroup/caisson-running /bin/true)
    each_runtime '' '' "$@"
    measure "$figure" "${args[@]}"
    for name in "${runtimes[@]}"; do
        local -n runtime=$name
        "${runtime[@]}" delete --force running
    done
}

figure_state() { of_running state state running; }
figure_kill() { of_running kill kill running CONT; }
figure_exec() { of_running exec exec running /bin/true; }
figure_list() { of_running list list; }

# of_many COUNT FIGURE ARGUMENT...: a command beside so many containers, of which all but one are created and no more
of_many() {
    local count=$1 name i
    shift
    for name in "${runtimes[@]}"; do
        local -n runtime=$name
        for ((i = 1; i < count; i++)); do "${runtime[@]}" create -b "$B/sleep" "many-$i" </dev/null >/dev/null 2>&1; done
    done
    of_running "$@"
    for name in "${runtimes[@]}"; do
        local -n runtime=$name
        for ((i = 1; i < count; i++)); do "${runtime[@]}" delete --force "many-$i"; done
    done
}

figure_list100() { of_many 100 list100 list; }

# The peers take seconds for each of these, and need not: what grows with the number is no secret.
figure_list1000() {
    local runtimes=(caisson)
    of_many 1000 list1000 list
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

figure_calls() {
    local name
    {
        printf 'floor\t%s\n' "$(system_calls "$out/calls.floor" "${floor[@]}" "$B/plain/rootfs" /bin/true)"
        for name in "${runtimes[@]}"; do
            local -n runtime=$name
            printf '%s\t%s\n' "$name" "$(system_calls "$out/calls.$name" "${runtime[@]}" run -b "$B/plain" calls-$$)"
        done
    } >"$out/tables/calls"
    printf '\nsystem calls of run\n'
    cat "$out/tables/calls"
}

# The process that waits for `start` within the container's memory limit.
figure_memory() {
    local name pid
    for name in "${runtimes[@]}"; do
        local -n runtime=$name
        "${runtime[@]}" create --pid-file "$out/pid" -b "$B/plain" memory </dev/null >/dev/null
        pid=$(cat "$out/pid")
        printf '%s\t%s\t%s\n' "$name" "$(awk '/^VmHWM/ {print $2}' "/proc/$pid/status")" \
            "$(awk '/^Private|^Shared_Dirty/ {sum += $2} END {print sum}' "/proc/$pid/smaps_rollup")"
        "${runtime[@]}" delete --force memory
    done >"$out/tables/memory"
    printf '\nthe waiting init: peak KiB, KiB of its own\n'
    cat "$out/tables/memory"
}

# cell TABLE NAME FIELD
cell() {
    awk -F '\t' -v name="$2" -v field="$3" '$1 == name {print $field}' "$out/tables/$1"
}

# Tables for people to keep: medians in milliseconds, and how many times that of the first column each is.
summary() {
    printf '\n'
    sed 's/$/  /' "$out/machine"
    table 'time, median, ms' 2 10
    table 'time of processors, median, ms' 6 11
    percentiles
    [ ! -f "$out/tables/run" ] || row 'peak memory of `run`, KiB' run 8
    [ ! -f "$out/tables/run" ] || row 'page faults of `run`' run 7
    [ ! -f "$out/tables/calls" ] || row 'system calls of `run`' calls 2
    [ ! -f "$out/tables/memory" ] || row 'peak memory of the waiting init, KiB' memory 2
}

# table TITLE FIELD RATIO-FIELD
table() {
    local figure name columns=(floor "${runtimes[@]}")
    printf '\n| %s |%s\n|---|' "$1" "$(printf ' %s |' "${columns[@]}")"
    printf -- '---:|%.0s' "${columns[@]}"
    echo
    for figure in "${shown[@]}"; do
        printf '| %s |' "${TITLE[$figure]}"
        for name in "${columns[@]}"; do
            awk -F '\t' -v name="$name" -v value="$2" -v ratio="$3" '
                $1 == name {
                    printf " %.2f", $value
                    if (NR > 1) printf " (%.1f ×)", $ratio
                    if ($9 > 0) printf ", %d failed", $9
                }
                END {printf " |"}' "$out/tables/$figure"
        done
        echo
    done
}

# Tails: of the elapsed time, for what waits is not on a processor.
percentiles() {
    local figure name columns=(floor "${runtimes[@]}")
    printf '\n| time, median / p90 / p99, ms |%s\n|---|' "$(printf ' %s |' "${columns[@]}")"
    printf -- '---:|%.0s' "${columns[@]}"
    echo
    for figure in "${shown[@]}"; do
        printf '| %s |' "${TITLE[$figure]}"
        for name in "${columns[@]}"; do
            awk -F '\t' -v name="$name" '$1 == name {printf " %.2f / %.2f / %.2f", $2, $4, $5} END {printf " |"}' \
                "$out/tables/$figure"
        done
        echo
    done
    printf '\n| |%s\n|---|' "$(printf ' %s |' "${columns[@]}")"
    printf -- '---:|%.0s' "${columns[@]}"
    echo
}

# row TITLE TABLE FIELD
row() {
    local name
    printf '| %s |' "$1"
    for name in floor "${runtimes[@]}"; do
        printf ' %s |' "$(awk -F '\t' -v name="$name" -v field="$3" '$1 == name {print $field}' "$out/tables/$2")"
    done
    echo
}
