/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The runtime's side of the conversation with an init: from its start until the program is executed. */
#ifndef CONTAINER_LAUNCH_H
#define CONTAINER_LAUNCH_H

#include <caisson/caisson.h>

#include "container/net_devices.h"
#include "container/spawn.h"
#include "container/state.h"
#include "plan/plan.h"

struct launch {
    const struct caisson_context *context;
    struct arena *arena;
    const struct spec *spec;
    const struct plan *plan; /* NULL when unknown: messages then name no step */
    const struct state *state;
    enum caisson_status status; /* of the container meanwhile, as others are told of it */
    struct spawned process;
    bool forked;                    /* PLAN_MESSAGE_FORKED has come: `process` is the one that goes on */
    int console;                    /* a socket that gets the terminal's master, or -1: it is kept */
    int master;                     /* the terminal's master, or -1 */
    struct net_devices net_devices; /* those that were moved into the container */
};

#define LAUNCH_INIT                                                                                          \
    {                                                                                                        \
        .process = {.pidfd = -1, .channel = -1}, .console = -1, .master = -1,                                \
        .net_devices = NET_DEVICES_INIT                                                                      \
    }

/** Up to where the init is accompanied. */
enum launch_goal {
    LAUNCH_READY,    /* the container is created */
    LAUNCH_EXECUTED, /* the program runs */
};

/**
 * Answers the init until it has come so far: id maps, hooks, terminal, seccomp listener.
 * @return 0; -1 with `err`: then the init has ended or is about to.
 */
int launch_accompany(struct launch *launch, enum launch_goal goal, struct caisson_error *err);

/** Runs the prestart and createRuntime hooks. */
int launch_run_hooks(struct launch *launch, struct caisson_error *err);

/** Sends the terminal's master to the socket, or keeps it where there is none; taken with TAKE_FD then. */
int launch_take_terminal(struct launch *launch, int *fd, struct caisson_error *err);

/** Sets process.oomScoreAdj from outside: a score below the runtime's own needs a privilege over the host. */
int launch_write_oom_score(const struct launch *launch, struct caisson_error *err);

/** Lets an init that waits go on. */
int launch_go(const struct launch *launch, struct caisson_error *err);

/** Kills the process and reaps it. */
void launch_kill(struct launch *launch);

/** Closes the descriptors. The process lives on. */
void launch_release(struct launch *launch);

/** Writes a process id to the file that a caller named, completely or not at all. */
int launch_write_pid_file(const char *path, pid_t pid, struct caisson_error *err);

#endif
