# SPDX-License-Identifier: LGPL-2.1-or-later
# checkpoint and restore, with a criu that tests/criu finds or fetches.
load helpers

setup_file() {
    common_setup_file
    CRIU=$("$HERE/../criu" 2>&1) || NO_CRIU=$CRIU
    export CRIU NO_CRIU
}

setup() {
    common_setup
    need_root 'criu reads and sets what belongs to the host'
    [ -z "${NO_CRIU:-}" ] || skip "$NO_CRIU"
    PATH=$CRIU:$PATH
    IMAGES=$T/images
}

# counting [SHELL]: a container whose program counts in its memory and writes the numbers to a file that stays open;
# SHELL is what it does before
counting() {
    script "${1:-:}"'
        exec 3>/tmp/count
        i=0
        while :; do
            i=$((i + 1))
            echo "$i pid $$ $SECRET" >&3
            sleep 0.02
        done'
    config '.process.env += ["SECRET=sesame"]'
    caisson run --detach --bundle "$BUNDLE" --pid-file "$T/pid" "$ID" </dev/null >/dev/null 2>&1 3>&-
    PID=$(cat "$T/pid")
    wait_for test -s "$BUNDLE/rootfs/tmp/count"
}

# checkpoint [OPTION...]
checkpoint() {
    attempt caisson checkpoint --image-path "$IMAGES" "$@" "$ID"
    succeeds
}

# restore [OPTION...]: sets $PID
restore() {
    status=0
    caisson restore --detach --bundle "$BUNDLE" --image-path "$IMAGES" --pid-file "$T/pid" "$@" "$ID" \
        </dev/null >/dev/null 2>"$T/output" 3>&- || status=$?
    output=$(<"$T/output")
    succeeds
    PID=$(cat "$T/pid")
}

lines() {
    wc -l <"$BUNDLE/rootfs/tmp/count"
}

more_than() {
    [ "$(lines)" -gt "$1" ]
}

# counts_on: the count goes on, and has no gap, no repetition and the same process in every line
counts_on() {
    wait_for more_than $(($(lines) + 3))
    awk '$1 != NR || $3 != 1 || $4 != "sesame" { print "line " NR ": " $0; exit 1 }' "$BUNDLE/rootfs/tmp/count"
}

# isolation PID: what a container's process is held by, without the numbers that differ with each container
isolation() {
    grep -E '^(Uid|Gid|Groups|Cap.*|NoNewPrivs|Seccomp):' "/proc/$1/status"
    awk '{ gsub("/[^ ]*" id, "/ID", $4); i = index($0, " - "); print $4, $5, $6, substr($0, i) }' id="$ID" "/proc/$1/mountinfo" |
        sed 's/ *- / - /;s/[0-9]*:[0-9]*//' | sort
    tr '\0' '\n' <"/proc/$1/environ"
    grep -E 'open files|processes|core' "/proc/$1/limits"
}

@test "memory, an open file, the environment, the process id in the namespace: it goes on where it was" {
    counting
    checkpoint
    is "$(status_of)" stopped
    caisson delete "$ID"
    local before
    before=$(lines)
    restore
    is "$(status_of)" running
    is "$(caisson state "$ID" | jq .pid)" "$PID"
    more_than "$before" || wait_for more_than "$before"
    counts_on
    is "$(caisson exec "$ID" cat /proc/1/comm)" sh
}

@test "what holds the process is what held it before: mounts, masks, capabilities, seccomp, limits" {
    config '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 100, hard: 200}]
        | .root.readonly = true
        | .mounts += [{destination: "/tmp", type: "tmpfs", options: ["nosuid", "size=1m"]}]
        | .linux.maskedPaths += ["/proc/timer_list", "/proc/acpi", "/etc/passwd"]
        | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mount"], action: "SCMP_ACT_ERRNO", errnoRet: 7}]}'
    script 'while :; do sleep 0.05; done'
    caisson run --detach --bundle "$BUNDLE" --pid-file "$T/pid" "$ID" </dev/null >/dev/null 2>&1 3>&-
    isolation "$(cat "$T/pid")" >"$T/before"
    checkpoint
    caisson delete "$ID"
    restore
    isolation "$PID" >"$T/after"
    diff "$T/before" "$T/after"
    is "$(cat "/proc/$PID/cgroup" | tail -n 1)" "0::$PARENT/$ID"
    # A namespace of its own: it sees its cgroup as the root.
    is "$(caisson exec "$ID" sed -n 's/^0:://p' /proc/1/cgroup)" /
    attempt caisson exec "$ID" cat /etc/passwd
    succeeds ''
    attempt caisson exec "$ID" touch /root/file
    fails "Read-only file system"
    local kind
    for kind in pid net ipc uts mnt cgroup; do
        [ "$(readlink "/proc/$PID/ns/$kind")" != "$(readlink "/proc/self/ns/$kind")" ]
    done
}

