/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * In which cgroup of a container a process is. /proc/PID/cgroup would say it as a path seen from the reader's cgroup
 * namespace; the walk needs no such path.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "cgroup/internal.h"

enum { PROCS_LIMIT = 64 * 1024 * 1024 };

struct search {
    pid_t pid;
    int found;
};

static bool lists(const char *text, pid_t pid)
{
    while (*text) {
        char *end;

        if (strtol(text, &end, 10) == pid)
            return true;
        text = *end ? end + 1 : end;
    }
    return false;
}

static int look(void *data, int fd, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    struct search *search = data;
    const char *text;

    (void)err;
    if (search->found >= 0)
        return 0;
    /* One that is gone by now, or is threaded, does not hold it. */
    text = file_read(&arena, fd, "cgroup.procs", PROCS_LIMIT, NULL, NULL);
    if (text && lists(text, search->pid))
        search->found = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return 0;
}

int cgroup_open_of_process(int fd, pid_t pid, struct caisson_error *err)
{
    struct search search = {.pid = pid, .found = -1};
    struct tree_visitor visitor = {.enter = look, .data = &search};

    if (tree_walk(fd, &visitor, err) < 0)
        return fd_close(search.found);
    if (search.found < 0)
        return error_set(err, CAISSON_ERROR_STATE, "process %d is in no cgroup of its container", (int)pid);
    return search.found;
}
