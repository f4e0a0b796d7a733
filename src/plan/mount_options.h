/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of mount options: the specification's, and crun's copy-symlink, src-nofollow, dest-nofollow. */
#ifndef PLAN_MOUNT_OPTIONS_H
#define PLAN_MOUNT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "spec/spec.h"

/*
 * What the options of one mount come to. Later options win over earlier ones: to carry that out, the recursive
 * members are applied first and the mount's own after them.
 */
struct mount_options {
    bool bind;      /* bind or rbind stands among them */
    bool recursive; /* rbind */
    bool remount;
    bool copy_up;                /* tmpcopyup */
    bool idmap, idmap_recursive; /* idmap, ridmap */
    bool source_nofollow, dest_nofollow, copy_symlink;
    uint64_t attr_set;           /* MOUNT_ATTR_* of this mount; atime values included */
    uint64_t attr_clear;         /* MOUNT_ATTR__ATIME whenever attr_set decides the access times */
    uint64_t attr_set_recursive; /* rro, rnosuid, ... */
    uint64_t attr_clear_recursive;
    uint64_t propagation;           /* MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE, or 0 */
    uint64_t propagation_recursive; /* the same for rshared, ... */
    /* For a new filesystem: what belongs to its superblock. */
    struct spec_pairs parameters; /* key, value; a flag has the value "" */
    bool superblock_readonly;     /* "ro": also a parameter */
    unsigned long classic_flags;  /* superblock_* and attr_set as MS_* for mount(2) */
    const char *data;             /* the same as comma-joined text for mount(2), "" when empty */
    bool has_data;                /* an option that is not in the table stands among them */
    bool long_value;              /* a value is longer than 255 bytes: fsconfig(2) refuses it */
    bool needs_classic;           /* that, or another thing that only mount(2) can say: PLAN_MOUNT_CLASSIC */
    /* crun's "idmap=uids=C-H-L#...;gids=...": NULL without it. Also sets `idmap`. */
    const struct spec_id_mappings *idmap_uids, *idmap_gids;
};

/**
 * Reads the options of one mount. An option that is not in the table is data for the filesystem; on a bind mount
 * that is an error with a "did you mean". Options of the superblock have no effect on a bind mount, as in mount(2).
 * @param pointer JSON pointer of the mount, for messages
 * @return 0, or -1 with `err` (CAISSON_ERROR_CONFIG) at the option
 */
int mount_options_parse(struct arena *arena, const struct spec *spec, const struct spec_mount *mount,
                        const char *pointer, struct mount_options *options, struct caisson_error *err);

/** @return the name of option `i` of the table for `features`, or NULL behind the last. */
const char *mount_options_name(unsigned i);

#endif
