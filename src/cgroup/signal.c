/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signals to every process of a cgroup. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>

#include "base/fd.h"
#include "base/file.h"
#include "cgroup/internal.h"
#include "sys/pidfd.h"

enum { SIGNAL_BATCH = 64, SIGNAL_PASSES = 64 };

int cgroup_kill(int fd, struct caisson_error *err)
{
    if (file_put(fd, "cgroup.kill", "1") == 0 || errno == ENOENT || errno == ENODEV)
        return 0; /* nobody is in a cgroup that is gone */
    return error_system(err, errno, "cannot kill the processes of the cgroup");
}

static int compare_pids(const void *a, const void *b)
{
    pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

    return (x > y) - (x < y);
}

static bool contains(const pid_t *pids, size_t count, pid_t pid)
{
    return count > 0 && bsearch(&pid, pids, count, sizeof *pids, compare_pids);
}

struct target {
    pid_t pid;
    int pidfd;
};

static void close_targets(const struct target *targets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fd_close(targets[i].pidfd);
}

/*
 * A number that was read from cgroup.procs may belong to another process by now. A process that was opened, whose
 * number is listed once more after that, and that still lives, had that number all the time: it is in the cgroup.
 */
static int signal_batch(int fd, int signal, const struct target *targets, size_t count,
                        struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    pid_t *listed;
    size_t listed_count;

    if (cgroup_processes(&arena, fd, &listed, &listed_count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct pollfd ended = {.fd = targets[i].pidfd, .events = POLLIN};

        if (targets[i].pidfd < 0 || !contains(listed, listed_count, targets[i].pid) ||
            poll(&ended, 1, 0) != 0)
            continue;
        if (sys_pidfd_send_signal(targets[i].pidfd, signal) < 0 && errno != ESRCH)
            return error_system(err, errno, "cannot send signal %d to process %d", signal,
                                (int)targets[i].pid);
    }
    return 0;
}

static int signal_those(int fd, int signal, const pid_t *pids, size_t count, struct caisson_error *err)
{
    while (count > 0) {
        struct target targets[SIGNAL_BATCH];
        size_t n = count < SIGNAL_BATCH ? count : SIGNAL_BATCH;
        int result;

        for (size_t i = 0; i < n; i++) {
            targets[i] = (struct target){.pid = pids[i], .pidfd = sys_pidfd_open(pids[i])};
            if (targets[i].pidfd < 0 && errno != ESRCH && errno != EINVAL) {
                error_system(err, errno, "cannot open process %d", (int)pids[i]);
                close_targets(targets, i);
                return -1;
            }
        }
        result = signal_batch(fd, signal, targets, n, err);
        close_targets(targets, n);
        if (result < 0)
            return -1;
        pids += n;
        count -= n;
    }
    return 0;
}

int cgroup_signal(int fd, int signal, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    pid_t *seen = NULL;
    size_t seen_count = 0;

    if (signal == SIGKILL)
        return cgroup_kill(fd, err);
    /* A process may fork while we signal: again, until there is nobody new. */
    for (int pass = 0; pass < SIGNAL_PASSES; pass++) {
        pid_t *all, *fresh;
        size_t count, fresh_count = 0;

        if (cgroup_processes(&arena, fd, &all, &count, err) < 0)
            return -1;
        fresh = arena_array(&arena, count + 1, sizeof *fresh);
        for (size_t i = 0; i < count; i++)
            if (!contains(seen, seen_count, all[i]))
                fresh[fresh_count++] = all[i];
        if (fresh_count == 0)
            return 0;
        if (signal_those(fd, signal, fresh, fresh_count, err) < 0)
            return -1;
        seen = all;
        seen_count = count;
    }
    return error_set(
        err, CAISSON_ERROR_TIMEOUT,
        "cannot send signal %d to every process: new ones appear faster than they can be signalled", signal);
}
