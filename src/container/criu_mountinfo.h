/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mounts of a process, from /proc/PID/mountinfo. */
#ifndef CONTAINER_CRIU_MOUNTINFO_H
#define CONTAINER_CRIU_MOUNTINFO_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/error.h"

struct mount_line {
    int id, parent;
    dev_t device;
    const char *root;    /* which part of its filesystem is mounted: "/" for all of it */
    const char *where;   /* as the process sees it */
    const char *options; /* of the mount: "rw,nosuid,relatime" */
    const char *type;
};

struct mountinfo {
    struct mount_line *lines;
    size_t count;
};

/** Reads the mounts of a process; 0 is the caller. @return 0, or -1 with `err` */
int mountinfo_read(struct arena *arena, pid_t pid, struct mountinfo *mounts, struct caisson_error *err);

/** The same of a text that was kept, which it cuts to pieces. */
void mountinfo_parse(struct arena *arena, char *text, struct mountinfo *mounts);

/** @return the mount with that number, or NULL. */
struct mount_line *mountinfo_by_id(const struct mountinfo *mounts, int id);

/** @return the mount that is at `path` below `root`, resolved as a process whose root that is would; or NULL. */
struct mount_line *mountinfo_at(const struct mountinfo *mounts, int root, const char *path);

/** @return what of `path` is behind `prefix`: "" or "/..."; NULL when it is not below it. Both are without a trailing "/", but for "/". */
const char *mountinfo_below(const char *path, const char *prefix);

#endif
