# SPDX-License-Identifier: LGPL-2.1-or-later
# A filesystem for the state that is full, others who do something to the same container at the same time, two hundred
# containers at once, a state that an earlier boot has left.
# CAISSON_LONG=1 lets those who work against each other do so for a minute.
load ../integration/helpers

setup_file() {
    # Hundreds of processes at once take a machine that others use, too, minutes.
    export BATS_TEST_TIMEOUT=600
    common_setup_file
}

sleeping() {
    script 'exec sleep 1000'
}

# ends_well: about the last `attempt`: it did what it should, or said why not
ends_well() {
    [ "$status" = 0 ] || {
        fails caisson:
        [[ $output != *Sanitizer* ]]
    }
}

# state_on OPTIONS: the state directory is a tmpfs of its own
state_on() {
    mkdir -p "$ROOT"
    mount_fixture -t tmpfs -o "mode=711,$1" tmpfs "$ROOT"
    mapfile -t MOUNTS_BEFORE </proc/self/mountinfo
}

@test "a state directory without room: create fails, says so, and leaves nothing" {
    need_root "it mounts a filesystem"
    local room made=0 refused=0
    sleeping
    # A page at a time, and an inode at a time: each write has its turn to be the first that fails.
    for room in size=1G,nr_inodes={1..12} size={1..12}p; do
        [[ $room != *p ]] || room="size=$(($(tr -dc 0-9 <<<"$room") * $(getconf PAGESIZE)))"
        state_on "$room"
        attempt caisson create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
        if [ "$status" = 0 ]; then
            made=$((made + 1))
            attempt caisson start "$ID"
            ends_well
            attempt caisson delete --force "$ID"
            succeeds
        else
            fails "No space left on device"
            refused=$((refused + 1))
        fi
        nothing_left
        umount "$ROOT"
    done
    echo "made $made, refused $refused"
    [ "$made" -gt 2 ] && [ "$refused" -gt 4 ]
}

@test "a state directory that fills up afterwards: every command but create still works" {
    need_root "it mounts a filesystem"
    sleeping
    state_on size=256k
    create
    dd if=/dev/zero of="$ROOT/.filler" bs=4k 2>/dev/null || :
    attempt caisson create --bundle "$BUNDLE" "$ID-2"
    fails "No space left on device"
    is "$(status_of)" created
    caisson start "$ID"
    is "$(status_of)" running
    attempt caisson exec "$ID" echo here
    succeeds here
    caisson pause "$ID"
    is "$(status_of)" paused
    caisson resume "$ID"
    is "$(caisson list -q)" "$ID"
    caisson kill "$ID" KILL
    wait_for eval '[ "$(status_of)" = stopped ]'
    caisson delete "$ID"
    is "$(ls -A "$ROOT")" .filler
    rm "$ROOT/.filler"
}

# each_at_once N COMMAND...: that many times side by side, with a number behind the last argument's "%"; sets WON to how
# many succeeded, the outputs are in $T/at-once.*
each_at_once() {
    local n=$1 i pids=()
    shift
    WON=0
    rm -f "$T"/at-once.*
    for ((i = 1; i <= n; i++)); do
        "${@/\%/$i}" </dev/null >"$T/at-once.$i" 2>&1 3>&- &
        pids+=($!)
    done
    for i in "${pids[@]}"; do if wait "$i"; then WON=$((WON + 1)); fi; done
}

create_one() {
    caisson create --bundle "$BUNDLE" "$1"
}

delete_one() {
    caisson delete --force "$1"
}

@test "200 containers are created at once, started at once, deleted at once" {
    need_root "the configuration is everybody's, and with it the path of a user's cgroup"
    config 'del(.linux.cgroupsPath)'
    sleeping
    each_at_once 200 create_one "$ID-%"
    is "$WON $(cat "$T"/at-once.* | without_warning)" "200 "
    is "$(caisson list --format json | jq -r '.[].status' | sort | uniq -c | xargs)" "200 created"
    each_at_once 200 caisson start "$ID-%"
    is "$WON $(cat "$T"/at-once.*)" "200 "
    is "$(caisson list --format json | jq -r '.[].status' | sort | uniq -c | xargs)" "200 running"
    each_at_once 200 delete_one "$ID-%"
    is "$WON $(cat "$T"/at-once.*)" "200 "
    nothing_left
}

@test "of 50 that create the same container at once one succeeds, and nothing of the others is left" {
    sleeping
    each_at_once 50 create_one "$ID"
    is "$WON" 1
    # Who comes between the two looks at the id meets the winner's cgroup first.
    is "$(cat "$T"/at-once.* | without_warning | grep -vcE "container with given ID already exists|container's cgroup is not empty|^caisson: hint:")" 0
    is "$(caisson list -q)" "$ID"
    is "$(status_of)" created
    caisson delete --force "$ID"
    nothing_left
}

# repeatedly COMMAND...: until the file says stop; what it says is kept, a status that is no failure of the runtime's own
# too
repeatedly() {
    local status
    while [ ! -e "$T/stop" ]; do
        status=0
        timeout 30 "$CAISSON" --root "$ROOT" "$@" </dev/null 2>&1 3>&- || status=$?
        [ "$status" -lt 2 ] || echo "status $status of: $*"
    done
}

@test "runtimes that create, start, kill, pause, update and delete the same container at the same time" {
    local round
    sleeping
    background repeatedly create --bundle "$BUNDLE" "$ID"
    background repeatedly create --bundle "$BUNDLE" "$ID"
    background repeatedly start "$ID"
    background repeatedly kill "$ID" KILL
    background repeatedly delete "$ID"
    background repeatedly delete --force "$ID"
    background repeatedly state "$ID"
    rootless || background repeatedly pause "$ID"
    rootless || background repeatedly resume "$ID"
    sleep $((CAISSON_LONG ? 60 : 4))
    touch "$T/stop"
    for round in "${BACKGROUND[@]}"; do wait "$round" || :; done
    ! grep -hE "^status |Sanitizer|Segmentation" "$T"/background.*
    # Each had its turn.
    contains "$(cat "$T"/background.7)" '"created"'
    attempt caisson delete --force "$ID"
    succeeds
    nothing_left
}

# What a machine finds that went down while a container ran, with its state on a disk: numbers that are nobody's or
# somebody else's, a cgroup that is gone, a socket that nobody listens at.
@test "a state that an earlier boot has left: the container is stopped, and nobody else is harmed" {
    local number record
    background sleep 1000
    for number in free other; do
        start_sleeping
        cp -a "$ROOT/$ID" "$T/kept"
        caisson delete --force "$ID"
        cp -a "$T/kept" "$ROOT/$ID"
        rm -r "$T/kept"
        if [ $number = other ]; then
            # A process that has the number by now, and was started at another time.
            record=$(readlink "$ROOT/$ID/pid")
            ln -sfn "${BACKGROUND[0]} ${record#* }" "$ROOT/$ID/pid"
        fi
        is "$(status_of)" stopped
        attempt caisson kill "$ID" KILL
        fails "not running"
        attempt caisson exec "$ID" true
        fails "not running"
        attempt caisson start "$ID"
        fails stopped
        attempt caisson create --bundle "$BUNDLE" "$ID"
        fails "already exists"
        caisson delete "$ID"
        kill -0 "${BACKGROUND[0]}"
        # And the id is free.
        create
        caisson delete --force "$ID"
    done
}
