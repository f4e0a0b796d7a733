/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Properties of the process that are one system call each. */
#include "init/init.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int init_RLIMIT(struct init *init, const struct plan_rlimit *step)
{
    const struct {
        uint64_t soft, hard;
    } limit = {step->soft, step->hard};

    (void)init;
    return (int)syscall(SYS_prlimit64, 0, step->resource, &limit, NULL);
}

int init_SCHEDULER(struct init *init, const struct plan_scheduler *step)
{
    /* The specification has flags for the utilization clamps, and no values: -1 is the kernel's default. */
    const struct { /* struct sched_attr of Linux 5.3 */
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
        uint32_t util_min, util_max;
    } attr = {
        .size = sizeof attr,
        .policy = step->policy,
        .flags = step->flags,
        .nice = step->nice,
        .priority = (uint32_t)step->priority,
        .runtime = step->runtime,
        .deadline = step->deadline,
        .period = step->period,
        .util_min = UINT32_MAX,
        .util_max = UINT32_MAX,
    };

    (void)init;
    return (int)syscall(SYS_sched_setattr, 0, &attr, 0);
}

int init_IOPRIO(struct init *init, const struct plan_ioprio *step)
{
    enum { WHO_PROCESS_GROUP = 2 }; /* config.md: "the I/O priority of the process group" */

    (void)init;
    return (int)syscall(SYS_ioprio_set, WHO_PROCESS_GROUP, 0, step->value);
}

int init_AFFINITY(struct init *init, const struct plan_affinity *step)
{
    return (int)syscall(SYS_sched_setaffinity, 0, step->length, init_text(init, step->mask));
}

int init_MEMPOLICY(struct init *init, const struct plan_mempolicy *step)
{
    /* The kernel reads one bit less than it is told. */
    return (int)syscall(SYS_set_mempolicy, step->mode, init_text_maybe(init, step->nodes),
                        step->nodes ? step->bits + 1 : 0);
}

int init_PERSONALITY(struct init *init, const struct plan_personality *step)
{
    (void)init;
    return syscall(SYS_personality, step->persona) < 0 ? -1 : 0;
}

int init_UMASK(struct init *init, const struct plan_umask *step)
{
    init->umask = step->mask;
    return 0;
}

int init_NO_NEW_PRIVS(struct init *init, const struct plan_no_new_privs *step)
{
    (void)init;
    (void)step;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}
