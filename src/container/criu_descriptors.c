/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/criu_descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/json.h"
#include "container/criu_message.h"
#include "container/criu_mountinfo.h"
#include "spec/reader.h"

enum { STREAMS = 3, FDINFO_SIZE = 4096, FILE_LIMIT = 64 * 1024 };

#define FILE_NAME "descriptors.json"

/* Behind the name of a stream that was the host's null device: criu takes no other kind of file for it. */
static const char null_suffix[] = ":/dev/null";

/* Line "mnt_id:\t24" of /proc/PID/fdinfo/FD. @return the number, or -1. */
static int mount_id(struct arena *arena, pid_t pid, int fd)
{
    const char *path = arena_format(arena, "/proc/%d/fdinfo/%d", (int)pid, fd);
    const char *text = file_read(arena, AT_FDCWD, path, FDINFO_SIZE, NULL, NULL);
    const char *line = text ? strstr(text, "mnt_id:") : NULL;

    return line ? atoi(line + strlen("mnt_id:")) : -1;
}

static bool is_terminal(const struct stat *st)
{
    enum { TTY = 4, CONSOLE = 5, PTS_FIRST = 136, PTS_LAST = 143 };
    unsigned number = major(st->st_rdev);

    return S_ISCHR(st->st_mode) &&
           (number == TTY || number == CONSOLE || (number >= PTS_FIRST && number <= PTS_LAST));
}

/*
 * What criu calls a stream: "pipe:[INODE]", "socket:[INODE]"; a file or terminal on a mount that the container has not
 * is "file[MOUNT:INODE]" or "tty[RDEV:DEVICE]", all of them hexadecimal; of what is inside it is the path.
 */
static const char *resource(struct arena *arena, const struct mountinfo *mounts, pid_t pid, int fd,
                            bool *external)
{
    const char *path = arena_format(arena, "/proc/%d/fd/%d", (int)pid, fd);
    char link[PATH_MAX];
    ssize_t n = readlink(path, link, sizeof link - 1);
    struct stat st;
    int mount;

    *external = false;
    if (n < 0 || stat(path, &st) < 0)
        return "";
    link[n] = '\0';
    mount = mount_id(arena, pid, fd);
    if (strncmp(link, "pipe:", 5) == 0 || strncmp(link, "socket:", 7) == 0 || mount < 0 ||
        mountinfo_by_id(mounts, mount))
        return arena_string(arena, link);
    *external = true;
    if (is_terminal(&st))
        return arena_format(arena, "tty[%llx:%llx]", (unsigned long long)st.st_rdev,
                            (unsigned long long)st.st_dev);
    return arena_format(arena, "file[%x:%llx]", (unsigned)mount, (unsigned long long)st.st_ino);
}

static bool is_null(pid_t pid, int fd, struct arena *arena)
{
    struct stat st;

    return stat(arena_format(arena, "/proc/%d/fd/%d", (int)pid, fd), &st) == 0 && S_ISCHR(st.st_mode) &&
           st.st_rdev == makedev(1, 3);
}

int criu_descriptors_write(pid_t pid, int images, struct strbuf *options, struct caisson_error *err)
{
    struct arena *arena = options->arena;
    struct strbuf text = STRBUF(arena);
    struct json json = {.out = &text};
    struct mountinfo mounts;

    if (mountinfo_read(arena, pid, &mounts, err) < 0)
        return -1;
    json_array(&json, NULL);
    for (int fd = 0; fd < STREAMS; fd++) {
        bool external;
        const char *name = resource(arena, &mounts, pid, fd, &external);

        if (external)
            criu_put_text(options, CRIU_EXTERNAL, name);
        if (external && is_null(pid, fd, arena))
            name = arena_format(arena, "%s%s", name, null_suffix);
        json_string(&json, NULL, name);
    }
    json_array_end(&json);
    return file_replace(images, FILE_NAME, text.data, text.length, 0600, err);
}

/* @return the name of what was the null device without its suffix, or NULL. */
static const char *null_name(struct arena *arena, const char *name)
{
    size_t length = strlen(name), suffix = strlen(null_suffix);

    if (length <= suffix || strcmp(name + length - suffix, null_suffix) != 0)
        return NULL;
    return arena_copy(arena, name, length - suffix);
}

static bool is_outside(const char *name)
{
    static const char *const kinds[] = {"pipe:", "socket:", "file[", "tty["};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strncmp(name, kinds[i], strlen(kinds[i])) == 0)
            return true;
    return false;
}

/* Tables are for objects: the array is read as the member of one. */
struct descriptors {
    struct spec_strings names;
};

int criu_descriptors_read(int images, int first, int null, int *streams, struct strbuf *options,
                          struct caisson_error *err)
{
    static const struct reader_field fields[] = {
        READER_FIELD(struct descriptors, names, "descriptors", READER_STRINGS, .flags = 0)};
    static const struct reader_shape shape = READER_SHAPE(struct descriptors, fields);
    struct arena *arena = options->arena;
    struct reader_input input = {.arena = arena, .name = FILE_NAME};
    struct descriptors descriptors = {0};
    struct caisson_error why = {0};
    const char *text = file_read(arena, images, FILE_NAME, FILE_LIMIT, NULL, &why);

    if (!text && why.errnum == ENOENT)
        return 0;
    if (!text) {
        if (err)
            *err = why;
        return -1;
    }
    input.text = arena_format(arena, "{\"descriptors\":%s}", text);
    input.length = strlen(input.text);
    if (reader_decode(&input, &shape, &descriptors, err) < 0)
        return -1;
    for (size_t i = 0; i < descriptors.names.count && i < STREAMS; i++) {
        const char *name = descriptors.names.items[i], *was_null = null_name(arena, name);

        if (was_null)
            streams[i] = null;
        if (is_outside(name))
            criu_put_inherit_fd(options, was_null ? was_null : name, first + (int)i);
    }
    return 0;
}
