# SPDX-License-Identifier: LGPL-2.1-or-later
# What a process of the runtime holds while hostile ones can see it: descriptors, its program, its memory.
load security

# The caller leaks the host's root directory, as containerd and runc's own log descriptor did.
leaking() {
    "$@" 17</ 18<"$T"
}

# A program of the host that no container has.
host_program() {
    cp /bin/busybox "$T/busybox"
    printf '#!/proc/self/fd/18/busybox sh\necho escaped\n' >"$BUNDLE/rootfs/script"
    chmod 755 "$T/busybox" "$BUNDLE/rootfs/script"
}

@test "exec: a descriptor that the caller leaks is no way to a program of the host (CVE-2024-21626)" {
    host_program
    start_sleeping
    as_program() { leaking attempt caisson exec "$ID" /proc/self/fd/18/busybox sh -c 'echo escaped'; }
    as_interpreter() { leaking attempt caisson exec "$ID" /script; }
    config '.process.noNewPrivileges = false'
    weak close as_program
    succeeds escaped
    weak close as_interpreter
    succeeds escaped
    as_program
    fails
    lacks "$output" escaped
    as_interpreter
    [ "$status" != 0 ]
    lacks "$output" escaped
}

@test "exec without noNewPrivileges: the same" {
    host_program
    config '.process.noNewPrivileges = false'
    start_sleeping
    it() { leaking attempt caisson exec "$ID" /proc/self/fd/18/busybox sh -c 'echo escaped'; }
    weak close it
    succeeds escaped
    it
    fails
    lacks "$output" escaped
}

@test "run and create: a leaked descriptor is no way to a program of the host (CVE-2024-21626)" {
    local nnp args
    host_program
    for nnp in true false; do
        for args in '["/proc/self/fd/18/busybox", "sh", "-c", "echo escaped"]' '["/script"]'; do
            config ".process.noNewPrivileges = $nnp | .process.args = $args"
            leaking weak close run_it
            succeeds escaped
            leaking run_it
            [ "$status" != 0 ]
            lacks "$output" escaped
            leaking attempt caisson create --bundle "$BUNDLE" "$ID"
            [ "$status" != 0 ] || attempt caisson start "$ID"
            caisson delete --force "$ID"
        done
    done
}

# The host's procfs is held for sysctls, labels and groups. By a process of the host that the container's root may
# look at (it has no more capabilities), it leads to all files of the host.
@test "the host's procfs is no way to a program of the host" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    local pid n won=0
    host_program
    setpriv --bounding-set=-all --inh-caps=-all sleep 1000 </dev/null >/dev/null 2>&1 3>&- &
    pid=$!
    BACKGROUND+=("$pid")
    config '.linux.sysctl = {"net.ipv4.ip_default_ttl": "63"}'
    for ((n = 3; n < 12; n++)); do
        config '.process.args = [$program, "sh", "-c", "echo escaped"]' --arg program "/proc/self/fd/$n/$pid/root$T/busybox"
        weak close run_it
        [ "$output" != escaped ] || won=$((won + 1))
        run_it
        [ "$status" != 0 ]
        lacks "$output" escaped
    done
    [ "$won" -gt 0 ]
}

@test "a leaked descriptor as working directory does not lead outside (CVE-2024-21626)" {
    local n
    touch "$T/outside"
    start_sleeping
    config 'if .linux.cgroupsPath then .linux.cgroupsPath += "-2" else . end' # a user may have none
    for n in 17 18; do
        config '.process.cwd = "/proc/self/fd/'"$n"'" | .process.args = ["ls"]'
        in_cwd() { leaking attempt caisson run --bundle "$BUNDLE" "$ID-2"; }
        exec_in_cwd() { leaking attempt caisson exec --cwd "/proc/self/fd/$n" "$ID" ls; }
        # A guard each: what resolves paths, what closes, and the look at where that has led.
        weak resolve,inside,close in_cwd
        succeeds
        [ "$n" = 17 ] || contains "$output" outside
        weak resolve,inside,close exec_in_cwd
        succeeds
        [ "$n" = 17 ] || contains "$output" outside
        weak resolve,close in_cwd
        fails "stay inside"
        weak resolve,close exec_in_cwd
        fails "stay inside"
        in_cwd
        fails "/proc/self/fd/$n"
        exec_in_cwd
        fails "/proc/self/fd/$n"
    done
}

