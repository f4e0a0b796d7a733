/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mounts of a container that is there. Its processes may be hostile by now and change files while the init looks: what
 * is mounted comes from the host by descriptor, or from the kernel alone, and what is unmounted is where it is said to
 * be.
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

static int add_unmount(struct plan_builder *b, size_t index, struct caisson_error *err)
{
    const char *path = b->spec->mounts.items[index].destination;
    const char *pointer = builder_format(b, "/mounts/%zu/destination", index);

    if (plan_is_root(path))
        return spec_error(b->spec, err, pointer, "'%s' is the root filesystem itself, which stays", path);
    builder_step(b, PLAN_OP_UNMOUNT, pointer, &(struct plan_path){.path = builder_text(b, path)});
    return 0;
}

int plan_live_mounts(struct plan_builder *b, struct caisson_error *err)
{
    if (!plan_own_namespace(b, SPEC_NS_MOUNT))
        return error_set(err, CAISSON_ERROR_STATE,
                         "container '%s' has no mount namespace of its own: its mounts are the host's",
                         b->request->id);
    if (b->request->purpose == PLAN_FOR_MOUNT) {
        if (plan_mounts(b, err) < 0)
            return -1;
        plan_late_readonly(b);
        return 0;
    }
    for (size_t i = 0; i < b->spec->mounts.count; i++)
        if (add_unmount(b, i, err) < 0)
            return -1;
    return 0;
}
