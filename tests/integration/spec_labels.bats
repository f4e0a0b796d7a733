# SPDX-License-Identifier: LGPL-2.1-or-later
# process.apparmorProfile, process.selinuxLabel, linux.mountLabel. Few machines have both modules, or a policy that a test
# can count on: the lab's User-mode Linux has SELinux, and is given a policy; its virtual machine has AppArmor.
# also: lab-root lab-qemu
load helpers

# A policy is loaded once, and never over another: only in the lab, which forgets it. It shows in the options of every
# mount, so it comes before the first test.
setup_file() {
    common_setup_file
    if rootless || [ -z "${CAISSON_IN_LAB:-}" ] || ! has_selinux || ! command -v checkpolicy >/dev/null; then return 0; fi
    [ "$(label_of self)" = kernel ] || return 0
    local dir
    dir=$(mktemp -d)
    mount -t selinuxfs selinuxfs "$dir"
    "$HERE/selinux-policy" >"$dir.conf"
    checkpolicy -U allow -c 31 -o "$dir.policy" "$dir.conf" >/dev/null
    dd if="$dir.policy" of="$dir/load" bs=1M status=none # in one write
    umount "$dir"
    rm -r "$dir" "$dir.conf" "$dir.policy"
}

teardown() {
    [ ! -e "$T/loaded" ] || apparmor_parser --remove "$T/profile"
    common_teardown
}

has_apparmor() {
    [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ]
}

has_selinux() {
    grep -qw selinuxfs /proc/filesystems
}

need_apparmor() {
    need_root "loading a profile takes CAP_MAC_ADMIN"
    has_apparmor || skip "needs AppArmor (see tests/lab/vm --backend qemu)"
    command -v apparmor_parser >/dev/null || skip "needs apparmor_parser(8)"
    PROFILE=caisson-test-$ID
    cat >"$T/profile" <<END
profile $PROFILE flags=(attach_disconnected,mediate_deleted) {
    file,
    capability,
    signal,
    mount,
    ptrace,
    unix,
    deny /etc/secret r,
}
END
    apparmor_parser --replace --skip-cache "$T/profile"
    touch "$T/loaded"
}

need_selinux() {
    need_root "it loads a policy into the kernel"
    has_selinux || skip "needs SELinux (see tests/lab)"
    [ "${CAISSON_IN_LAB:-}" ] || skip "only in the lab: SELinux gets a policy of ours"
    [[ $(label_of self) = base_u:* ]] || skip "needs checkpolicy(8)"
}

label_of() {
    tr -d '\0' <"/proc/${1:-$PID}/attr/current"
}

# ---- AppArmor ----

# proves: process.apparmorProfile
@test "apparmorProfile: the program is confined by it" {
    need_apparmor
    echo hidden >"$BUNDLE/rootfs/etc/secret"
    config '.process.apparmorProfile = $profile' --arg profile "$PROFILE"
    start_sleeping
    wait_for started
    is "$(label_of)" "$PROFILE (enforce)"
    attempt caisson exec "$ID" cat /etc/secret
    [ "$status" != 0 ]
    contains "$output" "Permission denied"
    attempt caisson exec --detach --pid-file "$T/exec.pid" "$ID" sleep 1000
    succeeds
    is "$(label_of "$(cat "$T/exec.pid")")" "$PROFILE (enforce)"
}

# proves: --apparmor
@test "apparmorProfile: exec --apparmor" {
    need_apparmor
    start_sleeping
    attempt caisson exec --apparmor "$PROFILE" "$ID" cat /proc/self/attr/current
    succeeds "$PROFILE (enforce)"
    attempt caisson exec "$ID" cat /proc/self/attr/current
    succeeds unconfined
}

@test "apparmorProfile: a profile that is not loaded is named" {
    has_apparmor || skip "needs AppArmor (see tests/lab/vm --backend qemu)"
    config '.process.apparmorProfile = "caisson-no-such-profile"'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails caisson-no-such-profile /process/apparmorProfile loaded
}

