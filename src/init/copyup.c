/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mount option tmpcopyup: a new tmpfs starts with what its mount point holds. */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/directory.h"

enum { DEPTH_MAX = 64 };

static int copy_directory(int from, int to, unsigned depth);

/* By system call: the C library's own functions stand in for older kernels, in a page of this program. */
static int set_mode(int dir, const char *name, mode_t mode)
{
    return (int)syscall(SYS_fchmodat, dir, name, mode);
}

static int set_times(int dir, const char *name, const struct timespec times[2])
{
#if LONG_MAX > INT32_MAX
    return (int)syscall(SYS_utimensat, dir, name, times, AT_SYMLINK_NOFOLLOW);
#else
    return utimensat(dir, name, times, AT_SYMLINK_NOFOLLOW); /* struct timespec is not the kernel's */
#endif
}

static int copy_owner_and_times(int to, const char *name, const struct stat *st)
{
    struct timespec times[2] = {st->st_atim, st->st_mtim};

    if (fchownat(to, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0)
        return -1;
    /* After the owner: chown(2) takes the set-id bits away. */
    if (!S_ISLNK(st->st_mode) && set_mode(to, name, st->st_mode & 07777) < 0)
        return -1;
    return set_times(to, name, times);
}

static int copy_file(int from, int to, const char *name, const struct stat *st)
{
    _cleanup_close_ int in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    _cleanup_close_ int out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    off_t left = st->st_size;

    if (in < 0 || out < 0)
        return -1;
    while (left > 0) {
        ssize_t n = sendfile(out, in, NULL, (size_t)left);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        left -= n;
    }
    return 0;
}

static int copy_link(int from, int to, const char *name)
{
    char text[PATH_MAX];
    ssize_t n = readlinkat(from, name, text, sizeof text - 1);

    if (n < 0)
        return -1;
    text[n] = '\0';
    return symlinkat(text, to, name);
}

static int copy_subdirectory(int from, int to, const char *name, unsigned depth)
{
    _cleanup_close_ int below = -1;
    _cleanup_close_ int made = -1;

    if (mkdirat(to, name, 0700) < 0)
        return -1;
    below = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    made = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (below < 0 || made < 0)
        return -1;
    return copy_directory(below, made, depth + 1);
}

static int copy_entry(int from, int to, const char *name, unsigned depth)
{
    struct stat st;
    int result;

    if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return -1;
    switch (st.st_mode & S_IFMT) {
    case S_IFDIR:
        result = copy_subdirectory(from, to, name, depth);
        break;
    case S_IFREG:
        result = copy_file(from, to, name, &st);
        break;
    case S_IFLNK:
        result = copy_link(from, to, name);
        break;
    default:
        result = mknodat(to, name, st.st_mode, st.st_rdev);
    }
    if (result < 0)
        return -1;
    return copy_owner_and_times(to, name, &st);
}

static int copy_directory(int from, int to, unsigned depth)
{
    _Alignas(struct sys_entry) char buffer[2048];
    ssize_t n;

    if (depth > DEPTH_MAX) {
        errno = ELOOP;
        return -1;
    }
    while ((n = sys_getdents(from, buffer, sizeof buffer)) > 0) {
        for (char *p = buffer; p < buffer + n;) {
            const struct sys_entry *entry = (const struct sys_entry *)(const void *)p;

            p += entry->length;
            if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0)
                continue;
            if (copy_entry(from, to, entry->name, depth) < 0)
                return -1;
        }
    }
    return n < 0 ? -1 : 0;
}

int copy_up(int from, int to, unsigned keep)
{
    struct stat st;

    if (copy_directory(from, to, 0) < 0 || fstat(from, &st) < 0)
        return -1;
    if (!(keep & COPY_UP_KEEP_OWNER) && fchown(to, st.st_uid, st.st_gid) < 0)
        return -1;
    return keep & COPY_UP_KEEP_MODE ? 0 : fchmod(to, st.st_mode & 07777);
}
