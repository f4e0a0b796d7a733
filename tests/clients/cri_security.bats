# SPDX-License-Identifier: LGPL-2.1-or-later
# Pods and containers as kubelet makes them, by containerd's CRI plugin: security contexts, namespaces, mounts, devices.
load clients
load cri

# context JSON: a filter that adds to the container's security context
context() {
    echo ".linux.security_context += $1"
}

@test "capabilities added and dropped" {
    pod
    runs "$(context '{ capabilities: { drop_capabilities: ["ALL"], add_capabilities: ["NET_BIND_SERVICE", "KILL"] } }')" \
        grep -E '^Cap(Eff|Bnd|Amb)' /proc/self/status
    gives 0 $'CapEff:\t0000000000000420' $'CapBnd:\t0000000000000420' $'CapAmb:\t0000000000000000'
}

@test "ids, supplementary groups, a user by name" {
    pod
    runs "$(context '{ run_as_user: { value: 1000 }, run_as_group: { value: 1001 }, supplemental_groups: [2000, 3000] }')" id
    gives 0 'uid=1000 gid=1001'
    matches "$output" 'groups=.*2000.*3000'
    runs "$(context '{ run_as_username: "nobody" }')" id -u
    gives 0 65534
}

@test "a root filesystem that is only to be read" {
    pod
    runs "$(context '{ readonly_rootfs: true }')" sh -c 'touch /file || echo refused; grep " / " /proc/mounts'
    gives 0 refused
    matches "$output" ' / overlay ro,'
}

