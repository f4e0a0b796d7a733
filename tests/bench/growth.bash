# SPDX-License-Identifier: LGPL-2.1-or-later
# How costs grow: each at four sizes, caisson's time of processors.

# What grows, the sizes, and the name of the bundle but for the number.
GROWTH=('mounts 250 500 1000 2000 m' 'variables 500 1000 2000 4000 env' 'hooks 16 32 64 128 hooks'
    'annotations 500 1000 2000 4000 ann')
LIST_SIZES=(125 250 500 1000)

figure_growth() {
    local row what sizes bundle size args
    : >"$out/tables/growth"
    for row in "${GROWTH[@]}"; do
        read -ra sizes <<<"$row"
        what=${sizes[0]} bundle=${sizes[5]} sizes=("${sizes[@]:1:4}")
        "$BENCH/bundles" "$B" "${sizes[@]/#/$bundle}"
        args=(0 "${caisson[@]}" run -b "$B/plain" c%d)
        for size in "${sizes[@]}"; do args+=(::: "$size" "${caisson[@]}" run -b "$B/$bundle$size" c%d); done
        rm -f "$out/tables/growth.$what"
        "$out/turns" -n "$turns" -t "$out/tables/growth.$what" "${args[@]}" >/dev/null
        fit "\`run\`, $what" "$out/tables/growth.$what"
    done
    growth_of_list
    printf '\ngrowth: us for each, exponent, ms at each size\n'
    cat "$out/tables/growth"
}

growth_of_list() {
    local size made=0 file=$out/tables/growth.list
    rm -f "$file"
    "$out/turns" -n "$turns" -t "$file" 0 "${caisson[@]}" list >/dev/null
    for size in "${LIST_SIZES[@]}"; do
        for ((; made < size; made++)); do "${caisson[@]}" run --detach -b "$B/sleep" "many-$made" </dev/null >/dev/null; done
        "$out/turns" -n "$turns" -t "$file" "$size" "${caisson[@]}" list >/dev/null
    done
    for ((; made > 0; made--)); do "${caisson[@]}" delete --force "many-$((made - 1))"; done
    fit '`list`, containers' "$file"
}

# fit TITLE FILE: FILE is of turns, named by sizes, the first of which is 0. What one more costs is the slope of a line
# through all; the exponent that of a line through the logarithms of size and of cost beyond that of none.
fit() {
    awk -F '\t' -v title="$1" '
        { ms[NR] = $12; size[NR] = $1 } # the least time: what other load adds is not growth
        END {
            for (i = 1; i <= NR; i++) {
                n++; sx += size[i]; sy += ms[i]; sxx += size[i] ^ 2; sxy += size[i] * ms[i]
                text = text sprintf("%s%s: %.2f", (i > 1 ? ", " : ""), size[i], ms[i])
                if (i == 1 || ms[i] <= ms[1]) continue
                m++; x = log(size[i]); y = log(ms[i] - ms[1]); lx += x; ly += y; lxx += x ^ 2; lxy += x * y
            }
            printf "%s\t%.2f\t%.2f\t%s\n", title, 1000 * (n * sxy - sx * sy) / (n * sxx - sx ^ 2),
                (m > 1 ? (m * lxy - lx * ly) / (m * lxx - lx ^ 2) : 0), text
        }' "$2" >>"$out/tables/growth"
}
