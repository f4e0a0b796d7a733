# SPDX-License-Identifier: LGPL-2.1-or-later
# What every file of tests stands on: a bundle, an id and a state root of its own for each test, and after each
# test the proof that nothing is left on the host. `load helpers` and write @test blocks.
#
#   $T       the test's directory, removed in the end      $ID      the container's id
#   $BUNDLE  its bundle                                    $ROOT    the state root
#   $CGROUP2 where cgroup v2 is mounted                    $CAISSON the program under test
#   $PARENT  the path below that of the cgroup in which the containers' are; a user's is the one that run-file gave them
#   $CGROUP  the container's, as a directory; a user may have none: see need_cgroup

bats_require_minimum_version 1.5.0

HERE=$(dirname "${BASH_SOURCE[0]}")

setup_file() {
    common_setup_file
}

common_setup_file() {
    export CAISSON=${CAISSON:-$(realpath "$HERE/../../build/caisson")}
    CGROUP2=$(awk '{ for (i = 7; $i != "-"; i++); if ($(i + 1) == "cgroup2") last = $5 } END { print last }' /proc/self/mountinfo)
    export CGROUP2
    [ "${CAISSON_TEST_ALONE:-}" ] || {
        echo "run the tests by tests/run, or one file by tests/integration/run-file"
        return 1
    }
    [ -x "$CAISSON" ] || {
        echo "no program to test: $CAISSON (set CAISSON)"
        return 1
    }
}

setup() {
    common_setup
}

teardown() {
    common_teardown
}

common_setup() {
    T=$(mktemp -d "${TMPDIR:-/tmp}/caisson-test.XXXXXX")
    chmod 755 "$T"
    ID=$(basename "$T" | tr -d .)
    ROOT=$T/state BUNDLE=$T/bundle
    PARENT=${CAISSON_TEST_CGROUP:-/caisson-test}
    CGROUP=$CGROUP2$PARENT/$ID
    BACKGROUND=() CGROUPS=()
    make_bundle "$BUNDLE"
    mapfile -t MOUNTS_BEFORE </proc/self/mountinfo
    processes PROCESSES_BEFORE
}

# make_template DIR: a root filesystem of busybox
make_template() {
    local applet
    mkdir -p "$1"/{bin,dev,etc,proc,sys,tmp,root,mnt}
    cp /bin/busybox "$1/bin/busybox"
    for applet in sh true false cat echo ls id mount umount ps sleep kill test stat touch env grep head readlink \
        mkdir mknod wc tr cut sed awk hostname ip tty stty pwd umask dd nice ionice chmod sort find rm setsid cmp nc \
        mkfifo ln uname seq chown date trap; do
        ln -s busybox "$1/bin/$applet"
    done
    echo root:x:0:0:root:/root:/bin/sh >"$1/etc/passwd"
    echo root:x:0: >"$1/etc/group"
    chmod 1777 "$1/tmp"
}

# make_bundle DIR: that, and base.json as configuration
make_bundle() {
    # Made once a file: a process is expensive in the lab.
    [ -d "$BATS_FILE_TMPDIR/rootfs" ] || make_template "$BATS_FILE_TMPDIR/rootfs"
    mkdir -p "$1/rootfs"
    cp -a "$BATS_FILE_TMPDIR/rootfs/." "$1/rootfs"
    if rootless; then
        jq --argjson uid "$EUID" --argjson gid "${GROUPS[0]}" '
            .linux.namespaces += [{type: "user"}]
            | .linux.uidMappings = [{containerID: 0, hostID: $uid, size: 1}]
            | .linux.gidMappings = [{containerID: 0, hostID: $gid, size: 1}]
            | if $path == "" then . else .linux.cgroupsPath = $path end' \
            --arg path "${CAISSON_TEST_CGROUP:+$PARENT/$ID}" "$HERE/base.json" >"$1/config.json"
    else
        jq --arg path "$PARENT/$ID" '.linux.cgroupsPath = $path' "$HERE/base.json" >"$1/config.json"
    fi
}

rootless() {
    [ "$EUID" != 0 ]
}

