# SPDX-License-Identifier: LGPL-2.1-or-later
# What the attacks stand on. `load security`.
#
#   $DECOY   a directory of the host that no container is given         $TOOLS  the programs of tools.c, static
#   weak GUARD,... COMMAND...   with the program that leaves out these guards: the attack has to succeed there
#
# CAISSON_LONG=1: races are run a hundred times as often.
load ../integration/helpers
RACES=$((CAISSON_LONG ? 2000 : 20)) # each with dozens of paths that are walked meanwhile

setup_file() {
    export BATS_TEST_TIMEOUT=600 # races on a machine that others use, too
    common_setup_file
    export CAISSON_WEAK=${CAISSON_WEAK:-$(dirname "$CAISSON")/caisson-weak} TOOLS=$BATS_FILE_TMPDIR/tools
    # The lab has no compiler: tests/lab/run brings them.
    if [ "${CAISSON_SECURITY_TOOLS:-}" ]; then
        cp "$CAISSON_SECURITY_TOOLS" "$TOOLS"
    else
        cc -O1 -Wall -Wextra -D_GNU_SOURCE -static -o "$TOOLS" "$(dirname "$BATS_TEST_FILENAME")/tools.c"
    fi
}

setup() {
    common_setup
    DECOY=$T/decoy
    mkdir "$DECOY"
}

# Without it only half of each test can be run: that would prove nothing.
weak() {
    [ -x "$CAISSON_WEAK" ] || {
        echo "no $CAISSON_WEAK: build it (cmake --build), or say by CAISSON_WEAK= where it is"
        return 1
    }
    CAISSON=$CAISSON_WEAK CAISSON_WEAKEN=$1 "${@:2}"
}

# run_it: the container of config.json in the foreground; for `weak GUARD run_it`
run_it() {
    attempt caisson run --bundle "$BUNDLE" "$ID"
}

# userns [HOST-ID]: the container has a user namespace
userns() {
    config '.linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: $first, size: 65536}]
        | .linux.gidMappings = [{containerID: 0, hostID: $first, size: 65536}]' --argjson first "${1:-100000}"
    find "$BUNDLE/rootfs" -xdev -exec chown -h "${1:-100000}:${1:-100000}" {} +
}

# tool: the attacker's program is in the container as /tools
tool() {
    cp "$TOOLS" "$BUNDLE/rootfs/tools"
}

# untouched: nothing was made in the decoy
untouched() {
    is "$(find "$DECOY" -mindepth 1 -printf '%P %y\n')" ""
}

# touched: something was; and away with it
touched() {
    [ "$(find "$DECOY" -mindepth 1)" ] || {
        echo "the attack did not succeed against the weakened program: $output"
        return 1
    }
    find "$DECOY" -mindepth 1 -delete
}

# swapping A B COMMAND...: while the two change places without end
swapping() {
    local pid result=0
    "$TOOLS" swap "$1" "$2" </dev/null >/dev/null 2>&1 3>&- &
    pid=$!
    "${@:3}" || result=$?
    kill "$pid"
    wait "$pid" 2>/dev/null || :
    return $result
}

# again TIMES COMMAND...: until it fails
again() {
    local i
    for ((i = 0; i < $1; i++)); do "${@:2}" || return; done
}
