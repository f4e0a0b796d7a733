/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/fd.h"

enum { FIRST_PAUSE_MS = 1, LONGEST_PAUSE_MS = 50, LOCKS_LIMIT = 16 * 1024 * 1024 };

/* Finds who holds a flock(2) on the file: lines "1: FLOCK  ADVISORY  WRITE PID MAJOR:MINOR:INODE 0 EOF". */
static pid_t holder(struct arena *arena, int fd)
{
    char *rest = file_read(arena, AT_FDCWD, "/proc/locks", LOCKS_LIMIT, NULL, NULL), *line;
    struct stat st;

    if (!rest || file_stat(fd, &st) < 0)
        return 0;
    while ((line = strsep(&rest, "\n"))) {
        unsigned long inode;
        unsigned device_major, device_minor;
        int pid;

        if (sscanf(line, "%*d: FLOCK %*s %*s %d %x:%x:%lu", &pid, &device_major, &device_minor, &inode) ==
                4 &&
            inode == st.st_ino && device_major == major(st.st_dev) && device_minor == minor(st.st_dev))
            return pid;
    }
    return 0;
}

static int timed_out(int fd, const char *id, int wait_ms, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    pid_t pid = holder(&arena, fd);
    char *name;

    if (pid <= 0)
        return error_set(err, CAISSON_ERROR_TIMEOUT,
                         "container '%s' is being changed by another process for more than %d s", id,
                         wait_ms / 1000);
    name = file_read(&arena, AT_FDCWD, arena_format(&arena, "/proc/%d/comm", (int)pid), 4096, NULL, NULL);
    if (name)
        name[strcspn(name, "\n")] = '\0';
    error_set(err, CAISSON_ERROR_TIMEOUT,
              "container '%s' is being changed by process %d (%s) for more than %d s", id, (int)pid,
              name ? name : "its name is unknown", wait_ms / 1000);
    return error_hint(err, "a hook that does not end, or a filesystem that does not answer, may hold it up");
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* flock(2) knows no timeout, and a signal to end it would be global state. */
static int wait_for(int fd, const char *id, int wait_ms, struct caisson_error *err)
{
    int64_t deadline = 0; /* the time is not asked for before it matters */

    for (int pause = FIRST_PAUSE_MS; flock(fd, LOCK_EX | LOCK_NB) < 0;) {
        if (errno == EINTR)
            continue;
        if (errno != EWOULDBLOCK)
            return error_system(err, errno, "cannot lock container '%s'", id);
        if (deadline == 0)
            deadline = now_ms() + wait_ms;
        if (now_ms() >= deadline)
            return timed_out(fd, id, wait_ms, err);
        nanosleep(&(struct timespec){.tv_nsec = pause * 1000000L}, NULL);
        pause = pause * 2 < LONGEST_PAUSE_MS ? pause * 2 : LONGEST_PAUSE_MS;
    }
    return 0;
}

/* @return 0; 1 when whoever had the lock before us deleted the container; -1 with `err` */
static int take(int fd, const char *id, int wait_ms, struct caisson_error *err)
{
    struct stat st;

    if (wait_for(fd, id, wait_ms, err) < 0)
        return -1;
    if (file_stat(fd, &st) < 0)
        return error_system(err, errno, "cannot lock container '%s'", id);
    return st.st_nlink == 0;
}

int lock_take(int dir, const char *id, int wait_ms, int *lock, struct caisson_error *err)
{
    _cleanup_close_ int fd = openat(dir, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    int gone;

    *lock = -1;
    if (fd < 0 && errno == ENOENT)
        return 1; /* nothing can be made in a directory that was removed */
    if (fd < 0)
        return error_system(err, errno, "cannot open the lock of container '%s'", id);
    gone = take(fd, id, wait_ms, err);
    if (gone == 0)
        *lock = TAKE_FD(fd);
    return gone;
}

void lock_let_go(int lock)
{
    flock(lock, LOCK_UN);
}

int lock_take_again(int lock, const char *id, int wait_ms, struct caisson_error *err)
{
    return take(lock, id, wait_ms, err);
}
