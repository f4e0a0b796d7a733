/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes to procfs: sysctls and security labels, through the host's procfs alone, which was opened before the
 * container's files were in sight (rule R2: CVE-2019-16884, CVE-2025-52881, CVE-2025-62596).
 */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "sys/openat2.h"
#include "sys/weaken.h"

static bool needs_proc(const struct plan_step *step)
{
    return step->op == PLAN_OP_SYSCTL || step->op == PLAN_OP_PROC || step->op == PLAN_OP_TIME ||
           step->op == PLAN_OP_UNMOUNT;
}

bool procfs_needed(const struct init *init, uint32_t from)
{
    const struct plan_step *step = plan_first(init->plan);

    for (uint32_t i = 0; i < init->plan->step_count; i++, step = plan_next(step))
        if (i >= from && needs_proc(step))
            return true;
    return false;
}

int procfs_open(struct init *init)
{
    if (!procfs_needed(init, 0))
        return 0;
    init_doing(init, PLAN_ACTION_OPEN_PROC, "/proc");
    init->proc = openat(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return init->proc < 0 ? -1 : 0;
}

static int write_proc(struct init *init, int dir, const char *file, const char *value)
{
    _cleanup_close_ int fd = -1;
    size_t length = strlen(value);
    struct statfs fs;
    ssize_t n;

    init_doing(init, PLAN_ACTION_OPEN_PROC, file);
    fd = openat(dir, file, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    if (weakened("procfs")) {
        fd_close(fd);
        dir = sys_openat2(init->root, dir == init->proc ? "proc" : "proc/sys", O_PATH, 0, RESOLVE_IN_ROOT);
        fd = openat(dir, file, O_WRONLY | O_CLOEXEC);
        return fd < 0 ? -1 : fd_write_all(fd, value, length);
    }
    if (fd < 0)
        return -1;
    /* A mount over a file of the host's own /proc would take the write as well. */
    if (fstatfs(fd, &fs) < 0)
        return -1;
    if (fs.f_type != PROC_SUPER_MAGIC)
        return init_fail(init, PLAN_ACTION_OPEN_PROC, file, ENODEV);
    init_doing(init, PLAN_ACTION_WRITE, value);
    n = write(fd, value, length);
    if (n >= 0 && (size_t)n != length)
        errno = EIO;
    return n == (ssize_t)length ? 0 : -1;
}

int init_SYSCTL(struct init *init, const struct plan_sysctl *step)
{
    _cleanup_close_ int sys = sys_open_beneath(init->proc, "sys", O_PATH | O_DIRECTORY);

    init_doing(init, PLAN_ACTION_OPEN_PROC, "sys");
    if (sys < 0)
        return -1;
    return write_proc(init, sys, init_text(init, step->file), init_text(init, step->value));
}

int init_PROC(struct init *init, const struct plan_proc *step)
{
    return write_proc(init, init->proc, init_text(init, step->file), init_text(init, step->value));
}
