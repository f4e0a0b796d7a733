/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of a cgroup: wait, remove. */
#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "cgroup/internal.h"
#include "cgroup/unit.h"

enum { REMOVE_TRIES = 5, REMOVE_WAIT_MS = 2000, SCOPE_WAIT_MS = 1000, SCOPE_LOOK_MS = 10 };

int cgroup_open(const char *absolute, struct caisson_error *err)
{
    int fd = openat(AT_FDCWD, absolute, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0)
        return error_system(err, errno, "cannot open the cgroup '%s'", absolute);
    return fd;
}

static int fail_left(int fd, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    pid_t *pids;
    size_t count;

    if (cgroup_processes(&arena, fd, &pids, &count, err) < 0)
        return -1;
    if (count == 0)
        return error_set(err, CAISSON_ERROR_TIMEOUT,
                         "the cgroup still holds processes, which this process id namespace does not show");
    return error_set(err, CAISSON_ERROR_TIMEOUT, "the cgroup still holds %zu process%s: %s", count,
                     count == 1 ? "" : "es", processes_describe(&arena, pids, count));
}

int cgroup_wait_empty(int fd, int timeout_ms, struct caisson_error *err)
{
    int result = events_wait(fd, "populated", 0, timeout_ms);

    if (result < 0)
        return error_system(err, errno, "cannot wait for the cgroup's processes to end");
    return result ? 0 : fail_left(fd, err);
}

static int remove_below(void *data, int parent, const char *name, struct caisson_error *err)
{
    (void)data;
    (void)err;
    /* One that is in use makes the removal of the topmost fail, which is tried again. */
    unlinkat(parent, name, AT_REMOVEDIR);
    return 0;
}

static int remove_tree(const char *absolute, struct caisson_error *err)
{
    struct tree_visitor visitor = {.leave = remove_below};
    _cleanup_close_ int fd = openat(AT_FDCWD, absolute, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0)
        return errno == ENOENT ? 0 : error_system(err, errno, "cannot open the cgroup '%s'", absolute);
    if (cgroup_wait_empty(fd, REMOVE_WAIT_MS, err) < 0)
        return error_prefix(err, "cannot remove the cgroup '%s'", absolute);
    return tree_walk(fd, &visitor, err);
}

bool cgroup_remove_empty(const char *absolute)
{
    return rmdir(absolute) == 0 || errno == ENOENT;
}

int cgroup_remove(const char *absolute, struct caisson_error *err)
{
    for (int i = 0;; i++) {
        if (rmdir(absolute) == 0 || errno == ENOENT)
            return 0;
        /* Processes that were just killed leave a moment later; others may make cgroups while we remove them. */
        if (errno != EBUSY || i == REMOVE_TRIES)
            return error_system(err, errno, "cannot remove the cgroup '%s'", absolute);
        if (remove_tree(absolute, err) < 0)
            return -1;
    }
}

/* The kernel tells nobody that a directory of cgroupfs went: look, soon at first. @return whether it has gone. */
static bool wait_gone(const char *absolute)
{
    int64_t left_us = (int64_t)SCOPE_WAIT_MS * 1000;

    for (int64_t pause_us = 200; left_us > 0; left_us -= pause_us) {
        struct timespec pause = {.tv_nsec = (long)pause_us * 1000};

        if (access(absolute, F_OK) < 0)
            return true;
        nanosleep(&pause, NULL);
        if (pause_us * 2 <= (int64_t)SCOPE_LOOK_MS * 1000)
            pause_us *= 2;
    }
    return false;
}

int cgroup_remove_scope(const char *absolute, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error why;

    if (wait_gone(absolute))
        return cgroup_remove(absolute, err);
    /* A systemd that cannot be asked does not keep the container from going. */
    unit_stop(unit_of_scope(&arena, absolute), &why);
    return cgroup_remove(absolute, err);
}
