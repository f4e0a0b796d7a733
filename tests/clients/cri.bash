# SPDX-License-Identifier: LGPL-2.1-or-later
# Kubernetes' container runtime interface: containerd with its CRI plugin, set up by contrib/containerd.toml and called as
# kubelet calls it, by the small client `cri`. `load clients`, then `load cri`.
#   $POD, $POD_CONFIG   the last pod        $CONTAINER   the last container        $RESPONSE   the last answer

IMAGE=localhost/box:latest
# Where containerd's shim has the runtime keep its state.
SHIM_ROOT=/run/containerd/runc/k8s.io
# The program of a container that waits until it is told to end.
WAITING='trap "exit 3" TERM; touch /tmp/ready; while :; do sleep 1000 & wait $!; done'

setup_file() {
    clients_setup_file
    export CRI_SOCKET=$R/containerd.sock CONTAINERD_ADDRESS=$R/containerd.sock
    cri_configuration >"$W/config.toml"
    network >"$W/net.d/pod.conflist"
    start_containerd
    ctr -n k8s.io image import "$CLIENTS_WORK/oci.tar" >"$W/import.log" 2>&1
    ctr -n k8s.io image import "$CLIENTS_WORK/pause.tar" >>"$W/import.log" 2>&1
    wait_for known_image localhost/pause:latest
}

teardown_file() {
    ended_daemon "$(cat "$W/containerd")"
}

setup() {
    clients_setup
    PODS=()
}

teardown() {
    local pod
    for pod in "${PODS[@]}"; do cri RemovePodSandbox "{\"pod_sandbox_id\": \"$pod\"}" >/dev/null 2>&1 || :; done
    rmdir "/sys/fs/cgroup/kubepods/${W##*/}"* 2>/dev/null || :
    clients_teardown
}

# The snippet, word for word (for the other runtimes with their name), and what these tests or this host need beyond it.
cri_configuration() {
    local edit="s/caisson/$RUNTIME/g; s|^version.*|&\nroot = \"$W/root\"\nstate = \"$R/state\"|"
    mkdir -p "$W/net.d"
    if newer 2.0 && ! limits; then
        shareless
        edit+="; s|^BinaryName.*|BinaryName = \"$W/shareless\"|"
    fi
    # Top-level keys stand before all tables.
    sed "$edit" "$CHECKOUT/contrib/containerd.toml"
    cat <<-END
		[grpc]
		address = "$CRI_SOCKET"
		[plugins."io.containerd.grpc.v1.cri"]
		sandbox_image = "localhost/pause:latest"
		disable_hugetlb_controller = false
		$( (echo -998 >/proc/self/oom_score_adj) 2>/dev/null || echo 'restrict_oom_score_adj = true')
		$(limits || newer 2.0 || echo 'disable_cgroup = true')
		[plugins."io.containerd.grpc.v1.cri".cni]
		bin_dir = "/usr/lib/cni"
		conf_dir = "$W/net.d"
	END
}

# limits: whether the plugin's own can be had; it sets cpu.weight for each pod
limits() {
    grep -qw cpu /sys/fs/cgroup/cgroup.controllers
}

# containerd 2 knows no disable_cgroup: where cpu.weight cannot be had, the runtime is not asked for it.
shareless() {
    cat >"$W/shareless" <<-END
		#!/bin/bash
		for ((i = 1; i < \$#; i++)); do
		    next=\$((i + 1))
		    [ "\${!i}" != --bundle ] || sed -i 's/"cpu":{[^}]*}/"cpu":{}/' "\${!next}/config.json"
		done
		exec $RUNTIME "\$@"
	END
    chmod 755 "$W/shareless"
}

# A pod gets one end of a pair of interfaces.
network() {
    jq -n '{ cniVersion: "0.4.0", name: "pod", plugins: [{ type: "ptp",
        ipam: { type: "host-local", dataDir: $data, ranges: [[{ subnet: "10.88.0.0/24" }]] } }] }' --arg data "$R/addresses"
}

start_containerd() {
    containerd -c "$W/config.toml" >>"$W/containerd.log" 2>&1 3>&- &
    echo $! >"$W/containerd"
    wait_for cri Version
}

known_image() {
    cri ImageStatus "{\"image\": {\"image\": \"$1\"}}" | grep -q sha256
}

cri() {
    "$CHECKOUT/tests/clients/cri" "$@"
}

# ask METHOD [JSON]: a call that has to succeed; its answer is in $RESPONSE
ask() {
    attempt cri "$@"
    succeeds
    RESPONSE=$output
}

# answer FILTER: of the last answer
answer() {
    jq -r "$1" <<<"$RESPONSE"
}