# need_root REASON: why the test is not one for a user without privileges; `tests/rootless-list` prints all of them
need_root() {
    ! rootless || skip "needs root: ${1:-no reason is given}"
}

# need_cgroup: a user to whom none is delegated has nothing of what the test asks for
need_cgroup() {
    ! rootless || [ "${CAISSON_TEST_CGROUP:-}" ] || skip "no cgroup is delegated to this user"
}

# more_ids: a user's container has more ids than one, by newuidmap(1) and /etc/subuid: from 1 on those from $MORE on.
# Root's has them all anyway.
more_ids() {
    rootless || return 0
    command -v newuidmap >/dev/null || skip "needs newuidmap(1)"
    MORE=$(awk -F : -v user="$(id -un)" '$1 == user && $3 >= 65535 { print $2; exit }' /etc/subuid)
    [ "$MORE" ] || skip "no ids are granted to this user in /etc/subuid"
    config '.linux.uidMappings += [{containerID: 1, hostID: $more, size: 65535}]
        | .linux.gidMappings += [{containerID: 1, hostID: $more, size: 65535}]' --argjson more "$MORE"
}

# has_kernel 6.3: this one, or a later
has_kernel() {
    local have
    have=$(uname -r)
    [ "$(printf '%s\n%s\n' "$1" "${have%%[-+]*}" | sort -V | head -n 1)" = "$1" ]
}

# need_kernel 6.3: skips on an older one
need_kernel() {
    has_kernel "$1" || skip "needs Linux $1"
}

# slow_lab: a lab machine in which a process costs ten times as much as in the other
slow_lab() {
    [ "${CAISSON_IN_LAB:-}" ] && ! { grep -q 'User Mode Linux' /proc/cpuinfo && has_kernel 6.16; }
}

# need_controller NAME...: skips where cgroup v2 has it not
need_controller() {
    local name
    for name; do
        grep -qw "$name" "$CGROUP2/cgroup.controllers" || skip "cgroup v2 has no $name controller here (see tests/lab)"
    done
}

# ---- the program ----

caisson() {
    "$CAISSON" --root "$ROOT" "$@"
}

# attempt COMMAND...: runs it and keeps $status and $output, both streams. Not bats' `run`: that waits until everyone
# who has inherited the stream closes it, a container that lives on too.
attempt() {
    status=0
    "$@" </dev/null >"$T/output" 2>&1 3>&- || status=$?
    output=$(tr -d '\0' <"$T/output")
    output=$(without_warning <<<"$output")
}

# without_warning: copies what it reads, but for the warning that is said, and true, at each creation where a user has
# no delegated cgroup: not what the tests ask about
without_warning() {
    if rootless; then sed '/^caisson: warning: the container has no cgroup of its own/d'; else cat; fi
}

# config FILTER [JQ-OPTION...]: changes config.json
config() {
    local filter=$1
    shift
    jq "$@" "$filter" "$BUNDLE/config.json" >"$BUNDLE/config.new"
    mv "$BUNDLE/config.new" "$BUNDLE/config.json"
}

# script TEXT: the container's program is this shell script
script() {
    config '.process.args = ["sh", "-c", $text]' --arg text "$1"
}

# run_script TEXT [OPTION...]: runs a container with it in the foreground; $status and $output, standard error within
run_script() {
    script "$1"
    shift
    attempt caisson run --bundle "$BUNDLE" "$@" "$ID"
}

# start_sleeping [OPTION...]: a container whose process only waits; sets $PID
start_sleeping() {
    script 'trap "exit 0" TERM; while :; do sleep 1000 & wait $!; done'
    create "$@"
    caisson start "$ID"
}

# create [OPTION...]: sets $PID
create() {
    attempt caisson create --bundle "$BUNDLE" --pid-file "$T/pid" "$@" "$ID"
    succeeds
    PID=$(cat "$T/pid")
}

status_of() {
    caisson state "${1:-$ID}" | jq -r .status
}

# background COMMAND...: in the background until the test ends; sets $!
background() {
    "$@" </dev/null >"$T/background.$((${#BACKGROUND[@]} + 1))" 2>&1 3>&- &
    BACKGROUND+=($!)
}

