/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A container's first process, and what the kernel says of it: the status is never stored. */
#include "container/state.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/file.h"
#include "cgroup/cgroup.h"
#include "sys/pidfd.h"

/* Is this descriptor's process the one that was written down? @return 1, 0, or -1 with `err`. */
static int is_the_same(const struct state *state, int pidfd, struct caisson_error *err)
{
    uint64_t start_time;
    struct stat st;

    if (state->pidfd_inode != 0) {
        if (file_stat(pidfd, &st) < 0)
            return error_system(err, errno, "cannot ask which process %d is", (int)state->pid);
        return st.st_ino == state->pidfd_inode;
    }
    /* The descriptor came first: the number cannot pass to another process any more while this is read. */
    if (state_process_start_time(state->pid, &start_time, err) < 0)
        return -1;
    return start_time == state->start_time;
}

int state_open_process(const struct state *state, int *pidfd, struct caisson_error *err)
{
    _cleanup_close_ int fd = state->pid > 0 ? sys_pidfd_open(state->pid) : -1;
    int same;

    *pidfd = -1;
    if (state->pid <= 0)
        return 0;
    /* ESRCH, or EINVAL (ENOENT since Linux 6.15): the number is free, or that of a thread by now. */
    if (fd < 0 && (errno == ESRCH || errno == EINVAL || errno == ENOENT))
        return 0;
    if (fd < 0)
        return error_system(err, errno, "cannot open process %d", (int)state->pid);
    same = is_the_same(state, fd, err);
    if (same == 1)
        *pidfd = TAKE_FD(fd);
    return same;
}

int state_process(const struct state *state, int *pidfd, struct caisson_error *err)
{
    _cleanup_close_ int fd = -1;
    struct pollfd ended = {.events = POLLIN};
    int n = state_open_process(state, &fd, err);

    *pidfd = -1;
    if (n <= 0)
        return n;
    ended.fd = fd;
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

/*
 * A cgroup that is gone, be it between the calls, is not frozen.
 * @param cgroup receives its descriptor, or -1; may be NULL
 * @return 1, 0, or -1 with `err`
 */
static int is_frozen(const struct state *state, int *cgroup, struct caisson_error *err)
{
    struct caisson_error why = {0};
    int frozen = state->cgroup ? cgroup_frozen(state->cgroup, cgroup, &why) : 0;

    if (frozen >= 0)
        return frozen;
    if (why.errnum == ENOENT || why.errnum == ENODEV)
        return 0;
    if (err)
        *err = why;
    return -1;
}

int state_status_open(int dir, const struct state *state, enum caisson_status *status, int *pidfd,
                      int *cgroup, struct caisson_error *err)
{
    _cleanup_close_ int process = -1;
    int frozen;

    if (pidfd)
        *pidfd = -1;
    if (cgroup)
        *cgroup = -1;
    *status = CAISSON_CREATING;
    if (state->pid == 0)
        return 0;
    if (state_process(state, &process, err) < 0)
        return -1;
    *status = CAISSON_STOPPED;
    if (process < 0)
        return 0;
    frozen = is_frozen(state, cgroup, err);
    if (frozen < 0)
        return -1;
    *status = frozen ? CAISSON_PAUSED : CAISSON_RUNNING;
    if (!frozen && !state->executed && status_by_lock(dir, status, err) < 0)
        return -1;
    if (pidfd)
        *pidfd = TAKE_FD(process);
    return 0;
}

int state_status(int dir, const struct state *state, enum caisson_status *status, int *pidfd,
                 struct caisson_error *err)
{
    return state_status_open(dir, state, status, pidfd, NULL, err);
}

const char *caisson_status_name(enum caisson_status status)
{
    static const char *const names[] = {
        [CAISSON_CREATING] = "creating", [CAISSON_CREATED] = "created", [CAISSON_RUNNING] = "running",
        [CAISSON_PAUSED] = "paused",     [CAISSON_STOPPED] = "stopped",
    };

    return (unsigned)status < sizeof names / sizeof *names ? names[status] : "unknown";
}
