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

/* Reads a small file whole. @return its length, with a NUL behind it; -1 when it is missing or too long. */
static ssize_t read_small(int dirfd, const char *path, char *text, size_t size)
{
    _cleanup_close_ int fd = openat(dirfd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);

    if (length < 0 || (size_t)length == size - 1)
        return -1;
    text[length] = '\0';
    return length;
}

uint64_t state_process_start_time(pid_t pid)
{
    char path[32], text[1024], *field;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (pid <= 0 || read_small(AT_FDCWD, path, text, sizeof text) < 0)
        return 0;
    /* The second field is a name in parentheses that may hold anything, parentheses and spaces included. */
    field = strrchr(text, ')');
    for (int i = STAT_AFTER_NAME; field && i < STAT_START_TIME; i++)
        field = strchr(field + 1, ' ');
    return field ? strtoull(field + 1, NULL, 10) : 0;
}

int state_write_pid(int dir, pid_t pid, uint64_t start_time, struct caisson_error *err)
{
    char text[64];
    int length = snprintf(text, sizeof text, "%d %llu\n", (int)pid, (unsigned long long)start_time);

    return file_replace(dir, "pid", text, (size_t)length, 0600, err);
}

void state_read_pid(int dir, struct state *state)
{
    char text[64], *end;
    long pid;

    state->pid = 0;
    state->start_time = 0;
    if (read_small(dir, "pid", text, sizeof text) < 0)
        return;
    pid = strtol(text, &end, 10);
    if (pid <= 0 || pid > INT32_MAX || *end != ' ')
        return;
    errno = 0;
    state->start_time = strtoull(end + 1, &end, 10);
    if (errno == 0 && *end == '\n')
        state->pid = (pid_t)pid;
}

int state_process(const struct state *state)
{
    _cleanup_close_ int pidfd = state->pid > 0 ? sys_pidfd_open(state->pid) : -1;
    struct pollfd ended = {.fd = pidfd, .events = POLLIN};

    /* The descriptor first: the number cannot pass to another process any more while its start time is read. */
    if (pidfd < 0 || state_process_start_time(state->pid) != state->start_time)
        return -1;
    if (poll(&ended, 1, 0) != 0)
        return -1; /* it has ended, and waits to be reaped */
    return TAKE_FD(pidfd);
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
static enum caisson_status status_by_lock(int dir)
{
    _cleanup_close_ int fd = openat(dir, "created", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    if (fd < 0 || fcntl(fd, F_OFD_GETLK, &whole) < 0 || whole.l_type == F_UNLCK)
        return CAISSON_RUNNING;
    return whole.l_type == F_WRLCK ? CAISSON_CREATING : CAISSON_CREATED;
}

static bool is_frozen(const struct state *state)
{
    _cleanup_close_ int cgroup = state->cgroup ? cgroup_open(state->cgroup, NULL) : -1;

    return cgroup >= 0 && cgroup_frozen(cgroup, NULL) == 1;
}

enum caisson_status state_status(int dir, const struct state *state, int *pidfd)
{
    _cleanup_close_ int process = -1;

    if (pidfd)
        *pidfd = -1;
    if (state->pid == 0)
        return CAISSON_CREATING;
    process = state_process(state);
    if (process < 0)
        return CAISSON_STOPPED;
    if (pidfd)
        *pidfd = TAKE_FD(process);
    if (is_frozen(state))
        return CAISSON_PAUSED;
    return status_by_lock(dir);
}

const char *caisson_status_name(enum caisson_status status)
{
    static const char *const names[] = {
        [CAISSON_CREATING] = "creating", [CAISSON_CREATED] = "created", [CAISSON_RUNNING] = "running",
        [CAISSON_PAUSED] = "paused",     [CAISSON_STOPPED] = "stopped",
    };

    return (unsigned)status < sizeof names / sizeof *names ? names[status] : "unknown";
}
