# SPDX-License-Identifier: LGPL-2.1-or-later
# Rules of the specification that runtimes have had wrong, numbered. Where a rule has many cases they stand in the file of
# its subject; here stands what the rule says.
# also: lab-root
load helpers

# refused CONFIG-FILTER PART...: create fails, says each part, and leaves nothing
refused() {
    local filter=$1
    shift
    cp "$BUNDLE/config.json" "$T/good.json"
    config "$filter"
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "$@"
    nothing_left || {
        echo "left: $left"
        return 1
    }
    cp "$T/good.json" "$BUNDLE/config.json"
}

# hook KIND TEXT: a hook of the runtime's that is this shell script
hook() {
    config '.hooks[$kind] += [{path: "/bin/sh", args: ["sh", "-c", $text], env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}]' \
        --arg kind "$1" --arg text "$2"
}

in_user_namespace() {
    config '.linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
        | .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 65536}]'
    chown -R 100000:100000 "$BUNDLE/rootfs"
}

@test "rule 01: a namespace type that is listed twice is an error" {
    local kind
    for kind in pid network mount ipc uts cgroup; do
        refused ".linux.namespaces += [{type: \"$kind\"}]" /linux/namespaces/ "second namespace" "$kind"
    done
}

@test "rule 02: a namespace path of another type is an error" {
    refused '(.linux.namespaces[] | select(.type == "uts")) += {path: "/proc/self/ns/net"}' "type network" "type uts"
    refused '(.linux.namespaces[] | select(.type == "network")) += {path: "/etc/passwd"}' "not a namespace"
}

@test "rule 03: a resource limit that is listed twice is an error" {
    refused '.process.rlimits = [{type: "RLIMIT_CORE", soft: 0, hard: 0}, {type: "RLIMIT_CORE", soft: 0, hard: 0}]' \
        /process/rlimits/1 RLIMIT_CORE
}

@test "rule 04: an unknown property is passed over, an unknown value is an error" {
    config '.unknown = 1 | .process.unknown = "x" | .linux.unknown = {} | .linux.resources.unknown = []'
    run_script 'echo ran'
    succeeds ran
    refused '.process.rlimits = [{type: "RLIMIT_UNKNOWN", soft: 0, hard: 0}]' RLIMIT_UNKNOWN
    refused '.linux.namespaces += [{type: "unknown"}]' unknown
    refused '.linux.rootfsPropagation = "unknown"' unknown
    refused '.process.scheduler = {policy: "SCHED_UNKNOWN"}' SCHED_UNKNOWN
    refused '.linux.seccomp = {defaultAction: "SCMP_ACT_UNKNOWN"}' SCMP_ACT_UNKNOWN
    refused '.linux.devices = [{type: "x", path: "/dev/x", major: 1, minor: 1}]' '"x"'
    refused '.linux.personality = {domain: "UNKNOWN"}' UNKNOWN
    refused '.linux.memoryPolicy = {mode: "MPOL_UNKNOWN"}' MPOL_UNKNOWN
}

@test "rule 05: a capability that is unknown or cannot be granted is a warning" {
    config '.process.capabilities.bounding += ["CAP_OF_TOMORROW"] | .process.capabilities.permitted += ["CAP_OF_TOMORROW"]'
    run_script 'echo ran; grep ^CapBnd /proc/self/status | tr "\t" " "'
    succeeds
    contains "$output" CAP_OF_TOMORROW ran "CapBnd: 0000000000040420"
}

@test "rule 05: a capability that the runtime itself lacks is a warning" {
    need_root "a user's runtime lacks every capability, and the user namespace has all"
    config '.process.capabilities.bounding += ["CAP_SYS_BOOT"]'
    script 'grep ^CapBnd /proc/self/status | tr "\t" " "'
    attempt setpriv --bounding-set -sys_boot "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    succeeds
    contains "$output" CAP_SYS_BOOT "CapBnd: 0000000000040420"
}

@test "rule 06: start, kill and delete in a wrong status are errors without effect" {
    start_sleeping
    attempt caisson start "$ID"
    fails
    is "$(status_of)" running
    attempt caisson delete "$ID"
    fails
    is "$(status_of)" running
    [ -d "/proc/$PID" ]
    caisson kill "$ID" KILL
    wait_for stopped
    attempt caisson kill "$ID" TERM
    fails
    attempt caisson start "$ID"
    fails
    is "$(status_of)" stopped
}

