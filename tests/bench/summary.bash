# SPDX-License-Identifier: LGPL-2.1-or-later
# The tables of tests/bench/run for people to keep.

# Medians in milliseconds, and how many times that of the first column each is.
summary() {
    printf '\n'
    sed 's/$/  /' "$out/machine"
    table 'time, median, ms' 2 10
    table 'time of processors, median, ms' 6 11
    percentiles 'time, median / p90 / p99, ms' 2 4 5
    percentiles 'time of processors, median / p90 / p99, ms' 6 13 14
    counts
    growth
}

counts() {
    local command
    heading ''
    [ ! -f "$out/tables/run" ] || row 'peak memory of `run`, KiB' run 8
    [ ! -f "$out/tables/memory" ] || row 'peak memory of the waiting init, KiB' memory 2
    for command in run create start state kill delete exec list; do
        [ ! -f "$out/tables/$command" ] || row "page faults of \`$command\`" "$command" 7
    done
    [ ! -f "$out/tables/instructions" ] || row 'instructions of `run` and all that it starts' instructions 2
    [ -f "$out/tables/calls" ] || return 0
    for command in "${COUNTED[@]}"; do
        counted "system calls of \`$command\`" "$command" 3
    done
    for command in "${COUNTED[@]}"; do
        counted "instructions of \`$command\`" "$command" 4
    done
}

# counted TITLE COMMAND FIELD: a row of the table `calls`
counted() {
    local name
    printf '| %s |' "$1"
    for name in floor "${runtimes[@]}"; do
        printf ' %s |' "$(awk -F '\t' -v command="$2" -v name="$name" -v field="$3" \
            '$1 == command && $2 == name {print $field}' "$out/tables/calls")"
    done
    echo
}

growth() {
    [ -f "$out/tables/growth" ] || return 0
    printf '\n| growth of caisson | us for each | exponent | ms of processors at each size |\n|---|---:|---:|---|\n'
    awk -F '\t' '{printf "| %s | %s | %s | %s |\n", $1, $2, $3, $4}' "$out/tables/growth"
}

# heading TITLE
heading() {
    local columns=(floor "${runtimes[@]}")
    printf '\n| %s |%s\n|---|' "$1" "$(printf ' %s |' "${columns[@]//_/, }")"
    printf -- '---:|%.0s' "${columns[@]}"
    echo
}

# table TITLE FIELD RATIO-FIELD
table() {
    local figure name columns=(floor "${runtimes[@]}")
    heading "$1"
    for figure in "${shown[@]}"; do
        printf '| %s |' "${TITLE[$figure]}"
        for name in "${columns[@]}"; do
            awk -F '\t' -v name="$name" -v value="$2" -v ratio="$3" '
                $1 == name {
                    printf " %.2f", $value
                    if (NR > 1) printf($ratio < 3 ? " (%.2f ×)" : " (%.1f ×)", $ratio)
                    if ($9 > 0) printf ", %d failed", $9
                }
                END {printf " |"}' "$out/tables/$figure"
        done
        echo
    done
}

# Tails. percentiles TITLE MEDIAN-FIELD P90-FIELD P99-FIELD
percentiles() {
    local figure name columns=(floor "${runtimes[@]}")
    heading "$1"
    for figure in "${shown[@]}"; do
        printf '| %s |' "${TITLE[$figure]}"
        for name in "${columns[@]}"; do
            awk -F '\t' -v name="$name" -v a="$2" -v b="$3" -v c="$4" \
                '$1 == name {printf " %.2f / %.2f / %.2f", $a, $b, $c} END {printf " |"}' "$out/tables/$figure"
        done
        echo
    done
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
