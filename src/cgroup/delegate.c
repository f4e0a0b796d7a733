/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A cgroup below the container's, which is the container's own to divide (annotation run.oci.delegate-cgroup). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/file.h"
#include "cgroup/internal.h"

bool cgroup_is_name(const char *name)
{
    return *name && !strchr(name, '/') && !strchr(name, '\n') && strcmp(name, ".") != 0 &&
           strcmp(name, "..") != 0 && strncmp(name, "cgroup.", 7) != 0;
}

int cgroup_move_below(const struct cgroup_plan *plan, int fd, const char *name, pid_t pid,
                      struct caisson_error *err)
{
    _cleanup_close_ int below = -1;
    char number[16];

    if (mkdirat(fd, name, 0755) < 0)
        return error_system(err, errno, "cannot make the cgroup '%s/%s'", plan->absolute, name);
    below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (below < 0)
        return error_system(err, errno, "cannot open the cgroup '%s/%s'", plan->absolute, name);
    if (plan->delegate_uid && cgroup_hand_over(plan, below, err) < 0)
        return -1;
    snprintf(number, sizeof number, "%d", (int)pid);
    if (file_put(below, "cgroup.procs", number) == 0)
        return 0;
    return error_system(err, errno, "cannot move process %d to the cgroup '%s/%s'", (int)pid, plan->absolute,
                        name);
}