# What the runtime has open itself, and whatever else is there: the numbers that the published attacks try one by one.
@test "no descriptor at all is a working directory that leads outside (CVE-2024-21626)" {
    local n
    touch "$T/outside"
    start_sleeping
    config '.linux.cgroupsPath |= (. // empty | . + "-2")'
    for n in {3..32}; do
        config '.process.cwd = $cwd | .process.args = ["sh", "-c", "ls; ls ../../../../../.."]' --arg cwd "/proc/self/fd/$n"
        leaking attempt caisson run --bundle "$BUNDLE" "$ID-2"
        fails "/proc/self/fd/$n"
        lacks "$output" outside
        leaking attempt caisson exec --cwd "/proc/self/fd/$n" "$ID" sh -c 'ls; ls ../../../../../..'
        fails "/proc/self/fd/$n"
        lacks "$output" outside
    done
}

# catching WHAT [CAPABILITY]: a container whose first process lies in wait for what exec brings. From when that has no
# more capabilities than the container's root, not dumpable is all that stands between; and the image, whose PATH is
# searched then, can make it long.
catching() {
    tool
    config '.process.args = ["/tools", "catch", $what] | .process.capabilities |= map_values(. + $more)
        | .process.env = ["PATH=" + ([range(3000) | "/a"] | join(":")) + ":/bin"]' --arg what "$1" --argjson more "[${2:+\"$2\"}]"
    create
    caisson start "$ID"
    wait_for grep -q ready "$BUNDLE/rootfs/caught"
}

caught() {
    sort -u "$BUNDLE/rootfs/caught"
}

# until_caught WHAT COMMAND...: again and again until that is caught: who wins a race is not to depend on what else runs
until_caught() {
    local i
    for ((i = 0; i < 2000; i++)); do
        "${@:2}" || return
        ! grep -q "$1" "$BUNDLE/rootfs/caught" || return 0
    done
    echo "not caught in $i attempts: $1"
    return 1
}

exec_once() {
    caisson exec "$ID" "${@:-true}" </dev/null >"$T/exec.out" 2>&1 3>&- || :
}

@test "root of the container cannot take descriptors from a process that joins (CVE-2016-9962)" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    catching descriptors
    leaking again 30 exec_once
    is "$(caught)" "ready yes"
    leaking weak dumpable until_caught "descriptor " exec_once
    contains "$(caught)" "descriptor "
}

# In the host's user namespace CAP_SYS_PTRACE is a right over every process that can be seen. What it then takes are
# none of the host's directories.
@test "a container with CAP_SYS_PTRACE finds nothing of the host's in a process that joins (CVE-2016-9962)" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    catching descriptors CAP_SYS_PTRACE
    leaking again 30 exec_once
    leaking until_caught "descriptor pipe:" exec_once
    lacks "$(caught)" "$T"
    leaking weak close until_caught "descriptor $T" exec_once
    contains "$(caught)" "descriptor $T"
}

@test "root of the container cannot trace a process that joins (CVE-2016-9962)" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    catching trace
    # /bin/true of the container is the attacker's to trace: what the runtime executes must not come to it.
    again 20 exec_once /nosuch
    is "$(caught)" "ready yes"
    weak dumpable until_caught "traced yes" exec_once /nosuch
    contains "$(caught)" "traced yes"
}