@test "limits and device rules of the configuration hold for the restored container" {
    need_controller hugetlb
    config '.linux.resources = {devices: [{allow: false, access: "rwm"}],
        hugepageLimits: [{pageSize: "2MB", limit: 4194304}]}'
    counting
    checkpoint
    caisson delete "$ID"
    restore
    is "$(cat "$CGROUP/hugetlb.2MB.max")" 4194304
    # As a new container's: the configuration allows no device but the default ones.
    attempt caisson exec --cap CAP_MKNOD "$ID" mknod /tmp/disk b 254 0
    succeeds
    attempt caisson exec "$ID" cat /tmp/disk
    fails "Operation not permitted"
    counts_on
}

@test "tmpfs, bind mounts and what is mounted below them" {
    mkdir -p "$T/data/deep" "$T/ro"
    echo here >"$T/data/file"
    echo single >"$T/single"
    mount_fixture -t tmpfs below "$T/data/deep"
    echo below >"$T/data/deep/file"
    add_mount '{"destination": "/scratch", "type": "tmpfs", "source": "x", "options": ["size=1m"]}' \
        "{\"destination\": \"/data\", \"type\": \"bind\", \"source\": \"$T/data\", \"options\": [\"rbind\"]}" \
        "{\"destination\": \"/ro\", \"type\": \"bind\", \"source\": \"$T/ro\", \"options\": [\"bind\", \"ro\"]}" \
        "{\"destination\": \"/etc/single\", \"type\": \"bind\", \"source\": \"$T/single\", \"options\": [\"bind\"]}"
    ln -s scratch "$BUNDLE/rootfs/elsewhere"
    add_mount "{\"destination\": \"/elsewhere/in\", \"type\": \"bind\", \"source\": \"$T/ro\", \"options\": [\"bind\"]}"
    counting 'echo kept >/scratch/file; echo shared >/dev/shm/file'
    checkpoint
    caisson delete "$ID"
    rm -rf "$BUNDLE/rootfs/data" "$BUNDLE/rootfs/ro" "$BUNDLE/rootfs/etc/single"
    echo written later >"$T/single"
    restore
    counts_on
    is "$(caisson exec "$ID" cat /scratch/file /dev/shm/file /data/file /data/deep/file /etc/single)" \
        "kept
shared
here
below
written later"
    attempt caisson exec "$ID" touch /ro/x
    fails "Read-only file system"
    caisson exec "$ID" touch /elsewhere/in/x
    [ -e "$T/ro/x" ]
}

@test "hundreds of mounts with long names from one source, every second one read-only" {
    mkdir "$T/source"
    config '.mounts += [range(600) | {destination: ("/many/" + ("x" * 200) + "-\(.)"), type: "bind", source: $source,
        options: ["bind", (if . % 2 == 1 then "ro" else "rw" end)]}]' --arg source "$T/source"
    counting
    checkpoint
    caisson delete "$ID"
    restore
    counts_on
    is "$(awk '$5 ~ "^/many/" { n++; k = split($5, part, "-"); if (substr($6, 1, 2) != (part[k] % 2 ? "ro" : "rw")) wrong++ }
        END { print n + 0, wrong + 0 }' "/proc/$PID/mountinfo")" '600 0'
}

@test "under another id and from another bundle" {
    counting
    checkpoint
    caisson delete "$ID"
    mv "$BUNDLE" "$T/other"
    BUNDLE=$T/other ID=$ID-2
    config '.linux.cgroupsPath = $path | .hostname = "other"' --arg path "$PARENT/$ID"
    restore
    is "$(status_of)" running
    is "$(tail -n 1 "/proc/$PID/cgroup")" "0::$PARENT/$ID"
    counts_on
}

