# SPDX-License-Identifier: LGPL-2.1-or-later
# The life of a container by the calls that each client makes: their order, spelling, and environment, without the client.
# (The words that they look for: contract.bats.)
# also: user
load helpers

setup() {
    common_setup
    script 'trap "exit 3" TERM; echo ready >/tmp/ready; while :; do sleep 1000 & wait $!; done'
    jq '.process | .args = ["sh", "-c", "echo executed; exit 4"] | .terminal = false' "$BUNDLE/config.json" >"$T/process.json"
    # What podman, conmon and the shim leave open by accident.
    exec 5<"$BUNDLE/config.json" 17<"$BUNDLE" 18>"$T/pipe"
}

teardown() {
    exec 5<&- 17<&- 18<&-
    common_teardown
}

# bare ARGUMENT...: without PATH and HOME, as podman and conmon call for pause, kill, delete
bare() {
    env -i XDG_RUNTIME_DIR= "$CAISSON" "$@"
}

# ready: the program has begun, and closed the file by which it says so; sets PID
ready() {
    PID=$1
    wait_for test -e "$BUNDLE/rootfs/tmp/ready"
    wait_for said_so
}

said_so() {
    ! readlink "/proc/$PID/fd/"* | grep -qx /tmp/ready
}

# only_streams PID: the process holds no descriptor that was open in a caller
only_streams() {
    local fd
    for fd in "/proc/$1/fd/"*; do
        [[ ${fd##*/} = [012] ]] || {
            echo "process $1 holds ${fd##*/}: $(readlink "$fd")"
            return 1
        }
    done
}

# A process that is about to end still takes a signal.
bare_stopped() {
    [ "$(bare state "$ID" | jq -r .status)" = stopped ]
}

@test "podman and conmon: no --root, no environment" {
    need_root "its state is in /run/caisson, which is root's"
    mount_fixture -t tmpfs tmpfs /run
    bare --log-format=json --log "$T/oci-log" create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID" </dev/null >"$T/out" 2>&1
    [ -d "/run/caisson/$ID" ]
    bare --log-format=json --log "$T/oci-log" start "$ID"
    ready "$(cat "$T/pid")"
    only_streams "$PID"
    jq '.args = ["sleep", "1000"]' "$T/process.json" >"$T/sleep.json"
    bare --log-format=json --log "$T/oci-log" exec --pid-file "$T/exec.pid" --process "$T/sleep.json" --detach "$ID" \
        </dev/null >"$T/out" 2>&1
    only_streams "$(cat "$T/exec.pid")"
    bare pause "$ID"
    is "$(bare state "$ID" | jq -r .status)" paused
    bare resume "$ID"
    echo '{"unified": {"cgroup.max.depth": "7"}}' >"$T/resources.json"
    bare update --resources="$T/resources.json" "$ID"
    is "$(cat "$CGROUP/cgroup.max.depth")" 7
    bare kill "$ID" 15
    wait_for bare_stopped
    attempt bare kill "$ID" 9
    fails 'container not running'
    bare delete --force "$ID"
    is "$(ls /run/caisson)" ''
    is "$(cat "$T/oci-log")" ''
}

@test "podman: a failure of create, start, exec is one object in the log, and is on standard error" {
    local command
    config '.process.args = ["nosuch"]'
    attempt bare --root "$ROOT" --log-format=json --log "$T/create" create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
    fails 'executable file not found in'
    [ ! -e "$T/pid" ]
    attempt bare --root "$ROOT" --log-format=json --log "$T/start" start "$ID"
    fails 'does not exist'
    attempt bare --root "$ROOT" --log-format=json --log "$T/exec" exec --pid-file "$T/pid" --process "$T/process.json" --detach "$ID"
    contains "$output" 'does not exist'
    [ ! -e "$T/pid" ]
    for command in create start exec; do
        is "$(jq -cs 'map(.level, (.msg | type), (.time | sub("\\.[0-9]+"; "") | fromdate | type))' "$T/$command")" '["error","string","number"]'
    done
}

@test "buildah: from its bundle, with a descriptor to preserve; state until it has stopped" {
    local status=''
    cd "$BUNDLE"
    script 'cat <&3 >/tmp/three; trap "exit 3" TERM; echo ready >/tmp/ready; while :; do sleep 1000 & wait $!; done'
    echo three >"$T/three"
    caisson create --bundle "$BUNDLE" --pid-file "$BUNDLE/pid" --no-new-keyring --preserve-fds 1 "$ID" \
        </dev/null >"$T/out" 2>&1 3<"$T/three"
    is "$(status_of)" created
    caisson start "$ID"
    ready "$(cat "$BUNDLE/pid")"
    is "$(cat "$BUNDLE/rootfs/tmp/three")" three
    is "$(status_of)" running
    caisson kill "$ID" SIGKILL
    wait_for stopped
    caisson delete "$ID"
    cd /
}

@test "containerd's shim: each call of a task's life" {
    local global=(--root "$ROOT" --log "$T/log.json" --log-format json --rootless=auto)
    attempt "$CAISSON" "${global[@]}" --debug create --bundle "$BUNDLE" --pid-file "$BUNDLE/init.pid" "$ID"
    succeeds ''
    attempt "$CAISSON" "${global[@]}" start "$ID"
    succeeds ''
    ready "$(cat "$BUNDLE/init.pid")"
    only_streams "$PID"
    attempt "$CAISSON" "${global[@]}" exec --process "$T/process.json" --detach --pid-file "$T/exec.pid" "$ID"
    succeeds
    [ -s "$T/exec.pid" ]
    is "$("$CAISSON" "${global[@]}" ps --format json "$ID" | jq "index($PID) != null")" true
    contains "$("$CAISSON" "${global[@]}" ps --format table "$ID" -o pid,args)" "$PID"
    is "$("$CAISSON" "${global[@]}" list --format=json | jq -c 'map(.id, .status, .pid)')" "[\"$ID\",\"running\",$PID]"
    is "$("$CAISSON" "${global[@]}" state "$ID" | jq -r .status)" running
    "$CAISSON" "${global[@]}" kill "$ID" 15
    wait_for stopped
    attempt "$CAISSON" "${global[@]}" kill --all "$ID" 9
    succeeds ''
    attempt "$CAISSON" "${global[@]}" delete "$ID"
    succeeds ''
    attempt "$CAISSON" "${global[@]}" delete --force "$ID"
    succeeds ''
}

@test "containerd's shim and docker: pause, resume, events, update from standard input" {
    need_cgroup
    local global=(--root "$ROOT" --log "$T/log.json" --log-format json)
    attempt "$CAISSON" "${global[@]}" create --bundle "$BUNDLE" --pid-file "$BUNDLE/init.pid" "$ID"
    succeeds
    "$CAISSON" "${global[@]}" start "$ID"
    ready "$(cat "$BUNDLE/init.pid")"
    "$CAISSON" "${global[@]}" pause "$ID"
    is "$("$CAISSON" "${global[@]}" state "$ID" | jq -r .status)" paused
    "$CAISSON" "${global[@]}" resume "$ID"
    is "$("$CAISSON" "${global[@]}" events --stats "$ID" | jq -r '.type, .id')" "stats"$'\n'"$ID"
    # docker 20.10, docker 26; and what it sends for what was not asked for
    "$CAISSON" "${global[@]}" update --resources - "$ID" <<<'{"unified": {"cgroup.max.depth": "7"}}'
    "$CAISSON" "${global[@]}" update --resources=- "$ID" <<<'{"memory": {"limit": 0}, "cpu": {"shares": 0, "quota": 0, "period": 0,
        "cpus": "", "mems": ""}, "blockIO": {"weight": 0}}'
    is "$(cat "$CGROUP/cgroup.max.depth")" 7
    "$CAISSON" "${global[@]}" delete --force "$ID"
}