# The runtime's program is what a container gets that executes /proc/self/exe; once it is its own, it can be opened.
@test "the runtime's program cannot be overwritten from inside (CVE-2019-5736)" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    local before
    before=$(sha256sum <"$CAISSON")
    catching program
    again 60 exec_once /proc/self/exe
    until_caught "program opened" exec_once /proc/self/exe
    lacks "$(caught)" overwritten
    is "$(sha256sum <"$CAISSON")" "$before"
    # On another filesystem than the container's own files: those it may overwrite.
    export CAISSON_WEAK_INIT=/dev/shm/$ID
    weak seal until_caught "program overwritten" exec_once /proc/self/exe
    rm "$CAISSON_WEAK_INIT"
    contains "$(caught)" "program overwritten"
}

@test "a script whose interpreter is /proc/self/exe does not get the runtime (CVE-2019-5736)" {
    local before
    before=$(sha256sum <"$CAISSON")
    printf '#!/proc/self/exe\n' >"$BUNDLE/rootfs/evil"
    chmod 755 "$BUNDLE/rootfs/evil"
    start_sleeping
    attempt caisson exec "$ID" /evil
    [ "$status" != 0 ]
    lacks "$output" "caisson version"
    is "$(sha256sum <"$CAISSON")" "$before"
}

@test "no abstract socket is offered to those in the host's network namespace (CVE-2020-15257)" {
    local before
    config '.linux.namespaces |= map(select(.type != "network")) | .linux.sysctl = {}'
    abstract() { awk '$8 ~ /^@/ { print $8 }' /proc/net/unix | sort; }
    before=$(abstract)
    create
    is "$(abstract)" "$before"
    caisson start "$ID"
    attempt caisson exec "$ID" true
    is "$(abstract)" "$before"
    # That it would be seen:
    background python3 -c 'import socket, time; s = socket.socket(socket.AF_UNIX); s.bind("\0caisson-test"); s.listen(); time.sleep(1000)'
    seen() { abstract | grep -q '^@caisson-test'; }
    wait_for seen
}

@test "a pid file is made anew: what others put at its temporary name stays as it is" {
    local way
    echo victim >"$DECOY/victim"
    put() { rm -f "$T/.pid.new" && case $way in
        hard) ln "$DECOY/victim" "$T/.pid.new" ;;
        symbolic) ln -s "$DECOY/victim" "$T/.pid.new" ;;
        fifo) mkfifo "$T/.pid.new" ;;
        esac; }
    for way in hard symbolic fifo; do
        put
        create
        is "$(cat "$DECOY/victim")" victim
        [ -f "$T/pid" ] && [ ! -e "$T/.pid.new" ]
        is "$(caisson state "$ID" | jq .pid)" "$PID"
        caisson delete --force "$ID"
    done
    # What a plain shell makes of it:
    way=hard
    put
    echo 1 >"$T/.pid.new"
    is "$(cat "$DECOY/victim")" 1
}

# Without a terminal of its own a process keeps its caller's as standard input.
@test "nothing can be typed into the caller's terminal from inside (TIOCSTI, CVE-2017-5226, CVE-2016-10124)" {
    need_root "what is attacked are the rights of the host's root: a user's runtime has none"
    [ "$(cat /proc/sys/dev/tty/legacy_tiocsti 2>/dev/null || echo 1)" = 1 ] || skip "the kernel refuses TIOCSTI by itself (dev.tty.legacy_tiocsti)"
    tool
    config '.process.args = ["/tools", "type", "x"]'
    in_tty() { SHELL=/bin/bash command script -qefc "$CAISSON --root $ROOT $*" /dev/null; }
    attempt weak session in_tty run --bundle "$BUNDLE" "$ID"
    contains "$output" typed
    attempt in_tty run --bundle "$BUNDLE" "$ID"
    lacks "$output" typed
    contains "$output" TIOCSTI
    start_sleeping
    attempt weak session in_tty exec "$ID" /tools type x
    contains "$output" typed
    attempt in_tty exec "$ID" /tools type x
    lacks "$output" typed
    contains "$output" TIOCSTI
}
