/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the records (state_pid.c) and the kernel say of some containers at a time: fewer system calls for each than alone. */
#ifndef CONTAINER_LOOK_H
#define CONTAINER_LOOK_H

#include <caisson/caisson.h>

#include "base/arena.h"

/* At most so many at a time: two descriptors of each are open meanwhile. */
enum { LOOK_BLOCK = 32 };

struct cgroup_near;

/**
 * Fills in those of `found` that the record is enough for: the program has been executed, and the kernel answers every
 * question. The others' `id` stays NULL: they have to be asked in full, which takes their lock, and says what is wrong.
 * @param arena  for the strings
 * @param near   see cgroup_open_events()
 * @param status whether the status (and with it, which pid to show) is wanted; otherwise the id alone is set
 */
void look_at(struct arena *arena, int root, char *const *ids, size_t count, bool status,
             struct cgroup_near *near, struct caisson_container *found);

#endif
