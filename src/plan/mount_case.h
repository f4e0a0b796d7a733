/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One entry of mounts[] while it is decided. Private to the files of src/plan that are about mounts. */
#ifndef PLAN_MOUNT_CASE_H
#define PLAN_MOUNT_CASE_H

#include <string.h>

#include "plan/builder.h"
#include "plan/mount_options.h"

struct mount_case {
    const struct spec_mount *mount;
    const char *pointer; /* "/mounts/3" */
    struct mount_options options;
    struct plan_mount step;
};

/** @return whether the mount's type is this one. It means nothing for a bind mount. */
static inline bool mount_case_has_type(const struct spec_mount *mount, const char *type)
{
    return mount->type && strcmp(mount->type, type) == 0;
}

/* ---- mount_tree.c ---- */

/** Adds a bind mount of what is at `source` on the host. */
int mount_case_tree(struct plan_builder *b, struct mount_case *m, const char *source,
                    struct caisson_error *err);

/* ---- mount_proc.c ---- */

/** Refuses what would hide or fake procfs, and says in the step what may lie on it. */
int mount_case_proc(struct plan_builder *b, struct mount_case *m, struct caisson_error *err);

/* ---- mount_live.c ---- */

/** Refuses what cannot be added to a container that is there without trusting its files. */
int mount_case_live(struct plan_builder *b, const struct mount_case *m, struct caisson_error *err);

/* ---- mount_special.c: mounts that come to something else than their type says ---- */

/** @return whether this is a symbolic link. */
bool mount_case_is_link(const char *path);

/** Adds the link that the option copy-symlink makes of a source that is one. */
int mount_case_link(struct plan_builder *b, const struct mount_case *m, const char *source,
                    struct caisson_error *err);

/** Adds cgroup v2: a new mount of it in a cgroup namespace, otherwise a bind mount. */
int mount_case_cgroup(struct plan_builder *b, struct mount_case *m, struct caisson_error *err);

/** Adds the host's sysfs, read-only, where the kernel does not let the container mount its own. */
int mount_case_foreign_sysfs(struct plan_builder *b, struct mount_case *m, struct caisson_error *err);

#endif
