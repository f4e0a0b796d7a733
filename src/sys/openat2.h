/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* openat2(2): opening a path below a directory that untrusted files may stand in. */
#ifndef SYS_OPENAT2_H
#define SYS_OPENAT2_H

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/weaken.h"

/* Any mount or rename on the host may fail a walk over ".."; who provokes that on purpose gets EAGAIN in the end. */
enum { OPENAT2_ATTEMPTS = 256 };

/**
 * As openat2(2), O_CLOEXEC added, and repeated when a mount or rename of somebody else disturbed it (EAGAIN).
 * @return a descriptor, or -1 with errno.
 */
static inline int sys_openat2(int dirfd, const char *path, int flags, mode_t mode, unsigned resolve)
{
    struct open_how how = {
        .flags = (unsigned)flags | O_CLOEXEC,
        .mode = mode,
        .resolve = resolve,
    };
    int fd = -1;

    if (weakened("resolve")) {
        how.resolve = 0;
        path += dirfd == AT_FDCWD ? 0 : strspn(path, "/");
        path = *path ? path : ".";
    }
    for (int i = 0; i < OPENAT2_ATTEMPTS; i++) {
        fd = (int)syscall(SYS_openat2, dirfd, path, &how, sizeof how);
        if (fd >= 0 || errno != EAGAIN)
            break;
    }
    return fd;
}

/**
 * Opens `path` as a process whose root directory is `root` would, symbolic links included, and never
 * outside of it; magic links of procfs are refused (rule R1: CVE-2019-5736, CVE-2024-21626, CVE-2025-31133).
 */
static inline int sys_open_in_root(int root, const char *path, int flags)
{
    return sys_openat2(root, *path ? path : "/", flags, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

/** Opens `path` below `dir` without following a symbolic link in any of its components. */
static inline int sys_open_beneath(int dir, const char *path, int flags)
{
    return sys_openat2(dir, path, flags, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

#endif
