/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/context.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/fd.h"
#include "cgroup/cgroup.h"

int container_open(const struct caisson_context *context, const char *id, bool exclusive,
                   struct container *container, struct caisson_error *err)
{
    container->id = id;
    if (state_check_id(id, err) < 0)
        return -1;
    container->root = state_open_root(context, err);
    if (container->root < 0)
        return -1;
    container->dir = state_open(container->root, id, exclusive, &container->lock, err);
    return container->dir < 0 ? -1 : 0;
}

int container_read(struct container *container, struct caisson_error *err)
{
    if (state_read(&container->arena, container->dir, &container->state, err) < 0)
        return error_prefix(err, "container '%s'", container->id);
    return 0;
}

void container_close(struct container *container)
{
    int fds[] = {container->root, container->dir, container->lock};

    fd_close_all(fds, sizeof fds / sizeof fds[0]);
    container->root = container->dir = container->lock = -1;
    arena_free(&container->arena);
}

int container_wrong_status(const struct container *container, const char *verb, enum caisson_status status,
                           const char *needed, struct caisson_error *err)
{
    return error_set(err, CAISSON_ERROR_STATE, "cannot %s container '%s' that is %s: it must be %s", verb,
                     container->id, caisson_status_name(status), needed);
}

int container_cgroup(const struct container *container, const char *verb, struct caisson_error *err)
{
    int fd;

    if (!container->state.cgroup) {
        error_set(err, CAISSON_ERROR_STATE, "cannot %s container '%s': it has no cgroup", verb,
                  container->id);
        return error_hint(err, "it was created without one: cgroup manager 'disabled', or a user without "
                               "delegated cgroups");
    }
    fd = cgroup_open(container->state.cgroup, err);
    if (fd < 0)
        error_prefix(err, "cannot %s container '%s'", verb, container->id);
    return fd;
}

void context_log(const struct caisson_context *context, enum caisson_log_level level, const char *format, ...)
{
    char text[2048];
    va_list ap;

    if (!context->log || level > context->log_level)
        return;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    context->log(context->log_data, level, text);
}
