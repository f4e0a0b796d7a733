/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caisson_statistics() */
#include <time.h>
#include <unistd.h>

#include "base/contract.h"
#include "base/fd.h"
#include "cgroup/cgroup.h"
#include "container/context.h"

enum { NS_PER_S = 1000000000 };

static uint64_t now(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * NS_PER_S + (uint64_t)time.tv_nsec;
}

/* Start times are clock ticks since boot. */
static int uptime(const struct state *state, uint64_t *uptime_ns, struct caisson_error *err)
{
    uint64_t ticks = state->start_time, started, time;

    if (ticks == 0 && state_process_start_time(state->pid, &ticks, err) < 0)
        return -1;
    started = ticks * (NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK));
    time = now(CLOCK_BOOTTIME);
    *uptime_ns = ticks > 0 && time > started ? time - started : 0;
    return 0;
}

int caisson_statistics(const struct caisson_context *context, const char *id,
                       struct caisson_statistics *statistics, struct caisson_error *err)
{
    ARENA_ROOM(room, ROOM_STATE);
    struct container container _cleanup_container_ = CONTAINER_CLOSED(room);
    _cleanup_close_ int cgroup = -1;
    enum caisson_status status;

    if (container_open(context, id, false, &container, err) < 0 || container_read(&container, err) < 0 ||
        state_status(container.dir, &container.state, &status, NULL, err) < 0)
        return -1;
    if (status == CAISSON_STOPPED)
        return error_set(err, CAISSON_ERROR_NOT_RUNNING,
                         "cannot read the statistics of container '%s': " CONTRACT_NOT_RUNNING, id);
    if (status == CAISSON_CREATING)
        return container_wrong_status(&container, "read the statistics of", status,
                                      "created, running or paused", err);
    cgroup = container_cgroup(&container, "read the statistics of", err);
    if (cgroup < 0)
        return -1;
    statistics->time_ns = now(CLOCK_MONOTONIC);
    if (uptime(&container.state, &statistics->uptime_ns, err) < 0)
        return -1;
    return cgroup_sample(cgroup, statistics, err);
}
