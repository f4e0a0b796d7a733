/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The processes of a container that has no cgroup: those of its process namespace. */
#ifndef CONTAINER_MEMBERS_H
#define CONTAINER_MEMBERS_H

#include <stdbool.h>
#include <sys/types.h>

#include "container/context.h"

/** Whether a container that has no cgroup has a process namespace of its own, by which its processes are known. */
bool members_known(const struct container *container);

/**
 * @param pids receives the processes of the container's process namespace, ascending, in the container's arena
 * @return 0, or -1 with `err`.
 */
int members_list(struct container *container, pid_t **pids, size_t *count, struct caisson_error *err);

/** Sends a signal to each of them. @return 0, or -1 with `err`. */
int members_signal(struct container *container, int signal, struct caisson_error *err);

#endif
