# SPDX-License-Identifier: LGPL-2.1-or-later
# User-mode Linux for tests/lab/vm: a kernel that is an ordinary program. The host's files come in by hostfs.
#
# Debian 12's (Linux 6.1) runs programs by ptrace: a fork and exec costs it 60 ms. Linux 6.16 brought a way by seccomp,
# which costs 6 ms. So the kernel is of a later Debian, with the C library that it was built for beside it; where that
# cannot be had, it is the host's, and the lab takes ten times as long.
UML_SUITE=forky

# fetch_kernel DIR: makes DIR with linux.uml, lib and modules
fetch_kernel() {
    local dir=$1 root=$JOB/kernel lib=usr/lib/x86_64-linux-gnu
    [ "$(uname -m)" = x86_64 ] || return 1
    command -v mmdebstrap >/dev/null || install mmdebstrap
    command -v patchelf >/dev/null || install patchelf
    # What is thrown away afterwards may be of an archive whose signature has run out by our clock.
    mmdebstrap --quiet --mode=root --variant=extract --aptopt='Acquire::Check-Valid-Until "false"' \
        --include=user-mode-linux,libc6 "$UML_SUITE" "$root" >&2 || return 1
    mkdir -p "$dir.new"
    cp -r "$root/$lib" "$dir.new/lib"
    cp -r "$root/usr/lib/uml/modules" "$dir.new/modules"
    patchelf --set-interpreter "$dir/lib/ld-linux-x86-64.so.2" --set-rpath "$dir/lib" \
        --output "$dir.new/linux.uml" "$root/usr/bin/linux.uml" || return 1
    mv "$dir.new" "$dir"
    rm -rf "$root"
    "$dir/linux.uml" --version >/dev/null
}

backend_prepare() {
    local dir=$CACHE/kernel-$UML_SUITE
    if [ -d "$dir" ] || fetch_kernel "$dir"; then
        kernel=$dir/linux.uml
        release=$("$kernel" --version)
        modules=$dir/modules/$release
        how=(seccomp=auto)
    else
        rm -rf "$dir" "$dir.new"
        echo "tests/lab/vm: no user-mode-linux of Debian $UML_SUITE; the host's is ten times slower" >&2
        command -v linux.uml >/dev/null || install user-mode-linux
        kernel=$(command -v linux.uml)
        release=$("$kernel" --version)
        modules=/usr/lib/uml/modules/$release
        how=()
    fi
    [ -d "$modules" ] || die "user-mode-linux has no modules in $modules"
}

# Its exit status says nothing: tests/lab/vm reads what the job wrote.
backend_boot() {
    local append=(
        quiet panic=-1 systemd.unified_cgroup_hierarchy=1 systemd.show_status=0 init=/lib/systemd/systemd
        root=/dev/ubda rw "lab.job=$JOB"
    )
    # A process namespace of its own, so that none of its threads of execution outlives it. The console goes to a
    # file, the serial line, which carries the command's output, to descriptor 3: our standard output.
    TMPDIR=/dev/shm timeout --kill-after=5 "$limit" \
        unshare --fork --pid --kill-child --mount-proc sh -c '"$@" 2>&3 3>&- 9>&-; :' sh \
        "$kernel" "${how[@]}" "mem=${MEMORY}M" "uml_dir=$JOB" "umid=lab" "ubd0=$JOB/layer,$image" \
        con=null con0=null,fd:1 ssl0=null,fd:2 "${append[@]}" \
        3>&1 >"$JOB/console" 2>&1 </dev/null 9>&- &
    helpers+=($!)
    wait $! 2>/dev/null
}
