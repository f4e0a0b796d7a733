# SPDX-License-Identifier: LGPL-2.1-or-later
# What tests/bench/run measures: the programs, the bundles, and a place for the state of each.

# build NAME [FILE...]: the small program of NAME.c, NAME_*.c and those beside this file, with musl. In the lab, which has
# no compiler, what --prepare built on the host is there.
build() {
    local name=$1 others=("${@:2}")
    ! command -v musl-gcc >/dev/null && [ -x "$out/$name" ] && return
    musl-gcc -std=gnu17 -Os -static -s -D_GNU_SOURCE -Wall -Wextra -I"$BENCH" -I"$BENCH/../../src" \
        -idirafter /usr/include -idirafter "/usr/include/$(gcc -print-multiarch)" -o "$out/$name" \
        "$BENCH/$name"*.c "${others[@]/#/$BENCH/}"
}

programs() {
    mkdir -p "$out"
    build floor
    build turns
    build filter
    build steps
    build short
    build joined floor_privileges.c
    build newkernel floor_root.c
}

prepare() {
    local name
    rm -rf "$out/tables"
    mkdir "$out/tables"
    B=$out/bundles
    "$BENCH/bundles" "$B"
    # Where runtimes keep their state on a host: in memory.
    state=$(mktemp -d /run/caisson-bench.XXXXXX)
    mount -t tmpfs -o mode=711 tmpfs "$state"
    install -d -o 54321 -g 54321 -m 700 "$state/user"
    floor=("$out/floor" -c /sys/fs/cgroup -d -s "$state")
    # As it is where it was installed: the page cache holds what a linker has written in smaller pieces.
    local helper=${CAISSON%/*}/caisson-systemd
    install -m 755 "$CAISSON" "$out/caisson"
    [ ! -e "$helper" ] || install -m 755 "$helper" "$out"
    CAISSON=$out/caisson
    caisson=("$CAISSON" --root "$state/caisson")
    runtimes=(caisson)
    crun_note=''
    add_peer crun crun
    add_peer runc runc
    if [ -n "$newest" ]; then
        fetch_newest
        add_peer crun_sid "$CACHE/sid/crun"
        add_peer runc_sid "$CACHE/sid/runc"
    fi
    load_filter
}

# add_peer NAME PROGRAM: a column of that name, when the program is there and can make a container
add_peer() {
    local -n peer=$1
    local program
    program=$(command -v "$2") || return 0
    [[ $1 != crun* ]] || raise_memlock "$1" "$program"
    peer=("$program" --root "$state/$1")
    runtimes+=("$1")
    "${peer[@]}" run -b "$B/plain" probe-$$ >/dev/null 2>"$out/$1.log" </dev/null && return
    "${peer[@]}" delete --force probe-$$ 2>/dev/null || :
    [[ $1 = crun* ]] || die "$2 cannot make a container: $(tail -n 1 "$out/$1.log")"
    peer+=(--cgroup-manager=disabled)
    crun_note="$1 is measured without a cgroup and without device rules: with them it says \"$(tail -n 1 "$out/$1.log")\"."
}

# crun up to 1.8 insists on raising RLIMIT_MEMLOCK before it loads a device program, which not every root may. It is
# told that it has done so, where that is so: the kernel has not counted BPF as locked memory since Linux 5.11. A copy
# of it needs the library that says that, for a program that put it in the environment would cost as much as crun.
raise_memlock() {
    [ -n "$( (ulimit -l unlimited) 2>&1)" ] && [ "$1" = crun ] || return 0
    command -v patchelf >/dev/null && command -v gcc >/dev/null || return 0
    printf '%s\n' '#include <sys/syscall.h>' '#include <sys/resource.h>' '#include <unistd.h>' \
        'int setrlimit(__rlimit_resource_t r, const struct rlimit *l)' \
        '{ return r == RLIMIT_MEMLOCK ? 0 : (int)syscall(SYS_prlimit64, 0, r, l, 0); }' >"$out/memlock.c"
    gcc -shared -fPIC -D_GNU_SOURCE -o "$out/memlock.so" "$out/memlock.c"
    patchelf --add-needed "$out/memlock.so" --output "$out/crun" "$2"
    program=$out/crun
}

# The newest of Debian, with the C library that they were built for beside them. Fetched once, and kept in CACHE.
fetch_newest() {
    local root=$CACHE/sid.root name
    [ ! -x "$CACHE/sid/runc" ] || return 0
    for name in mmdebstrap patchelf; do command -v $name >/dev/null || die "--newest needs $name"; done
    mkdir -p "$CACHE"
    rm -rf "$root" "$CACHE/sid" "$CACHE/sid.new"
    # What is thrown away afterwards may be of an archive whose signature has run out by our clock.
    mmdebstrap --quiet --mode=root --variant=extract --aptopt='Acquire::Check-Valid-Until "false"' \
        --include=crun,runc sid "$root" >&2 || die "cannot fetch Debian's newest"
    mkdir "$CACHE/sid.new"
    cp -r "$root/usr/lib/$(gcc -print-multiarch)" "$CACHE/sid.new/lib"
    for name in usr/bin/crun usr/sbin/runc; do
        patchelf --set-interpreter "$CACHE/sid/lib/$(basename "$(patchelf --print-interpreter "$root/$name")")" \
            --set-rpath "$CACHE/sid/lib" --output "$CACHE/sid.new/${name##*/}" "$root/$name"
    done
    rm -rf "$root"
    mv "$CACHE/sid.new" "$CACHE/sid"
}

# The filter that caisson compiles, for the floor.
load_filter() {
    "${caisson[@]}" create -b "$B/seccomp" filter-$$ </dev/null >/dev/null
    local status=0
    "$out/filter" "$state/caisson/filter-$$/plan" >"$out/filter.bpf" || status=$?
    "${caisson[@]}" delete --force filter-$$
    return $status
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
    local name
    {
        echo "$("$CAISSON" --version | head -n 1)"
        for name in "${runtimes[@]:1}"; do
            local -n runtime=$name
            echo "$name: $("${runtime[0]}" --version | head -n 1)"
        done
        echo "Linux $(uname -r), $(nproc) processors ($(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1))," \
            "load $(cut -d ' ' -f 1 /proc/loadavg)"
        [ -z "$crun_note" ] || echo "$crun_note"
    } | tee "$out/machine"
}
