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

/* What is read of one file, and how much of it so far. */
struct reading {
    struct arena *arena;
    int fd;
    const char *name;
    size_t limit, size; /* size: what fstat(2) said of a regular file; 0: others */
    char *bytes;
    size_t capacity, done;
};

/* Reads on, into more memory where it does not suffice. @return 0, or -1 with `err` */
static int read_on(struct reading *r, struct caisson_error *err)
{
    for (;;) {
        ssize_t n = read_to_end(r->fd, r->bytes + r->done, r->capacity - r->done, r->size);

        if (n < 0)
            return error_system(err, errno, "cannot read '%s'", r->name);
        r->done += (size_t)n;
        if (r->done > r->limit)
            return error_set(err, CAISSON_ERROR_CONFIG, "'%s' is larger than %zu bytes", r->name, r->limit);
        if (r->done < r->capacity)
            return 0;
        r->bytes = memcpy(arena_alloc(r->arena, r->capacity * 2 + 1), r->bytes, r->done);
        r->capacity *= 2;
    }
}

/* Kernel files say 0, and most are small: they are read into memory that is free again. Not inlined: it is large. */
__attribute__((noinline)) static char *read_unsized(struct reading r, size_t *length,
                                                    struct caisson_error *err)
{
    char first[FIRST_READ];

    r.bytes = first;
    r.capacity = sizeof first;
    if (read_on(&r, err) < 0)
        return NULL;
    *length = r.done;
    return r.bytes == first ? arena_copy(r.arena, first, r.done) : r.bytes;
}

static char *read_sized(struct reading r, size_t *length, struct caisson_error *err)
{
    r.capacity = r.size + 1;
    r.bytes = arena_alloc(r.arena, r.capacity + 1);
    if (read_on(&r, err) < 0)
        return NULL;
    *length = r.done;
    return r.bytes;
}

char *file_read_sized(struct arena *arena, int fd, size_t size, const char *name, size_t limit,
                      size_t *length, struct caisson_error *err)
{
    struct reading r = {.arena = arena, .fd = fd, .name = name, .limit = limit};
    size_t done;
    char *bytes;

    r.size = size <= limit ? size : 0;
    bytes = r.size > 0 ? read_sized(r, &done, err) : read_unsized(r, &done, err);
    if (!bytes)
        return NULL;
    bytes[done] = '\0';
    if (length)
        *length = done;
    return bytes;
}

char *file_read_fd(struct arena *arena, int fd, const char *name, size_t limit, size_t *length,
                   struct caisson_error *err)
{
    struct stat st;
    size_t size = file_stat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 ? (size_t)st.st_size : 0;

    return file_read_sized(arena, fd, size, name, limit, length, err);
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
