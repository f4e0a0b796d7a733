/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mounts whose descriptor stays with the step that made them, for steps that come later. */
#include "init/init.h"

#include <errno.h>

/* @return the step of this target that keeps its descriptor, or NULL with errno. */
static struct plan_mount *find_kept(const struct init *init, plan_ref target)
{
    const struct plan_step *step = plan_first(init->plan);

    for (uint32_t i = 0; i < init->step; i++, step = plan_next(step)) {
        struct plan_mount *mount = (struct plan_mount *)(uintptr_t)PLAN_BODY(plan_mount, step);

        if (step->op == PLAN_OP_MOUNT && (mount->flags & PLAN_MOUNT_KEEP) && mount->target == target)
            return mount;
    }
    errno = EINVAL;
    return NULL;
}

int mount_kept(const struct init *init, plan_ref target)
{
    const struct plan_mount *mount = find_kept(init, target);

    return mount ? mount->fd : -1;
}

int mount_take_kept(const struct init *init, plan_ref target)
{
    struct plan_mount *mount = find_kept(init, target);

    return mount ? TAKE_FD(mount->fd) : -1;
}

/* In the step itself: the plan is this process's private copy. */
void mount_keep(const struct plan_mount *step, int fd)
{
    ((struct plan_mount *)(uintptr_t)step)->fd = fd;
}