@test "the limits of zero that docker writes are none, whatever controllers there are" {
    config '.linux.resources += {memory: {}, cpu: {shares: 0, quota: 0, period: 0, cpus: "", mems: ""}, blockIO: {weight: 0}}'
    run_script 'echo unlimited'
    succeeds unlimited
}

@test "BuildKit: run, with a log; exec; kill from beside it" {
    local global=(--root "$ROOT" --log "$T/runc-log.json" --log-format json) status=0
    background "$CAISSON" "${global[@]}" run --bundle "$BUNDLE" --keep "$ID"
    wait_for test -e "$BUNDLE/rootfs/tmp/ready"
    attempt "$CAISSON" "${global[@]}" exec --process "$T/process.json" "$ID"
    is "$status $output" '4 executed'
    "$CAISSON" "${global[@]}" kill "$ID" 15
    wait "${BACKGROUND[0]}" || status=$?
    is "$status" 3
    is "$("$CAISSON" "${global[@]}" state "$ID" | jq -r .status)" stopped
    "$CAISSON" "${global[@]}" delete --force "$ID"
}

@test "CRI-O: by conmon, signals by name and by number, exec with streams" {
    attempt caisson create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
    succeeds
    CRI_O_EXTERNAL=1 caisson start "$ID"
    ready "$(cat "$T/pid")"
    status=0
    output=$(caisson exec --process "$T/process.json" "$ID" </dev/null) || status=$?
    is "$status $output" '4 executed'
    caisson kill "$ID" TERM
    wait_for stopped
    attempt caisson kill -a "$ID" KILL
    succeeds
    attempt caisson kill "$ID" SIGTERM
    fails 'no such process'
    caisson delete --force "$ID"
    attempt caisson kill "$ID" 9
    fails 'does not exist'
}

@test "docker: 127 for a program below a file" {
    config '.process.args = ["/etc/passwd/program"]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    matches "${output,,}" 'not a directory|no such file or directory'
}
