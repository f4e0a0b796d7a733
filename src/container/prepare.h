/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens on the host what a plan's slots stand for, and fills the descriptors in. */
#ifndef CONTAINER_PREPARE_H
#define CONTAINER_PREPARE_H

#include <stdbool.h>
#include <sys/resource.h>

#include "base/error.h"
#include "plan/plan.h"
#include "spec/spec.h"

/* The descriptors that the init inherits. */
struct prepared {
    int *fds;
    size_t count;
    int start;            /* of them: the listening socket of `start`, or -1 */
    int lock;             /* of them: the lock on `created`, or -1 */
    bool raised_nofile;   /* the soft limit of this process, for so many of them */
    struct rlimit nofile; /* what it was before */
};

/**
 * Opens all of a plan's slots. Nothing is attached anywhere yet: closing the descriptors undoes it.
 * @param dir   the container's state directory, for the socket and the lock; -1 for exec
 * @param pidfd what joins a container: the container's first process, taken with TAKE_FD; otherwise NULL
 * @return 0, or -1 with `err` at the value's place in the configuration; `prepared` is to be released either way.
 */
int prepare(struct plan *plan, const struct spec *spec, int dir, int *pidfd, struct prepared *prepared,
            struct caisson_error *err);

/** @return the lock on `created`, which is the caller's from now on; -1: there is none. */
int prepare_take_lock(struct prepared *prepared);

/** Closes all of them. */
void prepare_release(struct prepared *prepared);

#endif