@test "rule 07: a create that fails leaves nothing, and poststop hooks have run" {
    hook poststop "cat >$T/poststop"
    hook createRuntime "exit 3"
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails createRuntime
    is "$(jq -r '.id, .status' "$T/poststop")" "$ID"$'\nstopped'
    nothing_left
    attempt caisson state "$ID"
    fails "does not exist"
}

@test "rule 08: poststart runs after the program was executed and before start returns" {
    # The hook waits for nothing: what the kernel says then about the process that the state names.
    hook poststart "pid=\$(jq .pid); tr '\\0' ' ' </proc/\$pid/cmdline >$T/poststart"
    config '.process.args = ["sleep", "1000"]'
    create
    [ ! -e "$T/poststart" ]
    caisson start "$ID"
    is "$(cat "$T/poststart")" "sleep 1000 "
}

@test "rule 08: the failure of poststart stops and deletes the container" {
    hook poststart "exit 3"
    hook poststop "echo ran >$T/poststop"
    script 'sleep 1000'
    create
    attempt caisson start "$ID"
    fails poststart
    attempt caisson state "$ID"
    fails "does not exist"
    [ ! -d "/proc/$PID" ]
    is "$(cat "$T/poststop")" ran
}

@test "rule 08: the failure of poststart ends run" {
    hook poststart "exit 3"
    hook poststop "echo ran >$T/poststop"
    run_script 'sleep 1000'
    fails poststart
    is "$(cat "$T/poststop")" ran
    nothing_left
}

@test "rule 09: the failure of poststop is a warning, and the rest run" {
    hook poststop "exit 3"
    hook poststop "echo ran >$T/poststop"
    create
    attempt caisson delete --force "$ID"
    succeeds
    contains "$output" poststop
    is "$(cat "$T/poststop")" ran
}

@test "rule 10: changes of config.json after create have no effect" {
    hook poststart "echo old >$T/poststart"
    hook poststop "echo old >$T/poststop"
    script 'echo old >/tmp/program; sleep 1000'
    create
    script 'echo new >/tmp/program; sleep 1000'
    config '.hooks.poststart[0].args[2] = "echo new >'"$T/poststart"'" | .hooks.poststop[0].args[2] = "echo new >'"$T/poststop"'"
        | .annotations = {new: "yes"} | .process.env += ["NEW=1"]'
    caisson start "$ID"
    wait_for test -s "$BUNDLE/rootfs/tmp/program"
    attempt caisson exec "$ID" sh -c 'echo $NEW'
    succeeds ""
    is "$(caisson state "$ID" | jq .annotations)" null
    caisson delete --force "$ID"
    is "$(cat "$BUNDLE/rootfs/tmp/program" "$T/poststart" "$T/poststop")" $'old\nold\nold'
}

@test "rule 11: createContainer is found in the runtime's namespace and runs in the container's" {
    cat >"$T/hook" <<'END'
#!/bin/sh
readlink /proc/self/ns/mnt /proc/self/ns/uts >"$1"
END
    chmod +x "$T/hook"
    config '.hooks.createContainer = [{path: $path, args: ["hook", $to], env: ["PATH=/bin:/usr/bin"]}]' \
        --arg path "$T/hook" --arg to "$T/seen"
    create
    is "$(cat "$T/seen")" "$(readlink "/proc/$PID/ns/mnt" "/proc/$PID/ns/uts")"
}

@test "rule 11: startContainer is found and runs in the container" {
    printf '#!/bin/sh\nls / >/tmp/seen\n' >"$BUNDLE/rootfs/bin/only-inside"
    chmod +x "$BUNDLE/rootfs/bin/only-inside"
    config '.hooks.startContainer = [{path: "/bin/only-inside", env: ["PATH=/bin"]}]'
    create
    [ ! -e "$BUNDLE/rootfs/tmp/seen" ]
    caisson start "$ID"
    contains "$(cat "$BUNDLE/rootfs/tmp/seen")" bin mnt
    caisson delete --force "$ID"
    config 'del(.hooks)'
    refused '.hooks.createContainer = [{path: "/bin/only-inside"}]' createContainer
}