@test "--leave-running: the container goes on, and a second one begins where it was" {
    counting
    local count=$BUNDLE/rootfs/tmp/count
    checkpoint --leave-running
    is "$(status_of)" running
    is "$(caisson state "$ID" | jq .pid)" "$PID"
    counts_on
    # Of the files the length then is a part of the checkpoint.
    caisson pause "$ID"
    rm -rf "$IMAGES"
    checkpoint --leave-running
    cp -p "$count" "$T/count"
    caisson resume "$ID"
    counts_on
    caisson delete --force "$ID"
    cat "$T/count" >"$count"
    restore
    counts_on
}

@test "a paused container" {
    counting
    caisson pause "$ID"
    checkpoint --leave-running
    is "$(status_of)" paused
    caisson resume "$ID"
    counts_on
    caisson pause "$ID"
    rm -rf "$IMAGES"
    checkpoint
    wait_for stopped
    caisson delete "$ID"
    restore
    counts_on
}

@test "in the foreground it is waited for and deleted, and its status is the exit status" {
    script 'while [ ! -e /tmp/end ]; do sleep 0.02; done; exit 7'
    caisson run --detach --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
    checkpoint
    caisson delete "$ID"
    touch "$BUNDLE/rootfs/tmp/end"
    status=0
    caisson restore --bundle "$BUNDLE" --image-path "$IMAGES" "$ID" </dev/null >/dev/null 2>"$T/output" 3>&- || status=$?
    is "$status" 7
    attempt caisson state "$ID"
    fails "does not exist"
}

@test "pipes: the streams of who restores take the place of the earlier ones" {
    script 'i=0; while read -r line; do i=$((i + 1)); echo "$i $line"; done; echo end'
    mkfifo "$T/in" "$T/out" "$T/in2" "$T/out2"
    background sh -c 'exec cat "$0"' "$T/out"
    local first=$T/background.${#BACKGROUND[@]}
    (cat "$T/in" 3>&- | "$CAISSON" --root "$ROOT" run --detach --bundle "$BUNDLE" "$ID" 2>/dev/null 3>&- | cat >"$T/out") &
    exec 5>"$T/in"
    echo one >&5
    wait_for grep -q '1 one' "$first"
    checkpoint
    exec 5>&-
    caisson delete "$ID"
    background sh -c 'exec cat "$0"' "$T/out2"
    local second=$T/background.${#BACKGROUND[@]}
    (cat "$T/in2" 3>&- | "$CAISSON" --root "$ROOT" restore --detach --image-path "$IMAGES" --bundle "$BUNDLE" "$ID" 2>"$T/output" 3>&- | cat >"$T/out2") &
    exec 5>"$T/in2"
    echo two >&5
    wait_for grep -q '2 two' "$second"
    exec 5>&-
    wait_for grep -q end "$second"
    wait_for stopped
}

@test "a terminal: its other end comes over the console socket again" {
    config '.process.terminal = true'
    script 'while read -r line; do echo "got $line"; done'
    local socket
    for socket in one two; do
        echo "$socket" >"$T/$socket.input"
        background python3 "$HERE/receive-fd.py" "$T/$socket" terminal
        wait_for test -S "$T/$socket"
    done
    caisson create --bundle "$BUNDLE" --console-socket "$T/one" "$ID" </dev/null >/dev/null 2>&1 3>&-
    caisson start "$ID"
    wait_for grep -q "got one" "$T/background.1"
    checkpoint
    wait_for grep -q "hung up" "$T/background.1"
    caisson delete "$ID"
    restore --console-socket "$T/two"
    wait_for grep -q "got two" "$T/background.2"
    contains "$(cat "$T/background.2")" "received 1 payload"
}

@test "a network namespace that was joined by path is joined again" {
    touch "$T/netns"
    unshare --net="$T/netns" sh -c 'ip link set lo up && ip address add 192.0.2.7/32 dev lo'
    FIXTURES+=("$T/netns")
    config '(.linux.namespaces[] | select(.type == "network")).path = $path' --arg path "$T/netns"
    counting
    checkpoint
    caisson delete "$ID"
    restore
    is "$(readlink "/proc/$PID/ns/net")" "net:[$(stat -c %i "$T/netns")]"
    counts_on
    contains "$(nsenter --net="$T/netns" ip address show lo)" 192.0.2.7
}

@test "a process namespace that was joined by path is joined again" {
    counting
    local first=$ID
    cp -a "$BUNDLE" "$T/second"
    BUNDLE=$T/second ID=$ID-2
    config '.linux.cgroupsPath = $path | (.linux.namespaces[] | select(.type == "pid")).path = $ns' \
        --arg path "$PARENT/$ID" --arg ns "/proc/$PID/ns/pid"
    script 'while :; do sleep 0.05; done'
    caisson run --detach --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
    checkpoint
    caisson delete "$ID"
    local outer=$PID
    restore
    is "$(readlink "/proc/$PID/ns/pid")" "$(readlink "/proc/$outer/ns/pid")"
    is "$(status_of)" running
    caisson delete --force "$ID"
    caisson delete --force "$first"
}

@test "a user namespace" {
    config '.linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
        | .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 65536}]'
    chmod 777 "$BUNDLE/rootfs/tmp"
    counting
    checkpoint
    caisson delete "$ID"
    restore
    is "$(awk '{print $1, $2, $3}' "/proc/$PID/uid_map")" "0 100000 65536"
    counts_on
}

