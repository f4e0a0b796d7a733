/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caisson_events() */
#include <errno.h>
#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/contract.h"
#include "base/fd.h"
#include "base/json.h"
#include "cgroup/cgroup.h"
#include "container/context.h"

typedef int visitor(void *data, const char *json, struct caisson_error *err);

struct events {
    struct container container;
    visitor *visit;
    void *data;
    int pidfd, cgroup;
    int memory; /* memory.events, or -1: no memory controller */
    int timer;
    int64_t oom_kills;
};

#define _cleanup_events_ __attribute__((cleanup(close_all)))

static void close_all(struct events *events)
{
    fd_close(events->pidfd);
    fd_close(events->cgroup);
    fd_close(events->memory);
    fd_close(events->timer);
    container_close(&events->container);
}

static int open_all(struct events *events, const struct caisson_context *context,
                    const struct caisson_events_options *options, struct caisson_error *err)
{
    struct container *container = &events->container;
    enum caisson_status status;

    if (container_open(context, options->id, false, container, err) < 0 || container_read(container, err) < 0)
        return -1;
    if (state_status(container->dir, &container->state, &status, &events->pidfd, err) < 0)
        return -1;
    if (status == CAISSON_STOPPED)
        return error_set(err, CAISSON_ERROR_NOT_RUNNING,
                         "cannot report the events of container '%s': " CONTRACT_NOT_RUNNING, options->id);
    if (status == CAISSON_CREATING)
        return container_wrong_status(container, "report the events of", status, "created, running or paused",
                                      err);
    events->cgroup = container_cgroup(container, "report the events of", err);
    return events->cgroup < 0 ? -1 : 0;
}

static int report_statistics(const struct events *events, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    struct strbuf text = STRBUF(&arena);
    struct json json = {.out = &text};

    json_object(&json, NULL);
    json_string(&json, "type", "stats");
    json_string(&json, "id", events->container.id);
    json_object(&json, "data");
    if (cgroup_statistics(&arena, events->cgroup, &json, err) < 0)
        return -1;
    json_object_end(&json);
    json_object_end(&json);
    return events->visit(events->data, text.data, err);
}

static int report_oom(struct events *events, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    struct strbuf text = STRBUF(&arena);
    struct json json = {.out = &text};
    int64_t kills = cgroup_read_oom_kills(events->memory);

    if (kills < 0) /* the cgroup is gone: poll(2) would not wait for its file any more */
        events->memory = fd_close(events->memory);
    if (kills <= events->oom_kills)
        return 0;
    events->oom_kills = kills;
    json_object(&json, NULL);
    json_string(&json, "type", "oom");
    json_string(&json, "id", events->container.id);
    json_object_end(&json);
    return events->visit(events->data, text.data, err);
}

static int start_timer(struct events *events, unsigned interval_ms, struct caisson_error *err)
{
    struct timespec interval = {.tv_sec = interval_ms / 1000,
                                .tv_nsec = (long)(interval_ms % 1000) * 1000000};
    struct itimerspec times = {.it_interval = interval, .it_value = interval};

    if (interval_ms == 0)
        return 0;
    events->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    if (events->timer < 0 || timerfd_settime(events->timer, 0, &times, NULL) < 0)
        return error_system(err, errno, "cannot start a timer");
    return 0;
}

/* The timer has run out, perhaps more than once while nobody looked: one report makes up for all. */
static int on_timer(const struct events *events, struct caisson_error *err)
{
    struct caisson_error why = {0};
    uint64_t times;

    if (read(events->timer, &times, sizeof times) < 0)
        return error_system(err, errno, "cannot read a timer");
    if (report_statistics(events, &why) == 0)
        return 0;
    if (why.code == CAISSON_ERROR_NOT_RUNNING)
        return 0; /* removed between the process's end and our hearing of it: poll(2) tells */
    if (err)
        *err = why;
    return -1;
}

static int watch(struct events *events, struct caisson_error *err)
{
    enum { PROCESS, MEMORY, TIMER, COUNT };

    for (;;) {
        struct pollfd polls[COUNT] = {
            [PROCESS] = {.fd = events->pidfd, .events = POLLIN},
            [MEMORY] = {.fd = events->memory, .events = POLLPRI},
            [TIMER] = {.fd = events->timer, .events = POLLIN},
        };

        if (poll(polls, COUNT, -1) < 0) {
            if (errno == EINTR)
                continue;
            return error_system(err, errno, "cannot wait for events");
        }
        /* Also when the process has ended: what it died of is told last. */
        if (events->memory >= 0 && report_oom(events, err) < 0)
            return -1;
        if (polls[PROCESS].revents)
            return 0;
        if (polls[TIMER].revents && on_timer(events, err) < 0)
            return -1;
    }
}

int caisson_events(const struct caisson_context *context, const struct caisson_events_options *options,
                   visitor *event, void *data, struct caisson_error *err)
{
    ARENA_ROOM(room, ROOM_STATE);
    struct events events _cleanup_events_ = {
        .container = CONTAINER_CLOSED(room),
        .visit = event,
        .data = data,
        .pidfd = -1,
        .cgroup = -1,
        .memory = -1,
        .timer = -1,
    };

    if (open_all(&events, context, options, err) < 0)
        return -1;
    if (options->once)
        return report_statistics(&events, err);
    events.memory = cgroup_open_memory_events(events.cgroup);
    if (events.memory >= 0)
        events.oom_kills = cgroup_read_oom_kills(events.memory);
    if (start_timer(&events, options->interval_ms, err) < 0)
        return -1;
    return watch(&events, err);
}
