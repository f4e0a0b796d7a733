# SPDX-License-Identifier: LGPL-2.1-or-later
# Pods and containers as kubelet makes them, by containerd's CRI plugin: their life.
load clients
load cri

@test "a RuntimeClass's handler: pods are the runtime's, an unknown handler is refused" {
    [ "$RUNTIME" != caisson ] || is "$(awk '$1 == "handler:" { print $2 }' "$CHECKOUT/contrib/runtimeclass.yaml")" "$RUNTIME"
    pod
    is "$(runtime_state "$POD" .status)" running
    call PodSandboxStatus
    is "$(answer .status.runtime_handler)" "$RUNTIME"
    attempt cri RunPodSandbox "$(jq '{ config: (.metadata.uid = "other"), runtime_handler: "nosuch" }' <<<"$POD_CONFIG")"
    gives 1 nosuch
}

@test "a pod: listed, stopped twice, removed twice" {
    pod '.annotations = { a: "b" }'
    ask ListPodSandbox
    is "$(answer ".items[] | select(.id == \"$POD\").runtime_handler")" "$RUNTIME"
    local pid
    pid=$(runtime_state "$POD" .pid)
    call StopPodSandbox
    call StopPodSandbox
    [ ! -d "/proc/$pid" ]
    call PodSandboxStatus
    is "$(answer '.status | .state, .annotations.a')" $'SANDBOX_NOTREADY\nb'
    call RemovePodSandbox
    call RemovePodSandbox
    attempt cri PodSandboxStatus "{\"pod_sandbox_id\": \"$POD\"}"
    gives 1 NOT_FOUND
    [ ! -e "$SHIM_ROOT/$POD" ]
}

@test "a container: created, running, ended, with its exit status and its log" {
    pod
    container '.envs = [{ key: "A", value: "b" }] | .working_dir = "/etc" | .annotations = { a: "b" }' \
        sh -c 'echo $A $PWD; echo err >&2; read x; exit 7'
    is_state CONTAINER_CREATED
    call StartContainer
    wait_for is_state CONTAINER_EXITED
    is "$(answer '.status | .exit_code, .annotations.a')" $'7\nb'
    [ "$(answer '.status | (.finished_at | tonumber) > (.created_at | tonumber)')" = true ]
    is "$(sort -k 2 "$T/logs/log" | cut -d' ' -f2-)" $'stderr F err\nstdout F b /etc'
    call RemoveContainer
    attempt cri ContainerStatus "{\"container_id\": \"$CONTAINER\"}"
    gives 1 NOT_FOUND
}

@test "a container whose program is not there" {
    pod
    container . nosuch
    attempt cri StartContainer "{\"container_id\": \"$CONTAINER\"}"
    gives 1 'executable file not found'
    is_state CONTAINER_EXITED
    is "$(answer '.status | .reason, .exit_code')" $'StartError\n128'
    contains "$(answer .status.message)" 'executable file not found'
    [ ! -e "$SHIM_ROOT/$CONTAINER" ]
}

@test "a container with a terminal" {
    pod
    runs '.tty = true' sh -c 'test -t 1 && tty; exit 5'
    gives 5 /dev/pts/
}

@test "an init container, then two that run beside each other" {
    pod
    runs . sh -c 'echo first'
    gives 0 first
    local one
    waiting
    one=$CONTAINER
    waiting
    is "$(runtime_state "$one" .status) $(runtime_state "$CONTAINER" .status)" 'running running'
    ask ListContainers
    is "$(answer ".containers[] | select(.pod_sandbox_id == \"$POD\").state" | sort | uniq -c | awk '{ print $1, $2 }')" \
        $'1 CONTAINER_EXITED\n2 CONTAINER_RUNNING'
}

@test "ExecSync: output and exit status, a command that is not there, one that takes too long" {
    pod
    waiting '.envs = [{ key: "A", value: "b" }]'
    ask ExecSync "$(jq -n '{ container_id: $id, cmd: ["sh", "-c", "echo out $A; echo err >&2; exit 4"] }' --arg id "$CONTAINER")"
    is "$(answer '(.stdout, .stderr | @base64d), .exit_code')" $'out b\n\nerr\n\n4'
    attempt cri ExecSync "{\"container_id\": \"$CONTAINER\", \"cmd\": [\"nosuch\"]}"
    gives 1 'executable file not found'
    attempt cri ExecSync "{\"container_id\": \"$CONTAINER\", \"cmd\": [\"sleep\", \"4321\"], \"timeout\": 1}"
    gives 1 DEADLINE_EXCEEDED
    attempt in_container sh -c 'ps | grep [4]321'
    gives 1
    is_state CONTAINER_RUNNING
}

