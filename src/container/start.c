/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caisson_start() */
#include "container/start.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "container/bundle.h"
#include "container/context.h"
#include "container/delete.h"
#include "container/hooks.h"

int start_run_poststart(struct launch *launch, struct caisson_error *err)
{
    struct hook_place place _cleanup_hook_place_ = {0};
    const char *state;

    if (!launch->state->poststart)
        return 0;
    state = state_json(launch->arena, launch->state, CAISSON_RUNNING, launch->state->pid);
    if (hook_place_open(launch->spec, launch->state->bundle, &place, err) < 0)
        return -1;
    if (hooks_run(&launch->spec->hooks.poststart, "poststart", state, &place, err) < 0)
        return -1;
    context_log(launch->context, CAISSON_LOG_DEBUG, "ran %zu poststart hooks",
                launch->spec->hooks.poststart.count);
    return 0;
}

/* The init listens until it is started; its socket's backlog holds us until it looks. */
static int connect_init(const struct container *container, struct caisson_error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    _cleanup_close_ int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    int result;

    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/start", container->dir);
    if (fd < 0)
        return error_system(err, errno, "cannot start container '%s'", container->id);
    do
        result = connect(fd, (const struct sockaddr *)&address, sizeof address);
    while (result < 0 && errno == EINTR);
    if (result < 0)
        return error_system(err, errno, "cannot reach the process of container '%s'", container->id);
    return TAKE_FD(fd);
}

/* The plan that the init follows, so that a failure can name its step. Without it, it still names the action. */
static struct plan *load_plan(struct container *container)
{
    struct plan *plan = arena_new(&container->arena, struct plan);
    const char *problem;

    plan->arena = &container->arena;
    plan->program =
        file_read(&container->arena, container->dir, "plan", PLAN_SIZE_LIMIT, &plan->program_size, NULL);
    if (plan->program && plan_check(plan->program, plan->program_size, &problem) < 0)
        plan->program = NULL;
    return plan;
}

/* The stored configuration has the hooks; with the plan it tells where a failure comes from. */
static int execute(struct container *container, struct launch *launch, struct caisson_error *err)
{
    struct bundle bundle;

    if (bundle_load_stored(&container->arena, launch->context, container->dir, &bundle, err) < 0)
        return -1;
    if (plan_check_process(bundle.spec, err) < 0)
        return -1;
    launch->spec = bundle.spec;
    launch->plan = load_plan(container);
    launch->process.channel = connect_init(container, err);
    if (launch->process.channel < 0)
        return -1;
    if (launch_go(launch, err) < 0 || launch_accompany(launch, LAUNCH_EXECUTED, err) < 0 ||
        state_wait_executed(container->dir, err) < 0)
        return -1;
    context_log(launch->context, CAISSON_LOG_DEBUG, "the init has executed the program");
    state_write_executed(container->dir, &container->state);
    return start_run_poststart(launch, err);
}

static int start_open(const struct caisson_context *context, struct container *container,
                      struct caisson_error *err)
{
    struct launch launch = LAUNCH_INIT;
    enum caisson_status status;
    int result;

    if (container_read(container, err) < 0 ||
        state_status(container->dir, &container->state, &status, NULL, err) < 0)
        return -1;
    if (status != CAISSON_CREATED)
        return container_wrong_status(container, "start", status, "created", err);
    launch.context = context;
    launch.arena = &container->arena;
    launch.state = &container->state;
    launch.status = CAISSON_CREATED;
    result = execute(container, &launch, err);
    launch_release(&launch);
    if (result == 0)
        unlinkat(container->dir, "start", 0);
    return result;
}

int caisson_start(const struct caisson_context *context, const char *id, struct caisson_error *err)
{
    ARENA_ROOM(room, ROOM_PROCESS);
    struct container container _cleanup_container_ = CONTAINER_CLOSED(room);
    struct caisson_error why = {0};

    if (container_open(context, id, true, &container, err) < 0)
        return -1;
    if (start_open(context, &container, &why) == 0)
        return 0;
    if (err)
        *err = why;
    /* config.md, "Poststart": the container is stopped, and the lifecycle goes on with delete. */
    if (why.code == CAISSON_ERROR_HOOK)
        delete_container(context, &container, true, NULL);
    return -1;
}
