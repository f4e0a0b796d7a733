# SPDX-License-Identifier: LGPL-2.1-or-later
# The system calls that the init makes are those of the list init-system-calls, and no others.
load security

setup_file() {
    common_setup_file
    export LIST=$BATS_TEST_DIRNAME/init-system-calls SEEN=$BATS_FILE_TMPDIR/seen STEPS=$BATS_FILE_TMPDIR/steps
    : >"$SEEN" && : >"$STEPS"
}

setup() {
    need_root "what a user's init does is a part of that"
    [ ! "${CAISSON_IN_LAB:-}" ] || skip "what the init calls is the same there, and the host shows it"
    command -v strace >/dev/null || skip "needs strace"
    [ "$(uname -m)" = x86_64 ] || skip "the names are those of x86-64"
    common_setup
    DECOY=$T/decoy
    mkdir "$DECOY"
}

# listed: the names of the list
listed() {
    grep -oE '^[a-z0-9_]+' "$LIST" | sort -u
}

# of_the_init TRACE: what is called from where the init begins to where another program does, by it and by its children
of_the_init() {
    awk '
        function begins(text) { return text ~ /execveat\(.*"caisson-init"/ }
        { pid = $1; text = $0; sub(/^[0-9]+ +/, "", text) }
        !(pid in known) { known[pid] = 1; if (forked > 0) { inside[pid] = 1; forked-- } }
        begins(text) { starting[pid] = 1 }
        starting[pid] && text ~ /execveat.* = 0$/ { inside[pid] = 1; delete starting[pid]; next }
        !inside[pid] { next }
        text ~ /^[a-z0-9_]+\(/ {
            name = text; sub(/\(.*/, "", name); print name
            if (name ~ /^(clone|clone3|fork|vfork)$/) forked++
        }
        text ~ /execve(at)?[( ].* = 0$/ { delete inside[pid] }' "$1" | sort -u
}

# traced ARGUMENT...: caisson with them; what its init calls is kept, and what of it is not in the list fails
traced() {
    strace -f -qq -o "$T/trace" "$CAISSON" --root "$ROOT" "$@" </dev/null >"$T/traced" 2>&1 3>&- || {
        cat "$T/traced"
        return 1
    }
    of_the_init "$T/trace" >"$T/calls"
    cat "$T/calls" >>"$SEEN"
    [ "$(wc -l <"$T/calls")" -ge 20 ] || { echo "the init was not found in the trace" && return 1; }
    comm -23 "$T/calls" <(listed) >"$T/others"
    [ ! -s "$T/others" ] || { echo "not in $LIST: $(tr '\n' ' ' <"$T/others")" && return 1; }
}

# steps [OPTION...]: keeps what kinds of step the plan of the bundle has
steps() {
    caisson plan --bundle "$BUNDLE" "$@" | sed '1,/^the init/d' | grep -oE '^  [a-z-]+' | tr -d ' ' >>"$STEPS"
}

@test "run: a container with every kind of step that a configuration can ask for" {
    config '.process += {args: ["true"], cwd: "/tmp", noNewPrivileges: true, ioPriority: {class: "IOPRIO_CLASS_BE", priority: 4},
            scheduler: {policy: "SCHED_BATCH", nice: 5}, rlimits: [{type: "RLIMIT_NOFILE", soft: 512, hard: 512}], oomScoreAdj: 100}
        | .process.user = {uid: 0, gid: 0, umask: 18, additionalGids: [5, 6]}
        | .hostname = "box" | .domainname = "example" | .root.readonly = true
        | .linux.namespaces = [{type: "pid"}, {type: "ipc"}, {type: "uts"}, {type: "mount"}, {type: "network"}, {type: "cgroup"}, {type: "time"}]
        | .linux.timeOffsets = {monotonic: {secs: 5, nanosecs: 0}}
        | .linux.sysctl = {"net.ipv4.ip_forward": "1"} | .linux.personality = {domain: "LINUX"}
        | .linux.rootfsPropagation = "rslave" | .linux.maskedPaths = ["/proc/kcore", "/sys/firmware"] | .linux.readonlyPaths = ["/proc/sys"]
        | .linux.devices = [{path: "/dev/made", type: "c", major: 1, minor: 3, fileMode: 438, uid: 1, gid: 1}, {path: "/dev/fifo", type: "p"}]
        | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["reboot"], action: "SCMP_ACT_ERRNO"}]}
        | .hooks = {createContainer: [{path: "/bin/true"}], startContainer: [{path: "/bin/true", timeout: 60}]}'
    add_mount '{"destination": "/tmp/new/dir", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "size=64k"]}' \
        '{"destination": "/etc", "type": "tmpfs", "source": "tmpfs", "options": ["tmpcopyup"]}' \
        '{"destination": "/tmp/bound", "type": "bind", "source": "'"$DECOY"'", "options": ["rbind", "ro", "rprivate"]}' \
        '{"destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue", "options": ["rro"]}'
    [ ! -e /sys/devices/system/node/node0 ] || config '.linux.memoryPolicy = {mode: "MPOL_PREFERRED", nodes: "0"}'
    steps
    traced run --bundle "$BUNDLE" "$ID"
    config '.process.noNewPrivileges = false | .process.capabilities = {} | .process.user = {uid: 1000, gid: 1000} | .root.readonly = false'
    traced run --bundle "$BUNDLE" --no-pivot "$ID"
}

