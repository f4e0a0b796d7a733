# SPDX-License-Identifier: LGPL-2.1-or-later
# Fields that the other files of tests look at from one side only: for each kind of hook, each capability, each platform.
# also: user
load helpers

KINDS="prestart createRuntime createContainer startContainer poststart poststop"

# proves: hooks.{prestart,createRuntime,createContainer,startContainer,poststart,poststop}.{path,args,env}
@test "hooks: path, arguments and environment of every kind" {
    local kind to
    cat >"$T/hook" <<'END'
#!/bin/sh
echo "$@" >"$1"
tr '\0' '\n' </proc/self/environ >>"$1"
END
    chmod 755 "$T/hook"
    cp "$T/hook" "$BUNDLE/rootfs/bin/hook"
    for kind in $KINDS; do
        to=$T/$kind path=$T/hook
        [ $kind != startContainer ] || to=/tmp/$kind path=/bin/hook
        config '.hooks[$kind] = [{path: $path, args: ["zero", $to, "an  argument", ""], env: ["PATH=/bin:/usr/bin", "KIND=\($kind)", "EMPTY="]}]' \
            --arg kind $kind --arg to "$to" --arg path "$path"
    done
    LEAKED=1 attempt caisson run --bundle "$BUNDLE" "$ID"
    succeeds
    for kind in $KINDS; do
        to=$T/$kind
        [ $kind != startContainer ] || to=$BUNDLE/rootfs/tmp/$kind
        is "$(sed "1s|^/.*/$kind|TO|" "$to")" $'TO an  argument \nPATH=/bin:/usr/bin\n'"KIND=$kind"$'\nEMPTY='
    done
}

# proves: hooks.{prestart,createRuntime,createContainer,startContainer,poststart,poststop}.timeout
@test "hooks: one of any kind that takes longer than its time is killed, and has failed" {
    local kind said
    # At once, each in a container of its own: every one takes a second.
    for kind in $KINDS; do
        jq '.hooks[$kind] = [{path: "/bin/sleep", args: ["sleep", "1000"], timeout: 1}]
            | if .linux.cgroupsPath then .linux.cgroupsPath += $kind else . end' \
            --arg kind $kind "$BUNDLE/config.json" >"$BUNDLE/$kind.json"
        background bash -c '"$@"; echo "status $?"' bash "$CAISSON" --root "$ROOT" run --bundle "$BUNDLE" --config "$kind.json" "$ID-$kind"
    done
    wait "${BACKGROUND[@]}"
    local n=0
    for kind in $KINDS; do
        n=$((n + 1)) said=$(cat "$T/background.$n")
        contains "$said" "$kind hook 0" "1 s"
        # That of a poststop hook is a warning.
        contains "$kind: $said" "status $([ $kind = poststop ] && echo 0 || echo 1)"
    done
}

# proves: process.capabilities=CAP_{CHOWN,DAC_OVERRIDE,DAC_READ_SEARCH,FOWNER,FSETID,KILL,SETGID,SETUID,SETPCAP,
#   LINUX_IMMUTABLE,NET_BIND_SERVICE,NET_BROADCAST,NET_ADMIN,NET_RAW,IPC_LOCK,IPC_OWNER,
#   SYS_MODULE,SYS_RAWIO,SYS_CHROOT,SYS_PTRACE,SYS_PACCT,SYS_ADMIN,SYS_BOOT,SYS_NICE,
#   SYS_RESOURCE,SYS_TIME,SYS_TTY_CONFIG,MKNOD,LEASE,AUDIT_WRITE,AUDIT_CONTROL,SETFCAP,
#   MAC_OVERRIDE,MAC_ADMIN,SYSLOG,WAKE_ALARM,BLOCK_SUSPEND,AUDIT_READ,PERFMON,BPF,
#   CHECKPOINT_RESTORE}
@test "capabilities: each name is its number" {
    local last bit number names mask own
    own=$((16#$(process_status CapBnd $$))) # what nobody has cannot be granted: a warning
    ! rootless || own=-1                    # a user namespace has them all
    last=$(cat /proc/sys/kernel/cap_last_cap)
    mapfile -t names < <("$CAISSON" features | jq -r '.linux.capabilities[]')
    # features lists them by number; tell them apart by six containers: those whose number has a bit, for each bit.
    for bit in 0 1 2 3 4 5; do
        mask=0
        for ((number = 0; number <= last; number++)); do
            [ $((number >> bit & 1)) = 0 ] || mask=$((mask | 1 << number))
        done
        config '.process.capabilities = {bounding: [$all | to_entries[] | select((.key / $power | floor) % 2 == 1) | .value]}' \
            --argjson all "$(printf '%s\n' "${names[@]}" | jq -Rn '[inputs]')" --argjson power $((1 << bit))
        run_script 'grep ^CapBnd /proc/self/status | cut -f2'
        succeeds
        is "$(tail -n 1 <<<"$output")" "$(printf %016x $((mask & own)))"
    done
    # What they are called is not ours alone to say.
    command -v capsh >/dev/null || skip "needs capsh(1) for the names"
    is "$(printf '%s,' "${names[@]}" | tr '[:upper:]' '[:lower:]')" \
        "$(capsh --decode="$(printf %x $(((1 << (last + 1)) - 1)))" | cut -d= -f2),"
}

# proves: ociVersion
@test "ociVersion: every 1.x is taken, another major version and what is none are refused" {
    local version
    for version in 1.0.0 1.0.2-dev 1.3.0 1.99.0+x; do
        config '.ociVersion = $version' --arg version $version
        run_script 'echo ran'
        succeeds ran
    done
    for version in 0.9.0 2.0.0 1.0 1.0.0.0 01.0.0 ""; do
        config '.ociVersion = $version' --arg version "$version"
        attempt caisson create --bundle "$BUNDLE" "$ID"
        fails /ociVersion
    done
    config 'del(.ociVersion)'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails ociVersion
}

# proves: windows, solaris, zos, freebsd, process.{commandLine,user.username}
@test "other platforms: what is theirs is passed over, of whatever type" {
    config '.windows = {layerFolders: ["C:\\layer"]} | .solaris = [1] | .zos = "x" | .freebsd = {devices: [{path: "null"}]}
        | .process.commandLine = "cmd /c" | .process.user.username = "ContainerUser"'
    run_script 'id -u'
    succeeds 0
}

# proves: vm.image.format={raw,qcow2,vdi,vmdk,vhd}
@test "vm: it is read whole, and said to have no effect" {
    local format
    for format in raw qcow2 vdi vmdk vhd; do
        config '.vm = {hypervisor: {path: "/usr/bin/vmm"}, kernel: {path: "/boot/kernel", parameters: ["quiet"]},
            image: {path: "/srv/image", format: $format}, hwConfig: {vcpus: 2}}' --arg format $format
        run_script 'echo ran'
        succeeds
        contains "$output" ran "/vm has no effect"
    done
    config '.vm.image.format = "iso"'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /vm/image/format iso
    config 'del(.vm.kernel, .vm.image)'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails /vm kernel
}
