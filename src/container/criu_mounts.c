/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/criu_mounts.h"

#include <string.h>

#include "container/criu_mountinfo.h"

bool criu_mounts_is_cgroup(const struct spec_mount *mount)
{
    return mount->type && (strcmp(mount->type, "cgroup") == 0 || strcmp(mount->type, "cgroup2") == 0);
}

static char bind_option(const struct spec_mount *mount)
{
    char kind = 0;

    for (size_t i = 0; i < mount->options.count; i++) {
        if (strcmp(mount->options.items[i], "rbind") == 0)
            return 'r';
        if (strcmp(mount->options.items[i], "bind") == 0)
            kind = 'b';
    }
    return kind;
}

char criu_mounts_bind(const struct criu_mounts *mounts, const struct spec_mount *mount)
{
    char kind = bind_option(mount);

    if (!kind && criu_mounts_is_cgroup(mount) && !spec_namespace(mounts->spec, SPEC_NS_CGROUP))
        return mounts->cgroup ? 'b' : 'r';
    return kind;
}

const char *criu_mounts_source(struct arena *arena, const struct criu_mounts *mounts,
                               const struct spec_mount *mount)
{
    const char *source = mount->source ? mount->source : "";

    if (!bind_option(mount) && criu_mounts_is_cgroup(mount))
        return mounts->cgroup ? mounts->cgroup : "/sys/fs/cgroup";
    return *source == '/' ? source : arena_format(arena, "%s/%s", mounts->bundle, source);
}

const struct spec_mount *criu_mounts_holder(const struct spec *spec, size_t before, const char *path)
{
    const struct spec_mount *holder = NULL;

    for (size_t i = 0; i < before; i++) {
        const char *rest = mountinfo_below(path, spec->mounts.items[i].destination);

        if (rest && *rest)
            holder = &spec->mounts.items[i];
    }
    return holder;
}
