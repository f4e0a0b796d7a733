/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux.readonlyPaths and linux.maskedPaths. A path that does not exist has nothing to protect. */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "sys/mount.h"
#include "sys/openat2.h"
#include "sys/weaken.h"

/* @return an O_PATH descriptor, -1 with errno; ENOENT and ENOTDIR say that there is nothing there. */
static int open_path(struct init *init, const char *path, plan_ref under)
{
    size_t n;

    init_doing(init, PLAN_ACTION_OPEN_TARGET, path);
    if (!under)
        return sys_open_in_root(init->root, path, O_PATH);
    n = strlen(init_text(init, under));
    if (strnlen(path, n) < n) {
        errno = EINVAL;
        return -1;
    }
    /* From the mount that was attached, wherever that is now; the kernel's own links there lead to nothing outside. */
    return sys_openat2(mount_kept(init, under), path + n + strspn(path + n, "/"), O_PATH, 0,
                       RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
}

static bool is_absent(void)
{
    return errno == ENOENT || errno == ENOTDIR;
}

/* A path and what is mounted on it. */
struct covered {
    const struct init *init;
    int target, mount;
};

static void close_covered(struct covered *covered)
{
    int fds[] = {covered->target, covered->mount};

    close_later(covered->init, fds, sizeof fds / sizeof fds[0]);
}

#define _cleanup_covered_ __attribute__((cleanup(close_covered)))

int init_READONLY(struct init *init, const struct plan_readonly *step)
{
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
    const char *path = init_text(init, step->path);
    struct covered at _cleanup_covered_ = {init, open_path(init, path, step->under), -1};

    if (at.target < 0)
        return is_absent() ? 0 : -1;
    init_doing(init, PLAN_ACTION_OPEN_SOURCE, path);
    at.mount = sys_open_tree(at.target, "", OPEN_TREE_CLONE | AT_RECURSIVE | AT_EMPTY_PATH);
    if (at.mount < 0)
        return -1;
    init_doing(init, PLAN_ACTION_SETATTR, path);
    if (sys_mount_setattr(at.mount, AT_RECURSIVE, &attr) < 0)
        return -1;
    init_doing(init, PLAN_ACTION_ATTACH, path);
    return sys_move_mount(at.mount, at.target);
}

/* Attaches a clone of a mount that is attached already. */
static int attach_clone(struct init *init, int mount, struct covered *at, const char *path)
{
    init_doing(init, PLAN_ACTION_OPEN_SOURCE, path);
    at->mount = sys_open_tree(mount, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
    if (at->mount < 0)
        return -1;
    init_doing(init, PLAN_ACTION_ATTACH, path);
    return sys_move_mount(at->mount, at->target);
}

/* All masked directories share one tmpfs that nothing can be written to: a superblock a path would be waste. */
static int mask_directory(struct init *init, struct covered *at, const char *path, const char *context)
{
    const unsigned attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    _cleanup_close_ int fs = -1;

    if (init->empty >= 0)
        return attach_clone(init, init->empty, at, path);
    init_doing(init, PLAN_ACTION_FSMOUNT, "tmpfs");
    fs = sys_fsopen("tmpfs");
    if (fs < 0 || sys_fsconfig(fs, FSCONFIG_SET_STRING, "nr_blocks", "1") < 0 ||
        sys_fsconfig(fs, FSCONFIG_SET_STRING, "nr_inodes", "1") < 0 ||
        sys_fsconfig(fs, FSCONFIG_SET_STRING, "mode", "0755") < 0 ||
        (context && sys_fsconfig(fs, FSCONFIG_SET_STRING, "context", context) < 0) ||
        sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL) < 0)
        return -1;
    init->empty = sys_fsmount(fs, attributes);
    if (init->empty < 0)
        return -1;
    init_doing(init, PLAN_ACTION_ATTACH, path);
    return sys_move_mount(init->empty, at->target);
}

/* @return a detached mount of the host's null device, and no other file that lies at its path. As in prepare.c. */
static int open_host_null(struct init *init)
{
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
    struct stat st;
    int mount;

    init_doing(init, PLAN_ACTION_OPEN_SOURCE, "/dev/null");
    if (weakened("null")) {
        _cleanup_close_ int inside = sys_open_in_root(init->root, "/dev/null", O_PATH);

        return inside < 0 ? -1 : sys_open_tree(inside, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
    }
    mount = sys_open_tree(AT_FDCWD, "/dev/null", OPEN_TREE_CLONE | AT_SYMLINK_NOFOLLOW);
    if (mount < 0)
        return -1;
    if (fstat(mount, &st) < 0 || !S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3)) {
        fd_close(mount);
        return init_fail(init, PLAN_ACTION_OPEN_SOURCE, "/dev/null", ENODEV);
    }
    if (sys_mount_setattr(mount, 0, &attr) < 0)
        return fd_close(mount);
    return mount;
}

/* The null device is the host's own: one from inside could be anything (rule R3: CVE-2025-31133). */
static int mask_file(struct init *init, const struct plan_mask *step, struct covered *at, const char *path)
{
    if (init->null >= 0)
        return attach_clone(init, init->null, at, path);
    init->null = step->null >= 0 && !weakened("null") ? step->null : open_host_null(init);
    if (init->null < 0)
        return -1;
    init_doing(init, PLAN_ACTION_ATTACH, path);
    return sys_move_mount(init->null, at->target);
}

int init_MASK(struct init *init, const struct plan_mask *step)
{
    const char *path = init_text(init, step->path);
    struct covered at _cleanup_covered_ = {init, open_path(init, path, step->under), -1};
    struct stat st;

    if (at.target < 0)
        return is_absent() ? 0 : -1;
    if (fstat(at.target, &st) < 0)
        return -1;
    if (S_ISDIR(st.st_mode))
        return mask_directory(init, &at, path, init_text_maybe(init, step->context));
    return mask_file(init, step, &at, path);
}
