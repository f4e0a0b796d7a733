/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The freezer of cgroup version 2: a request in cgroup.freeze, and what came of it in cgroup.events. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fd.h"
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

/* By its path, for whoever lists containers asks this of each: one walk and one read. */
int cgroup_frozen(const char *absolute, struct caisson_error *err)
{
    char path[PATH_MAX], events[256];
    _cleanup_close_ int fd = -1;
    ssize_t n = -1;

    if (snprintf(path, sizeof path, "%s/cgroup.events", absolute) < (int)sizeof path)
        fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    else
        errno = ENAMETOOLONG;
    if (fd >= 0)
        n = read(fd, events, sizeof events - 1);
    if (n < 0)
        return error_system(err, errno, "cannot read cgroup.events of the cgroup '%s'", absolute);
    events[n] = '\0';
    return flat_value(events, "frozen") == 1;
}
