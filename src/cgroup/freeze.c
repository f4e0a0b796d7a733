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
        near->fd = openat(AT_FDCWD, near->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    return near->fd < 0 ? NULL : name + 1;
}

/* As name_to_handle_at(2) tells a file of kernfs from others: FILEID_KERNFS (Linux 5.5), and its number behind the head. */
enum { KERNFS_HANDLE = 0xfe };

union kernfs_handle {
    struct file_handle head;
    char room[sizeof(struct file_handle) + sizeof(uint64_t)];
};

/* @return -1 with errno: ENAMETOOLONG */
static int events_path(const char *cgroup, char path[PATH_MAX])
{
    static const char file[] = "/cgroup.events";

    if (strlen(cgroup) + sizeof file > PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    stpcpy(stpcpy(path, cgroup), file);
    return 0;
}

uint64_t cgroup_events_number(const char *absolute)
{
    union kernfs_handle handle = {.head = {.handle_bytes = sizeof(uint64_t)}};
    char path[PATH_MAX];
    uint64_t number;
    int mount;

    if (events_path(absolute, path) < 0 || name_to_handle_at(AT_FDCWD, path, &handle.head, &mount, 0) < 0 ||
        handle.head.handle_type != KERNFS_HANDLE || handle.head.handle_bytes != sizeof number)
        return 0;
    memcpy(&number, handle.room + sizeof handle.head, sizeof number);
    return number;
}

/* @return -1 when the kernel does not: not for this user, or that file is gone. The path is asked then. */
static int open_by_number(uint64_t number, struct cgroup_near *near)
{
    union kernfs_handle handle = {.head = {.handle_bytes = sizeof number, .handle_type = KERNFS_HANDLE}};
    int fd;

    if (number == 0 || near->by_path)
        return -1;
    memcpy(handle.room + sizeof handle.head, &number, sizeof number);
    fd = open_by_handle_at(near->fd, &handle.head, O_RDONLY | O_CLOEXEC);
    near->by_path = fd < 0 && errno != ESTALE;
    return fd;
}

int cgroup_open_events(const char *absolute, uint64_t number, struct cgroup_near *near)
{
    const char *rest = near ? come_near(near, absolute) : NULL;
    int fd = rest ? open_by_number(number, near) : -1;
    char path[PATH_MAX];

    if (fd >= 0)
        return fd;
    if (events_path(rest ? rest : absolute, path) < 0)
        return -1;
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

/* One walk in any case: to the file, or to the directory that is wanted anyway. */
int cgroup_frozen(const char *absolute, int *dir, struct caisson_error *err)
{
    _cleanup_close_ int events = -1;
    int frozen;

    if (dir) {
        *dir = cgroup_open(absolute, err);
        if (*dir < 0)
            return -1;
        events = openat(*dir, "cgroup.events", O_RDONLY | O_CLOEXEC);
    } else {
        events = cgroup_open_events(absolute, 0, NULL);
    }
    frozen = events < 0 ? -1 : cgroup_read_frozen(events);

    if (frozen < 0)
        return error_system(err, errno, "cannot read cgroup.events of the cgroup '%s'", absolute);
    return frozen;
}