# pod [FILTER]: runs one, in the host's network unless FILTER, a change to its configuration, says otherwise
pod() {
    mkdir -p "$T/logs"
    POD_CONFIG=$(jq -n --arg name "$NAME" --arg uid "${W##*/}-$RANDOM" --arg logs "$T/logs" '{
        metadata: { name: $name, uid: $uid, namespace: "default" }, log_directory: $logs,
        linux: { cgroup_parent: "/kubepods/\($uid)", security_context: { namespace_options: { network: "NODE" } } }
        } | '"${1:-.}")
    # As kubelet does.
    mkdir -p "/sys/fs/cgroup$(jq -r .linux.cgroup_parent <<<"$POD_CONFIG")"
    ask RunPodSandbox "$(jq '{ config: ., runtime_handler: $handler }' --arg handler "$RUNTIME" <<<"$POD_CONFIG")"
    POD=$(answer .pod_sandbox_id)
    PODS+=("$POD")
    echo "$POD" >>"$W/ids"
}

# container FILTER COMMAND...: makes one in the last pod; FILTER changes its configuration
container() {
    local filter=$1 config
    shift
    config=$(jq -n --arg image "$IMAGE" --arg name "box$RANDOM" '{ metadata: { name: $name }, image: { image: $image },
        log_path: "log", command: $ARGS.positional,
        linux: { security_context: { namespace_options: { network: "NODE", pid: "CONTAINER" } } } } | '"$filter" --args -- "$@")
    ask CreateContainer "$(jq '{ pod_sandbox_id: $pod, config: ., sandbox_config: $sandbox }' \
        --arg pod "$POD" --argjson sandbox "$POD_CONFIG" <<<"$config")"
    CONTAINER=$(answer .container_id)
    echo "$CONTAINER" >>"$W/ids"
}

# started FILTER COMMAND...: the same, and starts it
started() {
    container "$@"
    call StartContainer
}

# waiting [FILTER]: one that runs $WAITING, and is there already
waiting() {
    started "${1:-.}" sh -c "$WAITING"
    wait_for in_container test -e /tmp/ready
}

# runs FILTER COMMAND...: a container to its end; $output is its log without times, $status its exit status
runs() {
    : >"$T/logs/log"
    started "$@"
    wait_for is_state CONTAINER_EXITED
    output=$(sed 's/^[^ ]* std\(out\|err\) F //' "$T/logs/log")
    status=$(answer '.status.exit_code // 0')
}

# container_status: of the last container, into $RESPONSE
container_status() {
    ask ContainerStatus "{\"container_id\": \"$CONTAINER\", \"verbose\": true}"
}

# is_state STATE: so is the last container. (JSON leaves out a value that is 0: created.)
is_state() {
    container_status
    [ "$(answer '.status.state // "CONTAINER_CREATED"')" = "$1" ]
}

# in_container COMMAND...: by ExecSync, in the last container; prints its standard output, and has its exit status
in_container() {
    local response
    response=$(cri ExecSync "$(jq -n '{ container_id: $id, cmd: $ARGS.positional }' --arg id "$CONTAINER" --args -- "$@")") || return 250
    jq -j '.stdout // "" | @base64d' <<<"$response"
    return "$(jq '.exit_code // 0' <<<"$response")"
}

# runtime_state ID FILTER: what the runtime itself says. (`caisson` is a function of the tests', too.)
runtime_state() {
    command "$RUNTIME" --root "$SHIM_ROOT" state "$1" | jq -r "$2"
}

# stream METHOD [FILTER] [COMMAND...]: what Exec or Attach prepares, changed by FILTER, is carried out
stream() {
    local method=$1 filter=$2 response
    shift 2
    response=$(cri "$method" "$(jq -n '{ container_id: $id, stdout: true, stderr: true } +
        if $ARGS.positional == [] then {} else { cmd: $ARGS.positional } end | '"$filter" --arg id "$CONTAINER" --args -- "$@")") || return
    cri stream "$response"
}

# cgroup_of PID: as a directory
cgroup_of() {
    sed -n 's|^0::|/sys/fs/cgroup|p' "/proc/$1/cgroup"
}

# call METHOD: of those that take an id alone, for the last container or pod
call() {
    case $1 in
    *Sandbox*) ask "$1" "{\"pod_sandbox_id\": \"$POD\"}" ;;
    *) ask "$1" "{\"container_id\": \"$CONTAINER\"}" ;;
    esac
}

# newer VERSION: the daemon is at least that
newer() {
    local have
    have=$(containerd --version | sed 's/^[^ ]* [^ ]* v\{0,1\}\([0-9.]*\).*/\1/')
    [ "$(printf '%s\n%s\n' "$1" "$have" | sort -V | head -n 1)" = "$1" ]
}

# offers FEATURE: skips where the daemon does not say that the runtime's handler has it
offers() {
    newer 2.0 || skip "containerd $(containerd --version | cut -d' ' -f3) asks no runtime for its features"
    ask Status
    is "$(answer ".runtime_handlers[] | select(.name == \"$RUNTIME\").features.$1")" true
}
