# SPDX-License-Identifier: LGPL-2.1-or-later
# On a host that still has the first version of cgroups /sys/fs/cgroup is not what it is on a container host today:
# the script that reads this starts itself again where it is.
#
# VIEW_ARGUMENTS: the script's own arguments
if [ "$(id -u)" = 0 ] && [ "$(stat -f -c %T /sys/fs/cgroup)" != cgroup2fs ]; then
    [ -z "${BENCH_VIEW:-}" ] || die "cannot mount cgroup2 on /sys/fs/cgroup"
    BENCH_VIEW=1 exec unshare --mount --propagation private \
        sh -c 'mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec "$@"' sh "$(realpath "$0")" "${VIEW_ARGUMENTS[@]}"
fi
