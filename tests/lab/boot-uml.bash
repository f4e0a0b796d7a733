# SPDX-License-Identifier: LGPL-2.1-or-later
# User-mode Linux for tests/lab/vm: a kernel that is an ordinary program. The host's files come in by hostfs.

backend_prepare() {
    command -v linux.uml >/dev/null || install user-mode-linux
    kernel=$(command -v linux.uml)
    release=$(linux.uml --version)
    modules=/usr/lib/uml/modules/$release
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
        "$kernel" "mem=${MEMORY}M" "uml_dir=$JOB" "umid=lab" "ubd0=$JOB/layer,$image" \
        con=null con0=null,fd:1 ssl0=null,fd:2 "${append[@]}" \
        3>&1 >"$JOB/console" 2>&1 </dev/null 9>&- &
    helpers+=($!)
    wait $! 2>/dev/null
}
