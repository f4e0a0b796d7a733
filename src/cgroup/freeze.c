/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The freezer of cgroup version 2: a request in cgroup.freeze, and what came of it in cgroup.events. */
#include <errno.h>

#include "base/file.h"
#include "cgroup/internal.h"

enum { FREEZE_WAIT_MS = 10000, THAW_WAIT_MS = 2000 };

static int fail_freeze(int fd, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    pid_t *pids = NULL;
    size_t count = 0;

    file_put(fd, "cgroup.freeze", "0"); /* a container that is half frozen helps nobody */
    cgroup_processes(&arena, fd, &pids, &count, NULL);
    return error_set(err, CAISSON_ERROR_TIMEOUT,
                     "the cgroup did not freeze within %d s and was thawed again: %s", FREEZE_WAIT_MS / 1000,
                     processes_describe(&arena, pids, count));
}

int cgroup_freeze(int fd, bool freeze, struct caisson_error *err)
{
    int result;

    if (file_put(fd, "cgroup.freeze", freeze ? "1" : "0") < 0)
        return error_system(err, errno, "cannot %s the cgroup", freeze ? "freeze" : "thaw");
    result = events_wait(fd, "frozen", freeze, freeze ? FREEZE_WAIT_MS : THAW_WAIT_MS);
    if (result == 1)
        return 0;
    if (result < 0)
        return error_system(err, errno, "cannot wait for the cgroup to %s", freeze ? "freeze" : "thaw");
    if (freeze)
        return fail_freeze(fd, err);
    error_set(err, CAISSON_ERROR_TIMEOUT, "the cgroup is still frozen: a cgroup above it is");
    return error_hint(err, "write 0 to cgroup.freeze of the frozen cgroup above");
}

int cgroup_frozen(int fd, struct caisson_error *err)
{
    char events[256];

    if (cgroup_read(fd, "cgroup.events", events, sizeof events) < 0)
        return error_system(err, errno, "cannot read cgroup.events");
    return flat_value(events, "frozen") == 1;
}
