/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The container process state, handed to the agent that answers seccomp notifications. */
#ifndef CONTAINER_LISTENER_H
#define CONTAINER_LISTENER_H

#include "container/state.h"
#include "spec/spec.h"

/**
 * Connects to the socket at `path` and sends one JSON object, `fd` beside its first bytes
 * (config-linux.md, "The Container Process State").
 */
int listener_send(struct arena *arena, const struct spec *spec, const struct state *state, const char *path,
                  pid_t pid, int fd, struct caisson_error *err);

#endif
