/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A container's first process, and what the kernel says of it: the status is never stored. */
#include "container/state.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "cgroup/cgroup.h"
#include "sys/pidfd.h"

enum { STAT_START_TIME = 22, STAT_AFTER_NAME = 2 };

/* Reads a small file whole. @return its length, with a NUL behind it; -1 with errno, E2BIG when it is too long. */
static ssize_t read_small(int dirfd, const char *path, char *text, size_t size)
{
    _cleanup_close_ int fd = openat(dirfd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    ssize_t length;

    if (fd < 0)
        return -1;
    do
        length = read(fd, text, size - 1);
    while (length < 0 && errno == EINTR);
    if (length >= 0 && (size_t)length == size - 1) {
        errno = E2BIG;
        return -1;
    }
    if (length >= 0)
        text[length] = '\0';
    return length;
}

int state_process_start_time(pid_t pid, uint64_t *start_time, struct caisson_error *err)
{
    char path[32], text[1024], *field;

    *start_time = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (pid <= 0)
        return 0;
    if (read_small(AT_FDCWD, path, text, sizeof text) < 0)
        return errno == ENOENT || errno == ESRCH ? 0 : error_system(err, errno, "cannot read %s", path);
    /* The second field is a name in parentheses that may hold anything, parentheses and spaces included. */
    field = strrchr(text, ')');
    for (int i = STAT_AFTER_NAME; field && i < STAT_START_TIME; i++)
        field = strchr(field + 1, ' ');
    *start_time = field ? strtoull(field + 1, NULL, 10) : 0;
    return 0;
}

int state_write_pid(int dir, pid_t pid, uint64_t start_time, struct caisson_error *err)
{
    char text[64];
    int length = snprintf(text, sizeof text, "%d %llu\n", (int)pid, (unsigned long long)start_time);

    return file_replace(dir, "pid", text, (size_t)length, 0600, err);
}

int state_read_pid(int dir, struct state *state, struct caisson_error *err)
{
    char text[64], *end;
    long pid;

    state->pid = 0;
    state->start_time = 0;
    if (read_small(dir, "pid", text, sizeof text) < 0)
        return errno == ENOENT || errno == ELOOP || errno == EISDIR || errno == E2BIG
                   ? 0
                   : error_system(err, errno, "cannot read the file 'pid' of the state directory");
    pid = strtol(text, &end, 10);
    if (pid <= 0 || pid > INT32_MAX || *end != ' ')
        return 0;
    errno = 0;
    state->start_time = strtoull(end + 1, &end, 10);
    if (errno == 0 && *end == '\n')
        state->pid = (pid_t)pid;
    return 0;
}

int state_process(const struct state *state, int *pidfd, struct caisson_error *err)
{
    _cleanup_close_ int fd = state->pid > 0 ? sys_pidfd_open(state->pid) : -1;
    struct pollfd ended = {.fd = fd, .events = POLLIN};
    uint64_t start_time;
    int n;

    *pidfd = -1;
    if (state->pid <= 0)
        return 0;
    /* ESRCH, or EINVAL (ENOENT since Linux 6.15): the number is free, or that of a thread by now. */
    if (fd < 0 && (errno == ESRCH || errno == EINVAL || errno == ENOENT))
        return 0;
    if (fd < 0)
        return error_system(err, errno, "cannot open process %d", (int)state->pid);
    /* The descriptor first: the number cannot pass to another process any more while its start time is read. */
    if (state_process_start_time(state->pid, &start_time, err) < 0)
        return -1;
    if (start_time != state->start_time)
        return 0;
    do
        n = poll(&ended, 1, 0);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return error_system(err, errno, "cannot ask whether process %d has ended", (int)state->pid);
    if (n == 0) /* otherwise it has ended, and waits to be reaped */
        *pidfd = TAKE_FD(fd);
    return 0;
}

int state_hold_created(int dir, struct caisson_error *err)
{
    _cleanup_close_ int fd = openat(dir, "created", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    /* Not flock(2): an open file description lock can be asked for without being taken. */
    if (fd < 0 || fcntl(fd, F_OFD_SETLK, &whole) < 0)
        return error_system(err, errno, "cannot lock the file 'created' of the state directory");
    return TAKE_FD(fd);
}

int state_mark_created(int fd, struct caisson_error *err)
{
    struct flock whole = {.l_type = F_RDLCK, .l_whence = SEEK_SET};

    if (fcntl(fd, F_OFD_SETLK, &whole) < 0)
        return error_system(err, errno, "cannot lock the file 'created' of the state directory");
    return 0;
}

int state_wait_executed(int dir, struct caisson_error *err)
{
    _cleanup_close_ int fd = openat(dir, "created", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    if (fd < 0)
        return error_system(err, errno, "cannot open the file 'created' of the state directory");
    while (fcntl(fd, F_OFD_SETLKW, &whole) < 0)
        if (errno != EINTR)
            return error_system(err, errno, "cannot lock the file 'created' of the state directory");
    return 0;
}

/* Who asks for a write lock is told of the lock that stands against it. */
static int status_by_lock(int dir, enum caisson_status *status, struct caisson_error *err)
{
    _cleanup_close_ int fd = openat(dir, "created", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    *status = CAISSON_RUNNING;
    if (fd < 0 && errno == ENOENT)
        return 0;
    if (fd < 0 || fcntl(fd, F_OFD_GETLK, &whole) < 0)
        return error_system(err, errno,
                            "cannot look at the lock on the file 'created' of the state directory");
    if (whole.l_type != F_UNLCK)
        *status = whole.l_type == F_WRLCK ? CAISSON_CREATING : CAISSON_CREATED;
    return 0;
}

/* @return 1, 0, or -1 with `err`. A cgroup that is gone, be it between the calls, is not frozen. */
static int is_frozen(const struct state *state, struct caisson_error *err)
{
    struct caisson_error why = {0};
    _cleanup_close_ int cgroup = state->cgroup ? cgroup_open(state->cgroup, &why) : -1;
    int frozen = cgroup >= 0 ? cgroup_frozen(cgroup, &why) : -1;

    if (frozen >= 0)
        return frozen;
    if (!state->cgroup || why.errnum == ENOENT || why.errnum == ENODEV)
        return 0;
    if (err)
        *err = why;
    return -1;
}

int state_status(int dir, const struct state *state, enum caisson_status *status, int *pidfd,
                 struct caisson_error *err)
{
    _cleanup_close_ int process = -1;
    int frozen;

    if (pidfd)
        *pidfd = -1;
    *status = CAISSON_CREATING;
    if (state->pid == 0)
        return 0;
    if (state_process(state, &process, err) < 0)
        return -1;
    *status = process < 0 ? CAISSON_STOPPED : CAISSON_PAUSED;
    frozen = process < 0 ? 1 : is_frozen(state, err);
    if (frozen < 0 || (frozen == 0 && status_by_lock(dir, status, err) < 0))
        return -1;
    if (pidfd)
        *pidfd = TAKE_FD(process);
    return 0;
}

const char *caisson_status_name(enum caisson_status status)
{
    static const char *const names[] = {
        [CAISSON_CREATING] = "creating", [CAISSON_CREATED] = "created", [CAISSON_RUNNING] = "running",
        [CAISSON_PAUSED] = "paused",     [CAISSON_STOPPED] = "stopped",
    };

    return (unsigned)status < sizeof names / sizeof *names ? names[status] : "unknown";
}
