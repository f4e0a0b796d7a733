/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding the hierarchy. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "cgroup/internal.h"

enum { MOUNTINFO_LIMIT = 64 * 1024 * 1024 };

static bool is_cgroup2(const char *path)
{
    struct statfs st;

    return statfs(path, &st) == 0 && st.f_type == CGROUP2_SUPER_MAGIC;
}

/* mountinfo writes blanks, tabs, newlines and backslashes as three octal digits. */
static void unescape_octal(char *text)
{
    char *to = text;

    for (const char *from = text; *from;) {
        if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] >= '0' && from[2] <= '7' &&
            from[3] >= '0' && from[3] <= '7') {
            *to++ = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0'));
            from += 4;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
}

/*
 * Looks in one line of mountinfo(5): "ID PARENT MAJ:MIN ROOT POINT OPTIONS [OPTIONAL...] - TYPE SOURCE ...".
 * Sets root and point when the type is cgroup2.
 */
static bool parse_mount(char *line, char **root, char **point)
{
    char *separator = strstr(line, " - cgroup2 ");
    char *save = NULL, *field;

    if (!separator)
        return false;
    *separator = '\0';
    field = strtok_r(line, " ", &save);
    for (int i = 1; field && i < 4; i++)
        field = strtok_r(NULL, " ", &save);
    *root = field;
    *point = field ? strtok_r(NULL, " ", &save) : NULL;
    if (!*point)
        return false;
    unescape_octal(*root);
    unescape_octal(*point);
    return true;
}

/* The mount that shows the whole hierarchy, or else any; with `want` the one that is at that place. */
static int find_mount(struct arena *arena, const char *want, const char **mount, const char **root,
                      struct caisson_error *err)
{
    char *text = file_read(arena, AT_FDCWD, "/proc/self/mountinfo", MOUNTINFO_LIMIT, NULL, err);
    char *save = NULL;

    if (!text)
        return -1;
    *mount = *root = NULL;
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        char *line_root, *point;

        if (!parse_mount(line, &line_root, &point) || (want && strcmp(want, point) != 0))
            continue;
        if (*mount && strcmp(line_root, "/") != 0)
            continue;
        *mount = point;
        *root = line_root;
        if (strcmp(line_root, "/") == 0)
            break;
    }
    return 0;
}

/*
 * What the kernel has written in one piece, as it does this file, needs one read, unless it is longer than the buffer.
 * @return the text, in `buffer` or in the arena, or NULL
 */
static char *read_own(struct arena *arena, char *buffer, size_t size, struct caisson_error *err)
{
    static const char name[] = "/proc/self/cgroup";
    _cleanup_close_ int fd = openat(AT_FDCWD, name, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : pread(fd, buffer, size, 0);

    if (n < 0 || (size_t)n == size)
        return file_read(arena, AT_FDCWD, name, CGROUP_FILE_LIMIT, NULL, err);
    buffer[n] = '\0';
    return buffer;
}

/* The line "0::PATH" of /proc/self/cgroup. */
static const char *own_cgroup(struct arena *arena, struct caisson_error *err)
{
    char buffer[2048], *text = read_own(arena, buffer, sizeof buffer, err), *save = NULL;

    if (!text)
        return NULL;
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
        if (strncmp(line, "0::/", 4) == 0)
            return arena_string(arena, line + 3);
    error_set(err, CAISSON_ERROR_UNSUPPORTED, "/proc/self/cgroup has no line for cgroup version 2");
    return NULL;
}

/* A mount that shows a part of the hierarchy: the path of /proc/self/cgroup starts with the part's own. */
static const char *strip_root(const char *own, const char *root)
{
    size_t length = strlen(root);

    if (strcmp(root, "/") != 0 && strncmp(own, root, length) == 0 && (!own[length] || own[length] == '/'))
        return own[length] ? own + length : "/";
    return own;
}

static int find_own(struct arena *arena, struct cgroup_host *host, const char *root,
                    struct caisson_error *err)
{
    host->own = own_cgroup(arena, err);
    if (!host->own)
        return -1;
    if (!root && strcmp(host->own, "/") != 0 &&
        access(arena_format(arena, "%s%s", host->mount, host->own), F_OK) < 0) {
        const char *mount;

        if (find_mount(arena, host->mount, &mount, &root, err) < 0)
            return -1;
    }
    if (root)
        host->own = strip_root(host->own, root);
    return 0;
}

int cgroup_host_probe(struct arena *arena, struct cgroup_host *host, struct caisson_error *err)
{
    const char *root = NULL;

    memset(host, 0, sizeof *host);
    if (is_cgroup2("/sys/fs/cgroup"))
        host->mount = "/sys/fs/cgroup";
    else if (is_cgroup2("/sys/fs/cgroup/unified"))
        host->mount = "/sys/fs/cgroup/unified";
    else if (find_mount(arena, NULL, &host->mount, &root, err) < 0)
        return -1;
    if (!host->mount) {
        error_set(err, CAISSON_ERROR_UNSUPPORTED, "no cgroup version 2 hierarchy is mounted");
        return error_hint(err,
                          "mount one: mount -t cgroup2 none /sys/fs/cgroup; cgroup version 1 alone is not "
                          "supported");
    }
    return find_own(arena, host, root, err);
}

const char *cgroup_host_controllers(struct arena *arena, const struct cgroup_host *host)
{
    char *text;

    if (host->controllers)
        return host->controllers;
    text = file_read(arena, AT_FDCWD, arena_format(arena, "%s/cgroup.controllers", host->mount),
                     CGROUP_FILE_LIMIT, NULL, NULL);
    if (!text)
        return "";
    text[strcspn(text, "\n")] = '\0';
    return text;
}
