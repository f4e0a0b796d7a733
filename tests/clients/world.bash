# SPDX-License-Identifier: LGPL-2.1-or-later
# What tests/clients/run sets up inside its namespaces: cgroups, /run, users, the installed runtime, an image.
# All of it is mounts and files in $CLIENTS_WORK, gone with the namespaces.

world() {
    mount -t tmpfs -o mode=755 tmpfs "$CLIENTS_WORK" &&
        own_cgroups && own_directories && own_null && own_users && install_caisson && peers && configuration && image
}

# Two levels: what sits in the root of a cgroup namespace keeps controllers from being handed down.
own_cgroups() {
    mount -t cgroup2 cgroup2 /sys/fs/cgroup && mkdir /sys/fs/cgroup/tests && echo 0 >/sys/fs/cgroup/tests/cgroup.procs
}

own_directories() {
    local directory
    for directory in /run /usr/local /var/lib/containers /root; do
        mkdir -p "$directory"
        mount -t tmpfs -o mode=755 tmpfs "$directory" || return
    done
    mkdir -p /run/lock /run/user
    ip link set lo up
}

# crun 1.8 gives /dev/null, where that is a standard stream, to the root of a user namespace: the host's would be another's.
own_null() {
    mknod -m 666 "$CLIENTS_WORK/null" c 1 3 && mount --bind "$CLIENTS_WORK/null" /dev/null
}

# A user with subordinate ids, and "containers", whose ids podman hands out for --userns=auto.
own_users() {
    local file
    mkdir "$CLIENTS_WORK/etc"
    for file in passwd group shadow subuid subgid; do
        touch "/etc/$file"
        cp -p "/etc/$file" "$CLIENTS_WORK/etc/$file"
        mount --bind "$CLIENTS_WORK/etc/$file" "/etc/$file" || return
    done
    mkdir -p "$CLIENTS_WORK/home"
    cat >>/etc/passwd <<<"caisson-user:x:4242:4242::$CLIENTS_WORK/home/user:/bin/bash"
    cat >>/etc/group <<<'caisson-user:x:4242:'
    printf '%s\n' caisson-user:1000000:65536 containers:2000000:1000000 >/etc/subuid
    cp /etc/subuid "$CLIENTS_WORK/etc/subgid.new" && cat "$CLIENTS_WORK/etc/subgid.new" >/etc/subgid
    install -d -o 4242 -g 4242 -m 755 "$CLIENTS_WORK/home/user"
    install -d -o 4242 -g 4242 -m 700 /run/user/4242
    # A cgroup of theirs, for those tests that ask for it (rootless.bats).
    install -d -o 4242 -g 4242 /sys/fs/cgroup/user /sys/fs/cgroup/user/run
    chown 4242:4242 /sys/fs/cgroup/user{,/run}/cgroup.{procs,threads,subtree_control}
}

# Where a user would have it. /usr/local is ours alone here.
install_caisson() {
    mkdir -p /usr/local/bin
    local build
    build=$(dirname "$CAISSON")
    if [ -f "$build/CMakeCache.txt" ] && cmake --install "$build" --prefix /usr/local >"$CLIENTS_WORK/install.log" 2>&1; then
        return
    fi
    install -D "$CAISSON" /usr/local/bin/caisson
}

# crun up to 1.8 insists on raising RLIMIT_MEMLOCK before it loads a device program, which not every root may. It is
# told that it has done so, where that is so: the kernel has not counted BPF as locked memory since Linux 5.11.
peers() {
    ! command -v crun >/dev/null || [ "$( (ulimit -l unlimited) 2>&1)" = '' ] || {
        printf '%s\n' '#include <sys/syscall.h>' '#include <sys/resource.h>' '#include <unistd.h>' \
            'int setrlimit(__rlimit_resource_t r, const struct rlimit *l)' \
            '{ return r == RLIMIT_MEMLOCK ? 0 : (int)syscall(SYS_prlimit64, 0, r, l, 0); }' >"$CLIENTS_WORK/memlock.c"
        gcc -shared -fPIC -D_GNU_SOURCE -o /usr/local/memlock.so "$CLIENTS_WORK/memlock.c" || return
        printf '#!/bin/sh\nLD_PRELOAD=/usr/local/memlock.so exec /usr/bin/crun "$@"\n' >/usr/local/bin/crun
        chmod 755 /usr/local/bin/crun
    }
}

# The snippets of contrib/, and what this host lacks: limits that root cannot raise here, controllers, networks.
configuration() {
    local nofile nproc
    nofile=$(ulimit -Hn) nproc=$(ulimit -Hu)
    [ "$nproc" != unlimited ] || nproc=65536
    {
        cat "$CHECKOUT/contrib/containers.conf"
        # The same for both: podman 4.3 hands play kube's infra container the hard limit for the soft, and the reverse.
        printf '\n[containers]\nnetns = "none"\ndefault_ulimits = ["nofile=%s:%s", "nproc=%s:%s"]\n' \
            "$nofile" "$nofile" "$nproc" "$nproc"
        grep -qw pids /sys/fs/cgroup/cgroup.controllers || echo 'pids_limit = 0'
    } >"$CLIENTS_WORK/containers.conf"
    export CONTAINERS_CONF=$CLIENTS_WORK/containers.conf
}

# Images without a registry: busybox, packed by umoci, in an OCI layout and as a plain archive; and the same with the
# command of a pod's first process, which waits, and reaps what it gets.
image() {
    local PAUSE='trap "exit 0" TERM; while :; do sleep 100000 & wait $!; done'
    local root=$CLIENTS_WORK/image applet
    export IMAGE_TAR=$CLIENTS_WORK/image.tar IMAGE_OCI=$CLIENTS_WORK/oci
    mkdir -p "$root"/{bin,dev,etc,proc,root,sys,tmp,mnt,run}
    chmod 1777 "$root/tmp"
    cp /bin/busybox "$root/bin/busybox"
    for applet in $(busybox --list); do [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"; done
    printf '%s\n' root:x:0:0:root:/root:/bin/sh nobody:x:65534:65534::/:/bin/sh >"$root/etc/passwd"
    printf '%s\n' root:x:0: nobody:x:65534: >"$root/etc/group"
    touch "$root/etc/plain"
    tar -C "$root" --numeric-owner --owner=0 --group=0 -cf "$IMAGE_TAR" . &&
        {
            umoci init --layout "$IMAGE_OCI" && umoci new --image "$IMAGE_OCI:box" &&
                umoci raw add-layer --image "$IMAGE_OCI:box" "$IMAGE_TAR" &&
                umoci config --image "$IMAGE_OCI:box" --config.env PATH=/bin --config.cmd sh &&
                skopeo --insecure-policy copy -q "oci:$IMAGE_OCI:box" "docker-archive:$CLIENTS_WORK/docker.tar:box:latest" &&
                skopeo --insecure-policy copy -q "oci:$IMAGE_OCI:box" "oci-archive:$CLIENTS_WORK/oci.tar:localhost/box:latest" &&
                umoci config --image "$IMAGE_OCI:box" --tag pause --config.cmd sh --config.cmd -c --config.cmd "$PAUSE" &&
                skopeo --insecure-policy copy -q "oci:$IMAGE_OCI:pause" "oci-archive:$CLIENTS_WORK/pause.tar:localhost/pause:latest"
        } >"$CLIENTS_WORK/image.log" 2>&1 || {
        cat "$CLIENTS_WORK/image.log" >&2
        return 1
    }
}
