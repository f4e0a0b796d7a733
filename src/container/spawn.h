/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starts the init: a sealed copy of its program, the plan beside it, a process in its namespaces and cgroup. */
#ifndef CONTAINER_SPAWN_H
#define CONTAINER_SPAWN_H

#include <sys/types.h>

#include "base/error.h"
#include "container/prepare.h"
#include "plan/plan.h"

struct spawned {
    pid_t pid;   /* in the runtime's process namespace; a child of the caller */
    int pidfd;   /* or -1 */
    int channel; /* the runtime's end */
};

enum spawn_until {
    SPAWN_EXECUTED, /* the init's program is executed; with a pidfd, which the kernel takes its time to make */
    SPAWN_HEARD, /* of a plan that tells only: the init has said all that it says, and has ended or executed the container's */
};

/**
 * Starts the init with the finished plan.
 * @param spec for the places in messages
 * @param cgroup_fd the cgroup that it is born in, or -1
 * @param until up to where this process waits for it
 * @return 0; -1 with `err`, and no process left behind.
 */
int spawn_init(struct plan *plan, const struct spec *spec, const struct prepared *prepared, int cgroup_fd,
               enum spawn_until until, struct spawned *spawned, struct caisson_error *err);

/** That process.oomScoreAdj could not be set. @return -1 always. */
int spawn_oom_score_error(const struct plan *plan, const struct spec *spec, int errnum,
                          struct caisson_error *err);

#endif
