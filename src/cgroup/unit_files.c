/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Told anything of a unit, systemd writes all that it knows of it, as it knows it: a quota in whole percents, a cgroup
 * that is idle as one that is not, no limit where a file was written without its knowledge.
 */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "cgroup/unit.h"

/*
 * cpu.idle before cpu.weight, which an idle cgroup has not. Lines of devices it leaves alone; what stands above them, the
 * weight of all others, it writes into both files, and with a scale of its own into that of the BFQ scheduler.
 */
static const char *const rewritten[UNIT_FILES] = {
    "cpu.idle",         "cpu.weight",      "cpu.max",          "cpuset.cpus",
    "cpuset.mems",      "memory.min",      "memory.low",       "memory.high",
    "memory.max",       "memory.swap.max", "memory.zswap.max", "memory.zswap.writeback",
    "memory.oom.group", "pids.max",        "io.weight",        "io.bfq.weight",
};

/* An empty list of processors is a newline, which is how it is written, too. */
static const char *first_line(struct arena *arena, int fd, const char *file)
{
    char *text = file_read(arena, fd, file, CGROUP_FILE_LIMIT, NULL, NULL);
    char *end = text ? strchr(text, '\n') : NULL;

    if (end)
        end[1] = '\0';
    return text;
}

void unit_files_keep(struct arena *arena, int fd, struct unit_files *files)
{
    for (size_t i = 0; i < UNIT_FILES; i++)
        files->text[i] = first_line(arena, fd, rewritten[i]);
}

int unit_files_restore(struct arena *arena, int fd, const struct unit_files *files, struct caisson_error *err)
{
    for (size_t i = 0; i < UNIT_FILES; i++) {
        const char *before = files->text[i];
        const char *now = before ? first_line(arena, fd, rewritten[i]) : NULL;

        if (now && strcmp(now, before) != 0 && file_put(fd, rewritten[i], before) < 0)
            return error_system(err, errno, "cannot write '%s' to %s, which systemd changed", before,
                                rewritten[i]);
    }
    return 0;
}
