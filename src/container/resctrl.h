/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The resctrl group of a container (linux.intelRdt): shares of the cache and of memory bandwidth. */
#ifndef CONTAINER_RESCTRL_H
#define CONTAINER_RESCTRL_H

#include <stdbool.h>

#include "container/context.h"

/* A change that can still be taken back. */
struct resctrl_update {
    int schemata;    /* the group's file, or -1: nothing was changed */
    const char *old; /* what it held, in the container's arena */
};

/**
 * Writes options->l3_cache_schema ("L3:0=f;1=f") and options->mem_bw_schema ("MB:0=20") into the schemata of the
 * container's group; does nothing without them.
 * @return 0, or -1 with `err`: resctrl is not mounted, the container has no group, a schema that it refuses
 */
int resctrl_change(const struct caisson_context *context, struct container *container,
                   const struct caisson_update_options *options, struct resctrl_update *update,
                   struct caisson_error *err);

/** Ends the change. @param keep false: puts the old schemata back; a failure to do so is `err`'s hint */
void resctrl_end(struct resctrl_update *update, bool keep, struct caisson_error *err);

#endif