@test "prestart and createRuntime hooks run, with the namespaces and before the processes go on; poststop at the end" {
    cat >"$T/hook" <<'HOOK'
#!/bin/sh
state=$(cat)
pid=$(echo "$state" | jq .pid)
echo "$1 $(echo "$state" | jq -r .status) $(readlink "/proc/$pid/ns/net")" >>"$2"
HOOK
    chmod +x "$T/hook"
    counting
    checkpoint
    caisson delete "$ID"
    config '.hooks = ([["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"][]
        | {key: ., value: [{path: $hook, args: ["hook", ., $out], env: ["PATH=/usr/bin:/bin"]}]}] | from_entries)' \
        --arg hook "$T/hook" --arg out "$T/hooks"
    restore
    is "$(awk '{print $1, $2}' "$T/hooks")" "prestart creating
createRuntime creating"
    is "$(awk '{print $3}' "$T/hooks" | sort -u)" "$(readlink "/proc/$PID/ns/net")"
    counts_on
    caisson delete --force "$ID"
    contains "$(tail -n 1 "$T/hooks")" "poststop stopped"
}

@test "a failing hook, a failing criu: an error that says why, and nothing is left" {
    counting
    checkpoint
    caisson delete "$ID"
    cp "$BUNDLE/config.json" "$T/good.json"

    config '.hooks.createRuntime = [{path: "/bin/false"}]'
    attempt caisson restore --detach --bundle "$BUNDLE" --image-path "$IMAGES" "$ID"
    fails "cannot restore container '$ID': createRuntime hook 0 '/bin/false' ended with status 1"
    nothing_left

    cp "$T/good.json" "$BUNDLE/config.json"
    rm "$IMAGES"/core-1.img
    attempt caisson restore --detach --bundle "$BUNDLE" --image-path "$IMAGES" --work-path "$T/work" --pid-file "$T/pid2" "$ID"
    fails "cannot restore container '$ID': criu failed: Unexpected EOF" "see '$T/work/restore.log'"
    [ -s "$T/work/restore.log" ]
    [ ! -e "$T/pid2" ]
    nothing_left

    attempt caisson restore --detach --bundle "$BUNDLE" --image-path "$T/nowhere" "$ID"
    fails "cannot open the image directory '$T/nowhere': No such file or directory"
    nothing_left
}

@test "an existing container is left alone" {
    counting
    checkpoint --leave-running
    attempt caisson restore --detach --bundle "$BUNDLE" --image-path "$IMAGES" "$ID"
    fails "container with given ID already exists"
    counts_on
}

@test "only what runs can be checkpointed" {
    script 'sleep 1000'
    attempt caisson checkpoint --image-path "$IMAGES" "$ID"
    fails "container does not exist"
    create
    attempt caisson checkpoint --image-path "$IMAGES" "$ID"
    fails "cannot checkpoint container '$ID' that is created: it must be running or paused"
    caisson kill "$ID" KILL
    wait_for stopped
    attempt caisson checkpoint --image-path "$IMAGES" "$ID"
    fails "cannot checkpoint container '$ID' that is stopped: it must be running or paused"
    [ ! -e "$IMAGES" ]
}