@test "apparmorProfile: on a host without AppArmor it is an error" {
    ! has_apparmor || skip "this host has AppArmor"
    config '.process.apparmorProfile = "some-profile"'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails some-profile "AppArmor is not enabled" /process/apparmorProfile
    config '.process.apparmorProfile = ""'
    start_sleeping
    attempt caisson exec --apparmor some-profile "$ID" true
    fails some-profile "AppArmor is not enabled"
}

# ---- SELinux ----

# proves: process.selinuxLabel
@test "selinuxLabel: the program and its session keyring have it" {
    need_selinux
    config '.process.selinuxLabel = "base_u:base_r:box_t"'
    start_sleeping
    wait_for started
    is "$(label_of)" base_u:base_r:box_t
    # The label of keys to come was for the session keyring alone.
    is "$(tr -d '\0' <"/proc/$PID/attr/keycreate")" ""
    attempt caisson exec --detach --pid-file "$T/exec.pid" "$ID" sleep 1000
    succeeds
    is "$(label_of "$(cat "$T/exec.pid")")" base_u:base_r:box_t
}

# proves: --process-label
@test "selinuxLabel: exec --process-label" {
    need_selinux
    start_sleeping
    attempt caisson exec --process-label base_u:base_r:box_t "$ID" cat /proc/self/attr/current
    succeeds base_u:base_r:box_t
}

@test "selinuxLabel: one that the policy has not is named" {
    need_selinux
    config '.process.selinuxLabel = "nobody_u:base_r:box_t"'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails nobody_u:base_r:box_t /process/selinuxLabel
}

# proves: linux.mountLabel
@test "mountLabel: new filesystems have it, masks too" {
    need_selinux
    local where
    config '.linux.mountLabel = "base_u:base_r:box_file_t" | .linux.maskedPaths += ["/tmp"]'
    start_sleeping
    for where in /dev /dev/shm /dev/pts /tmp; do
        has_option "$(part 5 "$(mounted $where)")" context=base_u:base_r:box_file_t
        is "$where $(stat -c %C "/proc/$PID/root$where")" "$where base_u:base_r:box_file_t"
    done
    is "$(stat -c %C "/proc/$PID/root/dev/mqueue")" base_u:base_r:box_file_t
    lacks "$(part 5 "$(mounted /proc)")" context
    lacks "$(part 5 "$(mounted /sys)")" context
}

# proves: run.oci.mount_context_type
@test "run.oci.mount_context_type: the label is said by another option" {
    need_selinux
    config '.linux.mountLabel = "base_u:base_r:box_file_t" | .annotations = {"run.oci.mount_context_type": "rootcontext"}'
    start_sleeping
    has_option "$(part 5 "$(mounted /dev)")" rootcontext=base_u:base_r:box_file_t
    caisson delete --force "$ID"
    config '.annotations = {"run.oci.mount_context_type": "size"}'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "'size' is no mount option of SELinux"
}

@test "mountLabel: one that the policy has not is named" {
    need_selinux
    config '.linux.mountLabel = "nobody_u:base_r:box_file_t"'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails "context" /mounts/
}

@test "selinuxLabel and mountLabel: on a host without SELinux they are errors" {
    ! has_selinux || skip "this host has SELinux"
    config '.process.selinuxLabel = "a:b:c:s0"'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails a:b:c:s0 "SELinux is not enabled" /process/selinuxLabel
    config 'del(.process.selinuxLabel) | .linux.mountLabel = "a:b:c:s0"'
    attempt caisson create --bundle "$BUNDLE" "$ID"
    fails a:b:c:s0 "SELinux is not enabled" /linux/mountLabel
    config 'del(.linux.mountLabel)'
    start_sleeping
    attempt caisson exec --process-label a:b:c:s0 "$ID" true
    fails a:b:c:s0 "SELinux is not enabled"
}