@test "create, start, exec: in a user namespace, with a terminal, into what is there" {
    userns 100000
    start_sleeping
    wait_for started
    traced exec "$ID" true
    traced exec --user 1:1 --cwd /tmp "$ID" true
    caisson delete --force "$ID"
    config '.process.args = ["true"]'
    steps
    traced run --bundle "$BUNDLE" "$ID"
    background traced create --bundle "$BUNDLE" "$ID"
    wait_for caisson start "$ID"
    wait $! || { cat "$T/background.${#BACKGROUND[@]}" && return 1; }
    caisson delete --force "$ID"
    background python3 "$HERE/receive-fd.py" "$T/console" terminal
    wait_for test -S "$T/console"
    config '.process.terminal = true | .process.consoleSize = {height: 20, width: 70}'
    steps --console-socket "$T/console"
    traced run --detach --bundle "$BUNDLE" --console-socket "$T/console" "$ID"
}

@test "each system call that the source of the init names is in the list" {
    local source=$BATS_TEST_DIRNAME/../../src/init
    [ -d "$source" ] || skip "no source beside the tests"
    grep -ohE 'SYS_[a-z0-9_]+' "$source"/*.[ch] | sed 's/^SYS_//' | sort -u | comm -23 - <(listed) >"$T/others"
    [ ! -s "$T/others" ] || { echo "not in $LIST: $(tr '\n' ' ' <"$T/others")" && return 1; }
}

# The others of this file come first; one of them alone proves nothing here.
@test "every kind of step was among them, and every system call of the list, but for those that say why not" {
    [ "$(wc -l <"$STEPS")" -gt 20 ] || skip "the tests before this one did not run"
    local kinds
    kinds=$(sort -u "$STEPS" | tr '\n' ' ')
    echo "$kinds"
    for kind in become cwd console credentials domainname exec hook hostname ioprio lookup loopback mask mount no-new-privs node personality \
        pivot propagation readonly ready rlimit root scheduler seccomp start sysctl time umask; do
        [[ " $kinds" = *" $kind "* ]] || { echo "no step $kind" && return 1; }
    done
    grep -v '#' "$LIST" | grep -oE '^[a-z0-9_]+' | sort -u | comm -23 - <(sort -u "$SEEN") >"$T/others"
    [ ! -s "$T/others" ] || { echo "listed, and never made: $(tr '\n' ' ' <"$T/others")" && return 1; }
}
