/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caisson_run() */
#include "container/create.h"
#include "container/delete.h"
#include "container/lock.h"
#include "container/start.h"
#include "container/terminal.h"

/* The lock was let go while the container ran, so that others could kill and look at it. */
static int end(struct creation *c, const struct caisson_create_options *options, struct caisson_error *err)
{
    if (options->keep)
        return 0;
    return delete_ended(c->launch.context, &c->container, err);
}

static int start(struct creation *c, const struct caisson_create_options *options, struct caisson_error *err)
{
    c->launch.status = CAISSON_CREATED;
    if ((!c->gone_ahead && launch_go(&c->launch, err) < 0) ||
        launch_accompany(&c->launch, LAUNCH_EXECUTED, err) < 0)
        return -1;
    /* For whoever looks next: hooks, and what the caller does after a return. Nobody waits for either otherwise. */
    if ((options->detach || c->container.state.poststart) && state_wait_executed(c->container.dir, err) < 0)
        return -1;
    context_log(c->launch.context, CAISSON_LOG_DEBUG, "the init has executed the program");
    /* One that is waited for is deleted soon, as a rule. */
    if (options->detach)
        state_write_executed(c->container.dir, &c->container.state);
    return start_run_poststart(&c->launch, err);
}

int caisson_run(const struct caisson_context *context, const struct caisson_create_options *options,
                int *exit_status, struct caisson_error *err)
{
    ARENA_ROOM(room, ROOM_CONTAINER);
    struct creation creation _cleanup_creation_ = CREATION_INIT(room);
    struct launch *launch = &creation.launch;

    *exit_status = 0;
    if (!options->detach && terminal_block_signals(err) < 0)
        return -1;
    if (create_container(context, options, PLAN_FOR_RUN, &creation, err) < 0)
        return -1;
    if (start(&creation, options, err) < 0) {
        create_undo(&creation);
        return -1;
    }
    if (options->detach)
        return 0;
    lock_let_go(creation.container.lock);
    if (terminal_foreground(launch->process.pid, launch->master, exit_status, err) < 0) {
        caisson_delete(context, options->id, true, NULL);
        return -1;
    }
    context_log(context, CAISSON_LOG_DEBUG, "the program has ended: exit status %d", *exit_status);
    return end(&creation, options, err);
}
