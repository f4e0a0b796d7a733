/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Device nodes and the symbolic links of /dev. */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "sys/mount.h"
#include "sys/openat2.h"
#include "sys/weaken.h"

/*
 * A node that stands there already is taken when it is the same device; config-linux.md, "Devices". As it is: with
 * a /dev or a device that was bound from the host, its owner and mode are the host's own.
 */
static int check_existing(struct init *init, const struct plan_node *step, int parent, const char *name)
{
    struct stat st;

    init_doing(init, PLAN_ACTION_MISMATCH, init_text(init, step->path));
    if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return -1;
    if (step->flags & PLAN_NODE_KEEP)
        return 0;
    if ((st.st_mode & S_IFMT) != (step->mode & S_IFMT) ||
        (!S_ISFIFO(st.st_mode) && st.st_rdev != makedev(step->major, step->minor))) {
        errno = EEXIST;
        return -1;
    }
    return 0;
}

/* @return a detached mount of the node that the host has at this path, if it is the device that is asked for. */
static int open_host_node(struct init *init, const struct plan_node *step)
{
    const char *path = init_text(init, step->path);
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
    struct stat st;
    int mount;

    init_doing(init, PLAN_ACTION_OPEN_SOURCE, path);
    mount = sys_open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | AT_SYMLINK_NOFOLLOW);
    if (mount < 0)
        return -1;
    if (fstat(mount, &st) < 0 || (st.st_mode & S_IFMT) != (step->mode & S_IFMT) ||
        st.st_rdev != makedev(step->major, step->minor)) {
        fd_close(mount);
        return init_fail(init, PLAN_ACTION_OPEN_SOURCE, path, ENODEV);
    }
    if (sys_mount_setattr(mount, 0, &attr) < 0)
        return fd_close(mount);
    return mount;
}

/*
 * Where mknod(2) is not allowed: the host's own node, attached on an empty file. What an image brought along where no
 * file can be had stays in the place of a default device, as it does where nodes are made.
 */
static int bind_node(struct init *init, const struct plan_node *step)
{
    _cleanup_close_ int mount = step->fd >= 0 ? step->fd : open_host_node(init, step);
    _cleanup_close_ int target = -1;

    if (mount < 0)
        return -1;
    target = target_open(init, init_text(init, step->path), PLAN_MOUNT_FILE);
    if (target < 0)
        return errno == ELOOP && (step->flags & PLAN_NODE_KEEP) ? 0 : -1;
    init_doing(init, PLAN_ACTION_ATTACH, init_text(init, step->path));
    if (sys_move_mount(mount, target) == 0)
        return 0;
    if (errno == EINVAL)
        errno = target_mismatch(mount, target);
    return errno == EISDIR && (step->flags & PLAN_NODE_KEEP) ? 0 : -1;
}

int init_NODE(struct init *init, const struct plan_node *step)
{
    const char *path = init_text(init, step->path);
    const char *name;
    int parent;

    if (step->flags & PLAN_NODE_BIND)
        return bind_node(init, step);
    parent = target_parent(init, path, &name);
    if (parent < 0)
        return -1;
    init_doing(init, PLAN_ACTION_MKNOD, path);
    if (mknodat(parent, name, step->mode, makedev(step->major, step->minor)) < 0) {
        if (errno != EEXIST)
            return -1;
        if (check_existing(init, step, parent, name) < 0)
            return -1;
        if (!weakened("existing"))
            return 0;
    }
    if (step->uid == 0 && step->gid == 0)
        return 0;
    init_doing(init, PLAN_ACTION_CHOWN, path);
    return fchownat(parent, name, step->uid, step->gid, AT_SYMLINK_NOFOLLOW);
}

/* @return whether `name` is a symbolic link with this text; errno stays EEXIST. */
static bool is_same_link(int parent, const char *name, const char *target)
{
    char text[PATH_MAX];
    ssize_t n = readlinkat(parent, name, text, sizeof text);

    errno = EEXIST;
    return n >= 0 && (size_t)n == strlen(target) && memcmp(text, target, (size_t)n) == 0;
}

int init_LINK(struct init *init, const struct plan_link *step)
{
    const char *path = init_text(init, step->path);
    const char *name;
    int parent = target_parent(init, path, &name);

    if (parent < 0)
        return -1;
    init_doing(init, PLAN_ACTION_SYMLINK, path);
    if (symlinkat(init_text(init, step->target), parent, name) == 0)
        return 0;
    if (errno != EEXIST || (step->flags & PLAN_LINK_SAME))
        return errno == EEXIST && is_same_link(parent, name, init_text(init, step->target)) ? 0 : -1;
    /* What an image brought along at this place stays. */
    return 0;
}