@test "Exec as a stream: both outputs, input, exit status, a terminal" {
    pod
    waiting
    attempt stream Exec . sh -c 'echo out; echo err >&2; exit 4'
    gives 4 out err
    status=0
    output=$(stream Exec '.stdin = true' sh -c 'read line; echo "got $line"' <<<hello) || status=$?
    gives 0 'got hello'
    # Without input, containerd closes the terminal before anyone has read from it.
    attempt stream Exec '.tty = true | .stdin = true | .stderr = false' sh -c 'test -t 0 && tty; exit 6'
    gives 6 /dev/pts/
    attempt stream Exec . nosuch
    [ "$status" != 0 ]
    contains "$output" 'executable file not found'
}

@test "Attach: input and output of the container's process" {
    pod
    started '.stdin = true | .stdin_once = true' sh -c 'read line; echo "got $line"; sleep 0.2'
    status=0
    output=$(stream Attach '.stdin = true' <<<hello) || status=$?
    gives 0 'got hello'
    wait_for is_state CONTAINER_EXITED
}

@test "statistics of a container, of all, of the pod" {
    pod
    waiting
    in_container sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done'
    call ContainerStats
    is "$(answer .stats.attributes.id)" "$CONTAINER"
    # What has no controller counts as 0, and 0 is left out.
    if limits; then
        [ "$(answer '.stats.cpu.usage_core_nano_seconds.value | tonumber')" -gt 1000000 ]
        [ "$(answer '.stats.memory.working_set_bytes.value | tonumber')" -gt 10000 ]
    fi
    ask ListContainerStats
    is "$(answer ".stats[] | select(.attributes.id == \"$CONTAINER\").attributes.id")" "$CONTAINER"
    call PodSandboxStats
    is "$(answer .stats.linux.containers[].attributes.id)" "$CONTAINER"
    # By the runtime's list of processes; containerd 2 counts by a controller.
    newer 2.0 && ! grep -qw pids /sys/fs/cgroup/cgroup.controllers ||
        is "$(answer .stats.linux.process.process_count.value)" 2
}

@test "UpdateContainerResources: a limit of huge pages" {
    need_controllers hugetlb
    pod
    waiting
    local cgroup
    cgroup=$(cgroup_of "$(runtime_state "$CONTAINER" .pid)")
    ask UpdateContainerResources "{\"container_id\": \"$CONTAINER\", \"linux\": {
        \"hugepage_limits\": [{ \"page_size\": \"2MB\", \"limit\": 4194304 }] }}"
    is "$(cat "$cgroup/hugetlb.2MB.max")" 4194304
    ask UpdateContainerResources "{\"container_id\": \"$CONTAINER\", \"linux\": {
        \"unified\": { \"hugetlb.2MB.max\": \"6291456\" } }}"
    is "$(cat "$cgroup/hugetlb.2MB.max")" 6291456
}

@test "UpdateContainerResources: memory, processor time" {
    need_controllers memory cpu
    pod
    waiting '.linux.resources = { memory_limit_in_bytes: 67108864, cpu_period: 100000, cpu_quota: 50000, cpu_shares: 512 }'
    local cgroup
    cgroup=$(cgroup_of "$(runtime_state "$CONTAINER" .pid)")
    is "$(cat "$cgroup"/{memory.max,cpu.max})" $'67108864\n50000 100000'
    ask UpdateContainerResources "{\"container_id\": \"$CONTAINER\", \"linux\": {
        \"memory_limit_in_bytes\": 134217728, \"cpu_period\": 100000, \"cpu_quota\": 70000 }}"
    is "$(cat "$cgroup"/{memory.max,cpu.max})" $'134217728\n70000 100000'
}

@test "UpdateContainerResources: what cannot be set is refused, and nothing is changed" {
    need_controllers hugetlb
    pod
    waiting
    local file before
    file=$(cgroup_of "$(runtime_state "$CONTAINER" .pid)")/hugetlb.2MB.max
    before=$(cat "$file")
    attempt cri UpdateContainerResources "{\"container_id\": \"$CONTAINER\", \"linux\": {
        \"hugepage_limits\": [{ \"page_size\": \"3MB\", \"limit\": 4194304 }] }}"
    gives 1 hugetlb
    is "$(cat "$file")" "$before"
    is_state CONTAINER_RUNNING
}

