/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Removing a container, for whoever holds its lock. */
#ifndef CONTAINER_DELETE_H
#define CONTAINER_DELETE_H

#include "container/context.h"

/**
 * Ends what is left of the container's processes, then undoes what state.json says was made: cgroup, resctrl
 * group; runs the poststop hooks, and removes the directory last. Cut short at any point, it can be run again.
 * @param container with its lock; state is read here
 * @param force     whatever its status is; otherwise it must be stopped, or created
 * @return 0, or -1 with `err`: CAISSON_ERROR_STATE, CAISSON_ERROR_TIMEOUT when a process does not end within 10 s
 */
int delete_container(const struct caisson_context *context, struct container *container, bool force,
                     struct caisson_error *err);

/**
 * The same for a container whose state is in memory as it was written, whose lock was let go
 * (lock_let_go()), and whose first process
 * has ended. One that somebody else has deleted meanwhile is no error.
 */
int delete_ended(const struct caisson_context *context, struct container *container,
                 struct caisson_error *err);

#endif