@test "rule 12: without env a hook has an empty environment" {
    local kind
    export LEAKED=1
    for kind in createRuntime createContainer poststart poststop; do
        config '.hooks[$kind] = [{path: "/bin/cp", args: ["cp", "/proc/self/environ", $to]}]' --arg kind $kind --arg to "$T/env.$kind"
    done
    config '.hooks.startContainer = [{path: "/bin/busybox", args: ["cp", "/proc/self/environ", "/tmp/env"]}]'
    create
    caisson start "$ID"
    wait_for stopped
    caisson delete "$ID"
    for kind in createRuntime createContainer poststart poststop; do
        is "$kind $(stat -c %s "$T/env.$kind")" "$kind 0"
    done
    is "$(stat -c %s "$BUNDLE/rootfs/tmp/env")" 0
}

@test "rule 13: the devices and links of /dev are made after the mounts" {
    need_root "only root's devices are made; a user's are bound"
    local name
    config '(.mounts[] | select(.destination == "/dev")) |= .'
    start_sleeping
    for name in null zero full random urandom tty; do
        is "$name $(stat -c %F "/proc/$PID/root/dev/$name")" "$name character special file"
    done
    # On the tmpfs that was mounted there, not in the image below it.
    is "$(stat -c %d "/proc/$PID/root/dev/null")" "$(stat -c %d "/proc/$PID/root/dev")"
    is "$(readlink "/proc/$PID/root/dev/ptmx")" pts/ptmx
    is "$(readlink "/proc/$PID/root/dev/fd")" /proc/self/fd
    is "$(readlink "/proc/$PID/root/dev/stdin")" /proc/self/fd/0
    is "$(readlink "/proc/$PID/root/dev/stdout")" /proc/self/fd/1
    is "$(readlink "/proc/$PID/root/dev/stderr")" /proc/self/fd/2
}

@test "rule 14: a device whose path is taken by something else is an error" {
    need_root "only root can make a device node; a user's are bound (rootless.bats)"
    touch "$BUNDLE/rootfs/taken"
    refused '.linux.devices = [{type: "c", path: "/taken", major: 1, minor: 3}]' /taken /linux/devices/0
    rm "$BUNDLE/rootfs/taken"
    mknod "$BUNDLE/rootfs/taken" c 1 5
    refused '.linux.devices = [{type: "c", path: "/taken", major: 1, minor: 3}]' /taken
    refused '.linux.devices = [{type: "b", path: "/taken", major: 1, minor: 5}]' /taken
    config '.linux.devices = [{type: "c", path: "/taken", major: 1, minor: 5}]'
    run_script 'echo ran'
    succeeds ran
}

@test "rule 15: masked and read-only paths that are not there are passed over" {
    config '.linux.maskedPaths = ["/no/such", "/etc/passwd/below"] | .linux.readonlyPaths = ["/no/such", "/proc/nosuch"]'
    run_script 'echo ran'
    succeeds ran
    [ ! -e "$BUNDLE/rootfs/no" ]
}

# proves: linux.rootfsPropagation={shared,rshared,unbindable,runbindable}
@test "rule 16: rootfsPropagation shared and unbindable are what the root has" {
    local p
    for p in shared rshared unbindable runbindable; do
        config '.linux.rootfsPropagation = $p' --arg p $p
        start_sleeping
        matches "$p $(part 2 "$(mounted /)")" "^$p (shared:|unbindable)"
        case $p in
        r*) matches "$p $(part 2 "$(mounted /dev)")" "^$p (shared:|unbindable)" ;;
        *) is "$p $(part 2 "$(mounted /dev)")" "$p " ;;
        esac
        caisson delete --force "$ID"
    done
}

@test "rule 17: oomScoreAdj that is not set is not changed" {
    script 'cat /proc/self/oom_score_adj'
    (echo 321 >/proc/self/oom_score_adj && caisson run --bundle "$BUNDLE" "$ID" </dev/null >"$T/out")
    is "$(cat "$T/out")" 321
    config '.process.oomScoreAdj = 0'
    run_script 'cat /proc/self/oom_score_adj'
    if ! rootless; then succeeds 0; fi
}