@test "seccomp: the default profile, a profile of the node's, none" {
    pod
    runs "$(context '{ seccomp: { profile_type: "RuntimeDefault" } }')" sh -c 'grep Seccomp: /proc/self/status; unshare -U true || echo refused'
    gives 0 $'Seccomp:\t2' refused
    runs "$(context '{ seccomp: { profile_type: "Unconfined" } }')" sh -c 'grep Seccomp: /proc/self/status; unshare -U true && echo allowed'
    gives 0 $'Seccomp:\t0' allowed
    echo '{ "defaultAction": "SCMP_ACT_ALLOW",
        "syscalls": [{ "names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28 }] }' >"$T/profile.json"
    runs "$(context "{ seccomp: { profile_type: \"Localhost\", localhost_ref: \"$T/profile.json\" } }")" mkdir /tmp/x
    gives 1 'No space left on device'
}

@test "no new privileges" {
    pod
    runs "$(context '{ no_new_privs: true }')" grep NoNewPrivs /proc/self/status
    gives 0 $'NoNewPrivs:\t1'
    runs . grep NoNewPrivs /proc/self/status
    gives 0 $'NoNewPrivs:\t0'
}

@test "paths that are masked, and that are only to be read" {
    pod
    runs "$(context '{ masked_paths: ["/proc/version", "/sys/firmware", "/nosuch"], readonly_paths: ["/proc/sys"] }')" sh -c '
        echo "$(wc -c </proc/version) $(ls /sys/firmware | wc -l)"
        echo >/proc/sys/kernel/domainname || echo refused'
    gives 0 "0 0" 'Read-only file system' refused
}

@test "a privileged container: capabilities, the host's devices, /sys, mounts, no seccomp" {
    pod '.linux.security_context.privileged = true'
    runs "$(context '{ privileged: true }')" sh -c '
        grep -E "^(CapEff|Seccomp:)" /proc/self/status; ls /dev; grep " /sys " /proc/mounts; mount -t tmpfs tmpfs /mnt && echo mounted'
    gives 0 "$(grep CapBnd /proc/self/status | sed s/Bnd/Eff/)" $'Seccomp:\t0' fuse mounted
    matches "$output" ' /sys sysfs rw,'
}

@test "process namespaces: the container's own, the pod's, another's, the host's" {
    local first
    pod
    runs . sh -c 'echo $$'
    gives 0 1
    waiting "$(context '{ namespace_options: { network: "NODE", pid: "CONTAINER" } }')"
    first=$CONTAINER
    started "$(context "{ namespace_options: { network: \"NODE\", pid: \"TARGET\", target_id: \"$first\" } }")" sleep 1000
    is "$(in_container sh -c 'tr "\0" " " </proc/1/cmdline')" "sh -c $WAITING "
    call RemovePodSandbox

    pod '.linux.security_context.namespace_options.pid = "NODE"'
    runs "$(context '{ namespace_options: { network: "NODE", pid: "NODE" } }')" readlink /proc/self/ns/pid
    gives 0 "$(readlink /proc/self/ns/pid)"
    call RemovePodSandbox

    pod '.linux.security_context.namespace_options.pid = "POD"'
    waiting "$(context '{ namespace_options: { network: "NODE", pid: "POD" } }')"
    first=$CONTAINER
    waiting "$(context '{ namespace_options: { network: "NODE", pid: "POD" } }')"
    contains "$(in_container sh -c 'tr "\0" " " </proc/1/cmdline')" 'sleep 100000'
    is "$(in_container ps | grep -c 'touch /tmp/ready')" 2
    # One that ends takes no other with it.
    ask StopContainer "{\"container_id\": \"$first\"}"
    is "$(in_container echo alive)" alive
}

@test "IPC namespaces: the pod's, the host's" {
    pod
    runs . readlink /proc/self/ns/ipc
    gives 0 "$(readlink "/proc/$(runtime_state "$POD" .pid)/ns/ipc")"
    [ "$output" != "$(readlink /proc/self/ns/ipc)" ]
    call RemovePodSandbox
    pod '.linux.security_context.namespace_options.ipc = "NODE"'
    runs "$(context '{ namespace_options: { network: "NODE", ipc: "NODE", pid: "CONTAINER" } }')" readlink /proc/self/ns/ipc
    gives 0 "$(readlink /proc/self/ns/ipc)"
}

@test "a pod's own network, by CNI: address, host name, sysctls of the pod, two containers" {
    [ -x /usr/lib/cni/ptp ] || skip "there are no CNI plugins here: containernetworking-plugins"
    pod '.hostname = "podname" | .linux.security_context.namespace_options = {} |
        .linux.sysctls = { "kernel.shm_rmid_forced": "1", "net.ipv4.ip_unprivileged_port_start": "80" }'
    local own address
    own=$(context '{ namespace_options: { pid: "CONTAINER" } }')
    call PodSandboxStatus
    address=$(answer .status.network.ip)
    matches "$address" '^10\.88\.'
    runs "$own" sh -c 'hostname; ip -o addr; cat /proc/sys/kernel/shm_rmid_forced /proc/sys/net/ipv4/ip_unprivileged_port_start'
    gives 0 podname "inet $address" $'1\n80'
    started "$own" sh -c 'echo served | nc -l -p 8080'
    runs "$own" sh -c 'until nc 127.0.0.1 8080; do sleep 0.1; done'
    gives 0 served
    call RemovePodSandbox
    is "$(ip -o link | grep -c veth)" 0
}

@test "mounts: read only, by a link" {
    pod
    mkdir "$T/source"
    echo content >"$T/source/file"
    ln -s source "$T/link"
    runs "$(jq -n '".mounts = \([{ container_path: "/data", host_path: $host, readonly: true }])"' -r --arg host "$T/link")" \
        sh -c 'cat /data/file; touch /data/x || echo refused'
    gives 0 content 'Read-only file system' refused
}

@test "mounts: propagation from the host, in both directions, none" {
    pod '.linux.security_context.privileged = true'
    local shared=$T/shared one none
    mkdir "$shared"
    mount -t tmpfs tmpfs "$shared"
    mount --make-shared "$shared"
    mkdir "$shared"/{a,b}
    propagated() {
        jq -n '".mounts = \([{ container_path: "/data", host_path: $host, propagation: $how }])"' -r --arg host "$shared" --arg how "$1"
    }
    waiting "$(propagated PROPAGATION_HOST_TO_CONTAINER)"
    one=$CONTAINER
    waiting "$(propagated PROPAGATION_PRIVATE)"
    none=$CONTAINER
    waiting "$(propagated PROPAGATION_BIDIRECTIONAL) | $(context '{ privileged: true }')"
    mount -t tmpfs host "$shared/a"
    in_container mount -t tmpfs container /data/b
    is "$(awk -v d="$shared/b" '$2 == d { print $1 }' /proc/mounts)" container
    CONTAINER=$one
    is "$(in_container grep -cE '^(host|container) /data/' /proc/mounts)" 2
    CONTAINER=$none
    attempt in_container grep -cE '^(host|container) /data/' /proc/mounts
    gives 1 0
    call RemovePodSandbox
    umount -R "$shared"
}

@test "mounts that are read-only with all below" {
    offers recursive_read_only_mounts
    pod
    mkdir -p "$T/source/below"
    mount -t tmpfs tmpfs "$T/source/below"
    runs "$(jq -n '".mounts = \([{ container_path: "/data", host_path: $host, readonly: true, recursive_read_only: true }])"' \
        -r --arg host "$T/source")" sh -c 'touch /data/below/x || echo refused'
    gives 0 'Read-only file system' refused
    call RemovePodSandbox
    umount "$T/source/below"
}

@test "a pod in a user namespace" {
    offers user_namespaces
    local map='[{ host_id: 200000, container_id: 0, length: 65536 }]' options
    options="{ userns_options: { mode: \"POD\", uids: $map, gids: $map } }"
    pod ".hostname = \"podname\" | .linux.security_context.namespace_options = $options"
    mkdir "$T/source"
    waiting "$(context "{ namespace_options: ($options + { pid: \"CONTAINER\" }) }") |
        .mounts = [{ container_path: \"/data\", host_path: \"$T/source\", uidMappings: $map, gidMappings: $map }]"
    is "$(in_container cat /proc/self/uid_map | tr -s ' ')" ' 0 200000 65536'
    in_container touch /data/file
    is "$(stat -c %u "$T/source/file")" 0
    is "$(awk '/^Uid:/ { print $2 }' "/proc/$(runtime_state "$CONTAINER" .pid)/status")" 200000
}

@test "devices: what may be done with one" {
    [ -c /dev/fuse ] || skip "there is no /dev/fuse here"
    pod
    runs '.devices = [{ container_path: "/dev/mine", host_path: "/dev/fuse", permissions: "r" }]' \
        sh -c '(exec 3</dev/mine) && echo opened; (exec 3>/dev/mine) || echo refused; echo >/dev/null && echo rest'
    gives 0 opened 'Operation not permitted' refused rest
    runs . sh -c 'mknod /tmp/fuse c 10 229 && (exec 3</tmp/fuse) || echo refused'
    gives 0 'Operation not permitted' refused
}

@test "a score for the end of memory" {
    pod
    runs '.linux.resources.oom_score_adj = 900' cat /proc/self/oom_score_adj
    gives 0 900
}
