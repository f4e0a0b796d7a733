/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the floor share. */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#include <linux/filter.h>
#include <stdbool.h>

struct floor {
    const char *rootfs, *cgroup, *state, *filter_file, *binds;
    bool devices, host_network, rootless;
    long first_id; /* -1: no user namespace */
    unsigned bind_count, hook_count;
    char **argv, **env;
    struct sock_fprog filter;
    int cgroup_fd;
    int mapped[2]; /* pipe: the id maps are written */
};

/** The result of a system call that has to succeed: otherwise the process ends, and says what it could not do. */
int floor_must(long result, const char *what);

/** Becomes root with the default bundle's capabilities. @param rootless there is no setgroups(2) to be had */
void floor_drop_privileges(bool rootless);

/** In new namespaces: builds the tree of mounts and makes it the root. */
void floor_build_root(const struct floor *floor);

/** The part of it that stands below the root, a mount. */
void floor_fill_root(const struct floor *floor, int root);

/** Lets the processes of a cgroup use the default devices and no others. @return 0, or -1 with errno. */
int floor_restrict_devices(int cgroup);

#endif
