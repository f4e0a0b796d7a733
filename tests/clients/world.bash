# SPDX-License-Identifier: LGPL-2.1-or-later
# What tests/clients/run sets up inside its namespaces: cgroups, /run, users, the installed runtime, an image.
# All of it is mounts and files in $CLIENTS_WORK, gone with the namespaces.

world() {
    mount -t tmpfs -o mode=755 tmpfs "$CLIENTS_WORK" && install_caisson && peers && enter_tree &&
        own_cgroups && own_directories && own_null && own_users && configuration && image
}

# The root directory becomes the tree, if there is one, with a layer over it that is forgotten. Not by chroot(2): who is
# in one may make no user namespaces.
enter_tree() {
    [ "$CLIENTS_TREE" ] || return 0
    local root=$CLIENTS_WORK/tree layer=$CLIENTS_WORK/layer shared
    mkdir -p "$root" "$layer"/{upper,work} &&
        mount -t overlay -o "lowerdir=$CLIENTS_TREE,upperdir=$layer/upper,workdir=$layer/work" overlay "$root" &&
        mount --rbind /proc "$root/proc" && mount --rbind /dev "$root/dev" && mount -t sysfs sysfs "$root/sys" || return
    for shared in "$CHECKOUT" "$(dirname "$CAISSON")" "$CLIENTS_RESULTS" "$CLIENTS_WORK"; do
        mkdir -p "$root$shared" && mount --bind "$shared" "$root$shared" || return
    done
    mkdir -p "$root/outside"
    cd "$root" && pivot_root . outside && cd / && umount -l /outside && hash -r
}

# Two levels: what sits in the root of a cgroup namespace keeps controllers from being handed down.
own_cgroups() {
    mount -t cgroup2 cgroup2 /sys/fs/cgroup && mkdir /sys/fs/cgroup/tests && echo 0 >/sys/fs/cgroup/tests/cgroup.procs
}

own_directories() {
    local directory
    for directory in /run /var/lib/containers /root; do
        mkdir -p "$directory"
        mount -t tmpfs -o mode=755 tmpfs "$directory" || return
    done
    mount --bind "$CLIENTS_WORK/local" /usr/local
    mkdir -p /run/lock /run/user
    ip link set lo up
}

# crun 1.8 gives /dev/null, where that is a standard stream, to the root of a user namespace: the host's would be another's.
own_null() {
    mknod -m 666 "$CLIENTS_WORK/null" c 1 3 && mount --bind "$CLIENTS_WORK/null" /dev/null
}

# A user with subordinate ids, and "containers", whose ids podman hands out for --userns=auto. All of /etc is a copy: a
# file alone would be the host's again as soon as one replaces it there.
own_users() {
    mkdir "$CLIENTS_WORK/home" && cp -a /etc "$CLIENTS_WORK/etc" && mount --bind "$CLIENTS_WORK/etc" /etc || return
    printf '%s\n' "caisson-user:x:4242:4242::$CLIENTS_WORK/home/user:/bin/bash" containers:x:4243:4243::/:/bin/false >>/etc/passwd
    printf '%s\n' caisson-user:x:4242: containers:x:4243: >>/etc/group
    printf '%s\n' caisson-user:1000000:65536 containers:2000000:1000000 | tee /etc/subuid >/etc/subgid
    install -d -o 4242 -g 4242 -m 755 "$CLIENTS_WORK/home/user"
    install -d -o 4242 -g 4242 -m 700 /run/user/4242
    # A cgroup of theirs, for those tests that ask for it (rootless.bats).
    install -d -o 4242 -g 4242 /sys/fs/cgroup/user /sys/fs/cgroup/user/run
    chown 4242:4242 /sys/fs/cgroup/user{,/run}/cgroup.{procs,threads,subtree_control}
}

# Where a user would have it: $CLIENTS_WORK/local will be /usr/local, ours alone.
install_caisson() {
    local build
    build=$(dirname "$CAISSON")
    mkdir -p "$CLIENTS_WORK/local/bin"
    if [ -f "$build/CMakeCache.txt" ]; then
        cmake --install "$build" --prefix "$CLIENTS_WORK/local" >"$CLIENTS_WORK/install.log" 2>&1 || {
            cat "$CLIENTS_WORK/install.log" >&2
            return 1
        }
    else
        install "$CAISSON" "$CLIENTS_WORK/local/bin/caisson"
    fi
}

# crun up to 1.8 insists on raising RLIMIT_MEMLOCK before it loads a device program, which not every root may. It is
# told that it has done so, where that is so: the kernel has not counted BPF as locked memory since Linux 5.11.
peers() {
    local version
    version=$(dpkg-query ${CLIENTS_TREE:+--root="$CLIENTS_TREE"} -W -f '${Version}' crun)
    dpkg --compare-versions "$version" ge 1.9 || [ "$( (ulimit -l unlimited) 2>&1)" = '' ] || {
        printf '%s\n' '#include <sys/syscall.h>' '#include <sys/resource.h>' '#include <unistd.h>' \
            'int setrlimit(__rlimit_resource_t r, const struct rlimit *l)' \
            '{ return r == RLIMIT_MEMLOCK ? 0 : (int)syscall(SYS_prlimit64, 0, r, l, 0); }' >"$CLIENTS_WORK/memlock.c"
        gcc -shared -fPIC -D_GNU_SOURCE -o "$CLIENTS_WORK/local/memlock.so" "$CLIENTS_WORK/memlock.c" || return
        printf '#!/bin/sh\nLD_PRELOAD=/usr/local/memlock.so exec /usr/bin/crun "$@"\n' >"$CLIENTS_WORK/local/bin/crun"
        chmod 755 "$CLIENTS_WORK/local/bin/crun"
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

# versions: what runs here, for the record
versions() {
    echo "# Debian $(cat /etc/debian_version)"
    echo "# Linux $(uname -r)"
    dpkg-query -W -f '# ${Package} ${Version}\n' podman conmon buildah containerd docker.io umoci crun runc
    caisson --version | sed -n '1s/^\([^ ]*\) version/# \1/p'
}
