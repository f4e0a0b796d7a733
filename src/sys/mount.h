/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The mount API of Linux 5.2 (fsopen, open_tree, move_mount) and mount_setattr of 5.12. glibc's <sys/mount.h>
 * and <linux/mount.h> do not go together, and musl has neither: this file stands in for both.
 */
#ifndef SYS_MOUNT_H
#define SYS_MOUNT_H

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
#ifndef MNT_DETACH
#define MNT_DETACH 2
#endif
#ifndef UMOUNT_NOFOLLOW
#define UMOUNT_NOFOLLOW 8
#endif

static inline int sys_fsopen(const char *type)
{
    return (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
}

/** fspick(2): a handle to reconfigure the filesystem that is mounted at `fd`. */
static inline int sys_fspick(int fd)
{
    return (int)syscall(SYS_fspick, fd, "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH);
}

static inline int sys_fsconfig(int fs, unsigned command, const char *key, const char *value)
{
    return (int)syscall(SYS_fsconfig, fs, command, key, value, 0);
}

/** @param attributes MOUNT_ATTR_* @return a descriptor of the detached mount. */
static inline int sys_fsmount(int fs, unsigned attributes)
{
    return (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, attributes);
}

/** @param flags OPEN_TREE_CLONE, AT_RECURSIVE, AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW */
static inline int sys_open_tree(int dirfd, const char *path, unsigned flags)
{
    return (int)syscall(SYS_open_tree, dirfd, path, flags | OPEN_TREE_CLOEXEC);
}

/** Attaches the mount `mount` on the file or directory that `target` refers to. */
static inline int sys_move_mount(int mount, int target)
{
    return (int)syscall(SYS_move_mount, mount, "", target, "",
                        MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

/** Attaches it on the entry `name` of the directory `dir`; where that is a symbolic link it is not followed. */
static inline int sys_move_mount_at(int mount, int dir, const char *name)
{
    return (int)syscall(SYS_move_mount, mount, "", dir, name, MOVE_MOUNT_F_EMPTY_PATH);
}

/** @param recursive AT_RECURSIVE, or 0 */
static inline int sys_mount_setattr_at(int dirfd, const char *path, unsigned recursive,
                                       struct mount_attr *attr)
{
    return (int)syscall(SYS_mount_setattr, dirfd, path, recursive, attr, sizeof *attr);
}

/** The same for the mount `fd` itself. */
static inline int sys_mount_setattr(int fd, unsigned recursive, struct mount_attr *attr)
{
    return sys_mount_setattr_at(fd, "", AT_EMPTY_PATH | recursive, attr);
}

#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467 /* of every architecture but alpha */
#endif

/**
 * The clone with AT_RECURSIVE, or without, as `flags` has it, and what mount_setattr(2) does with that in one call. Linux
 * 6.15 has it; older ones know no such call (ENOSYS), and a seccomp filter that does not either may say EPERM.
 */
static inline int sys_open_tree_attr(int dirfd, const char *path, unsigned flags, struct mount_attr *attr)
{
    int fd = (int)syscall(SYS_open_tree_attr, dirfd, path, flags | OPEN_TREE_CLOEXEC, attr, sizeof *attr);

    if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
        return fd;
    fd = sys_open_tree(dirfd, path, flags);
    return fd >= 0 && sys_mount_setattr(fd, flags & AT_RECURSIVE, attr) < 0 ? fd_close(fd) : fd;
}

/** mount(2), for what the newer calls cannot say. */
static inline int sys_mount(const char *source, const char *target, const char *type, unsigned long flags,
                            const void *data)
{
    return (int)syscall(SYS_mount, source, target, type, flags, data);
}

static inline int sys_umount(const char *target, int flags)
{
    return (int)syscall(SYS_umount2, target, flags);
}

static inline int sys_pivot_root(const char *new_root, const char *put_old)
{
    return (int)syscall(SYS_pivot_root, new_root, put_old);
}

#endif
