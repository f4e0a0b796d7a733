# SPDX-License-Identifier: LGPL-2.1-or-later
# What podman, conmon, buildah, containerd, docker and CRI-O pass and parse. The words are in src/base/contract.h:
# whoever changes one there breaks a caller.
# also: user
load helpers

@test "containerd and CRI-O: a container that does not exist" {
    local command
    for command in state start delete kill pause resume; do
        attempt caisson $command nobody
        fails "does not exist"
        is "$status" 1
    done
}

@test "containerd: kill of a stopped one, by runc's words; CRI-O: by crun's" {
    create
    caisson start "$ID"
    wait_for stopped
    attempt caisson kill "$ID" 9
    fails "container not running" "no such process"
    is "$status" 1
}

@test "kill --all of a stopped one is no error" {
    create
    caisson start "$ID"
    wait_for stopped
    attempt caisson kill --all "$ID" 9
    succeeds
}

@test "podman and docker: 127 by the words for a missing program" {
    config '.process.args = ["nosuch"]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    matches "$output" '(executable file not found in|no such file or directory)'
    contains "$output" 'executable file not found in $PATH: no such file or directory'
    config '.process.args = ["/no/such/program"]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    contains "$output" "no such file or directory"
}

@test "podman and docker: 126 by the words for one that may not be executed" {
    touch "$BUNDLE/rootfs/plain"
    config '.process.args = ["/plain"]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "permission denied"
    config '.process.args = ["/etc"]'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    matches "${output,,}" '(permission denied|is a directory)'
}

@test "one id, one container" {
    create
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "container with given ID already exists"
}

@test "exec into a paused container" {
    start_sleeping
    caisson pause "$ID"
    attempt caisson exec "$ID" true
    fails "cannot exec in a paused container"
    caisson resume "$ID"
}

@test "a cgroup that holds a process is not taken, and the process not touched" {
    local cgroup=$CGROUP2$PARENT/$ID
    mkdir -p "$cgroup"
    background sleep 1000
    echo $! >"$cgroup/cgroup.procs"
    attempt caisson create --bundle "$BUNDLE" "$ID"
    local procs
    procs=$(cat "$cgroup/cgroup.procs")
    echo 1 >"$cgroup/cgroup.kill"
    wait_for rmdir "$cgroup"
    fails "container's cgroup is not empty"
    is "$procs" "${BACKGROUND[0]}"
}

@test "a cgroup that is frozen is not taken, and stays frozen" {
    local cgroup=$CGROUP2$PARENT/$ID frozen
    mkdir -p "$cgroup"
    echo 1 >"$cgroup/cgroup.freeze"
    attempt caisson create --bundle "$BUNDLE" "$ID"
    frozen=$(cat "$cgroup/cgroup.freeze")
    rmdir "$cgroup"
    fails "container's cgroup unexpectedly frozen"
    is "$frozen" 1
}

@test "delete --force twice: the second is no error" {
    create
    caisson delete --force "$ID"
    attempt caisson delete --force "$ID"
    succeeds ""
}

@test "docker: the first line of --version" {
    attempt "$CAISSON" --version
    succeeds_first=$(head -n 1 <<<"$output")
    [ "$status" = 0 ]
    matches "$succeeds_first" '^caisson version [0-9]+\.[0-9]+'
    contains "$output" "commit: " "spec: "
    attempt "$CAISSON" -v
    [ "$status" = 0 ]
}

@test "docker and containerd: features without global options" {
    attempt "$CAISSON" features
    [ "$status" = 0 ]
    jq -e '.ociVersionMin and .ociVersionMax and (.hooks | index("createRuntime")) and (.mountOptions | index("rro"))
        and .linux.mountExtensions.idmap.enabled and (.linux.namespaces | index("user"))
        and (.linux.cgroup | .v1 == false and .v2 == true) and .linux.seccomp.enabled
        and (.linux.seccomp.actions | index("SCMP_ACT_ERRNO"))' <<<"$output"
}

@test "conmon: create as it is called, and its options" {
    attempt "$CAISSON" --root "$ROOT" create --bundle "$BUNDLE" --pid-file "$T/pid" --no-new-keyring "$ID"
    succeeds ""
    [ -s "$T/pid" ]
    attempt "$CAISSON" --root "$ROOT" start "$ID"
    succeeds ""
}

@test "containerd's shim: global options in its order, one dash" {
    attempt "$CAISSON" --root "$ROOT" --log "$T/log.json" --log-format json create --bundle "$BUNDLE" --pid-file "$T/init.pid" "$ID"
    succeeds ""
    caisson delete --force "$ID"
    script true
    attempt "$CAISSON" --root "$ROOT" --log "$T/log.json" --log-format json run -no-subreaper --bundle "$BUNDLE" "$ID"
    succeeds ""
}

@test "options may follow the id, as with runc" {
    attempt caisson create "$ID" --bundle "$BUNDLE"
    succeeds
    attempt caisson delete "$ID" --force
    succeeds
}

@test "podman: --cgroup-manager disabled makes no cgroup" {
    attempt "$CAISSON" --root "$ROOT" --cgroup-manager disabled create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
    succeeds
    [ ! -d "$CGROUP2$PARENT/$ID" ]
    attempt "$CAISSON" --root "$ROOT" --cgroup-manager disabled start "$ID"
    succeeds
}

@test "buildah: state has no status but the four, and the process becomes the caller's child" {
    start_sleeping
    matches "$(status_of)" '^(creating|created|running|stopped)$'
    # Whoever reaps what is handed on here: process 1 of the tests' namespace, a user's systemd.
    parent_of() { sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f2; }
    local orphan
    orphan=$(sleep 1000 </dev/null >/dev/null 2>&1 3>&- & echo $!)
    is "$(parent_of "$PID")" "$(parent_of "$orphan")"
    kill "$orphan"
}

@test "an error says something on standard error even with a log" {
    attempt "$CAISSON" --log "$T/log" --log-format json --root "$ROOT" state nobody
    fails "does not exist"
}

@test "an unknown command and an unknown option are named, with the nearest" {
    attempt caisson crate
    fails crate create
    attempt caisson create --bundel "$BUNDLE" "$ID"
    fails --bundel bundle
}

@test "pids of ps as containerd reads them" {
    start_sleeping
    is "$(caisson ps --format json "$ID" | jq -c 'map(type) | unique')" '["number"]'
}
