# SPDX-License-Identifier: LGPL-2.1-or-later
# list
# also: user
load helpers

@test "no containers: a header, nothing, an empty array" {
    attempt caisson list
    succeeds
    matches "$output" '^ID +PID +STATUS +BUNDLE +CREATED +OWNER *$'
    attempt caisson list --quiet
    succeeds ""
    attempt caisson list --format json
    succeeds "[]"
}

@test "a container in all three forms" {
    start_sleeping
    attempt caisson list -q
    succeeds "$ID"
    attempt caisson list
    matches "$(sed -n 2p <<<"$output")" "^$ID +$PID +running +$BUNDLE +20[0-9]{2}-[0-9-]+T[0-9:.]+Z +[a-z0-9]+ *$"
    attempt caisson list -f json
    succeeds
    is "$(jq -r '.[0].id' <<<"$output")" "$ID"
    is "$(jq -r '.[0].pid' <<<"$output")" "$PID"
    is "$(jq -r '.[0].status' <<<"$output")" running
    is "$(jq -r '.[0].bundle' <<<"$output")" "$BUNDLE"
    is "$(jq -r '.[0].owner' <<<"$output")" "$(id -un)"
    date -d "$(jq -r '.[0].created' <<<"$output")" >/dev/null
}

@test "each status, in the order of the names" {
    local base=$ID
    ID=$base-b
    start_sleeping
    ID=$base-a
    config '.linux.cgroupsPath |= (. // empty | . + "-a")'
    create
    ID=$base-c
    script true
    config '.linux.cgroupsPath |= (. // empty | . + "-c")'
    create
    caisson start "$ID"
    wait_for stopped
    is "$(caisson list --format json | jq -c 'map(.status)')" '["created","running","stopped"]'
    is "$(caisson list -q)" "$base-a"$'\n'"$base-b"$'\n'"$base-c"
    is "$(caisson list --format json | jq -c '.[2].pid')" 0
    is "$(caisson list | awk 'NR > 1 {print $3}' | paste -sd ,)" created,running,stopped
    is "$(caisson list | awk 'NR > 1 {print $2 == 0}' | paste -sd ,)" 0,0,1
    caisson start "$base-a"
    is "$(caisson list | awk 'NR > 1 {print $3}' | paste -sd ,)" running,running,stopped
    ID=$base
}

@test "a container that somebody else froze is paused" {
    need_cgroup
    start_sleeping
    echo 1 >"$CGROUP/cgroup.freeze"
    wait_for grep -qx 'frozen 1' "$CGROUP/cgroup.events" # the kernel waits for each process to stop
    is "$(caisson list | awk 'NR > 1 {print $3}')" paused
    echo 0 >"$CGROUP/cgroup.freeze"
    is "$(caisson list | awk 'NR > 1 {print $3}')" running
}

@test "an unknown format is refused" {
    attempt caisson list --format xml
    fails xml
}

@test "another state root has other containers" {
    create
    is "$("$CAISSON" --root "$T/other" list -q)" ""
}

# many: containers of every status, and 60 of their state directories for each; what `list` shows is in their order
many() {
    local base=$ID i kind text
    ID=$base-paused
    config '.linux.cgroupsPath |= (. // empty | . + "-paused")'
    start_sleeping
    echo 1 >"$CGROUP-paused/cgroup.freeze"
    wait_for grep -qx 'frozen 1' "$CGROUP-paused/cgroup.events"
    for kind in running stopped created; do
        ID=$base-$kind
        config '.linux.cgroupsPath |= (. // empty | sub("-[a-z]*$"; $kind))' --arg kind "-$kind"
        create
        [ $kind = created ] || caisson start "$ID"
    done
    kill -KILL "$(caisson state "$base-stopped" | jq .pid)"
    ID=$base-stopped wait_for stopped
    ID=$base
    for kind in paused running stopped created; do
        for i in {100..160}; do cp -al "$ROOT/$base-$kind" "$ROOT/$base-$kind-$i"; done
    done
    # a number that is another process's by now
    text=$(readlink "$ROOT/$base-running/pid")
    for i in {100..160}; do
        cp -al "$ROOT/$base-running" "$ROOT/$base-used-$i"
        ln -sf "$$ ${text#* }" "$ROOT/$base-used-$i/pid"
    done
    {
        for kind in created paused running stopped; do for i in {99..160}; do echo $kind; done; done
        for i in {100..160}; do echo stopped; done
    } >"$T/expected"
}

# lists_them COMMAND...: with what stands before the program's name
lists_them() {
    "$@" "$CAISSON" --root "$ROOT" list >"$T/list"
    awk 'NR > 1 { print $3 }' "$T/list" | uniq -c | diff <(uniq -c "$T/expected") -
    awk 'NR > 1 { print $1 }' "$T/list" | LC_ALL=C sort -C
    awk 'NR > 1 && ($3 == "stopped") != ($2 == 0)' "$T/list" | diff /dev/null -
}

forget_them() {
    rm -r "$ROOT/$ID"-{paused,running,stopped,created,used}-???
}

@test "many of every status: several threads, one thread, few descriptors" {
    need_cgroup
    many
    lists_them env
    lists_them taskset -c 0
    lists_them prlimit --nofile=24
    lists_them prlimit --nofile=12
    is "$(caisson list -q | wc -l)" 309
    forget_them
}

# Only there are the numbers of pidfds and of cgroup.events kept, for no boot outlives it.
@test "the same where the state root is in memory, by number and by path" {
    need_root "to mount a tmpfs"
    mkdir "$ROOT"
    mount_fixture -t tmpfs state "$ROOT"
    many
    lists_them env
    lists_them setpriv --bounding-set -dac_read_search
    strace -f -o "$T/trace" -e open_by_handle_at "$CAISSON" --root "$ROOT" list >/dev/null
    forget_them
    has_kernel 6.9 || skip "this kernel has no numbers for pidfds"
    is "$(grep -c 'open_by_handle_at.* = [0-9]' "$T/trace")" 124 # of those that run and are paused
}