@test "a dump before the dump writes less the second time" {
    criu check --feature mem_dirty_track >/dev/null 2>&1 || {
        # Then it says so, and the container goes on.
        counting
        attempt caisson checkpoint --pre-dump --image-path "$T/first" "$ID"
        fails "memory cannot be tracked here" "CONFIG_MEM_SOFT_DIRTY"
        counts_on
        skip 'the kernel cannot track memory (criu check --feature mem_dirty_track)'
    }
    counting
    attempt caisson checkpoint --pre-dump --image-path "$T/first" "$ID"
    succeeds
    counts_on
    checkpoint --parent-path ../first
    [ "$(du -s "$T/first" | cut -f1)" -gt "$(du -s "$IMAGES" | cut -f1)" ]
    caisson delete "$ID"
    restore
    counts_on
}

@test "a parent path that is none" {
    counting
    attempt caisson checkpoint --image-path "$IMAGES" --parent-path /tmp "$ID"
    fails "the parent path '/tmp' is absolute: it is relative to the image directory"
    attempt caisson checkpoint --image-path "$IMAGES" --parent-path ../nowhere "$ID"
    fails "cannot open the parent path '../nowhere' from the image directory: No such file or directory"
    attempt caisson checkpoint --image-path "$IMAGES" --page-server nonsense "$ID"
    fails "the page server is ADDRESS:PORT, not 'nonsense'"
    is "$(status_of)" running
}

@test "file locks have to be asked for; a checkpoint that fails says what criu's log says, and the container goes on" {
    local file
    for file in "$(command -v flock)" $(ldd "$(command -v flock)" | grep -o '/[^ ]*'); do
        mkdir -p "$BUNDLE/rootfs$(dirname "$file")"
        cp -L "$file" "$BUNDLE/rootfs$file"
    done
    config '.process.env[0] = "PATH=/bin:/usr/bin"'
    counting 'exec 4>/tmp/lock; flock -x 4;'
    attempt caisson checkpoint --image-path "$IMAGES" "$ID"
    fails "cannot checkpoint container '$ID': criu failed: Some file locks are hold" "see '$IMAGES/dump.log'"
    is "$(status_of)" running
    counts_on
    checkpoint --file-locks
    caisson delete "$ID"
    restore --file-locks
    counts_on
    attempt caisson exec "$ID" flock -n /tmp/lock true
    [ "$status" = 1 ]
}

# criu_lacks TEXT REASON: skips when the last attempt failed for what this criu cannot do on this kernel
criu_lacks() {
    if [ "$status" != 0 ] && [[ $output = *"$1"* ]]; then skip "$(criu --version | tail -n 1): $2"; fi
}

@test "TCP connections have to be asked for, and go on" {
    counting 'ip link set lo up
        (i=0; while :; do i=$((i + 1)); echo "line $i"; sleep 0.02; done | nc -l -p 77 >/dev/null) & sleep 0.3
        nc 127.0.0.1 77 >/tmp/got </dev/zero & '
    wait_for grep -q line "$BUNDLE/rootfs/tmp/got"
    attempt caisson checkpoint --image-path "$IMAGES" "$ID"
    fails "Connected TCP socket, consider using --tcp-established"
    counts_on
    attempt caisson checkpoint --tcp-established --image-path "$IMAGES" "$ID"
    criu_lacks "Can't get 1:16 opt" 'it asks TCP sockets for what Linux 6.16 no longer answers'
    succeeds
    caisson delete "$ID"
    restore --tcp-established
    counts_on
    local before
    before=$(wc -l <"$BUNDLE/rootfs/tmp/got")
    got_more() { [ "$(wc -l <"$BUNDLE/rootfs/tmp/got")" -gt "$before" ]; }
    wait_for got_more
    # The last line may be half there.
    is "$(sed '$d' "$BUNDLE/rootfs/tmp/got" | awk '$2 != NR')" ''
    rm -rf "$IMAGES"
    checkpoint --tcp-established --network-lock skip
    caisson delete "$ID"
    restore --tcp-close --network-lock skip
    is "$(status_of)" running
}

