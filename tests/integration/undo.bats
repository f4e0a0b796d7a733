# SPDX-License-Identifier: LGPL-2.1-or-later
# The runtime is killed at any system call that it makes; `delete --force` then removes everything, at once and
# completely. CAISSON_LONG=1 tries every call, otherwise one in several.
# also: user
load helpers

POINTS=${CAISSON_LONG:+100000}
POINTS=${POINTS:-40}

# calls COMMAND...: the system calls that the program makes when nobody disturbs it, as "NAME N" for the Nth of NAME
calls() {
    strace -o "$T/calls" "$@" </dev/null >"$T/output" 2>&1 3>&-
    awk -F'(' '/^[a-z0-9_]+\(/ && $1 !~ /^(execve|exit|exit_group|rt_sigreturn)$/ {print $1, ++n[$1]}' "$T/calls"
}

# sample NUMBER: of the lines of standard input, spread evenly; the last one too
sample() {
    awk -v want="$1" '{line[NR] = $0} END {
        step = NR > want ? NR / want : 1
        for (i = 1; i <= NR; i += step) print line[int(i)]
        print line[NR] }'
}

# killed_at "NAME N" COMMAND...: returns whether it came to it
killed_at() {
    local name=${1% *} n=${1#* }
    shift
    attempt strace -o /dev/null -e "inject=$name:signal=KILL:when=$n" "$@"
    [ "$status" = 137 ]
}

# after_all CALLS PREPARE COMMAND...: kills COMMAND at each call, PREPARE (a function) before each
after_all() {
    local points killed=0 point prepare=$2
    mapfile -t points < <(sample "$POINTS" <<<"$1")
    shift 2
    [ ${#points[@]} -gt 20 ]
    for point in "${points[@]}"; do
        $prepare
        if killed_at "$point" "$@"; then killed=$((killed + 1)); fi
        attempt caisson delete --force "$ID"
        [ "$status" = 0 ] || {
            echo "killed at $point: delete --force failed: $output"
            return 1
        }
        nothing_left || {
            printf 'killed at %s: left behind: %s\n' "$point" "$left"
            return 1
        }
    done
    echo "killed at $killed of ${#points[@]} calls"
    [ $((killed * 10)) -ge $((${#points[@]} * 9)) ]
}

nothing() { :; }

@test "create, killed at any system call, can be removed" {
    config '.hooks.createRuntime = [{path: "/bin/true"}]'
    script 'sleep 1000'
    local all
    all=$(calls "$CAISSON" --root "$ROOT" create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID")
    caisson delete --force "$ID"
    after_all "$all" nothing "$CAISSON" --root "$ROOT" create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
}

@test "create of a user namespace, killed at any system call, can be removed" {
    need_root
    config '.linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
        | .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 65536}]'
    chown -R 100000:100000 "$BUNDLE/rootfs"
    script 'sleep 1000'
    local all
    all=$(calls "$CAISSON" --root "$ROOT" create --bundle "$BUNDLE" "$ID")
    caisson delete --force "$ID"
    after_all "$all" nothing "$CAISSON" --root "$ROOT" create --bundle "$BUNDLE" "$ID"
}

@test "start, killed at any system call" {
    script 'sleep 1000'
    local all
    create
    all=$(calls "$CAISSON" --root "$ROOT" start "$ID")
    caisson delete --force "$ID"
    after_all "$all" create "$CAISSON" --root "$ROOT" start "$ID"
}

@test "run, killed at any system call" {
    script 'sleep 1000'
    local all
    all=$(calls "$CAISSON" --root "$ROOT" run --detach --bundle "$BUNDLE" "$ID")
    caisson delete --force "$ID"
    after_all "$all" nothing "$CAISSON" --root "$ROOT" run --detach --bundle "$BUNDLE" "$ID"
}

@test "delete --force, killed at any system call, can be repeated" {
    script 'sleep 1000'
    local all
    start_sleeping
    all=$(calls "$CAISSON" --root "$ROOT" delete --force "$ID")
    after_all "$all" start_sleeping "$CAISSON" --root "$ROOT" delete --force "$ID"
}

@test "a container whose creation was killed is listed, and its id is taken until it is deleted" {
    script 'sleep 1000'
    calls "$CAISSON" --root "$ROOT" create --bundle "$BUNDLE" "$ID" >"$T/all"
    caisson delete --force "$ID"
    local point
    point=$(awk '$1 ~ /^clone/' "$T/all" | tail -n 1)
    [ "$point" ]
    killed_at "$point" "$CAISSON" --root "$ROOT" create --bundle "$BUNDLE" "$ID"
    is "$(caisson list -q)" "$ID"
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "container with given ID already exists"
    caisson delete --force "$ID"
    create
}
