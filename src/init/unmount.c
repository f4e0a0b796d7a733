/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caisson mounts remove. */
#include "init/init.h"

#include <string.h>
#include <unistd.h>

#include "sys/mount.h"
#include "sys/weaken.h"

/* "self/fd/" and the digits of a descriptor. */
static void name_descriptor(char name[32], int fd)
{
    static const char prefix[] = "self/fd/";
    char *end = name + 31, *digits = end;

    *end = '\0';
    do
        *--digits = (char)('0' + fd % 10);
    while (fd /= 10);
    memcpy(name, prefix, sizeof prefix - 1);
    memmove(name + sizeof prefix - 1, digits, (size_t)(end - digits) + 1);
}

/*
 * By no link: a process of the container could put one there that leads to a mount which hides or protects something.
 * umount2(2) takes a path: that of the descriptor in the host's procfs names what was looked at.
 */
int init_UNMOUNT(struct init *init, const struct plan_path *step)
{
    const char *path = init_text(init, step->path);
    unsigned flags = PLAN_MOUNT_MUST_EXIST | (weakened("unmount") ? 0 : PLAN_MOUNT_NOFOLLOW);
    _cleanup_close_ int target = target_open(init, path, flags);
    char name[32];

    if (target < 0)
        return -1;
    init_doing(init, PLAN_ACTION_STEP, NULL);
    name_descriptor(name, target);
    if (fchdir(init->proc) < 0)
        return -1;
    return sys_umount(name, MNT_DETACH);
}
