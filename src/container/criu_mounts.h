/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * criu makes the container's own filesystems again: proc, tmpfs with what is in it, devpts, ... What comes from the
 * host it has to be told: at the dump, which mounts those are, each with a key; at the restore, what is to be had for
 * each key. The key is where it is mounted, or /dev/null for what hides files, as with runc, so that each can restore the
 * other's images.
 */
#ifndef CONTAINER_CRIU_MOUNTS_H
#define CONTAINER_CRIU_MOUNTS_H

#include <sys/types.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "spec/spec.h"

/* A container's mounts as its configuration has them. */
struct criu_mounts {
    const struct spec *spec;
    const char *bundle; /* absolute: relative sources start from it */
    const char *rootfs; /* absolute */
    const char *cgroup; /* the container's, absolute; NULL: none */
};

/**
 * Dump: tells criu which mounts of a process come from outside.
 * @return 0, or -1 with `err`: one that cannot be made again (ids are mapped).
 */
int criu_mounts_dump(const struct criu_mounts *mounts, pid_t pid, struct strbuf *options,
                     struct caisson_error *err);

/** Restore: tells criu what there is for the keys. */
int criu_mounts_restore(const struct criu_mounts *mounts, struct strbuf *options, struct caisson_error *err);

/**
 * Restore: makes the files and directories that are missing where something is to be mounted, in the root filesystem
 * and in what is bound, as the init of a new container does.
 */
int criu_mounts_make_targets(const struct criu_mounts *mounts, struct arena *arena,
                             struct caisson_error *err);

/**
 * @return 'b' for a bind mount, 'r' for one with what is below it, 0 for a filesystem of its own. Without a cgroup
 *         namespace the container's cgroup is bound, too.
 */
char criu_mounts_bind(const struct criu_mounts *mounts, const struct spec_mount *mount);

/** @return whether the mount's type is that of cgroups. */
bool criu_mounts_is_cgroup(const struct spec_mount *mount);

/** @return the source of a bind mount as an absolute path. */
const char *criu_mounts_source(struct arena *arena, const struct criu_mounts *mounts,
                               const struct spec_mount *mount);

/** @return the last mount before number `before` that a path is in or below, or NULL: the root filesystem. */
const struct spec_mount *criu_mounts_holder(const struct spec *spec, size_t before, const char *path);

#endif
