/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole small files, by descriptor of their directory. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/error.h"

/**
 * Reads a whole file into the arena, a NUL behind it.
 * @param dirfd  directory that a relative `path` starts from, or AT_FDCWD
 * @param limit  the most bytes it may hold: a longer file is a CAISSON_ERROR_CONFIG that says so
 * @param length receives the size; may be NULL
 * @return the bytes, or NULL with `err` set
 */
char *file_read(struct arena *arena, int dirfd, const char *path, size_t limit, size_t *length,
                struct caisson_error *err);

/** The same for an open descriptor; `name` is for the message alone. */
char *file_read_fd(struct arena *arena, int fd, const char *name, size_t limit, size_t *length,
                   struct caisson_error *err);

/** The same for a regular file of which fstat(2) has told the size; 0: not known. */
char *file_read_sized(struct arena *arena, int fd, size_t size, const char *name, size_t limit,
                      size_t *length, struct caisson_error *err);

/**
 * fstat(2). The C library's own hands on an empty string, which the linker puts at the end of any string of the program:
 * to read that costs a page fault.
 */
static inline int file_stat(int fd, struct stat *st)
{
    return fstatat(fd, "", st, AT_EMPTY_PATH);
}

/** Writes `text` to an existing file in one write(2), as procfs, sysfs and cgroupfs want. @return 0, or -1 with errno. */
int file_put(int dirfd, const char *path, const char *text);

/**
 * Makes or replaces a file so that a reader, or a crash, sees the old content or the new one and nothing between.
 * @param mode permission bits of the new file
 */
int file_replace(int dirfd, const char *name, const void *bytes, size_t length, mode_t mode,
                 struct caisson_error *err);

#endif