@test "a container that uses more memory than it may is said to be OOMKilled" {
    need_controllers memory
    pod
    runs '.linux.resources = { memory_limit_in_bytes: 8388608 }' sh -c 'x=$(head -c 64000000 /dev/zero | tr "\0" x); echo survived'
    gives 137
    is "$(answer .status.reason)" OOMKilled
}

@test "StopContainer: the signal is enough, or the time is over" {
    pod
    waiting
    ask StopContainer "{\"container_id\": \"$CONTAINER\", \"timeout\": 20}"
    is_state CONTAINER_EXITED
    is "$(answer .status.exit_code)" 3
    waiting '.command[2] |= sub("exit 3"; "")'
    ask StopContainer "{\"container_id\": \"$CONTAINER\", \"timeout\": 1}"
    is_state CONTAINER_EXITED
    is "$(answer .status.exit_code)" 137
    # Once more is no error.
    ask StopContainer "{\"container_id\": \"$CONTAINER\", \"timeout\": 1}"
}

@test "RemoveContainer and RemovePodSandbox of what runs" {
    local pids=()
    pod
    waiting
    pids+=("$(runtime_state "$CONTAINER" .pid)")
    call RemoveContainer
    waiting
    pids+=("$(runtime_state "$CONTAINER" .pid)" "$(runtime_state "$POD" .pid)")
    call RemovePodSandbox
    for pid in "${pids[@]}"; do [ ! -d "/proc/$pid" ]; done
    [ -z "$(ls -d "$SHIM_ROOT/$POD" "$SHIM_ROOT/$CONTAINER" 2>/dev/null)" ]
}

@test "the log: long lines, and a new file when it is asked for" {
    pod
    started . sh -c 'head -c 20000 /dev/zero | tr "\0" x; echo; while [ ! -e /tmp/go ]; do sleep 0.05; done; echo second; sleep 1000'
    wait_for grep -q 'stdout F' "$T/logs/log"
    is "$(cut -d' ' -f2,3 "$T/logs/log")" $'stdout P\nstdout F'
    is "$(cut -d' ' -f4 "$T/logs/log" | tr -d '\n' | wc -c)" 20000
    mv "$T/logs/log" "$T/logs/old"
    call ReopenContainerLog
    in_container touch /tmp/go
    wait_for grep -q 'stdout F second' "$T/logs/log"
}

@test "a daemon that ends, or is killed, and starts again finds what it has left running" {
    local signal
    pod
    waiting
    for signal in TERM KILL; do
        kill -s "$signal" "$(cat "$W/containerd")"
        ended_daemon "$(cat "$W/containerd")"
        start_containerd
        is_state CONTAINER_RUNNING
        is "$(in_container echo alive)" alive
    done
    ask StopContainer "{\"container_id\": \"$CONTAINER\", \"timeout\": 20}"
    is_state CONTAINER_EXITED
    is "$(answer .status.exit_code)" 3
}

@test "a container that ended while there was no daemon" {
    local pid
    pod
    waiting
    ended_daemon "$(cat "$W/containerd")"
    pid=$(runtime_state "$CONTAINER" .pid)
    kill -TERM "$pid"
    wait_for eval '[ ! -d "/proc/$pid" ]'
    start_containerd
    wait_for is_state CONTAINER_EXITED
    # containerd 1.7 asks nobody, and says 255.
    matches "$(answer .status.exit_code)" '^(3|255)$'
}

@test "a pod whose shim was killed is cleaned away" {
    pod
    local pid shim
    pid=$(runtime_state "$POD" .pid)
    shim=$(ps -o ppid= -p "$pid")
    matches "$(cat "/proc/${shim// /}/comm")" '^containerd-shim'
    kill -KILL "$shim"
    wait_for eval '[ ! -d "/proc/$pid" ]'
    call RemovePodSandbox
    [ ! -e "$SHIM_ROOT/$POD" ]
}

@test "nothing of the runtime's is left" {
    ask ListPodSandbox
    is "$(answer '.items | length')" 0
    # Of this file's alone: others run beside it.
    [ -s "$W/ids" ]
    is "$(grep -xFf "$W/ids" <(ls "$SHIM_ROOT" 2>/dev/null))" ''
}
