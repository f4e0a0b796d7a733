/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each operation on an existing container begins with. */
#ifndef CONTAINER_CONTEXT_H
#define CONTAINER_CONTEXT_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "container/state.h"

/* A container that is open: its directory, and its lock when it is to be changed. */
struct container {
    const char *id; /* the caller's */
    int root, dir, lock;
    struct state state; /* in the arena; zeros until container_read() */
    struct arena arena;
};

/* Sizes of the ARENA_ROOM() of a container's arena: for most states, for what a process or a container is made from. */
enum { ROOM_STATE = 6 * 1024, ROOM_PROCESS = 16 * 1024, ROOM_CONTAINER = 32 * 1024 };

#define _cleanup_container_ __attribute__((cleanup(container_close)))
#define CONTAINER_CLOSED(room)                                                                               \
    {                                                                                                        \
        .root = -1, .dir = -1, .lock = -1, .arena = ARENA_IN(room)                                           \
    }

/**
 * Opens a container's directory.
 * @param container closed, so far
 * @param exclusive take its lock, as an operation that changes the container must
 * @return 0, or -1 with `err`: a wrong id (CAISSON_ERROR_USAGE), no such container (CAISSON_ERROR_NOT_FOUND)
 */
int container_open(const struct caisson_context *context, const char *id, bool exclusive,
                   struct container *container, struct caisson_error *err);

/** Reads state.json and pid into container->state; errors name the container. */
int container_read(struct container *container, struct caisson_error *err);

/** Closes what is open and lets go of the lock. */
void container_close(struct container *container);

/**
 * Records that the container's status does not allow an operation (CAISSON_ERROR_STATE).
 * @param verb   "pause": completes "cannot ..."
 * @param needed what it would have to be: "running"
 * @return -1 always.
 */
int container_wrong_status(const struct container *container, const char *verb, enum caisson_status status,
                           const char *needed, struct caisson_error *err);

/** Opens the container's cgroup. @return a descriptor; -1 with `err`, whose errnum is ENOENT when it is gone. */
int container_cgroup(const struct container *container, const char *verb, struct caisson_error *err);

/** Hands a message to the caller's log. */
void context_log(const struct caisson_context *context, enum caisson_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
