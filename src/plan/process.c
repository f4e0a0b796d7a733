/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* process.rlimits, scheduler, ioPriority, execCPUAffinity, user.umask; linux.personality, memoryPolicy. */
#include <linux/ioprio.h>
#include <string.h>
#include <sys/personality.h>

#include "plan/builder.h"

static void add_rlimits(struct plan_builder *b)
{
    for (size_t i = 0; i < b->process->rlimits.count; i++) {
        const struct spec_rlimit *limit = &b->process->rlimits.items[i];
        struct plan_rlimit step = {
            .soft = limit->soft,
            .hard = limit->hard,
            .resource = (uint32_t)limit->resource,
        };

        builder_step(b, PLAN_OP_RLIMIT, arena_numbered(b->plan->arena, "/process/rlimits/", i), &step);
    }
}

static void add_scheduler(struct plan_builder *b)
{
    const struct spec_scheduler *scheduler = b->process->scheduler;
    struct plan_scheduler step;

    if (!scheduler)
        return;
    step = (struct plan_scheduler){
        .policy = (uint32_t)scheduler->policy,
        .nice = (int32_t)scheduler->nice.value,
        .flags = scheduler->flags,
        .priority = (uint64_t)scheduler->priority.value,
        .runtime = scheduler->runtime.value,
        .deadline = scheduler->deadline.value,
        .period = scheduler->period.value,
    };
    builder_step(b, PLAN_OP_SCHEDULER, "/process/scheduler", &step);
}

static void add_io_priority(struct plan_builder *b)
{
    const struct spec_io_priority *io = b->process->io_priority;
    struct plan_ioprio step;

    if (!io)
        return;
    step.value = (uint32_t)io->class << IOPRIO_CLASS_SHIFT | (uint32_t)io->priority;
    builder_step(b, PLAN_OP_IOPRIO, "/process/ioPriority", &step);
}

/* What the kernel can be built for: it leaves out those that the machine has not, or the cgroup's cpuset. */
enum { PROCESSORS_MAX = 8192 };

static unsigned char *every_processor(struct arena *arena, uint32_t *bits)
{
    unsigned char *mask = arena_alloc(arena, PROCESSORS_MAX / 8);

    memset(mask, 0xff, PROCESSORS_MAX / 8);
    *bits = PROCESSORS_MAX;
    return mask;
}

/*
 * `initial` is the runtime's to take on, before the process enters its cgroup; `final` is the process's own, and
 * without it the affinity is "the container's default", not what `initial` was.
 */
static int add_affinity(struct plan_builder *b, struct caisson_error *err)
{
    const struct spec_cpu_affinity *affinity = b->process->exec_cpu_affinity;
    struct plan_affinity step;
    unsigned char *mask;
    uint32_t bits;

    if (!affinity || b->request->purpose != PLAN_FOR_EXEC)
        return 0;
    if (affinity->initial && *affinity->initial) {
        b->plan->affinity = plan_number_list(b->plan->arena, affinity->initial, &b->plan->affinity_bits);
        if (!b->plan->affinity)
            return spec_error(b->spec, err, "/process/execCPUAffinity/initial",
                              "'%s' is no list of processors, expected one like \"0-3,7\"",
                              affinity->initial);
    }
    if (affinity->final && *affinity->final)
        mask = plan_number_list(b->plan->arena, affinity->final, &bits);
    else if (b->plan->affinity)
        mask = every_processor(b->plan->arena, &bits);
    else
        return 0;
    if (!mask)
        return spec_error(b->spec, err, "/process/execCPUAffinity/final",
                          "'%s' is no list of processors, expected one like \"0-3,7\"", affinity->final);
    step.length = (bits + 63) / 64 * 8;
    step.mask = builder_bytes(b, mask, step.length);
    builder_step(b, PLAN_OP_AFFINITY, "/process/execCPUAffinity/final", &step);
    return 0;
}

static int add_memory_policy(struct plan_builder *b, struct caisson_error *err)
{
    const struct spec_memory_policy *policy = b->spec->linux_->memory_policy;
    struct plan_mempolicy step = {0};

    if (!policy)
        return 0;
    step.mode = (uint32_t)policy->mode | policy->flags;
    if (policy->nodes && *policy->nodes) {
        unsigned char *mask = plan_number_list(b->plan->arena, policy->nodes, &step.bits);

        if (!mask)
            return spec_error(b->spec, err, "/linux/memoryPolicy/nodes",
                              "'%s' is no list of memory nodes, expected one like \"0-1\"", policy->nodes);
        step.nodes = builder_bytes(b, mask, (step.bits + 63) / 64 * 8);
    }
    builder_step(b, PLAN_OP_MEMPOLICY, "/linux/memoryPolicy", &step);
    return 0;
}

int plan_limits(struct plan_builder *b, struct caisson_error *err)
{
    const struct spec_personality *personality = b->spec->linux_->personality;

    add_rlimits(b);
    add_scheduler(b);
    add_io_priority(b);
    if (add_affinity(b, err) < 0 || add_memory_policy(b, err) < 0)
        return -1;
    if (personality)
        builder_step(b, PLAN_OP_PERSONALITY, "/linux/personality",
                     &(struct plan_personality){.persona = personality->linux32 ? PER_LINUX32 : PER_LINUX});
    if (b->process->user.umask.set)
        builder_step(b, PLAN_OP_UMASK, "/process/user/umask",
                     &(struct plan_umask){.mask = b->process->user.umask.value});
    return 0;
}
