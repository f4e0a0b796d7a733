# SPDX-License-Identifier: LGPL-2.1-or-later
# The machine's disk, for tests/lab/vm: made once, then only read (each machine writes to a layer of its own).

IMAGE_SUITE=trixie
IMAGE_PACKAGES=(
    systemd systemd-sysv dbus dbus-user-session libpam-systemd udev kmod procps iproute2 util-linux
    login passwd uidmap busybox-static python3 jq strace bats bsdutils coreutils
    libseccomp2 libyajl2 libcap2 libcap2-bin libasan8 libubsan1 checkpolicy apparmor podman passt
)

# Units that wait for hardware, a network or a clock which the machine has not.
IMAGE_MASKED=(
    systemd-timesyncd.service systemd-networkd.service systemd-random-seed.service systemd-journal-flush.service
    systemd-update-utmp.service systemd-update-utmp-runlevel.service systemd-binfmt.service
    systemd-journal-catalog-update.service systemd-pstore.service apparmor.service
    modprobe@configfs.service modprobe@drm.service modprobe@efi_pstore.service
    systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-udev-trigger.service
    getty@.service serial-getty@.service console-getty.service
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service
    fstrim.timer systemd-tmpfiles-clean.timer
)

# image_make BACKEND RELEASE MODULES: sets $image to a disk with systemd and with the modules of that kernel.
image_make() {
    local key root
    key=$({
        cat "$LAB/guest-job" "$LAB/image.bash"
        echo "$2"
    } | sha256sum | cut -c1-16)
    image=$CACHE/$1-$key.ext4
    if [ -s "$image" ]; then
        touch "$image" # in use
        return
    fi

    command -v mmdebstrap >/dev/null || install mmdebstrap
    command -v mkfs.ext4 >/dev/null || install e2fsprogs
    root=$JOB/root
    mmdebstrap --quiet --mode=root --variant=minbase --aptopt='Apt::Install-Recommends "false"' \
        --include="$(IFS=, && echo "${IMAGE_PACKAGES[*]}")" \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' "$IMAGE_SUITE" "$root" >&2 ||
        die "mmdebstrap cannot make a Debian $IMAGE_SUITE"
    image_configure "$root"
    mkdir -p "$root/usr/lib/modules"
    cp -r "$3" "$root/usr/lib/modules/$2"
    chroot "$root" depmod "$2"

    # Earlier versions, but not those that another checkout uses.
    find "$CACHE" -maxdepth 1 -name "$1-*.ext4" -mtime +7 -delete
    mkfs.ext4 -q -F -O ^has_journal -d "$root" "$image.new" 3G
    mv "$image.new" "$image"
    rm -rf "$root"
}

# image_configure ROOT
image_configure() {
    local root=$1 units=$1/etc/systemd/system unit
    echo caisson-lab >"$root/etc/hostname"
    echo '127.0.0.1 localhost caisson-lab' >"$root/etc/hosts"
    echo 00000000000040008000000000c41550 >"$root/etc/machine-id"
    : >"$root/etc/fstab"

    chroot "$root" useradd --create-home --uid 1000 --shell /bin/bash tester
    grep -qs ^tester: "$root/etc/subuid" || echo tester:100000:65536 >>"$root/etc/subuid"
    grep -qs ^tester: "$root/etc/subgid" || echo tester:100000:65536 >>"$root/etc/subgid"
    mkdir -p "$root/var/lib/systemd/linger" "$units/user@.service.d" "$units/multi-user.target.wants"
    touch "$root/var/lib/systemd/linger/tester"
    printf '[Service]\nDelegate=cpu cpuset io memory pids\n' >"$units/user@.service.d/delegate.conf"

    for unit in "${IMAGE_MASKED[@]}"; do ln -sf /dev/null "$units/$unit"; done
    cat >"$units/lab.service" <<'UNIT'
[Unit]
Description=The job of tests/lab/vm
Wants=user@1000.service
After=basic.target systemd-logind.service user@1000.service

[Service]
Type=oneshot
ExecStart=/usr/lib/caisson-lab/guest-job
Delegate=yes
TimeoutStartSec=infinity
UNIT
    ln -s ../lab.service "$units/multi-user.target.wants/lab.service"
    mkdir -p "$root/usr/lib/caisson-lab"
    cp "$LAB/guest-job" "$root/usr/lib/caisson-lab/guest-job"
    chmod 755 "$root/usr/lib/caisson-lab/guest-job"
}
