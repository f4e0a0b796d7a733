/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mounts whose place is an entry of a directory that is open already: it need not be opened for itself. */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/mount.h"
#include "sys/weaken.h"

static const char *last_component(const char *path)
{
    return strrchr(path, '/') + 1;
}

int entry_inside(struct init *init, const struct plan_mount *step)
{
    const char *path = init_text(init, step->target);
    int dir = step->under && strchr(path, '/') ? mount_kept(init, step->under) : -1;
    const char *name = dir < 0 ? NULL : last_component(path);

    if (!name || weakened("resolve"))
        return -1;
    if (step->flags & PLAN_MOUNT_FILE)
        return mknodat(dir, name, S_IFREG | 0644, 0) < 0 ? -1 : dir;
    return mkdirat(dir, name, 0755) < 0 ? -1 : dir;
}

int entry_attach_inside(struct init *init, const struct plan_mount *step, int mount, int inside)
{
    const char *path = init_text(init, step->target), *name = last_component(path);

    init_doing(init, PLAN_ACTION_ATTACH, path);
    if (sys_move_mount_at(mount, inside, name) < 0) {
        if (errno == EINVAL) {
            _cleanup_close_ int target = openat(inside, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

            errno = target_mismatch(mount, target);
        }
        return -1;
    }
    return 0;
}

/*
 * A new container's only: nobody is in it yet who could have mounted something there. Files are not: where a link leads
 * to the place of one, that is followed, and move_mount(2) would put it on the link.
 */
int entry_beside(struct init *init, const struct plan_mount *step)
{
    const unsigned other = PLAN_MOUNT_FILE | PLAN_MOUNT_ON_PROC | PLAN_MOUNT_COPY_UP | PLAN_MOUNT_OVER_LINK |
                           PLAN_MOUNT_MUST_EXIST;

    if (!init->building || (step->flags & other) ||
        (step->kind != PLAN_MOUNT_NEW && step->kind != PLAN_MOUNT_TREE) || weakened("resolve"))
        return -1;
    return target_beside(init, init_text(init, step->target));
}

int entry_attach_beside(struct init *init, const struct plan_mount *step, int mount, int beside)
{
    const char *path = init_text(init, step->target), *name = last_component(path);

    init_doing(init, PLAN_ACTION_ATTACH, path);
    if (sys_move_mount_at(mount, beside, name) < 0 &&
        (errno != ENOENT || mkdirat(beside, name, 0755) < 0 || sys_move_mount_at(mount, beside, name) < 0)) {
        /* By a link it may be elsewhere, and then cover the directory. */
        init->parent = fd_close(init->parent);
        return -1;
    }
    return 0;
}
