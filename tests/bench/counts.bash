# SPDX-License-Identifier: LGPL-2.1-or-later
# What depends on no other load: system calls and instructions of each command, memory of the waiting init.

COUNTED=(run create start state kill delete exec list)

# of_one COMMAND NAME: the arguments of a command on the container `one` of that runtime, which is there before for all
# but two of them; `floor_of_one` is what the floor runs beside it
of_one() {
    local -n runtime=$2
    case $1 in
    run | create) arguments=("$1" -b "$B/plain" one) ;;
    start) "${runtime[@]}" create -b "$B/plain" one && arguments=(start one) ;;
    delete)
        "${runtime[@]}" run --detach -b "$B/plain" one && arguments=(delete one)
        until "${runtime[@]}" state one | grep -q stopped; do :; done
        ;;
    state | list) "${runtime[@]}" run --detach -b "$B/sleep" one && arguments=("$1" $([ "$1" = list ] || echo one)) ;;
    kill) "${runtime[@]}" run --detach -b "$B/sleep" one && arguments=(kill one CONT) ;;
    exec) "${runtime[@]}" run --detach -b "$B/sleep" one && arguments=(exec one /bin/true) ;;
    esac
} </dev/null >/dev/null

# instructions [-u PATH] COMMAND...: in user space, of the first process alone, or of all up to where they execute PATH. Into
# a file, for the init of a `create` keeps it open.
instructions() {
    "$out/steps" "$@" >"$out/steps.out" 2>&1 </dev/null || :
    tail -n 1 "$out/steps.out"
}

figure_calls() {
    local command name arguments calls steps
    for name in "${runtimes[@]}"; do
        local -n runtime=$name
        for command in "${COUNTED[@]}"; do
            of_one "$command" "$name"
            calls=$(system_calls "$out/calls.$name-$command" "${runtime[@]}" "${arguments[@]}")
            "${runtime[@]}" delete --force one 2>/dev/null || :
            steps=''
            if [ "$name" = caisson ]; then
                of_one "$command" "$name"
                steps=$(instructions "${runtime[@]}" "${arguments[@]}")
                "${runtime[@]}" delete --force one 2>/dev/null || :
            fi
            printf '%s\t%s\t%s\t%s\n' "$command" "$name" "$calls" "$steps"
        done
    done >"$out/tables/calls"
    printf 'run\tfloor\t%s\t\n' "$(system_calls "$out/calls.floor" "${floor[@]}" "$B/plain/rootfs" /bin/true)" >>"$out/tables/calls"
    printf '\nsystem calls, instructions\n'
    cat "$out/tables/calls"
}

# Of `run` with all that it starts, up to the program; step by step, which takes a minute for crun. Of runc there are too many.
figure_instructions() {
    local name
    {
        printf 'floor\t%s\n' "$(instructions -u /bin/busybox "${floor[@]}" "$B/plain/rootfs" /bin/true)"
        for name in "${runtimes[@]}"; do
            local -n runtime=$name
            [[ $name == runc* ]] ||
                printf '%s\t%s\n' "$name" "$(instructions -u /bin/busybox "${runtime[@]}" run -b "$B/plain" one)"
        done
    } >"$out/tables/instructions"
    printf '\ninstructions of run with all that it starts\n'
    cat "$out/tables/instructions"
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
