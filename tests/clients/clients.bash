# SPDX-License-Identifier: LGPL-2.1-or-later
# What every file of tests here stands on. `load clients`.
#   $T        the test's directory            $RUNTIME       caisson, crun or runc: the name, found in PATH
#   $NAME     a name for the test's container $CLIENTS_WORK  the run's directory, see world.bash
#   $W        the file's directory            $R             the file's directory in /run
load ../integration/helpers

setup_file() {
    clients_setup_file
}

clients_setup_file() {
    [ "${CLIENTS_WORK:-}" ] || {
        echo "run these tests by tests/clients/run"
        return 1
    }
    export W=$CLIENTS_WORK/$RUNTIME-$(basename "$BATS_TEST_FILENAME" .bats)
    # Short: the paths of sockets end after 108 bytes, podman wants one of less than 50.
    export R=/run/c/$RUNTIME-$(basename "$BATS_TEST_FILENAME" .bats)
    mkdir -p "$W" "$R"
    chmod 755 "$W" "$R"
    # On a machine with more work than it can do these programs give up waiting: docker, podman and ctr lose what a program
    # has written, with any runtime. A test that fails is tried again; tests/clients/run says which, and bears with few.
    export BATS_TEST_RETRIES=2
}

setup() {
    clients_setup
}

clients_setup() {
    T=$W/test-$BATS_TEST_NUMBER.$BATS_TEST_TRY_NUMBER
    mkdir -p "$T"
    NAME=c$BATS_TEST_NUMBER.$BATS_TEST_TRY_NUMBER BACKGROUND=()
}

teardown() {
    clients_teardown
}

clients_teardown() {
    local pid
    [ "${BATS_TEST_COMPLETED:-}" ] || [ "$BATS_TEST_TRY_NUMBER" -gt "$BATS_TEST_RETRIES" ] ||
        echo "$(basename "$BATS_TEST_FILENAME" .bats): $BATS_TEST_DESCRIPTION, attempt $BATS_TEST_TRY_NUMBER" >>"$CLIENTS_RESULTS/$CLIENTS_RELEASE/$RUNTIME/again"
    for pid in "${BACKGROUND[@]}"; do
        kill -KILL "$pid" 2>/dev/null || :
        wait "$pid" 2>/dev/null || :
    done
}

# gives STATUS [PART...]: about the last `attempt`
gives() {
    is "$status" "$1" || {
        printf 'it said: %s\n' "$output"
        return 1
    }
    shift
    contains "$output" "$@"
}

# need_controllers NAME...: as need_controller, where these tests run
need_controllers() {
    local name
    for name; do
        grep -qw "$name" /sys/fs/cgroup/cgroup.controllers || skip "cgroup v2 has no $name controller here"
    done
}

# on_tty COMMAND...: with a terminal as its streams; for `attempt`. COMMAND may be an exported function.
on_tty() {
    local command
    printf -v command '%q ' "$@"
    SHELL=/bin/bash command script -qefc "$command" /dev/null
}

# ended_daemon PID: asks it to end, and waits until it has
ended_daemon() {
    local i
    kill -TERM "$1" 2>/dev/null || return 0
    for ((i = 0; i < 200; i++)); do
        [ -d "/proc/$1" ] || return 0
        sleep 0.05
    done
    kill -KILL "$1"
}

# no_state_left ROOT...: the runtime remembers no container there. (Of /run/$RUNTIME, which files that run beside
# each other share, tests/clients/run looks after itself.)
no_state_left() {
    local root
    for root; do
        [ -z "$(ls -A "$root" 2>/dev/null)" ] || {
            echo "left in $root: $(ls "$root")"
            return 1
        }
    done
}
