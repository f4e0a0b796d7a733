# SPDX-License-Identifier: LGPL-2.1-or-later
# The script that reads this starts itself again among mounts of its own. There /sys/fs/cgroup is cgroup2, as on a
# container host of today, also where this host still has the first version, and the script may mount what it likes.
#
# VIEW_ARGUMENTS: the script's own arguments
if [ "$(id -u)" = 0 ] && [ -z "${BENCH_VIEW:-}" ]; then
    BENCH_VIEW=1 exec unshare --mount --propagation private sh -c '
        [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ] || mount -t cgroup2 cgroup2 /sys/fs/cgroup
        exec "$@"' sh "$(realpath "$0")" "${VIEW_ARGUMENTS[@]}"
fi
