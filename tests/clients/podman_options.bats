# SPDX-License-Identifier: LGPL-2.1-or-later
# podman run, as root: what its options ask of the runtime.
load clients
load podman

# ---- mounts ----

@test "volume: read-write, and read-only" {
    mkdir "$T/data"
    box -v "$T/data:/rw" -v "$T/data:/ro:ro" box sh -c 'echo written >/rw/file && cat /ro/file && ! touch /ro/other'
    gives 0 written
    is "$(cat "$T/data/file")" written
}

@test "volume: rslave sees what is mounted later" {
    mkdir "$T/data"
    mount -t tmpfs tmpfs "$T/data"
    mount --make-shared "$T/data"
    mkdir "$T/data/later"
    idle -v "$T/data:/data:rslave"
    mount -t tmpfs tmpfs "$T/data/later"
    echo arrived >"$T/data/later/file"
    attempt podman exec "$NAME" cat /data/later/file
    umount -R "$T/data"
    gives 0 arrived
}

@test "volume: rshared shows the host what is mounted inside" {
    mkdir "$T/data"
    mount -t tmpfs tmpfs "$T/data"
    mount --make-shared "$T/data"
    mkdir "$T/data/inside"
    box --cap-add sys_admin --security-opt seccomp=unconfined -v "$T/data:/data:rshared" box \
        sh -c 'mount -t tmpfs tmpfs /data/inside && touch /data/inside/file'
    local seen=no
    [ ! -e "$T/data/inside/file" ] || seen=yes
    umount -R "$T/data"
    gives 0
    is "$seen" yes
}

@test "volume: noexec, nosuid, nodev" {
    mkdir "$T/data"
    cp /bin/busybox "$T/data/echo"
    box -v "$T/data:/data:noexec,nosuid,nodev" box /data/echo hello
    gives 126
}

@test "volume: an overlay" {
    mkdir "$T/data"
    echo below >"$T/data/file"
    box -v "$T/data:/data:O" box sh -c 'cat /data/file; echo above >/data/file; cat /data/file'
    gives 0 below above
    is "$(cat "$T/data/file")" below
}

@test "volume: a named one, with the image's files" {
    box -v named:/etc box sh -c 'cat /etc/group; echo more >/etc/more'
    gives 0 root:x:0
    box -v named:/etc box cat /etc/more
    gives 0 more
}

@test "volume: of a file" {
    echo content >"$T/file"
    box -v "$T/file:/etc/one:ro" box cat /etc/one
    gives 0 content
}

@test "volume: idmap" {
    mkdir "$T/data"
    touch "$T/data/file"
    box --uidmap 0:100000:65536 --gidmap 0:100000:65536 -v "$T/data:/data:idmap" box stat -c %u /data/file
    gives 0 0
}

@test "mount: tmpfs with size and mode" {
    box --mount type=tmpfs,destination=/fast,tmpfs-size=1m,tmpfs-mode=1700 box sh -c 'stat -c %a /fast; df -k /fast'
    gives 0 1700 1024
}

@test "tmpfs, with what the image has there" {
    box --tmpfs /etc:rw,size=2m box sh -c 'mount | grep " /etc " && cat /etc/passwd'
    gives 0 'tmpfs on /etc' root:x:0
}

@test "mount: bind of what is not there" {
    box --mount type=bind,source="$T/none",destination=/data box true
    gives 125
}

@test "volumes-from" {
    idle -v shared:/data
    podman exec "$NAME" sh -c 'echo common >/data/file'
    attempt podman run --rm --volumes-from "$NAME" box cat /data/file
    gives 0 common
}

@test "read-only, with places that are not" {
    box --read-only box sh -c '! touch /file && touch /tmp/file /run/file && echo right'
    gives 0 right
}

@test "a root filesystem that is a directory" {
    cp -a "$CLIENTS_WORK/image" "$T/rootfs"
    box --rootfs "$T/rootfs" echo from the directory
    gives 0 'from the directory'
}

@test "shm-size" {
    box --shm-size 1m box df -k /dev/shm
    gives 0 1024
}

@test "secret" {
    echo hidden | podman secret create sec -
    box --secret sec box cat /run/secrets/sec
    gives 0 hidden
}

# ---- users ----

@test "user, and groups" {
    box --user 1234:5678 --group-add 42 box id
    gives 0 uid=1234 gid=5678 42
}

@test "userns: uidmap" {
    box --uidmap 0:100000:1000 --gidmap 0:100000:1000 box cat /proc/self/uid_map
    gives 0
    matches "$output" '0 +100000 +1000'
}

@test "userns: auto" {
    box --userns auto box cat /proc/self/uid_map
    gives 0
    matches "$output" '0 +2[0-9]{6} +[0-9]+'
}

@test "userns: exec in it, and stop" {
    idle --userns auto
    attempt podman exec "$NAME" id -u
    gives 0 0
    attempt podman stop -t 5 "$NAME"
    succeeds
}

