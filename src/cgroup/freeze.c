/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The freezer of cgroup version 2: a request in cgroup.freeze, and what came of it in cgroup.events. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
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

/* @return where the path of the cgroup goes on from near->fd, or NULL: that is no help */
static const char *come_near(struct cgroup_near *near, const char *absolute)
{
    const char *name = strrchr(absolute, '/');
    size_t length = name ? (size_t)(name - absolute) : 0;

    if (length == 0 || length >= sizeof near->path)
        return NULL;
    if (near->fd < 0 || near->length != length || memcmp(near->path, absolute, length) != 0) {
        fd_close(near->fd);
        memcpy(near->path, absolute, length);
        near->path[length] = '\0';
        near->length = length;
        near->fd = openat(AT_FDCWD, near->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    }
    return near->fd < 0 ? NULL : name + 1;
}

int cgroup_open_events(const char *absolute, struct cgroup_near *near)
{
    static const char file[] = "/cgroup.events";
    const char *rest = near ? come_near(near, absolute) : NULL;
    const char *from = rest ? rest : absolute;
    char path[PATH_MAX];

    if (strlen(from) + sizeof file > sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    stpcpy(stpcpy(path, from), file);
    return openat(rest ? near->fd : AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

int cgroup_read_frozen(int events)
{
    char text[256];
    ssize_t n = read(events, text, sizeof text - 1);

    if (n < 0)
        return -1;
    text[n] = '\0';
    return flat_value(text, "frozen") == 1;
}

/* By its path: one walk and one read. */
int cgroup_frozen(const char *absolute, struct caisson_error *err)
{
    _cleanup_close_ int events = cgroup_open_events(absolute, NULL);
    int frozen = events < 0 ? -1 : cgroup_read_frozen(events);

    if (frozen < 0)
        return error_system(err, errno, "cannot read cgroup.events of the cgroup '%s'", absolute);
    return frozen;
}
