# SPDX-License-Identifier: LGPL-2.1-or-later
# Results for tests/run: files of TAP (https://testanything.org) in $RESULTS, one a program that was run.

# ended FILE STATUS LOG: a program that ended with fewer results than it announced, or in failure without naming
# one, has failed: each case that is missing counts.
ended() {
    local plan seen bad n
    plan=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$1" | tail -n 1)
    seen=$(grep -cE '^(not )?ok\b' "$1")
    bad=$(grep -c '^not ok\b' "$1")
    for ((n = seen; n < ${plan:-0}; n++)); do
        echo "not ok $((n + 1)) case $((n + 1)) was not run: the program ended with status $2" >>"$1"
    done
    [ "$2" = 0 ] || [ "$bad" -gt 0 ] || [ "$seen" -lt "${plan:-0}" ] ||
        echo "not ok $((seen + 1)) the program ended with status $2" >>"$1"
    if grep -q '^not ok\b' "$1" && [ -s "$3" ]; then tail -n 40 "$3" | sed 's/^/# /' >>"$1"; fi
    [ -n "$plan" ] || [ "$2" != 0 ] || echo "not ok 1 no test was run" >>"$1"
}

# show FILE: one line a program, and the failures in full
show() {
    local name passed failed skipped
    name=$(basename "$1" .tap)
    passed=$(grep -E '^ok\b' "$1" | grep -vciE '# skip')
    skipped=$(grep -E '^ok\b' "$1" | grep -ciE '# skip')
    failed=$(grep -c '^not ok\b' "$1")
    {
        printf '%-40s %4d passed' "$name" "$passed"
        [ "$skipped" = 0 ] || printf ', %d skipped' "$skipped"
        [ "$failed" = 0 ] || printf ', %d FAILED' "$failed"
        echo
        [ "$failed" = 0 ] || awk '/^not ok/ {bad = 1} /^ok/ {bad = 0} bad' "$1" | sed 's/^/    /'
    } >"$1.text"
    cat "$1.text" # at once, so that two programs' lines do not mix
}

# missing WHY: a part that could not run at all
missing() {
    printf '1..1\nnot ok 1 %s\n' "$1" >"$RESULTS/missing.tap"
    show "$RESULTS/missing.tap"
}

# summary: what was skipped and why, what failed, and the one line with the numbers
summary() {
    local passed failed skipped
    cat "$RESULTS"/*.tap >"$RESULTS/all"
    passed=$(grep -E '^ok\b' "$RESULTS/all" | grep -vciE '# skip')
    skipped=$(grep -E '^ok\b' "$RESULTS/all" | grep -ciE '# skip')
    failed=$(grep -c '^not ok\b' "$RESULTS/all")
    if [ "$skipped" != 0 ]; then
        echo
        echo "SKIPPED:"
        grep -HE '^ok\b.*# skip' -i "$RESULTS"/*.tap | sed -E 's|^.*/([^/]*)\.tap:ok [0-9]+ |  \1: |'
    fi
    if [ "$failed" != 0 ]; then
        echo
        echo "FAILED:"
        grep -HE '^not ok\b' "$RESULTS"/*.tap | sed -E 's|^.*/([^/]*)\.tap:not ok [0-9]+ |  \1: |'
    fi
    echo
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" = 0 ]
}
