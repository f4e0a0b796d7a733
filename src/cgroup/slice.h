/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "slice:prefix:name", the way in which the callers of the systemd driver write linux.cgroupsPath. */
#ifndef CGROUP_SLICE_H
#define CGROUP_SLICE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"

struct slice_name {
    const char *slice;      /* "machine-a.slice" */
    const char *slice_path; /* where systemd keeps it: "/machine.slice/machine-a.slice"; "" for "-.slice" */
    const char *unit;       /* "prefix-name.scope" */
};

/** @return whether `text` is written that way: two colons and no slash. */
bool slice_is_name(const char *text);

/**
 * Takes it apart. An empty slice is system.slice, for a user's own systemd user.slice.
 * @return 0, or -1 with `err`: the slice's name is none.
 */
int slice_parse(struct arena *arena, const char *text, bool user, struct slice_name *name,
                struct caisson_error *err);

/** Expands "a-b.slice" to "/a.slice/a-b.slice", as systemd.slice(5) says. @return NULL: it is not a slice's name. */
const char *slice_expand(struct arena *arena, const char *slice);

#endif
