/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/members.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "sys/pidfd.h"

/* @return 0, or -1 when the process is gone or is not the caller's to look at. */
static int namespace_of(const char *process, struct stat *st)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%.16s/ns/pid", process);
    return stat(path, st);
}

static bool is_same(const struct stat *one, const struct stat *other)
{
    return one->st_ino == other->st_ino && one->st_dev == other->st_dev;
}

/* The container's process namespace. @return 1; 0 when it is the caller's too, or gone; -1 with `err`. */
static int own_namespace(const struct container *container, struct stat *st, struct caisson_error *err)
{
    _cleanup_close_ int pidfd = -1;
    struct stat ours;
    char number[16];

    if (state_process(&container->state, &pidfd, err) < 0)
        return -1;
    snprintf(number, sizeof number, "%d", (int)container->state.pid);
    if (pidfd < 0 || namespace_of(number, st) < 0 || namespace_of("self", &ours) < 0)
        return 0;
    return is_same(st, &ours) ? 0 : 1;
}

bool members_known(const struct container *container)
{
    struct stat st;

    return !container->state.cgroup && own_namespace(container, &st, NULL) == 1;
}

static int ascending(const void *a, const void *b)
{
    pid_t one = *(const pid_t *)a, other = *(const pid_t *)b;

    return (one > other) - (one < other);
}

static void add(struct container *container, pid_t **pids, size_t count, pid_t pid)
{
    /* Twice the room whenever the count is a power of two. */
    if ((count & (count - 1)) == 0) {
        pid_t *larger = arena_array(&container->arena, count ? count * 2 : 1, sizeof *larger);

        if (count > 0)
            memcpy(larger, *pids, count * sizeof *larger);
        *pids = larger;
    }
    (*pids)[count] = pid;
}

int members_list(struct container *container, pid_t **pids, size_t *count, struct caisson_error *err)
{
    struct stat wanted, st;
    struct dirent *entry;
    DIR *proc;
    int own;

    *pids = NULL;
    *count = 0;
    own = own_namespace(container, &wanted, err);
    if (own <= 0)
        return own;
    proc = opendir("/proc");
    if (!proc)
        return error_system(err, errno, "cannot read '/proc'");
    while ((entry = readdir(proc)))
        if (*entry->d_name >= '1' && *entry->d_name <= '9' && namespace_of(entry->d_name, &st) == 0 &&
            is_same(&st, &wanted))
            add(container, pids, (*count)++, (pid_t)strtol(entry->d_name, NULL, 10));
    closedir(proc);
    if (*count > 0)
        qsort(*pids, *count, sizeof **pids, ascending);
    return 0;
}

/* The descriptor first: after it the number is known to be still that of a member. */
static int signal_one(const struct stat *wanted, pid_t pid, int signal, struct caisson_error *err)
{
    _cleanup_close_ int pidfd = sys_pidfd_open(pid);
    struct stat st;
    char number[16];

    snprintf(number, sizeof number, "%d", (int)pid);
    if (pidfd < 0 || namespace_of(number, &st) < 0 || !is_same(&st, wanted))
        return 0;
    if (sys_pidfd_send_signal(pidfd, signal) == 0 || errno == ESRCH)
        return 0;
    return error_system(err, errno, "cannot send signal %d to process %d", signal, (int)pid);
}

int members_signal(struct container *container, int signal, struct caisson_error *err)
{
    struct stat wanted;
    pid_t *pids;
    size_t count;
    int own = own_namespace(container, &wanted, err);

    if (own <= 0)
        return own;
    if (members_list(container, &pids, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (signal_one(&wanted, pids[i], signal, err) < 0)
            return -1;
    return 0;
}
