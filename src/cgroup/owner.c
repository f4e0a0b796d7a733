/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who owns the container's cgroup: config-linux.md, "Cgroup ownership". Only a container with a cgroup namespace of
 * its own, and a cgroup mount that can be written to, has any use for it; only in a user namespace of its own is
 * its user another one than the host's of that number.
 */
#include <string.h>

#include "cgroup/internal.h"

static bool mount_is_writable(const struct spec_mount *mount)
{
    bool writable = true;

    for (size_t i = 0; i < mount->options.count; i++) {
        if (strcmp(mount->options.items[i], "ro") == 0)
            writable = false;
        else if (strcmp(mount->options.items[i], "rw") == 0)
            writable = true;
    }
    return writable;
}

static bool has_writable_cgroup_mount(const struct spec *spec)
{
    bool writable = false;

    /* The last mount on a place is the one that is seen. */
    for (size_t i = 0; i < spec->mounts.count; i++) {
        const struct spec_mount *mount = &spec->mounts.items[i];

        if (strcmp(mount->destination, "/sys/fs/cgroup") == 0)
            writable = mount->type && strncmp(mount->type, "cgroup", 6) == 0 && mount_is_writable(mount);
    }
    return writable;
}

void decide_owner(struct arena *arena, const struct spec *spec, struct cgroup_plan *plan)
{
    const struct spec_id_mappings *map = &spec->linux_->uid_mappings;
    uint32_t uid = spec->process ? spec->process->user.uid : 0;

    if (!spec_new_namespace(spec, SPEC_NS_CGROUP) || !spec_new_namespace(spec, SPEC_NS_USER) ||
        !has_writable_cgroup_mount(spec))
        return;
    for (size_t i = 0; i < map->count; i++) {
        const struct spec_id_mapping *m = &map->items[i];

        if (uid >= m->container_id && uid - m->container_id < m->size)
            plan->delegate_uid = arena_format(arena, "%u", m->host_id + (uid - m->container_id));
    }
}