@test "the memory goes to a page server" {
    counting
    mkdir "$IMAGES"
    local port=$((20000 + RANDOM % 10000))
    background criu page-server -D "$IMAGES" -o page-server.log --address 127.0.0.1 --port "$port"
    wait_for grep -q "$(printf ':%04X 00000000:0000 0A' "$port")" /proc/net/tcp
    checkpoint --page-server "127.0.0.1:$port"
    caisson delete "$ID"
    ls "$IMAGES"/pages-*.img
    restore
    counts_on
}

@test "lazy pages: the memory is fetched when it is asked for, from a checkpoint that says when it can be" {
    criu check --feature uffd-noncoop >/dev/null 2>&1 || skip 'the kernel has no userfaultfd that criu can use'
    counting
    local port=$((20000 + RANDOM % 10000)) first=$ID
    mkfifo "$T/status"
    # With the status descriptor as 9, and nobody else's end of it.
    bash -c 'exec 9>"$1"; shift; exec "$@"' sh "$T/status" "$CAISSON" --root "$ROOT" checkpoint --lazy-pages \
        --page-server "127.0.0.1:$port" --status-fd 9 --image-path "$IMAGES" "$ID" </dev/null >"$T/lazy" 2>&1 3>&- &
    BACKGROUND+=($!)
    is "$(timeout 20 cat "$T/status" | tr '\0' x)" x
    ls "$IMAGES/inventory.img"
    background criu lazy-pages --page-server --address 127.0.0.1 --port "$port" -D "$IMAGES" -W "$T" -o lazy-pages.log
    cp -a "$BUNDLE" "$T/second"
    mount_fixture --bind "$BUNDLE/rootfs" "$T/second/rootfs"
    BUNDLE=$T/second ID=$ID-2
    config '.linux.cgroupsPath = $path' --arg path "$PARENT/$ID"
    lazy_ready() { [ -S "$IMAGES/lazy-pages.socket" ] || [ -S "$T/lazy-pages.socket" ]; }
    wait_for lazy_ready
    status=0
    timeout 15 "$CAISSON" --root "$ROOT" restore --detach --bundle "$BUNDLE" --image-path "$IMAGES" --work-path "$T" --lazy-pages \
        "$ID" </dev/null >/dev/null 2>"$T/output" 3>&- || status=$?
    output=$(<"$T/lazy")
    criu_lacks 'page-pipe: splice: -1' 'it loses the pages that it is to hand over, by its own command line, too'
    is "$status" 0
    counts_on
    ended() { ! kill -0 "${BACKGROUND[0]}" 2>/dev/null; }
    wait_for ended
    is "$(cat "$T/lazy")" ''
    is "$(status_of "$first")" stopped
    caisson delete --force "$ID"
    caisson delete "$first"
}

# without_cgroup COMMAND...
without_cgroup() {
    status=0
    "$CAISSON" --root "$ROOT" --cgroup-manager disabled "$@" </dev/null >/dev/null 2>"$T/output" 3>&- || status=$?
    output=$(<"$T/output")
}

@test "a container without a cgroup" {
    script 'while :; do sleep 0.05; done'
    without_cgroup run --detach --bundle "$BUNDLE" "$ID"
    succeeds
    attempt caisson checkpoint --image-path "$IMAGES" "$ID"
    fails "it has a cgroup namespace and no cgroup of its own"
    is "$(status_of)" running
    caisson delete --force "$ID"
    config '.linux.namespaces |= map(select(.type != "cgroup"))'
    without_cgroup run --detach --bundle "$BUNDLE" "$ID"
    succeeds
    checkpoint
    caisson delete "$ID"
    without_cgroup restore --detach --bundle "$BUNDLE" --image-path "$IMAGES" "$ID"
    succeeds
    is "$(status_of)" running
    is "$(caisson exec "$ID" cat /proc/1/comm)" sh
}

@test "without the namespaces that the configuration wants, the processes do not go on" {
    local config
    config=$(cat "$BUNDLE/config.json")
    config 'del(.hostname) | .linux.namespaces |= map(select(.type != "uts"))'
    counting
    checkpoint
    caisson delete "$ID"
    cat >"$BUNDLE/config.json" <<<"$config"
    attempt caisson restore --detach --bundle "$BUNDLE" --image-path "$IMAGES" "$ID"
    fails "criu has left the processes in the host's uts namespace"
    nothing_left
}

