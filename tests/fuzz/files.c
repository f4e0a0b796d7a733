/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stands between the code and the kernel's files: the linker leads the calls here (--wrap). An open file is a memfd, so that
 * what reads it (fstat, read, pread) is the code's own way.
 */
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { FILES = 48 };

struct file {
    const char *name, *text;
    size_t name_length, length;
};

static struct {
    bool active;
    struct file items[FILES];
    size_t count;
} files;

int __real_openat(int dirfd, const char *path, int flags, ...);
int __wrap_openat(int dirfd, const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __real_open(const char *path, int flags, ...);
int __wrap_statfs(const char *path, struct statfs *st);
int __wrap_access(const char *path, int mode);
int __real_access(const char *path, int mode);

/* @return where the next "== " at the beginning of a line is, or the end. */
static const char *next_file(const char *text, const char *begin, const char *end)
{
    for (; text + 3 <= end; text++)
        if ((text == begin || text[-1] == '\n') && memcmp(text, "== ", 3) == 0)
            return text;
    return end;
}

void files_take(const uint8_t *data, size_t size, struct input *input)
{
    const char *begin = (const char *)data, *end = begin + size, *at = next_file(begin, begin, end);

    input->length = (size_t)(at - begin);
    input->text = malloc(input->length > 0 ? input->length : 1);
    if (input->length > 0)
        memcpy(input->text, begin, input->length);
    files.count = 0;
    while (at < end && files.count < FILES) {
        struct file *file = &files.items[files.count++];
        const char *line = memchr(at, '\n', (size_t)(end - at));

        file->name = at + 3;
        file->name_length = (size_t)((line ? line : end) - file->name);
        file->text = line ? line + 1 : end;
        at = next_file(file->text, begin, end);
        file->length = (size_t)(at - file->text);
    }
    files.active = true;
}

void files_drop(const struct input *input)
{
    files.active = false;
    free(input->text);
}

const char *files_find(const char *name, size_t *length)
{
    for (size_t i = 0; i < files.count; i++) {
        const struct file *file = &files.items[i];

        if (strlen(name) == file->name_length && memcmp(name, file->name, file->name_length) == 0) {
            *length = file->length;
            return file->text;
        }
    }
    return NULL;
}

static int open_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length;
    const char *text = files_find(slash ? slash + 1 : path, &length);
    int fd;

    if (!text) {
        errno = ENOENT;
        return -1;
    }
    fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || pwrite(fd, text, length, 0) != (ssize_t)length)
        abort();
    return fd;
}

int __wrap_openat(int dirfd, const char *path, int flags, ...)
{
    va_list ap;
    mode_t mode;

    /* The directory itself, and a descriptor that is open. */
    if (files.active && strcmp(path, ".") != 0 && strncmp(path, "/proc/self/fd/", 14) != 0)
        return open_file(path);
    va_start(ap, flags);
    mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;
    va_end(ap);
    return __real_openat(dirfd, path, flags, mode);
}

int __wrap_open(const char *path, int flags, ...)
{
    va_list ap;
    mode_t mode;

    if (files.active)
        return open_file(path);
    va_start(ap, flags);
    mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;
    va_end(ap);
    return __real_open(path, flags, mode);
}

/* No hierarchy is where it usually is: mountinfo has to tell. */
int __wrap_statfs(const char *path, struct statfs *st)
{
    (void)path;
    (void)st;
    errno = ENOENT;
    return -1;
}

int __wrap_access(const char *path, int mode)
{
    if (!files.active)
        return __real_access(path, mode);
    errno = ENOENT;
    return -1;
}
