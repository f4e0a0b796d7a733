# SPDX-License-Identifier: LGPL-2.1-or-later
# plan and check: everything is decided, nothing is done, and no privilege is needed.
load helpers

# System calls that change something, wherever they point to.
CHANGING=mkdir,mkdirat,rmdir,unlink,unlinkat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mknod,mknodat
CHANGING+=,chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,truncate,ftruncate,mount,umount2,pivot_root,chroot,setns,unshare
CHANGING+=,move_mount,fsmount,mount_setattr,creat,sethostname,setdomainname,setxattr,utimensat,execve,clone,clone3,fork,vfork
CHANGING+=,kill,bpf,pwrite64,pwritev,sendmsg,sendto,connect,bind

# unchanging COMMAND...: runs the program under strace; its output in $output, the trace in $T/trace
unchanging() {
    attempt strace -f -o "$T/trace" -e "trace=write,writev,openat,open,openat2,$CHANGING" "$CAISSON" --root "$ROOT" "$@"
    local bad
    # The first execve is strace's own; the probing of namespaces and kernel features uses none of these.
    bad=$(grep -E "(${CHANGING//,/|})\(" "$T/trace" | sed 1d || :)
    is "$bad" ""
    # Every write is to standard output or error, and no file is opened for writing.
    bad=$(grep -E 'writev?\(' "$T/trace" | grep -vE 'writev?\([12],' || :)
    is "$bad" ""
    bad=$(grep -E 'O_(WRONLY|RDWR|CREAT|TRUNC)' "$T/trace" | grep -v '"/dev/null"' || :)
    is "$bad" ""
}

@test "plan prints steps, names what will be made, and changes nothing" {
    unchanging plan --bundle "$BUNDLE" "$ID"
    succeeds
    contains "$output" mount /proc /dev/pts box
    [ ! -e "$ROOT" ]
    [ ! -d "$CGROUP2$PARENT/$ID" ]
}

@test "plan as JSON" {
    unchanging plan --format json --bundle "$BUNDLE" "$ID"
    succeeds
    jq -e '.steps | length > 10' <<<"$output"
    jq -e '.runtime' <<<"$output"
}

@test "plan shows the files and values of the cgroup" {
    need_controller hugetlb
    config '.linux.resources.hugepageLimits = [{pageSize: "2MB", limit: 2097152}]'
    attempt caisson plan --bundle "$BUNDLE" "$ID"
    succeeds
    contains "$output" hugetlb.2MB.max 2097152
}

@test "the order of the plan is the order of the configuration's mounts" {
    attempt caisson plan --format json --bundle "$BUNDLE" "$ID"
    succeeds
    local text
    text=$(tr '\n' ' ' <<<"$output")
    matches "$text" '/dev/pts.*/dev/shm.*/dev/mqueue'
}

@test "plan says which mount points would be made as files" {
    touch "$T/file"
    ln -s file "$T/link"
    add_mount '{destination: "/a", type: "bind", source: "'"$T/link"'", options: ["bind"]},
        {destination: "/b", type: "bind", source: "'"$T"'", options: ["bind"]},
        {destination: "/c", type: "bind", source: "'"$T/missing"'", options: ["bind"]}'
    unchanging plan --format json --bundle "$BUNDLE" "$ID"
    succeeds
    is "$(jq -c '[.steps[] | select(.target == ("/a", "/b", "/c")) | .flags]' <<<"$output")" '[["file"],[],[]]'
}

@test "check of a good bundle" {
    unchanging check --bundle "$BUNDLE"
    succeeds
    [ ! -e "$ROOT" ]
}

@test "check of a bad bundle names the place" {
    config '.process.cwd = "relative"'
    attempt caisson check --bundle "$BUNDLE"
    fails /process/cwd
    echo '{' >"$BUNDLE/config.json"
    attempt caisson check --bundle "$BUNDLE"
    fails config.json
}

@test "an unprivileged user can ask too" {
    need_root "it becomes that user itself"
    chown -R 1234 "$T"
    # What root alone may do is decided for whoever asks: with a user namespace it is possible.
    config '.linux.namespaces += [{type: "user"}] | del(.linux.cgroupsPath)
        | .linux.uidMappings = [{containerID: 0, hostID: 1234, size: 1}] | .linux.gidMappings = [{containerID: 0, hostID: 1234, size: 1}]'
    local command
    for command in plan check; do
        attempt setpriv --reuid 1234 --regid 1234 --clear-groups "$CAISSON" --root "$ROOT" $command --bundle "$BUNDLE"
        succeeds
        [ -n "$output" ]
    done
    [ ! -e "$ROOT" ]
}

@test "the same bundle gives the same plan" {
    attempt caisson plan --format json --bundle "$BUNDLE" "$ID"
    local first=$output
    attempt caisson plan --format json --bundle "$BUNDLE" "$ID"
    is "$output" "$first"
}