@test "umask" {
    box --umask 0077 box sh -c umask
    gives 0 0077
}

# ---- what it may do ----

@test "privileged" {
    box --privileged box sh -c 'grep CapBnd /proc/self/status && test -b /dev/loop0 -o -c /dev/kmsg && mount -t tmpfs tmpfs /mnt && echo mounted'
    gives 0 mounted "$(awk '$1 == "CapBnd:" { print $2 }' /proc/self/status)"
}

@test "device" {
    box --device /dev/fuse:/dev/renamed:r box sh -c 'test -c /dev/renamed && exec 3</dev/renamed && ! (echo x >/dev/renamed) && echo right'
    gives 0 right
}

@test "without it, the device cannot be made and opened" {
    box --cap-add mknod box sh -c 'mknod /dev/fuse c 10 229 && ! (exec 3</dev/fuse) && echo right'
    gives 0 right
}

@test "device-cgroup-rule" {
    box --cap-add mknod --device-cgroup-rule "c 10:229 r" box sh -c 'mknod /dev/k c 10 229 && exec 3</dev/k && echo opened'
    gives 0 opened
}

@test "cap-add, cap-drop" {
    box --cap-add net_admin --cap-drop chown box sh -c 'ip link set lo down && echo admin; chown 1 /etc/plain || echo no chown; grep CapEff /proc/self/status'
    gives 0 admin 'no chown'
    local caps=$((16#$(sed -n 's/.*CapEff:[[:space:]]*//p' <<<"$output")))
    is "$((caps & 1))" 0
    is "$((caps >> 12 & 1))" 1
    box --cap-drop all box grep CapEff /proc/self/status
    gives 0 0000000000000000
}

@test "no-new-privileges" {
    box --security-opt no-new-privileges box grep NoNewPrivs /proc/self/status
    gives 0
    matches "$output" '1$'
}

@test "seccomp: podman's default, a profile, unconfined" {
    box box grep Seccomp: /proc/self/status
    matches "$output" '2$'
    box --security-opt seccomp=unconfined box grep Seccomp: /proc/self/status
    matches "$output" '0$'
    jq -n '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 95}]}' >"$T/profile"
    box --security-opt "seccomp=$T/profile" box mkdir /new
    gives 1 'not supported'
}

@test "mask, unmask" {
    box --security-opt mask=/etc/group box cat /etc/group
    gives 0
    is "$output" ''
    box --security-opt unmask=ALL box sh -c 'mount | grep -c "on /proc/.* tmpfs"'
    is "$output" 0
}

@test "sysctl" {
    box --sysctl kernel.msgmax=12345 --sysctl net.ipv4.ip_forward=1 box cat /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_forward
    gives 0 12345 1
}

@test "sysctl that is not the namespace's" {
    box --sysctl kernel.panic=1 box true
    [ "$status" != 0 ]
}

@test "ulimit, oom-score-adj" {
    box --ulimit core=0:0 --ulimit nproc=4096:4096 --ulimit nofile=100:200 --oom-score-adj 500 box sh -c 'ulimit -Sn; ulimit -Hn; ulimit -c; cat /proc/self/oom_score_adj'
    gives 0
    is "$output" $'100\n200\n0\n500'
}

@test "systemd=always: what systemd needs" {
    box --systemd=always --cgroupns private box sh -c 'mount; echo $container'
    gives 0 'tmpfs on /run ' podman
}

# ---- namespaces and names ----

@test "hostname, hosts, environment, working directory, entrypoint" {
    box --hostname moon --add-host sun:10.0.0.1 -e A=b --workdir /etc --entrypoint '["sh","-c"]' box 'hostname; cat /etc/hosts; echo $A $PWD'
    gives 0 moon '10.0.0.1' 'b /etc'
}

@test "the host's namespaces" {
    local kind option
    for kind in pid net ipc uts; do
        option=$kind
        [ "$kind" != net ] || option=network
        box "--$option=host" box readlink "/proc/self/ns/$kind"
        gives 0 "$(readlink "/proc/self/ns/$kind")"
    done
}

@test "another container's namespaces" {
    idle
    attempt podman run --rm --pid "container:$NAME" --ipc "container:$NAME" --network "container:$NAME" box \
        sh -c 'ps | grep -q "sleep 1000" && readlink /proc/self/ns/net'
    gives 0 "$(readlink "/proc/$(field '{{.State.Pid}}')/ns/net")"
}

@test "cgroupns: host and private" {
    box --cgroupns private box cat /proc/self/cgroup
    gives 0 '0::/'
    local own=$output
    box --cgroupns host box cat /proc/self/cgroup
    gives 0 libpod
    [ "$output" != "$own" ]
}

@test "cgroup-parent" {
    box --cgroup-parent /parent-of-tests --cgroupns host box cat /proc/self/cgroup
    gives 0 /parent-of-tests/
}

@test "cgroups=disabled" {
    box --cgroups=disabled box echo without
    gives 0 without
}

@test "cgroups=split" {
    box --cgroups=split --cgroupns host box cat /proc/self/cgroup
    gives 0 /libpod-payload
}

@test "cgroups=no-conmon" {
    box --cgroups=no-conmon box echo within
    gives 0 within
}

# ---- what is handed over ----

@test "sdnotify: the container says when it is ready" {
    cat >"$T/notify.py" <<'END'
import os, socket, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
server.settimeout(50)
said = ''
while 'READY=1' not in said:
    said += server.recv(4096).decode() + '\n'
print(said)
END
    background python3 "$T/notify.py" "$R/notify$BATS_TEST_TRY_NUMBER.sock"
    wait_for test -S "$R/notify$BATS_TEST_TRY_NUMBER.sock"
    attempt env NOTIFY_SOCKET="$R/notify$BATS_TEST_TRY_NUMBER.sock" bash -c 'podman run -d --name "$0" --sdnotify=container box sh -c "
        test -S \"\$NOTIFY_SOCKET\" && echo socket; sleep 1000"' "$NAME"
    succeeds
    wait_for said socket
    kill "${BACKGROUND[0]}"
}

@test "sdnotify: conmon says so" {
    cat >"$T/notify.py" <<'END'
import os, socket, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(sys.argv[1])
server.settimeout(50)
said = ''
while 'READY=1' not in said:
    said += server.recv(4096).decode() + '\n'
open(sys.argv[2], 'w').write(said)
END
    background python3 "$T/notify.py" "$R/conmon$BATS_TEST_TRY_NUMBER.sock" "$T/said"
    wait_for test -S "$R/conmon$BATS_TEST_TRY_NUMBER.sock"
    attempt env NOTIFY_SOCKET="$R/conmon$BATS_TEST_TRY_NUMBER.sock" bash -c 'podman run -d --name "$0" --sdnotify=conmon box sleep 1000' "$NAME"
    succeeds
    wait_for grep READY=1 "$T/said"
    contains "$(cat "$T/said")" MAINPID=
}

@test "LISTEN_FDS: a socket is handed on" {
    cat >"$T/listen.py" <<'END'
import os, socket, sys
server = socket.socket()
server.bind(('127.0.0.1', 0))
server.listen()
os.dup2(server.fileno(), 3)
os.environ['LISTEN_FDS'] = '1'
os.environ['LISTEN_PID'] = str(os.getpid())
os.set_inheritable(3, True)
os.execvp(sys.argv[1], sys.argv[1:])
END
    attempt python3 "$T/listen.py" bash -c 'export LISTEN_PID=$$; podman run --rm --name "$0" box sh -c "
        echo fds \$LISTEN_FDS pid \$LISTEN_PID; readlink /proc/self/fd/3"' "$NAME"
    gives 0 'fds 1' 'socket:'
}

@test "preserve-fds" {
    status=0
    output=$(podman run --rm --name "$NAME" --preserve-fds 2 box sh -c 'cat <&3; cat <&4' 3<<<three 4<<<four) || status=$?
    gives 0 three four
}

@test "no descriptor leaks into it" {
    exec 7</etc/hostname 8</proc
    box box ls /proc/self/fd
    exec 7<&- 8<&-
    gives 0
    lacks "$output" 4 7 8
}

@test "hooks-dir" {
    mkdir "$T/hooks"
    printf '#!/bin/sh\ncat >%s/state.$1\n' "$T" >"$T/hook"
    chmod 755 "$T/hook"
    local stage
    for stage in prestart createRuntime poststart poststop; do
        jq -n --arg path "$T/hook" --arg stage "$stage" \
            '{version: "1.0.0", hook: {path: $path, args: ["hook", $stage]}, when: {always: true}, stages: [$stage]}' >"$T/hooks/$stage.json"
    done
    attempt podman --hooks-dir "$T/hooks" run --name "$NAME" box true
    succeeds
    attempt podman rm -f "$NAME"
    succeeds
    for stage in prestart createRuntime poststart poststop; do
        wait_for test -s "$T/state.$stage"
        [ "$(jq -r .id "$T/state.$stage")" != null ]
    done
}

@test "hooks-dir: a hook that fails" {
    mkdir "$T/hooks"
    jq -n '{version: "1.0.0", hook: {path: "/bin/false"}, when: {always: true}, stages: ["createRuntime"]}' >"$T/hooks/x.json"
    attempt podman --hooks-dir "$T/hooks" run --rm --name "$NAME" box true
    [ "$status" != 0 ]
    contains "$output" hook
}

@test "annotations" {
    box --annotation org.example.a=b box echo annotated
    gives 0 annotated
}

@test "log drivers" {
    local driver
    for driver in k8s-file none passthrough; do
        box --log-driver "$driver" box echo "by $driver"
        gives 0 "by $driver"
    done
}