# wait_for COMMAND...: until it succeeds; fails after a minute, which is more than a machine with other work needs
wait_for() {
    local i
    for ((i = 0; i < 1200; i++)); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        sleep 0.05
    done
    echo "waited in vain for: $*"
    return 1
}

stopped() {
    [ "$(status_of "$@")" = stopped ]
}

# mount_fixture ARGUMENT...: mount(8), undone at the end of the test; the last argument is where
mount_fixture() {
    mount "$@"
    FIXTURES+=("${!#}")
}

# ---- what the kernel says of a container ----

# add_mount JSON...: to config.json's mounts
add_mount() {
    local all
    printf -v all '%s,' "$@"
    config ".mounts += [${all%,}]"
}

# mounted WHERE [PID]: its line of mountinfo as "MOUNT-OPTIONS|PROPAGATION|TYPE|SOURCE|SUPERBLOCK-OPTIONS|ROOT|DEVICE";
# the last one when there are several. Fails when nothing is mounted there.
mounted() {
    awk -v where="$1" '
        $5 == where {
            tags = ""
            for (i = 7; $i != "-"; i++) tags = tags (tags ? "," : "") $i
            line = $6 "|" tags "|" $(i + 1) "|" $(i + 2) "|" $(i + 3) "|" $4 "|" $3
        }
        END { if (line == "") exit 1; print line }' "/proc/${2:-$PID}/mountinfo" || {
        echo "nothing is mounted at $1"
        return 1
    }
}

# part N LINE: the Nth part of a line of `mounted`, from 1
part() {
    cut -d'|' -f"$1" <<<"$2"
}

# has_option OPTIONS NAME / lacks_option OPTIONS NAME: of a comma-joined list
has_option() {
    [[ ,$1, = *,$2,* ]] || {
        echo "expected the option $2 in: $1"
        return 1
    }
}

lacks_option() {
    [[ ,$1, != *,$2,* ]] || {
        echo "expected no option $2 in: $1"
        return 1
    }
}

# process_status FIELD [PID]: of /proc/PID/status
process_status() {
    awk -v field="$1:" '$1 == field { $1 = ""; sub(/^ /, ""); print }' "/proc/${2:-$PID}/status"
}

# namespace_of KIND [PID]: "pid:[4026531836]"
namespace_of() {
    readlink "/proc/${2:-$PID}/ns/$1"
}

# started: the container's process executes its program
started() {
    [ "$(status_of)" != created ]
}

# ---- assertions: each prints what was wrong ----

# is ACTUAL EXPECTED
is() {
    [ "$1" = "$2" ] || {
        printf 'expected: %s\n     got: %s\n' "$2" "$1"
        return 1
    }
}

# matches ACTUAL REGEX
matches() {
    [[ $1 =~ $2 ]] || {
        printf 'expected a match of: %s\n                got: %s\n' "$2" "$1"
        return 1
    }
}

# contains ACTUAL PART...: every part, case and all
contains() {
    local text=$1 part
    shift
    for part; do
        [[ $text = *"$part"* ]] || {
            printf 'expected to contain: %s\n                got: %s\n' "$part" "$text"
            return 1
        }
    done
}

# lacks ACTUAL PART...
lacks() {
    local text=$1 part
    shift
    for part; do
        [[ $text != *"$part"* ]] || {
            printf 'expected not to contain: %s\n                    got: %s\n' "$part" "$text"
            return 1
        }
    done
}

