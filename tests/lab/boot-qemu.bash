# SPDX-License-Identifier: LGPL-2.1-or-later
# A whole machine in software (QEMU's TCG) for tests/lab/vm: Debian's kernel, the host's files by virtiofs.

VIRTIOFSD=/usr/lib/qemu/virtiofsd
BOOT_MODULES=(virtio_pci virtio_blk virtio_console ext4)
# What the machine has no hardware for: three fifths of the modules.
NO_MODULES=(sound drivers/{gpu,media,scsi,usb,iio} drivers/net/{ethernet,wireless})

# The kernel is unpacked into the cache, not installed: the host's /boot is none of our business.
backend_prepare() {
    local package
    command -v qemu-system-x86_64 >/dev/null || install qemu-system-x86
    [ -x $VIRTIOFSD ] || install qemu-system-common
    command -v cpio >/dev/null || install cpio
    command -v modprobe >/dev/null || install kmod
    [ -x /bin/busybox ] || install busybox-static

    # Not the one for clouds: it has no rdma_rxe.
    package=$(apt-cache depends --important linux-image-amd64 | awk '$1 == "Depends:" {print $2; exit}')
    [ "$package" ] || die "apt knows no linux-image-amd64"
    release=${package#linux-image-}
    if [ ! -d "$CACHE/$package" ]; then
        (cd "$JOB" && apt-get download -q "$package" >&2) || die "cannot download $package"
        dpkg-deb -x "$JOB/$package"_*.deb "$CACHE/$package.new"
        (cd "$CACHE/$package.new/lib/modules/$release/kernel" && rm -rf "${NO_MODULES[@]}")
        depmod -b "$CACHE/$package.new" "$release"
        mv "$CACHE/$package.new" "$CACHE/$package"
    fi
    kernel=$CACHE/$package/boot/vmlinuz-$release
    modules=$CACHE/$package/lib/modules/$release
    base=$CACHE/$package
}

# The first programs of the machine: load what the disk needs, then hand over to systemd.
make_initrd() {
    local tree=$JOB/initrd.d module file
    mkdir -p "$tree"/{bin,dev,root,modules}
    cp /bin/busybox "$tree/bin/"
    for module in "${BOOT_MODULES[@]}"; do
        modprobe -d "$base" -S "$release" --show-depends "$module"
    done | awk '$1 == "insmod" && !seen[$2]++ {print $2}' | while read -r file; do
        cp "$file" "$tree/modules/"
        basename "$file" >>"$tree/order"
    done
    cat >"$tree/init" <<'INIT'
#!/bin/busybox sh
box=/bin/busybox
$box mount -t devtmpfs dev /dev
for module in $($box cat /order); do $box insmod /modules/$module; done
$box mount -t ext4 /dev/vda /root
$box mount --move /dev /root/dev
exec $box switch_root /root /lib/systemd/systemd
INIT
    chmod 755 "$tree/init"
    (cd "$tree" && find . | cpio -o -H newc --quiet | gzip -1) >"$JOB/initrd"
}

# share TAG DIR: a server for one directory; adds its device to $devices
share() {
    local socket=$JOB/$1.sock
    $VIRTIOFSD --socket-path="$socket" -o "source=$2" -o xattr >"$JOB/$1.log" 2>&1 9>&- &
    helpers+=($!)
    until [ -S "$socket" ]; do
        kill -0 $! 2>/dev/null || die "virtiofsd for $2 ended: $(cat "$JOB/$1.log")"
        sleep 0.05
    done
    devices+=(-chardev "socket,id=$1,path=$socket" -device "vhost-user-fs-pci,chardev=$1,tag=$1")
}

backend_boot() {
    local devices=() n=0 directory printer machine status=0
    make_initrd
    share job "$JOB"
    while IFS= read -r directory; do
        share share$n "$directory"
        n=$((n + 1))
    done <"$JOB/shares"
    mkfifo "$JOB/output"
    cat "$JOB/output" 9>&- &
    printer=$!
    helpers+=($printer)

    timeout --kill-after=5 "$limit" qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot \
        -accel tcg,thread=multi,tb-size=1024 -cpu max -smp 2 -m "$MEMORY" \
        -object "memory-backend-memfd,id=memory,size=${MEMORY}M,share=on" -M q35,memory-backend=memory \
        -kernel "$kernel" -initrd "$JOB/initrd" \
        -append "console=ttyS0 quiet panic=-1 mitigations=off edd=off systemd.unified_cgroup_hierarchy=1 systemd.show_status=0" \
        -serial "file:$JOB/console.serial" -drive "file=$image,if=virtio,format=raw,snapshot=on" \
        -device virtio-serial-pci -chardev "file,id=output,path=$JOB/output" -device virtserialport,chardev=output,name=output \
        "${devices[@]}" >"$JOB/console" 2>&1 </dev/null 9>&- &
    machine=$!
    helpers+=($machine)
    wait $machine || status=$?
    # When the job wrote its status, the whole output has been written too.
    [ ! -s "$JOB/status" ] || wait $printer || :
    return $status
}