@test "without a cgroup namespace; cgroups ignored" {
    config '.linux.namespaces |= map(select(.type != "cgroup"))'
    counting
    checkpoint --manage-cgroups-mode ignore
    caisson delete "$ID"
    restore --manage-cgroups-mode ignore
    is "$(tail -n 1 "/proc/$PID/cgroup")" "0::$PARENT/$ID"
    contains "$(caisson exec "$ID" ls /sys/fs/cgroup)" cgroup.procs
    counts_on
}

@test "a cgroup below the container's is made again, and the process put into it" {
    config '.annotations["run.oci.delegate-cgroup"] = "inner"'
    counting
    is "$(tail -n 1 "/proc/$PID/cgroup")" "0::$PARENT/$ID/inner"
    checkpoint
    caisson delete "$ID"
    [ ! -d "$CGROUP" ]
    restore
    is "$(tail -n 1 "/proc/$PID/cgroup")" "0::$PARENT/$ID/inner"
    counts_on
}

@test "while it is restored it is creating, and others wait" {
    counting
    checkpoint
    caisson delete "$ID"
    cat >"$T/hook" <<'HOOK'
#!/bin/sh
"$CAISSON" --root "$1" state "$2" >"$3/seen" 2>&1
"$CAISSON" --root "$1" start "$2" >"$3/start" 2>&1
exit 0
HOOK
    chmod +x "$T/hook"
    config '.hooks.createRuntime = [{path: $hook, args: ["hook", $root, $id, $t], env: ["PATH=/usr/bin:/bin", "CAISSON=" + $caisson]}]' \
        --arg hook "$T/hook" --arg root "$ROOT" --arg id "$ID" --arg t "$T" --arg caisson "$CAISSON"
    restore
    is "$(jq -r .status "$T/seen")" creating
    [ "$(jq .pid "$T/seen")" -gt 0 ]
    contains "$(cat "$T/start")" "is being changed by process"
    is "$(status_of)" running
}

@test "killed at any time, a restore leaves what delete --force removes" {
    counting
    checkpoint
    caisson delete "$ID"
    local after
    for after in 0.01 0.05 0.1 0.2 0.4; do
        "$CAISSON" --root "$ROOT" restore --detach --bundle "$BUNDLE" --image-path "$IMAGES" "$ID" \
            </dev/null >/dev/null 2>&1 3>&- &
        sleep "$after"
        kill -KILL $! 2>/dev/null || :
        wait $! || :
        attempt caisson delete --force "$ID"
        succeeds
        nothing_left || {
            echo "after $after s: $left"
            return 1
        }
    done
}

@test "without criu, or with an old one, the message says which is needed" {
    counting
    local none=$T/none
    mkdir "$none"
    attempt env "PATH=$none" "$CAISSON" --root "$ROOT" checkpoint --image-path "$IMAGES" "$ID"
    fails "there is no criu in PATH" "3.16"
    config '.linux.cgroupsPath += "-2"'
    attempt env "PATH=$none" "$CAISSON" --root "$ROOT" restore --detach --bundle "$BUNDLE" --image-path "$IMAGES" "$ID-2"
    fails "there is no criu in PATH" "3.16"
    # One that says it is 3.15, on the socket that it is started with.
    cat >"$none/criu" <<'FAKE'
#!/usr/bin/python3
import os
os.read(3, 4096)
os.write(3, bytes([8, 10, 16, 1, 0x52, 4, 8, 3, 16, 15]))
FAKE
    chmod +x "$none/criu"
    attempt env "PATH=$none" "$CAISSON" --root "$ROOT" checkpoint --image-path "$IMAGES" "$ID"
    fails "criu 3.15.0 is too old: 3.16 or later is needed"
    is "$(status_of)" running
}

@test "what podman asks beforehand" {
    attempt caisson checkpoint --help
    succeeds
    contains "$output" --image-path --leave-running --pre-dump --parent-path
    attempt caisson restore --lsm-mount-context
    fails "requires an argument"
}
