/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* crun's mount option "idmap=uids=C-H-L#C-H-L;gids=C-H-L": an idmapped mount with mappings of its own. */
#ifndef PLAN_MOUNT_IDMAP_H
#define PLAN_MOUNT_IDMAP_H

#include "plan/mount_options.h"

/**
 * Reads option `i` of a mount, which begins with "idmap=", into `options`. Each range is three numbers: the first
 * id in the filesystem, the first id that it is seen as, and how many; ranges are parted by '#'. A range that
 * begins with '@' gives the second number as an id of the container: it goes through the container's own mapping.
 * @return 0, or -1 with `err`
 */
int mount_idmap_parse(struct arena *arena, const struct spec *spec, const struct spec_mount *mount,
                      const char *pointer, size_t i, struct mount_options *options,
                      struct caisson_error *err);

#endif
