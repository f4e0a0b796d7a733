/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What may be mounted in a container that is there. Its processes may be hostile by now and change files while the init
 * looks: what is mounted comes from the host by descriptor, or from the kernel alone.
 */
#include "plan/mount_case.h"

/* Filesystems that nothing but the kernel provides: no path is looked up for them. */
static bool is_of_the_kernel(const struct spec_mount *mount)
{
    static const char *const types[] = {"tmpfs", "proc", "sysfs", "devpts", "mqueue", "cgroup", "cgroup2"};

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (mount_case_has_type(mount, types[i]))
            return true;
    return false;
}

int mount_case_live(struct plan_builder *b, const struct mount_case *m, struct caisson_error *err)
{
    if (m->options.remount) {
        spec_error(b->spec, err, builder_format(b, "%s/options", m->pointer),
                   "remount: a mount of a container that is there is not changed");
        return error_hint(err, "add one with the other options over it, or remove it first");
    }
    /* A type that is missing, or "bind" without the option, is refused as ever. */
    if (m->options.bind || !m->mount->type || mount_case_has_type(m->mount, "bind") ||
        is_of_the_kernel(m->mount))
        return 0;
    spec_error(
        b->spec, err, builder_format(b, "%s/type", m->pointer),
        "'%s' would be looked for among the container's files, expected a bind mount, or tmpfs, proc, sysfs, "
        "devpts, mqueue or cgroup",
        m->mount->type);
    return error_hint(err, "mount it on the host, and bind it");
}
