# SPDX-License-Identifier: LGPL-2.1-or-later
# exec: one more process in a running container.
# also: user lab-user
load helpers

# process_file JSON: base.json's process with these changes, into $T/process.json
process_file() {
    jq ".process * $1" "$BUNDLE/config.json" >"$T/process.json"
}

@test "the process is in all of the container's namespaces and its cgroup" {
    local kind
    start_sleeping
    attempt caisson exec --detach --pid-file "$T/exec.pid" "$ID" sleep 1000
    succeeds
    local pid
    pid=$(cat "$T/exec.pid")
    for kind in pid net ipc uts mnt cgroup user time; do
        is "$kind $(namespace_of $kind "$pid")" "$kind $(namespace_of $kind)"
    done
    is "$(cat "/proc/$pid/cgroup")" "$(cat "/proc/$PID/cgroup")"
    is "$(readlink "/proc/$pid/root")" "$(readlink "/proc/$PID/root")"
}

@test "the exit status is the process's" {
    local n
    start_sleeping
    for n in 0 1 7 255; do
        attempt caisson exec "$ID" sh -c "exit $n"
        is "$status" $n
    done
    attempt caisson exec "$ID" sh -c 'kill -KILL $$'
    is "$status" 137
    attempt caisson exec "$ID" sh -c 'kill -TERM $$'
    is "$status" 143
}

@test "standard streams are the caller's" {
    start_sleeping
    is "$(echo in | caisson exec "$ID" cat)" in
    caisson exec "$ID" sh -c 'echo out; echo err >&2' </dev/null >"$T/out" 2>"$T/err"
    is "$(cat "$T/out")" out
    is "$(cat "$T/err")" err
}

@test "options make the process" {
    more_ids
    start_sleeping
    mkdir "$BUNDLE/rootfs/somewhere"
    attempt caisson exec --cwd /somewhere --env A=1 --env "B=two words" --user 1000:1001 --additional-gids 5,6 "$ID" \
        sh -c 'pwd; echo "$A $B $PATH"; id -u; id -g; id -G'
    succeeds $'/somewhere\n1 two words /bin\n1000\n1001\n1001 5 6'
}

@test "options of the command are not options of exec" {
    start_sleeping
    attempt caisson exec "$ID" echo -t --tty -x
    succeeds "-t --tty -x"
}

@test "process.json is the process" {
    start_sleeping
    process_file '{args: ["sh", "-c", "echo $X; pwd; grep ^CapEff /proc/self/status | cut -f2; umask"], env: ["X=from file", "PATH=/bin"],
        cwd: "/tmp", user: {umask: 63}, capabilities: {bounding: ["CAP_KILL"], effective: ["CAP_KILL"], permitted: ["CAP_KILL"]}}'
    attempt caisson exec --process "$T/process.json" "$ID"
    succeeds $'from file\n/tmp\n0000000000000020\n0077'
}

@test "capabilities: those of the container by default, one more by --cap, none inheritable" {
    start_sleeping
    attempt caisson exec "$ID" grep ^Cap /proc/self/status
    contains "$(tr '\t' ' ' <<<"$output")" "CapEff: 0000000000040420" "CapBnd: 0000000000040420" "CapInh: 0000000000000000"
    attempt caisson exec --cap CAP_NET_RAW "$ID" grep ^Cap /proc/self/status
    contains "$(tr '\t' ' ' <<<"$output")" "CapEff: 0000000000042420" "CapInh: 0000000000000000"
}

@test "user is a number or two, and nothing else (CVE-2026-30892)" {
    more_ids
    local bad
    start_sleeping
    for bad in "" : 1: :1 1x 0x10 -1 4294967295 4294967296 99999999999999999999 root 1:2:3 " 1"; do
        attempt caisson exec --user "$bad" "$ID" id -u
        fails
    done
    attempt caisson exec --user 1 "$ID" id -u
    succeeds 1
}

@test "no-new-privs" {
    config '.process.noNewPrivileges = false'
    start_sleeping
    attempt caisson exec "$ID" sh -c 'grep ^NoNewPrivs /proc/self/status | cut -f2'
    succeeds 0
    attempt caisson exec --no-new-privs "$ID" sh -c 'grep ^NoNewPrivs /proc/self/status | cut -f2'
    succeeds 1
}

