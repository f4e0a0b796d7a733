/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The container process state, handed to the agent that answers seccomp notifications. */
#ifndef CONTAINER_LISTENER_H
#define CONTAINER_LISTENER_H

#include "container/state.h"
#include "spec/spec.h"

struct listener_state {
    const struct state *state;
    enum caisson_status status;
    pid_t pid; /* of the process that the filter is of */
};

/**
 * Connects to the socket at `path` and sends one JSON object, `fd` beside its first bytes
 * (config-linux.md, "The Container Process State").
 */
int listener_send(struct arena *arena, const struct spec *spec, const struct listener_state *state,
                  const char *path, int fd, struct caisson_error *err);

#endif
