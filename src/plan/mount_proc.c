/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mounts on /proc: the runtime reads and writes there, and so do programs that trust it. */
#include <string.h>

#include "plan/mount_case.h"
#include "sys/weaken.h"

/* The files below /proc that a mount may replace: they inform, and nothing of ours is read or written there. */
static bool may_cover_proc(const char *path)
{
    static const char *const allowed[] = {
        "cpuinfo",
        "diskstats",
        "meminfo",
        "stat",
        "swaps",
        "uptime",
        "loadavg",
        "slabinfo",
        "sys/kernel/ns_last_pid",
        "sys/crypto/fips_enabled",
    };

    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        if (strcmp(path, allowed[i]) == 0)
            return true;
    return false;
}

/* Rule R2, CVE-2019-16884, CVE-2019-19921: what stands at /proc is procfs, and stays visible. */
int mount_case_proc(struct plan_builder *b, struct mount_case *m, struct caisson_error *err)
{
    const char *path = m->mount->destination;
    bool procfs = mount_case_has_type(m->mount, "proc") && !m->options.bind;

    while (path[0] == '/')
        path++;
    if (weakened("proc") || strncmp(path, "proc", 4) != 0 || (path[4] != '\0' && path[4] != '/'))
        return 0;
    path += 4 + strspn(path + 4, "/");
    if (*path == '\0' && (procfs || m->options.bind || m->options.remount)) {
        /* One may be there already, in the root filesystem or by an entry before; a link may not lead to another. */
        m->step.flags |= PLAN_MOUNT_ON_PROC | PLAN_MOUNT_NOFOLLOW;
        return 0;
    }
    if (*path == '\0')
        return spec_error(
            b->spec, err, builder_format(b, "%s/type", m->pointer),
            "a %s on /proc could pose as the kernel's files, expected proc or a bind mount of one",
            m->mount->type ? m->mount->type : "mount");
    if (!may_cover_proc(path) && !m->options.remount)
        return spec_error(b->spec, err, builder_format(b, "%s/destination", m->pointer),
                          "'%s' is inside of procfs, where only a few informative files may be covered",
                          m->mount->destination);
    m->step.flags |= PLAN_MOUNT_ON_PROC;
    return 0;
}