@test "the container's seccomp filter holds for it" {
    config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO"}]}'
    start_sleeping
    attempt caisson exec "$ID" mkdir /tmp/x
    [ "$status" != 0 ]
    contains "$output" "Operation not permitted"
}

@test "detached, the pid file names a process that runs" {
    start_sleeping
    attempt caisson exec --detach --pid-file "$T/exec.pid" "$ID" sleep 1000
    succeeds ""
    is "$(tr '\0' ' ' <"/proc/$(cat "$T/exec.pid")/cmdline")" "sleep 1000 "
    contains "$(caisson ps --format json "$ID")" "$(cat "$T/exec.pid")"
}

@test "a program that is not there: 255, a message, and no pid file" {
    start_sleeping
    attempt caisson exec --detach --pid-file "$T/exec.pid" "$ID" nosuchprogram
    is "$status" 255
    contains "$output" nosuchprogram "executable file not found in" "no such file or directory"
    [ ! -e "$T/exec.pid" ]
    touch "$BUNDLE/rootfs/plain"
    attempt caisson exec --pid-file "$T/exec.pid" "$ID" /plain
    is "$status" 255
    contains "$output" /plain "permission denied"
    [ ! -e "$T/exec.pid" ]
}

@test "not in a container that is stopped or unknown" {
    create
    caisson start "$ID"
    wait_for stopped
    attempt caisson exec "$ID" true
    fails "container not running" "no such process"
    attempt caisson exec nobody true
    fails "container does not exist"
}

@test "not in a paused container, unless told" {
    local before=0
    start_sleeping
    # The shell and the sleep that it starts: once it is frozen it starts none.
    in_cgroup() { [ "$(wc -l <"$CGROUP2$PARENT/$ID/cgroup.procs")" -gt "$before" ]; }
    before=1 && wait_for in_cgroup
    caisson pause "$ID"
    attempt caisson exec "$ID" true
    fails "cannot exec in a paused container"
    # It waits with the others until the container is resumed.
    background caisson exec --ignore-paused "$ID" echo through
    before=2 && wait_for in_cgroup
    [ ! -s "$T/background.1" ]
    caisson resume "$ID"
    wait_for grep -qx through "$T/background.1"
}

@test "a working directory that is not there" {
    start_sleeping
    attempt caisson exec --cwd /nosuch "$ID" pwd
    fails /nosuch
}

@test "a descriptor as working directory does not lead outside (CVE-2024-21626)" {
    local n
    start_sleeping
    for n in 3 4 5 6 7 8 9 10 12 15; do
        attempt caisson exec --cwd "/proc/self/fd/$n" "$ID" ls
        [ "$status" != 0 ] || lacks "$output" config.json boot
    done
}

@test "the container's end ends what exec started" {
    start_sleeping
    attempt caisson exec --detach --pid-file "$T/exec.pid" "$ID" sleep 1000
    succeeds
    caisson kill "$ID" KILL
    wait_for stopped
    wait_for test ! -d "/proc/$(cat "$T/exec.pid")"
}

@test "in a user namespace it is the container's user" {
    need_root "it is about a user namespace that root makes"
    config '.linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
        | .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 65536}]'
    chown -R 100000:100000 "$BUNDLE/rootfs"
    start_sleeping
    attempt caisson exec "$ID" id -u
    succeeds 0
    attempt caisson exec --detach --pid-file "$T/exec.pid" --user 33:44 "$ID" sleep 1000
    succeeds
    is "$(process_status Uid "$(cat "$T/exec.pid")" | cut -d' ' -f1)" 100033
    is "$(process_status CapInh "$(cat "$T/exec.pid")")" 0000000000000000
}

@test "many in a row and at once" {
    local i
    start_sleeping
    for ((i = 0; i < 10; i++)); do background caisson exec "$ID" echo "number $i"; done
    for ((i = 1; i <= 10; i++)); do wait_for grep -qx "number $((i - 1))" "$T/background.$i"; done
}
