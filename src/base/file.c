/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

enum { FIRST_READ = 4096 };

/* Reads to the end. One read that gives as much as a regular file's size, 0 for others, has met it: it asked for more. */
static ssize_t read_to_end(int fd, char *bytes, size_t length, size_t size)
{
    ssize_t first, rest;

    do
        first = read(fd, bytes, length);
    while (first < 0 && errno == EINTR);
    if (first <= 0 || (size_t)first == size)
        return first;
    rest = fd_read_all(fd, bytes + first, length - (size_t)first);
    return rest < 0 ? -1 : first + rest;
}

char *file_read_fd(struct arena *arena, int fd, const char *name, size_t limit, size_t *length,
                   struct caisson_error *err)
{
    char first[FIRST_READ], *bytes = NULL, *room = first;
    size_t capacity = sizeof first, size = 0, done = 0;
    struct stat st;

    /* Kernel files say 0, and are read into `first`: most are small. */
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && (size_t)st.st_size <= limit) {
        size = (size_t)st.st_size;
        capacity = size + 1;
        bytes = room = arena_alloc(arena, capacity + 1);
    }
    for (;;) {
        ssize_t n = read_to_end(fd, room + done, capacity - done, size);

        if (n < 0) {
            error_system(err, errno, "cannot read '%s'", name);
            return NULL;
        }
        done += (size_t)n;
        if (done > limit) {
            error_set(err, CAISSON_ERROR_CONFIG, "'%s' is larger than %zu bytes", name, limit);
            return NULL;
        }
        if (done < capacity)
            break;
        bytes = room = memcpy(arena_alloc(arena, capacity * 2 + 1), room, done);
        capacity *= 2;
    }
    if (length)
        *length = done;
    if (!bytes)
        return arena_copy(arena, first, done);
    bytes[done] = '\0';
    return bytes;
}

char *file_read(struct arena *arena, int dirfd, const char *path, size_t limit, size_t *length,
                struct caisson_error *err)
{
    _cleanup_close_ int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        error_system(err, errno, "cannot open '%s'", path);
        return NULL;
    }
    return file_read_fd(arena, fd, path, limit, length, err);
}

int file_put(int dirfd, const char *path, const char *text)
{
    _cleanup_close_ int fd = openat(dirfd, path, O_WRONLY | O_CLOEXEC);
    size_t length = strlen(text);
    ssize_t n;

    if (fd < 0)
        return -1;
    do
        n = write(fd, text, length);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return -1;
    if ((size_t)n != length) {
        errno = EIO;
        return -1;
    }
    return 0;
}

/*
 * A pid file may be wanted in a directory that others write to: what they have put there (another's file by a hard
 * link, a fifo) is not opened, but removed.
 */
static int open_fresh(int dirfd, const char *name, mode_t mode)
{
    int fd = -1;

    for (int i = 0; fd < 0 && i < 16; i++) {
        fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (fd >= 0 || errno != EEXIST || (unlinkat(dirfd, name, 0) < 0 && errno != ENOENT))
            break;
    }
    return fd;
}

int file_replace(int dirfd, const char *name, const void *bytes, size_t length, mode_t mode,
                 struct caisson_error *err)
{
    _cleanup_close_ int fd = -1;
    char fresh[256];

    if (snprintf(fresh, sizeof fresh, ".%s.new", name) >= (int)sizeof fresh)
        return error_system(err, ENAMETOOLONG, "cannot write '%s'", name);
    fd = open_fresh(dirfd, fresh, mode);
    if (fd < 0 || fd_write_all(fd, bytes, length) < 0) {
        int saved = errno;

        unlinkat(dirfd, fresh, 0);
        return error_system(err, saved, "cannot write '%s'", name);
    }
    if (renameat(dirfd, fresh, dirfd, name) < 0) {
        int saved = errno;

        unlinkat(dirfd, fresh, 0);
        return error_system(err, saved, "cannot replace '%s'", name);
    }
    return 0;
}
