# SPDX-License-Identifier: LGPL-2.1-or-later
# What tests/bench/run measures: the programs, the bundles, and a place for the state of each.

# build NAME: the small program of NAME.c and NAME_*.c beside this file, with musl
build() {
    musl-gcc -std=gnu17 -Os -static -D_GNU_SOURCE -Wall -Wextra -I"$BENCH" -I"$BENCH/../../src" \
        -idirafter /usr/include -idirafter "/usr/include/$(gcc -print-multiarch)" -o "$out/$1" "$BENCH/$1"*.c
}

prepare() {
    mkdir -p "$out"
    rm -rf "$out/tables"
    mkdir "$out/tables"
    build floor
    build turns
    build filter
    B=$out/bundles
    "$BENCH/bundles" "$B"
    # Where runtimes keep their state on a host: in memory.
    state=$(mktemp -d /run/caisson-bench.XXXXXX)
    mount -t tmpfs -o mode=711 tmpfs "$state"
    install -d -o 54321 -g 54321 -m 700 "$state/user"
    floor=("$out/floor" -c /sys/fs/cgroup -d -s "$state")
    caisson=("$CAISSON" --root "$state/caisson")
    crun=(crun --root "$state/crun")
    runc=(runc --root "$state/runc")
    runtimes=(caisson)
    crun_note=''
    ! command -v crun >/dev/null || add_crun
    ! command -v runc >/dev/null || runtimes+=(runc)
    load_filter
}

# crun up to 1.8 insists on raising RLIMIT_MEMLOCK before it loads a device program, which not every root may.
add_crun() {
    runtimes+=(crun)
    "${crun[@]}" run -b "$B/plain" probe-$$ >/dev/null 2>"$out/crun.log" </dev/null && return
    "${crun[@]}" delete --force probe-$$ 2>/dev/null || :
    crun+=(--cgroup-manager=disabled)
    crun_note="crun is measured without a cgroup and without device rules: with them it says \"$(tail -n 1 "$out/crun.log")\"."
}

# The filter that caisson compiles, for the floor.
load_filter() {
    "${caisson[@]}" create -b "$B/seccomp" filter-$$ </dev/null >/dev/null
    "$out/filter" "$state/caisson/filter-$$/plan" >"$out/filter.bpf"
    "${caisson[@]}" delete --force filter-$$
}

cleanup() {
    local name
    for name in "${runtimes[@]}"; do
        local -n runtime=$name
        for id in "$state/$name"/*/; do
            [ ! -d "$id" ] || "${runtime[@]}" delete --force "$(basename "$id")" 2>/dev/null || :
        done
    done
    umount "$state" && rmdir "$state"
}

describe_machine() {
    {
        echo "$("$CAISSON" --version | head -n 1)"
        ! command -v crun >/dev/null || crun --version | head -n 1
        ! command -v runc >/dev/null || runc --version | head -n 1
        echo "Linux $(uname -r), $(nproc) processors ($(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1))," \
            "load $(cut -d ' ' -f 1 /proc/loadavg)"
        [ -z "$crun_note" ] || echo "$crun_note"
    } | tee "$out/machine"
}
