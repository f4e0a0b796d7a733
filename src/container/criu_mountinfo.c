/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/criu_mountinfo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/fd.h"
#include "base/file.h"
#include "sys/openat2.h"

enum { MOUNTINFO_LIMIT = 64 * 1024 * 1024, FIELDS_BEFORE_TAGS = 6 };

static bool is_octal(const char *digits)
{
    return digits[0] >= '0' && digits[0] <= '3' && digits[1] >= '0' && digits[1] <= '7' && digits[2] >= '0' &&
           digits[2] <= '7';
}

/* The kernel writes white space and backslashes as three octal digits. */
static char *unescape(char *text)
{
    char *out = text;

    for (const char *in = text; *in; out++) {
        if (in[0] == '\\' && is_octal(in + 1)) {
            *out = (char)((in[1] - '0') << 6 | (in[2] - '0') << 3 | (in[3] - '0'));
            in += 4;
        } else {
            *out = *in++;
        }
    }
    *out = '\0';
    return text;
}

/* "ID PARENT MAJOR:MINOR ROOT WHERE OPTIONS [TAG]... - TYPE SOURCE OPTIONS" */
static bool parse(char *text, struct mount_line *line)
{
    char *fields[FIELDS_BEFORE_TAGS], *type;
    unsigned device_major, device_minor;

    for (size_t i = 0; i < FIELDS_BEFORE_TAGS; i++) {
        fields[i] = strsep(&text, " ");
        if (!text)
            return false;
    }
    type = strncmp(text, "- ", 2) == 0 ? text - 1 : strstr(text, " - ");
    if (!type)
        return false;
    type += strlen(" - ");
    if (sscanf(fields[2], "%u:%u", &device_major, &device_minor) != 2)
        return false;
    type[strcspn(type, " ")] = '\0';
    *line = (struct mount_line){
        .id = atoi(fields[0]),
        .parent = atoi(fields[1]),
        .device = makedev(device_major, device_minor),
        .root = unescape(fields[3]),
        .where = unescape(fields[4]),
        .options = fields[5],
        .type = type,
    };
    return true;
}

void mountinfo_parse(struct arena *arena, char *text, struct mountinfo *mounts)
{
    size_t lines = 1;
    char *line;

    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    mounts->count = 0;
    mounts->lines = arena_array(arena, lines, sizeof *mounts->lines);
    while ((line = strsep(&text, "\n")))
        mounts->count += parse(line, &mounts->lines[mounts->count]);
}

int mountinfo_read(struct arena *arena, pid_t pid, struct mountinfo *mounts, struct caisson_error *err)
{
    const char *path = pid ? arena_format(arena, "/proc/%d/mountinfo", (int)pid) : "/proc/self/mountinfo";
    char *text = file_read(arena, AT_FDCWD, path, MOUNTINFO_LIMIT, NULL, err);

    if (!text)
        return -1;
    mountinfo_parse(arena, text, mounts);
    return 0;
}

struct mount_line *mountinfo_by_id(const struct mountinfo *mounts, int id)
{
    for (size_t i = 0; i < mounts->count; i++)
        if (mounts->lines[i].id == id)
            return &mounts->lines[i];
    return NULL;
}

struct mount_line *mountinfo_at(const struct mountinfo *mounts, int root, const char *path)
{
    _cleanup_close_ int fd = sys_open_in_root(root, path, O_PATH);
    _cleanup_arena_ struct arena arena = {0};
    const char *text, *line;

    if (fd < 0)
        return NULL;
    text = file_read(&arena, AT_FDCWD, arena_format(&arena, "/proc/self/fdinfo/%d", fd), 4096, NULL, NULL);
    line = text ? strstr(text, "mnt_id:") : NULL;
    return line ? mountinfo_by_id(mounts, atoi(line + strlen("mnt_id:"))) : NULL;
}

const char *mountinfo_below(const char *path, const char *prefix)
{
    size_t length = strcmp(prefix, "/") == 0 ? 0 : strlen(prefix);

    if (strncmp(path, prefix, length) != 0)
        return NULL;
    path += length;
    return *path == '/' || !*path ? path : NULL;
}
