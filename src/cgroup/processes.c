/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which processes are in a cgroup, and signals to all of them. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "cgroup/internal.h"
#include "sys/pidfd.h"

enum { SIGNAL_BATCH = 64, SIGNAL_PASSES = 64, DESCRIBE_LIMIT = 8, PROCS_LIMIT = 64 * 1024 * 1024 };

struct pids {
    struct arena *arena;
    pid_t *items;
    size_t count, capacity;
};

static void pids_add(struct pids *pids, pid_t pid)
{
    if (pids->count == pids->capacity) {
        pid_t *larger;

        pids->capacity = pids->capacity ? pids->capacity * 2 : 16;
        larger = arena_array(pids->arena, pids->capacity, sizeof *larger);
        if (pids->count > 0)
            memcpy(larger, pids->items, pids->count * sizeof *larger);
        pids->items = larger;
    }
    pids->items[pids->count++] = pid;
}

static int read_procs(void *data, int fd, struct caisson_error *err)
{
    struct pids *pids = data;
    _cleanup_close_ int procs = openat(fd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
    char small[4096];
    const char *text = small;
    ssize_t n;

    if (procs < 0)
        return errno == ENOENT || errno == ENODEV ? 0 : error_system(err, errno, "cannot open cgroup.procs");
    n = read(procs, small, sizeof small - 1);
    /* The processes of a threaded cgroup stand in the cgroup above it. */
    if (n < 0)
        return errno == ENODEV || errno == EOPNOTSUPP ? 0
                                                      : error_system(err, errno, "cannot read cgroup.procs");
    small[n] = '\0';
    if ((size_t)n > sizeof small - 64) {
        if (lseek(procs, 0, SEEK_SET) < 0)
            return error_system(err, errno, "cannot read cgroup.procs");
        text = file_read_fd(pids->arena, procs, "cgroup.procs", PROCS_LIMIT, NULL, err);
        if (!text)
            return -1;
    }
    while (*text) {
        char *end;
        long pid = strtol(text, &end, 10);

        if (pid > 0) /* 0: a process that this pid namespace does not see */
            pids_add(pids, (pid_t)pid);
        text = *end ? end + 1 : end;
    }
    return 0;
}

static int compare_pids(const void *a, const void *b)
{
    pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

    return (x > y) - (x < y);
}

int cgroup_processes(struct arena *arena, int fd, pid_t **pids, size_t *count, struct caisson_error *err)
{
    struct pids found = {.arena = arena};
    struct tree_visitor visitor = {.enter = read_procs, .data = &found};
    size_t n = 0;

    if (tree_walk(fd, &visitor, err) < 0)
        return -1;
    if (found.count > 0)
        qsort(found.items, found.count, sizeof *found.items, compare_pids);
    /* One that was moved while we looked stands there twice. */
    for (size_t i = 0; i < found.count; i++)
        if (n == 0 || found.items[n - 1] != found.items[i])
            found.items[n++] = found.items[i];
    *pids = found.items;
    *count = n;
    return 0;
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

/* "NAME (STATE)" of /proc/PID/stat; a name may hold anything, a ')' too. */
static void describe(struct strbuf *out, pid_t pid)
{
    char path[64], stat[512], *name, *end;
    _cleanup_close_ int fd = -1;
    ssize_t n;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    n = fd >= 0 ? fd_read_all(fd, stat, sizeof stat - 1) : 0;
    stat[n > 0 ? n : 0] = '\0';
    name = strchr(stat, '(');
    end = strrchr(stat, ')');
    strbuf_format(out, "%d", (int)pid);
    if (!name || !end || end < name || end[1] != ' ')
        return;
    strbuf_format(out, " (%.*s, %c%s)", (int)(end - name - 1), name + 1, end[2],
                  end[2] == 'D' ? ": waits in the kernel and cannot be interrupted" : "");
}

const char *processes_describe(struct arena *arena, const pid_t *pids, size_t count)
{
    struct strbuf out = STRBUF(arena);

    for (size_t i = 0; i < count && i < DESCRIBE_LIMIT; i++) {
        if (i > 0)
            strbuf_text(&out, ", ");
        describe(&out, pids[i]);
    }
    if (count > DESCRIBE_LIMIT)
        strbuf_format(&out, " and %zu more", count - DESCRIBE_LIMIT);
    return strbuf_string(&out);
}
