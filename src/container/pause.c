/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caisson_pause() and caisson_resume() */
#include "base/fd.h"
#include "cgroup/cgroup.h"
#include "container/context.h"

static int set_frozen(const struct caisson_context *context, const char *id, bool freeze,
                      struct caisson_error *err)
{
    ARENA_ROOM(room, ROOM_STATE);
    struct container container _cleanup_container_ = CONTAINER_CLOSED(room);
    const char *verb = freeze ? "pause" : "resume";
    _cleanup_close_ int cgroup = -1;
    enum caisson_status status;

    if (container_open(context, id, true, &container, err) < 0 || container_read(&container, err) < 0 ||
        state_status(container.dir, &container.state, &status, NULL, err) < 0)
        return -1;
    if (freeze && status != CAISSON_RUNNING && status != CAISSON_CREATED)
        return container_wrong_status(&container, verb, status, "running or created", err);
    if (!freeze && status != CAISSON_PAUSED)
        return container_wrong_status(&container, verb, status, "paused", err);
    cgroup = container_cgroup(&container, verb, err);
    if (cgroup < 0)
        return -1;
    if (cgroup_freeze(cgroup, freeze, err) < 0)
        return error_prefix(err, "cannot %s container '%s'", verb, id);
    return 0;
}

int caisson_pause(const struct caisson_context *context, const char *id, struct caisson_error *err)
{
    return set_frozen(context, id, true, err);
}

int caisson_resume(const struct caisson_context *context, const char *id, struct caisson_error *err)
{
    return set_frozen(context, id, false, err);
}
