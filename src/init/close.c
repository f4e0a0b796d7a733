/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Descriptors that no step needs any more are closed: the caller's own, which may be directories of the host, and
 * those of steps that are done. Whoever waits for a pipe to be closed should not wait for `start`, and what is not
 * open cannot be reached (rule R4: CVE-2016-9962, CVE-2024-21626). To be closed by the execution would be too late:
 * "/proc/self/fd/9/bin/sh", as the program or behind "#!", is looked up before that.
 */
#include "init/init.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/weaken.h"

static void take_least(plan_fd fd, unsigned from, unsigned *least)
{
    if (fd >= 0 && (unsigned)fd >= from && (unsigned)fd < *least)
        *least = (unsigned)fd;
}

static void take_least_of_step(const struct plan_step *step, unsigned from, unsigned *least)
{
    switch (step->op) {
    case PLAN_OP_JOIN:
        take_least(PLAN_BODY(plan_join, step)->fd, from, least);
        break;
    case PLAN_OP_MOUNT:
        take_least(PLAN_BODY(plan_mount, step)->fd, from, least);
        break;
    case PLAN_OP_START:
        take_least(PLAN_BODY(plan_start, step)->socket, from, least);
        take_least(PLAN_BODY(plan_start, step)->lock, from, least);
        break;
    case PLAN_OP_HOOK:
        take_least(PLAN_BODY(plan_hook, step)->output, from, least);
        take_least(PLAN_BODY(plan_hook, step)->errors, from, least);
        break;
    default:
        break;
    }
}

/* @return the lowest descriptor from `from` on that a step from `first` on needs, ~0 when there is none. */
static unsigned next_needed(const struct init *init, uint32_t first, unsigned from)
{
    const struct plan_step *step = plan_first(init->plan);
    unsigned least = ~0U;

    take_least(init->channel, from, &least);
    if (procfs_needed(init, first))
        take_least(init->proc, from, &least);
    for (uint32_t i = 0; i < init->plan->step_count; i++, step = plan_next(step))
        if (i >= first)
            take_least_of_step(step, from, &least);
    return least;
}

/* @return the first descriptor that the container's process does not inherit. */
static unsigned first_own(const struct init *init)
{
    const struct plan_step *step = plan_first(init->plan);

    for (uint32_t i = 0; i < init->plan->step_count; i++, step = plan_next(step))
        if (step->op == PLAN_OP_START)
            return 3 + PLAN_BODY(plan_start, step)->keep_fds;
    return 3;
}

int close_few(const struct init *init)
{
    enum { FEW = 48, ENOUGH = 128 };
    const struct plan_step *step = plan_first(init->plan);

    for (uint32_t i = 0; i < init->plan->step_count; i++, step = plan_next(step))
        if (step->op == PLAN_OP_RLIMIT && PLAN_BODY(plan_rlimit, step)->resource == RLIMIT_NOFILE &&
            PLAN_BODY(plan_rlimit, step)->soft < ENOUGH)
            return 0;
    return FEW;
}

void close_later(const struct init *init, int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fds[i] < init->few)
            fds[i] = -1;
    fd_close_all(fds, count);
}

int close_unneeded(struct init *init, uint32_t first)
{
    unsigned from = first_own(init);

    init->root = init->null = init->empty = init->parent = -1;
    if (weakened("close"))
        return 0;
    if (!procfs_needed(init, first))
        init->proc = -1;
    for (;;) {
        unsigned next = next_needed(init, first, from);

        if (next > from && syscall(SYS_close_range, from, next - (next != ~0U), 0) < 0)
            return -1;
        if (next == ~0U)
            return 0;
        from = next + 1;
    }
}
