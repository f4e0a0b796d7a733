/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making a container: what create and run have in common. */
#ifndef CONTAINER_CREATE_H
#define CONTAINER_CREATE_H

#include "container/context.h"
#include "container/decide.h"
#include "container/intel_rdt.h"
#include "container/launch.h"

/* A container in the making. Its memory is that of `container.arena`. */
struct creation {
    struct container container; /* its lock is held until the creation is released */
    enum plan_purpose purpose;
    struct decision decision;
    struct launch launch;
    struct prepared prepared;
    struct intel_rdt rdt;
    bool gone_ahead; /* the init need not wait for start: it has been told to go on */
    int rdt_root;    /* -1: the container has no resctrl group */
    int cgroup_fd;   /* -1: none */
    int created_fd;  /* shares the init's lock on the file `created`; -1: none yet */
};

#define _cleanup_creation_ __attribute__((cleanup(create_release)))
#define CREATION_INIT(room)                                                                                  \
    {                                                                                                        \
        .container = CONTAINER_CLOSED(room), .launch = LAUNCH_INIT, .rdt_root = -1, .cgroup_fd = -1,         \
        .created_fd = -1                                                                                     \
    }

/**
 * Makes the container, up to where its process waits for start. On failure everything that was changed is undone.
 * @return 0, or -1 with `err`
 */
int create_container(const struct caisson_context *context, const struct caisson_create_options *options,
                     enum plan_purpose purpose, struct creation *creation, struct caisson_error *err);

/* Its parts, for who makes the process in another way. What fails is undone by create_undo(). */

/**
 * Reads the bundle, decides, and writes down what will be made.
 * @return 0, or -1 with `err`
 */
int create_begin(const struct caisson_context *context, const struct caisson_create_options *options,
                 enum plan_purpose purpose, struct creation *creation, struct caisson_error *err);

/** Connects to the socket that gets the terminal, and makes the cgroup and the resctrl group. */
int create_surroundings(struct creation *creation, const struct caisson_create_options *options,
                        struct caisson_error *err);

/** Writes down launch.process.pid as the container's first process. */
int create_record_process(struct creation *creation, struct caisson_error *err);

/** Puts the process into its resctrl group and limits its cgroup: what built the container is not its to pay for. */
int create_limit(struct creation *creation, struct caisson_error *err);

/** Tells the caller of the process: by the pidfd socket and the pid file. */
int create_announce(const struct creation *creation, const struct caisson_create_options *options,
                    struct caisson_error *err);

/** Kills the process and undoes everything, as `delete --force` would. What cannot be undone is logged. */
void create_undo(struct creation *creation);

/** Lets the lock go and closes the descriptors. */
void create_release(struct creation *creation);

#endif
