/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caisson_mounts_add(), caisson_mounts_remove(): an init that enters the container, changes its mounts and ends. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/contract.h"
#include "base/fd.h"
#include "base/file.h"
#include "container/bundle.h"
#include "container/context.h"
#include "container/launch.h"

static int check_status(const struct container *container, int *pidfd, struct caisson_error *err)
{
    enum caisson_status status;

    if (state_status(container->dir, &container->state, &status, pidfd, err) < 0)
        return -1;
    if (status == CAISSON_STOPPED)
        return error_set(err, CAISSON_ERROR_NOT_RUNNING,
                         "cannot change the mounts of container '%s': " CONTRACT_NOT_RUNNING, container->id);
    if (status == CAISSON_CREATING)
        return container_wrong_status(container, "change the mounts of", status, "created, running or paused",
                                      err);
    return 0;
}

/* The container's configuration, with the mounts of the file in the place of its own. */
static int read_mounts(struct container *container, const struct caisson_context *context, const char *name,
                       struct spec *spec, struct caisson_error *err)
{
    bool standard_input = strcmp(name, "-") == 0;
    struct arena *arena = &container->arena;
    const struct spec *file = NULL;
    struct bundle bundle;
    size_t length;
    char *text;

    if (bundle_load_stored(arena, context, container->dir, &bundle, err) < 0)
        return -1;
    text = standard_input ? file_read_fd(arena, STDIN_FILENO, "standard input", SPEC_SIZE_LIMIT, &length, err)
                          : file_read(arena, AT_FDCWD, name, SPEC_SIZE_LIMIT, &length, err);
    if (text)
        file = spec_parse_mounts(arena, standard_input ? "standard input" : name, text, length, bundle_debug,
                                 (void *)(uintptr_t)context, err);
    if (!file)
        return -1;
    *spec = *bundle.spec;
    spec->mounts = file->mounts;
    spec->mounts_source = file->mounts_source;
    return 0;
}

static int decide(struct container *container, const struct caisson_context *context,
                  enum plan_purpose purpose, const struct spec *spec, struct plan *plan,
                  struct caisson_error *err)
{
    struct plan_host host;
    struct plan_request request = {
        .purpose = purpose,
        .spec = spec,
        .host = &host,
        .id = container->id,
        .bundle = container->state.bundle,
        .rootfs = -1,
        .cgroup_path = container->state.cgroup,
        .notice = bundle_warn,
        .notice_data = (void *)(uintptr_t)context,
    };

    if (plan_host_probe(&host, err) < 0)
        return -1;
    return plan_build(&container->arena, &request, plan, err);
}

/* Not in the container's cgroup: it may be frozen, or have no room for one more process. */
static int carry_out(struct launch *launch, struct plan *plan, int *pidfd, struct caisson_error *err)
{
    struct prepared prepared;
    int result = prepare(plan, launch->spec, -1, pidfd, &prepared, err);

    if (result == 0)
        result = spawn_init(plan, launch->spec, &prepared, -1, SPAWN_HEARD, &launch->process, err);
    prepare_release(&prepared);
    if (result == 0)
        result = launch_accompany(launch, LAUNCH_READY, err);
    launch_kill(launch);
    return result;
}

static int change(const struct caisson_context *context, const char *id, const char *file,
                  enum plan_purpose purpose, struct caisson_error *err)
{
    ARENA_ROOM(room, ROOM_CONTAINER);
    struct container container _cleanup_container_ = CONTAINER_CLOSED(room);
    struct launch launch = LAUNCH_INIT;
    _cleanup_close_ int pidfd = -1;
    struct plan plan;
    struct spec spec;
    int result;

    if (container_open(context, id, true, &container, err) < 0 || container_read(&container, err) < 0 ||
        check_status(&container, &pidfd, err) < 0 || read_mounts(&container, context, file, &spec, err) < 0 ||
        decide(&container, context, purpose, &spec, &plan, err) < 0)
        return -1;
    launch.context = context;
    launch.arena = &container.arena;
    launch.spec = &spec;
    launch.plan = &plan;
    launch.state = &container.state;
    launch.status = CAISSON_RUNNING;
    result = carry_out(&launch, &plan, &pidfd, err);
    launch_release(&launch);
    return result;
}

int caisson_mounts_add(const struct caisson_context *context, const char *id, const char *file,
                       struct caisson_error *err)
{
    return change(context, id, file, PLAN_FOR_MOUNT, err);
}

int caisson_mounts_remove(const struct caisson_context *context, const char *id, const char *file,
                          struct caisson_error *err)
{
    return change(context, id, file, PLAN_FOR_UNMOUNT, err);
}