# succeeds [OUTPUT]: about the last `attempt`
succeeds() {
    [ "$status" = 0 ] || {
        printf 'expected success, got status %s: %s\n' "$status" "$output"
        return 1
    }
    [ $# = 0 ] || is "$output" "$1"
}

# fails [PART...]: about the last `attempt`: a failure of the runtime's own, which says each part
fails() {
    [ "$status" != 0 ] || {
        printf 'expected a failure, got: %s\n' "$output"
        return 1
    }
    # 128 and up would be a crash; 99 is what AddressSanitizer is told to end with (tests/run)
    [ "$status" -lt 99 ] || [ "$status" = 255 ] || {
        printf 'expected a failure, got status %s: %s\n' "$status" "$output"
        return 1
    }
    contains "$output" "$@"
}

# ---- nothing may be left ----

# processes ARRAY: sets it to every process that could be ours
processes() {
    local -n list=$1
    local dir
    list=()
    for dir in /proc/[0-9]*; do
        if rootless && [ ! -O "$dir" ]; then continue; fi
        list+=("${dir#/proc/}")
    done
}

# is_watchdog PID: is it what bats kills a test with that hangs? On a machine with much to do it comes after setup.
is_watchdog() {
    local words=()
    { mapfile -d '' -t words <"/proc/$1/cmdline"; } 2>/dev/null
    [ "${words[*]}" = "sleep ${BATS_TEST_TIMEOUT:-}" ]
}

# new_processes: prints those that were not there at setup
new_processes() {
    local now pid known=" ${PROCESSES_BEFORE[*]} $BASHPID "
    processes now
    for pid in "${now[@]}"; do
        [[ $known != *" $pid "* ]] || continue
        [ ! -d "/proc/$pid" ] || echo "$pid: $(tr '\0' ' ' <"/proc/$pid/cmdline") $(grep -s ^State "/proc/$pid/status")"
    done
}

no_new_processes() {
    local pid known=" ${PROCESSES_BEFORE[*]} " now
    processes now
    for pid in "${now[@]}"; do
        [[ $known = *" $pid "* || ! -d /proc/$pid ]] || is_watchdog "$pid" || return 1
    done
}

common_teardown() {
    local pid left mounts dir problems=''
    # A test that was skipped before its setup has no name for what is its own: everything would be.
    [ "${ID:-}" ] || return 0
    for pid in "${BACKGROUND[@]}"; do
        kill -KILL "$pid" 2>/dev/null || : # unshare(1) ignores the others
        wait "$pid" 2>/dev/null || :
    done
    for dir in "$ROOT"/*/; do
        [ -d "$dir" ] || continue
        "$CAISSON" --root "$ROOT" delete --force "$(basename "$dir")" </dev/null >"$T/delete.out" 2>&1 ||
            problems+="delete --force $(basename "$dir") failed: $(cat "$T/delete.out")"$'\n'
    done
    for ((pid = ${#FIXTURES[@]} - 1; pid >= 0; pid--)); do umount -R "${FIXTURES[pid]}"; done
    nothing_left || problems+=$left
    if [ -z "$problems" ]; then
        remove "$T"
        return 0
    fi
    printf 'left behind:\n%s' "$problems"
    # What comes next should not suffer from it.
    for dir in "${CGROUPS[@]}"; do
        echo 1 >"$dir/cgroup.kill" || :
        rmdir "$dir" || :
    done 2>/dev/null
    return 1
}

# remove DIR: files of ids from /etc/subuid, too
remove() {
    rm -rf --one-file-system "$1" 2>/dev/null || ! rootless || unshare --map-root-user --map-auto rm -rf --one-file-system "$1"
}

# nothing_left: otherwise sets $left to what is, as text
nothing_left() {
    left=''
    wait_for no_new_processes || left+="processes: $(new_processes)"$'\n'

    # What others unmount or rename on the host meanwhile is not left by the test.
    mounts=$(awk 'NR == FNR { before[$1 " " $2 " " $3 " " $4]; next } !($1 " " $2 " " $3 " " $4 in before)' \
        <(printf '%s\n' "${MOUNTS_BEFORE[@]}") /proc/self/mountinfo)
    [ -z "$mounts" ] || left+="mounts: $mounts"$'\n'

    # The parent that the tests share may stay.
    mapfile -t CGROUPS < <(find "$CGROUP2" -depth -type d -name "*${ID:?}*" 2>/dev/null)
    [ ${#CGROUPS[@]} = 0 ] || left+="cgroups: ${CGROUPS[*]}"$'\n'

    [ -z "$(ls -A "$ROOT" 2>/dev/null)" ] || left+="state: $(find "$ROOT")"$'\n'
    [ -z "$left" ]
}
