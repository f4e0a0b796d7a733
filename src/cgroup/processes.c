/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which processes are in a cgroup. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "cgroup/internal.h"

enum { DESCRIBE_LIMIT = 8, PROCS_LIMIT = 64 * 1024 * 1024 };

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

/* "NAME (STATE)" of /proc/PID/stat; a name may hold anything, a ')' too. */
static void describe(struct strbuf *out, pid_t pid)
{
    char path[64], stat[512], *name, *end;
    _cleanup_close_ int fd = -1;
    ssize_t n;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
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
