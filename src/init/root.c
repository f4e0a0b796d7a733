/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The root filesystem: attached, entered, made read-only; and the working directory in it. */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "sys/mount.h"
#include "sys/openat2.h"
#include "sys/weaken.h"

static int set_propagation(int fd, uint64_t propagation, unsigned recursive)
{
    struct mount_attr attr = {.propagation = propagation};

    return sys_mount_setattr(fd, recursive, &attr);
}

int init_PROPAGATION(struct init *init, const struct plan_propagation *step)
{
    struct mount_attr attr = {.propagation = step->propagation};

    (void)init;
    return sys_mount_setattr_at(AT_FDCWD, "/", AT_RECURSIVE, &attr);
}

int init_ROOT(struct init *init, const struct plan_root *step)
{
    const char *path = init_text(init, step->path);
    _cleanup_close_ int target = -1;
    struct stat st;

    init_doing(init, PLAN_ACTION_OPEN_TARGET, path);
    target = openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (target < 0 || fstat(target, &st) < 0)
        return -1;
    if (step->dev && (st.st_dev != step->dev || st.st_ino != step->ino))
        return init_fail(init, PLAN_ACTION_CHECK_TARGET, path, ESTALE);
    init->root = step->fd;
    if (init->root < 0) {
        init_doing(init, PLAN_ACTION_OPEN_SOURCE, path);
        init->root = sys_open_tree(target, "", OPEN_TREE_CLONE | AT_RECURSIVE | AT_EMPTY_PATH);
        if (init->root < 0)
            return -1;
        init_doing(init, PLAN_ACTION_PROPAGATE, path);
        if (step->propagation && set_propagation(init->root, step->propagation, AT_RECURSIVE) < 0)
            return -1;
    }
    init_doing(init, PLAN_ACTION_ATTACH, path);
    init->building = true;
    return sys_move_mount(init->root, target);
}

int init_DIRECTORY(struct init *init, const struct plan_path *step)
{
    _cleanup_close_ int fd = target_open(init, init_text(init, step->path), 0);

    return fd < 0 ? -1 : 0;
}

int init_ROOT_ATTR(struct init *init, const struct plan_root_attr *step)
{
    struct mount_attr attr = {.attr_set = step->attr_set};

    init_doing(init, PLAN_ACTION_SETATTR, NULL);
    if (step->attr_set && sys_mount_setattr(init->root, 0, &attr) < 0)
        return -1;
    init_doing(init, PLAN_ACTION_PROPAGATE, NULL);
    if (step->propagation_recursive &&
        set_propagation(init->root, step->propagation_recursive, AT_RECURSIVE) < 0)
        return -1;
    if (step->propagation && set_propagation(init->root, step->propagation, 0) < 0)
        return -1;
    return 0;
}

/* pivot_root(".", "."): the old root lands on top of the new one, and is taken off at once. */
static int pivot(struct init *init)
{
    init_doing(init, PLAN_ACTION_PIVOT, NULL);
    if (sys_pivot_root(".", ".") < 0)
        return -1;
    init_doing(init, PLAN_ACTION_UNMOUNT, NULL);
    return sys_umount(".", MNT_DETACH);
}

/* For a root that is on the initial ramfs, which cannot be pivoted away: cover it, and make it unreachable. */
static int cover(struct init *init)
{
    _cleanup_close_ int host = openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC);

    init_doing(init, PLAN_ACTION_ATTACH, "/");
    if (host < 0 || sys_move_mount(init->root, host) < 0)
        return -1;
    init_doing(init, PLAN_ACTION_CHROOT, NULL);
    return chroot(".");
}

int init_PIVOT(struct init *init, const struct plan_pivot *step)
{
    if (fchdir(init->root) < 0)
        return -1;
    if ((step->how == PLAN_PIVOT_ROOT ? pivot(init) : cover(init)) < 0)
        return -1;
    if (chdir("/") < 0)
        return -1;
    close_later(init, &init->root, 1);
    /*
     * "/" is below what is mounted on it, ".." of it is not: nothing may lie there, where links of the image can have led
     * a mount. This process would not see it, and those that join the mount namespace have it as their root.
     */
    init_doing(init, PLAN_ACTION_CHECK_TARGET, "/");
    init->root = sys_openat2(AT_FDCWD, "/..", O_PATH | O_DIRECTORY, 0, RESOLVE_NO_XDEV);
    return init->root < 0 ? -1 : 0;
}

/* A directory outside of the root has a path that the kernel calls unreachable (rule R8: CVE-2024-21626). */
static int check_inside(struct init *init)
{
    char path[PATH_MAX];

    init_doing(init, PLAN_ACTION_OUTSIDE, NULL);
    if (syscall(SYS_getcwd, path, sizeof path) < 0)
        return -1;
    if (path[0] != '/' && !weakened("inside")) {
        errno = EPERM;
        return -1;
    }
    return 0;
}

int init_CWD(struct init *init, const struct plan_cwd *step)
{
    const char *path = init_text(init, step->path);
    _cleanup_close_ int fd = -1;

    if (init->root < 0) {
        init->root = openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (init->root < 0)
            return -1;
    }
    fd = target_find(init, path);
    if (fd < 0)
        return -1;
    init_doing(init, PLAN_ACTION_STEP, path);
    if (fchdir(fd) < 0)
        return -1;
    return check_inside(init);
}
