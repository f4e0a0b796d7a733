/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Told anything of a unit, systemd writes all that it knows of it, as it knows it: a quota in whole percents, a cgroup
 * that is idle as one that is not, no limit where a file was written without its knowledge.
 */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "cgroup/unit.h"

/* cpu.idle before cpu.weight, which an idle cgroup has not. Files with a line a device it writes line by line. */
static const char *const rewritten[UNIT_FILES] = {
    "cpu.idle",         "cpu.weight",      "cpu.max",          "cpuset.cpus",
    "cpuset.mems",      "memory.min",      "memory.low",       "memory.high",
    "memory.max",       "memory.swap.max", "memory.zswap.max", "memory.zswap.writeback",
    "memory.oom.group", "pids.max",
};

void unit_files_keep(struct arena *arena, int fd, struct unit_files *files)
{
    for (size_t i = 0; i < UNIT_FILES; i++)
        files->text[i] = file_read(arena, fd, rewritten[i], CGROUP_FILE_LIMIT, NULL, NULL);
}

int unit_files_restore(struct arena *arena, int fd, const struct unit_files *files, struct caisson_error *err)
{
    for (size_t i = 0; i < UNIT_FILES; i++) {
        const char *before = files->text[i];
        const char *now = before ? file_read(arena, fd, rewritten[i], CGROUP_FILE_LIMIT, NULL, NULL) : NULL;

        /* An empty list of processors is written as a newline, which is how it is read. */
        if (now && strcmp(now, before) != 0 && file_put(fd, rewritten[i], before) < 0)
            return error_system(err, errno, "cannot write '%s' to %s, which systemd changed", before,
                                rewritten[i]);
    }
    return 0;
}