@test "rule 18: umask that is not set is the caller's" {
    script umask
    local mask=0137
    ! rootless || mask=0037 # what its owner may not enter is no state directory
    (umask $mask && caisson run --bundle "$BUNDLE" "$ID" </dev/null >"$T/out")
    is "$(cat "$T/out")" $mask
    config '.process.user.umask = 0'
    run_script umask
    succeeds 0000
}

@test "rule 19: a relative source of a bind mount is relative to the bundle" {
    mkdir -p "$BUNDLE/data"
    echo here >"$BUNDLE/data/file"
    add_mount '{destination: "/mnt", type: "none", source: "data", options: ["bind"]}'
    cd /
    run_script 'cat /mnt/file'
    succeeds here
}

@test "rule 20: the cgroup is the container's user's where cgroupfs is writable in its own namespace" {
    need_root "it changes files to other owners, which takes ids that are not granted"
    local dir=$CGROUP2$PARENT/$ID file
    in_user_namespace
    config '.process.user.uid = 5'
    start_sleeping
    is "$(stat -c %u "$dir")" 0
    caisson delete --force "$ID"
    config '(.mounts[] | select(.destination == "/sys/fs/cgroup")).options |= map(select(. != "ro"))'
    start_sleeping
    is "$(stat -c %u "$dir")" 100005
    # Those that the kernel names, and no others.
    for file in "$dir"/*; do
        if grep -qx "$(basename "$file")" /sys/kernel/cgroup/delegate; then
            is "$file $(stat -c %u "$file")" "$file 100005"
        else
            is "$file $(stat -c %u "$file")" "$file 0"
        fi
    done
    caisson delete --force "$ID"
    config '.linux.namespaces |= map(select(.type != "cgroup"))'
    start_sleeping
    is "$(stat -c %u "$dir")" 0
}

@test "rule 21: a network device keeps its addresses, is set up, and is not moved back" {
    need_root "a network device of the host takes CAP_NET_ADMIN there"
    touch "$T/host" "$T/pod"
    FIXTURES=("$T/host" "$T/pod")
    unshare --net="$T/host" true
    unshare --net="$T/pod" true
    nsenter --net="$T/host" ip link add eth7 type veth peer name peer || skip "this kernel has no veth"
    nsenter --net="$T/host" ip address add 192.0.2.1/24 dev eth7
    config '.linux.netDevices = {eth7: {name: "net%d"}}
        | (.linux.namespaces[] | select(.type == "network")).path = $path' --arg path "$T/pod"
    attempt nsenter --net="$T/host" "$CAISSON" --root "$ROOT" create --bundle "$BUNDLE" "$ID"
    succeeds
    caisson delete --force "$ID"
    nsenter --net="$T/pod" ip -json address show dev net0 >"$T/link"
    is "$(jq -r '.[0].addr_info[0].local' "$T/link")" 192.0.2.1
    contains "$(jq -r '.[0].flags | join(" ")' "$T/link")" UP
    is "$(nsenter --net="$T/host" ip -json link | jq -r '[.[].ifname] | sort | join(" ")')" "lo peer"
}

@test "rule 22: without resctrl a cache share is an error; with it the group goes with the container" {
    if ! grep -q ' - resctrl ' /proc/self/mountinfo; then
        refused '.linux.intelRdt = {}' resctrl /linux/intelRdt
        return 0
    fi
    config '.linux.intelRdt = {enableMonitoring: true}'
    start_sleeping
    is "$(cat "/sys/fs/resctrl/$ID/mon_groups/$ID/tasks")" "$PID"
    caisson delete --force "$ID"
    [ ! -e "/sys/fs/resctrl/$ID" ]
    refused '.linux.intelRdt = {closID: "caisson-nosuch"}' caisson-nosuch
}

# proves: process.execCPUAffinity.{initial,final}
@test "rule 23: execCPUAffinity: initial before the process enters the cgroup, final after it" {
    [ "$(nproc)" -ge 2 ] || skip "needs two processors"
    start_sleeping
    jq '.process.args = ["grep", "^Cpus_allowed_list", "/proc/self/status"]
        | .process.execCPUAffinity = {initial: "0", final: "1"} | .process' "$BUNDLE/config.json" >"$T/process.json"
    attempt caisson exec --process "$T/process.json" "$ID"
    succeeds $'Cpus_allowed_list:\t1'
    # The runtime takes it on before the clone that puts the process into the cgroup.
    attempt strace -qq -e trace=sched_setaffinity,clone3 -o "$T/trace" \
        "$CAISSON" --root "$ROOT" exec --process "$T/process.json" "$ID"
    succeeds $'Cpus_allowed_list:\t1'
    matches "$(tr '\n' ' ' <"$T/trace")" '^sched_setaffinity\(0, [0-9]+, \[0\]\) += 0 clone3\('
    # Without final: the container's default, which is every processor that its cpuset has.
    jq 'del(.execCPUAffinity.final)' "$T/process.json" >"$T/initial.json"
    attempt caisson exec --process "$T/initial.json" "$ID"
    succeeds "$(taskset ffffffff grep ^Cpus_allowed_list /proc/self/status)"
    jq '.execCPUAffinity = {final: "0"}' "$T/process.json" >"$T/final.json"
    attempt caisson exec --process "$T/final.json" "$ID"
    succeeds $'Cpus_allowed_list:\t0'
    # Not for the container's own process.
    caisson delete --force "$ID"
    config '.process.execCPUAffinity = {initial: "0", final: "1"}'
    run_script 'grep ^Cpus_allowed_list /proc/self/status | cut -f2'
    succeeds "$(grep ^Cpus_allowed_list /proc/self/status | cut -f2)"
}

@test "rule 24: ioPriority is of the process group" {
    config '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 6}'
    start_sleeping
    wait_for started
    is "$(ionice -p "$PID")" "best-effort: prio 6"
    caisson delete --force "$ID"
    config '.process.args = ["true"]'
    attempt strace -f -qq -e trace=ioprio_set -o "$T/trace" "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    succeeds
    contains "$(cat "$T/trace")" IOPRIO_WHO_PGRP
}

@test "rule 25: errnoRet with an action that has none is an error" {
    local action
    for action in ALLOW KILL KILL_PROCESS KILL_THREAD TRAP LOG; do
        refused ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\",
            syscalls: [{names: [\"mkdir\"], action: \"SCMP_ACT_$action\", errnoRet: 5}]}" errnoRet
        refused ".linux.seccomp = {defaultAction: \"SCMP_ACT_$action\", defaultErrnoRet: 5}" rrnoRet
    done
}

@test "rule 26: memory: 0 and absence are no limit to write, -1 is no limit" {
    # plan says what would be written, whether or not this host has the controller.
    planned() {
        config '.linux.resources.memory = $memory' --argjson memory "$1"
        attempt caisson plan --format json --bundle "$BUNDLE"
        jq -r '[.. | objects | select(.file? // "" | startswith("memory.")) | "\(.file)=\(.value)"] | join(" ")' <<<"$output" 2>/dev/null
    }
    is "$(planned '{}')" ""
    is "$(planned '{"limit": 0}')" ""
    grep -qw memory "$CGROUP2/cgroup.controllers" || skip "cgroup v2 has no memory controller here (see tests/lab)"
    is "$(planned '{"limit": -1}')" "memory.swap.max=max memory.max=max"
    is "$(planned '{"limit": 104857600}')" memory.max=104857600
}

@test "rule 27: an idmapped mount without mappings of its own or of the container is an error" {
    mkdir "$BUNDLE/data"
    refused '.mounts += [{destination: "/mnt", type: "bind", source: "data", options: ["bind", "idmap"]}]' idmap /mounts/7
    refused '.mounts += [{destination: "/mnt", type: "bind", source: "data", options: ["rbind", "ridmap"]}]' idmap /mounts/7
}

@test "rule 28: the state that a hook gets has the process as it is called where the hook runs" {
    local kind
    for kind in prestart createRuntime poststart; do hook $kind "cat >$T/state.$kind"; done
    config '.hooks.createContainer = [{path: "/bin/sh", args: ["sh", "-c", $text], env: ["PATH=/bin:/usr/bin"]}]' \
        --arg text "cat >$T/state.createContainer"
    config '.hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "cat >/tmp/state"], env: ["PATH=/bin"]}]'
    start_sleeping
    for kind in prestart createRuntime poststart; do is "$kind $(jq .pid "$T/state.$kind")" "$kind $PID"; done
    is "$(jq .pid "$T/state.createContainer")" 1
    is "$(jq .pid "$BUNDLE/rootfs/tmp/state")" 1
}

@test "rule 29: a host or domain name without a UTS namespace is an error" {
    local host
    host=$(uname -n)
    refused '.linux.namespaces |= map(select(.type != "uts"))' /hostname uts
    refused '.linux.namespaces |= map(select(.type != "uts")) | del(.hostname) | .domainname = "x"' /domainname uts
    # Joined by its path the host's is still the host's.
    refused '(.linux.namespaces[] | select(.type == "uts")).path = "/proc/self/ns/uts"' /hostname uts
    refused '(.linux.namespaces[] | select(.type == "uts")).path = "/proc/self/ns/uts" | del(.hostname) | .domainname = "x"' \
        /domainname uts
    is "$(uname -n)" "$host"
}

@test "rule 30: process may be missing at create, and is an error at start" {
    config '.kept = .process | del(.process)'
    create
    is "$(status_of)" created
    attempt caisson start "$ID"
    fails /process missing
    is "$(status_of)" created
    config '.process = .kept'
    attempt caisson start "$ID"
    fails /process missing
    caisson delete "$ID"
    config '.process.args = [] | del(.process.args)'
    create
    attempt caisson start "$ID"
    fails /process/args
    is "$(status_of)" created
}

@test "rule 30: what process is not needed for is done without it" {
    config 'del(.process)'
    hook createRuntime "echo ran >$T/hook"
    create
    is "$(cat "$T/hook")" ran
    mounted /dev
    echo '{"args": ["hostname"], "cwd": "/", "env": ["PATH=/bin"], "user": {"uid": 0, "gid": 0}}' >"$T/process.json"
    attempt caisson exec --process "$T/process.json" "$ID"
    succeeds box
}

@test "rule 31: nothing is mounted over procfs but what informs" {
    mkdir "$BUNDLE/data"
    touch "$BUNDLE/file"
    refused '.mounts += [{destination: "/proc", type: "tmpfs", source: "tmpfs"}]' /mounts/7/type
    refused '.mounts += [{destination: "/proc/sys", type: "bind", source: "data", options: ["bind"]}]' /mounts/7/destination
    refused '.mounts += [{destination: "/proc/self/attr", type: "bind", source: "data", options: ["bind"]}]' /mounts/7
    refused '.mounts += [{destination: "/./proc/../proc/sys", type: "bind", source: "data", options: ["bind"]}]' proc
    local name
    for name in cpuinfo diskstats meminfo stat swaps uptime loadavg; do
        add_mount "{destination: \"/proc/$name\", type: \"bind\", source: \"file\", options: [\"bind\"]}"
    done
    start_sleeping
    for name in cpuinfo diskstats meminfo stat swaps uptime loadavg; do mounted "/proc/$name"; done
}

@test "rule 32: a sysctl that is not of a namespace of the container's own is an error" {
    local name
    for name in kernel.panic vm.swappiness fs.file-max kernel.hostname kernel.pid_max dev.cdrom.info; do
        refused ".linux.sysctl = {\"$name\": \"1\"}" "$name"
    done
    refused '.linux.namespaces |= map(select(.type != "ipc")) | .linux.sysctl = {"kernel.shmmax": "1"}' ipc
    refused '.linux.namespaces |= map(select(.type != "network")) | .linux.sysctl = {"net.ipv4.ip_forward": "1"}' network
    refused '.linux.namespaces |= map(select(.type != "ipc")) | .linux.sysctl = {"fs.mqueue.msg_max": "1"}' ipc
    rootless || refused '.linux.sysctl = {"user.max_user_namespaces": "1"}' user
    config '.linux.sysctl = {"kernel.shmmax": "4096", "kernel.msgmax": "4097", "kernel.sem": "1 2 3 4", "fs.mqueue.msg_max": "7",
        "net.ipv4.ip_forward": "1", "kernel.domainname": "example"}'
    run_script 'cd /proc/sys; cat kernel/shmmax kernel/msgmax kernel/sem fs/mqueue/msg_max net/ipv4/ip_forward kernel/domainname | tr "\t" " "'
    if ! rootless; then succeeds $'4096\n4097\n1 2 3 4\n7\n1\nexample'; fi
}
