/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caisson_processes() */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "cgroup/cgroup.h"
#include "container/context.h"
#include "container/members.h"

int caisson_processes(const struct caisson_context *context, const char *id, pid_t **pids, size_t *count,
                      struct caisson_error *err)
{
    ARENA_ROOM(room, ROOM_STATE);
    struct container container _cleanup_container_ = CONTAINER_CLOSED(room);
    struct caisson_error why = {0};
    _cleanup_close_ int cgroup = -1;
    pid_t *found = NULL;

    *pids = NULL;
    *count = 0;
    if (container_open(context, id, false, &container, err) < 0 || container_read(&container, err) < 0)
        return -1;
    if (members_known(&container)) {
        if (members_list(&container, &found, count, err) < 0)
            return -1;
    } else {
        cgroup = container_cgroup(&container, "list the processes of", &why);
        if ((cgroup < 0 && why.errnum != ENOENT) ||
            (cgroup >= 0 && cgroup_processes(&container.arena, cgroup, &found, count, &why) < 0)) {
            if (err)
                *err = why;
            return -1;
        }
    }
    *pids = calloc(*count + 1, sizeof **pids);
    if (!*pids)
        return error_set(err, CAISSON_ERROR_SYSTEM, "out of memory");
    if (found)
        memcpy(*pids, found, *count * sizeof *found);
    return 0;
}
