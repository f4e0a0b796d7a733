# SPDX-License-Identifier: LGPL-2.1-or-later
# Descriptors: what the program inherits is what it should, and nothing else.
# also: user
load helpers


@test "only the standard streams are inherited" {
    config '.process.args = ["ls", "/proc/self/fd"]'
    exec 5<"$BUNDLE/config.json" 17<"$BUNDLE" 200</etc
    attempt caisson run --bundle "$BUNDLE" "$ID"
    exec 5<&- 17<&- 200<&-
    # 3 is the directory that ls reads
    succeeds $'0\n1\n2\n3'
}

# Directories and files of the host that stay open in a process of the container are what CVE-2024-21626 and
# CVE-2019-5736 began with; a caller's pipe that stays open keeps its reader waiting.
@test "while it waits for start, the process holds nothing of the host's" {
    local fd link bad=''
    exec 5<"$BUNDLE/config.json" 17<"$BUNDLE" 18> >(cat)
    create
    exec 5<&- 17<&- 18<&-
    for fd in "/proc/$PID/fd/"*; do
        link=$(readlink "$fd")
        case ${fd##*/}:$link in
        [012]:* | *:socket:* | *:/memfd:*) ;;
        *:"$ROOT/$ID/created" | *:"$ROOT/$ID/start") ;; # what it waits with
        *) bad+="${fd##*/} -> $link"$'\n' ;;
        esac
    done
    is "$bad" ""
    is "$(readlink "/proc/$PID/cwd")" /
}

@test "preserved descriptors arrive with their numbers" {
    echo three >"$T/three"
    echo four >"$T/four"
    script 'cat <&3; cat <&4; ls /proc/self/fd | tr "\n" " "'
    exec 7</etc
    caisson run --bundle "$BUNDLE" --preserve-fds 2 "$ID" </dev/null 3<"$T/three" 4<"$T/four" >"$T/out"
    exec 7<&-
    is "$(cat "$T/out")" $'three\nfour\n0 1 2 3 4 5 '
}

@test "preserved descriptors of create reach the program at start" {
    echo three >"$T/three"
    script 'cat <&3 >/tmp/got'
    caisson create --bundle "$BUNDLE" --preserve-fds 1 "$ID" </dev/null >"$T/out" 2>&1 3<"$T/three"
    caisson start "$ID"
    wait_for stopped
    is "$(cat "$BUNDLE/rootfs/tmp/got")" three
}

@test "a descriptor to preserve that is not open is an error" {
    attempt caisson run --bundle "$BUNDLE" --preserve-fds 5 "$ID"
    fails 3
}

@test "sockets of socket activation: LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES" {
    # LISTEN_PID is the runtime's own number: exec keeps it.
    script 'echo "$LISTEN_FDS $LISTEN_PID $LISTEN_FDNAMES $$"; cat <&3'
    echo socket >"$T/three"
    (
        export LISTEN_FDS=1 LISTEN_FDNAMES=web LISTEN_PID=$BASHPID
        exec "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
    ) </dev/null >"$T/out" 3<"$T/three"
    is "$(cat "$T/out")" $'1 1 web 1\nsocket'
}

@test "LISTEN_FDS that is meant for another process is not passed on" {
    script 'echo "<$LISTEN_FDS>"'
    LISTEN_FDS=1 LISTEN_PID=1 attempt caisson run --bundle "$BUNDLE" "$ID"
    succeeds "<>"
}

@test "NOTIFY_SOCKET: the program's words reach it" {
    cat >"$T/notify.py" <<'PY'
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while True:
    print(s.recv(4096).decode(), flush=True)
PY
    background python3 "$T/notify.py" "$T/notify"
    wait_for test -S "$T/notify"
    cat >"$BUNDLE/rootfs/send" <<'SH'
#!/bin/sh
echo "socket is $NOTIFY_SOCKET" >/tmp/socket
echo -n "READY=1" | nc -u -w 1 local:"$NOTIFY_SOCKET" 2>/dev/null
sleep 1000
SH
    chmod 755 "$BUNDLE/rootfs/send"
    config '.process.args = ["/send"]'
    NOTIFY_SOCKET=$T/notify attempt caisson create --bundle "$BUNDLE" --pid-file "$T/pid" "$ID"
    succeeds
    NOTIFY_SOCKET=$T/notify attempt caisson start "$ID"
    succeeds
    wait_for test -s "$BUNDLE/rootfs/tmp/socket"
    local inside
    inside=$(sed 's/socket is //' "$BUNDLE/rootfs/tmp/socket")
    # The host's path means nothing in the container; there it is another one that works.
    [ "$inside" ]
    printf 'READY=1' | python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.sendto(sys.stdin.buffer.read(), sys.argv[1])' "/proc/$(cat "$T/pid")/root$inside"
    wait_for grep -q READY=1 "$T/background.1"
}

@test "exec inherits the standard streams alone" {
    start_sleeping
    exec 5<"$BUNDLE/config.json" 17<"$BUNDLE"
    attempt caisson exec "$ID" ls /proc/self/fd
    exec 5<&- 17<&-
    succeeds $'0\n1\n2\n3'
}

@test "exec preserves descriptors" {
    start_sleeping
    echo three >"$T/three"
    caisson exec --preserve-fds 1 "$ID" cat /proc/self/fd/3 </dev/null 3<"$T/three" >"$T/out"
    is "$(cat "$T/out")" three
}

@test "hooks inherit nothing but their streams" {
    config '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", "readlink /proc/$$/fd/* >'"$T"'/fds; true"], env: ["PATH=/bin:/usr/bin"]}]'
    exec 17<"$BUNDLE"
    create
    exec 17<&-
    is "$(wc -l <"$T/fds")" 3
}

@test "the pidfd socket gets a pidfd of the process" {
    background python3 "$HERE/receive-fd.py" "$T/pidfd" pidfd
    wait_for test -S "$T/pidfd"
    create --pidfd-socket "$T/pidfd"
    wait_for grep -qx "$PID" "$T/background.1"
}
