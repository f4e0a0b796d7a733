/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux.resources.cpu: the cpu and cpuset controllers. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup/internal.h"

enum { DEFAULT_PERIOD = 100000, DEFAULT_WEIGHT = 100 };

static int add(struct decision *decision, const char *file, const char *member, const char *value,
               bool no_limit, struct caisson_error *err)
{
    return decision_add(
        decision,
        &(struct decision_value){.file = file,
                                 .controller = strncmp(file, "cpuset.", 7) == 0 ? "cpuset" : "cpu",
                                 .member = member,
                                 .value = value,
                                 .no_limit = no_limit},
        err);
}

static int refuse_realtime(const struct decision *decision, const struct spec_cpu *cpu,
                           struct caisson_error *err)
{
    const char *member = NULL;

    if (cpu->realtime_runtime.set && cpu->realtime_runtime.value != 0)
        member = "cpu/realtimeRuntime";
    else if (cpu->realtime_period.set && cpu->realtime_period.value != 0)
        member = "cpu/realtimePeriod";
    if (!member)
        return 0;
    return decision_fail(decision, member, err, CAISSON_ERROR_CONFIG,
                         "cannot give a container real-time CPU time: cgroup version 2 has no such setting");
}

/* The two words of cpu.max as they are in force, for an update that sets one of them. */
static void current_max(const struct decision *decision, int64_t *quota, uint64_t *period)
{
    const char *text = decision_current(decision, "cpu.max");
    char *rest;

    *quota = -1;
    *period = DEFAULT_PERIOD;
    if (!text)
        return;
    if (strncmp(text, "max", 3) != 0)
        *quota = strtoll(text, NULL, 10);
    rest = strchr(text, ' ');
    if (rest)
        *period = strtoull(rest, NULL, 10);
}

static int add_max(struct decision *decision, const struct spec_cpu *cpu, int64_t quota, uint64_t period,
                   struct caisson_error *err)
{
    const char *member = cpu->quota.set && cpu->quota.value != 0 ? "cpu/quota" : "cpu/period";
    const char *value = quota == -1 ? arena_format(decision->arena, "max %" PRIu64, period)
                                    : arena_format(decision->arena, "%" PRId64 " %" PRIu64, quota, period);

    return add(decision, "cpu.max", member, value, quota == -1, err);
}

static int decide_bandwidth(struct decision *decision, const struct spec_cpu *cpu, struct caisson_error *err)
{
    bool has_quota = cpu->quota.set && cpu->quota.value != 0;
    bool has_period = cpu->period.set && cpu->period.value != 0;
    bool has_max = has_quota || has_period;
    const char *burst = cpu->burst.set ? arena_format(decision->arena, "%" PRIu64, cpu->burst.value) : NULL;
    int64_t old_quota, quota;
    uint64_t period;
    bool burst_fits;

    if (has_quota && cpu->quota.value < -1)
        return decision_fail(decision, "cpu/quota", err, CAISSON_ERROR_CONFIG,
                             "%" PRId64 " is no quota: microseconds, or -1 for no limit", cpu->quota.value);
    current_max(decision, &old_quota, &period);
    quota = has_quota ? cpu->quota.value : old_quota;
    period = has_period ? cpu->period.value : period;
    /* The kernel wants burst <= quota at every moment: what makes room for the other is written first. */
    burst_fits = old_quota == -1 || (cpu->burst.set && cpu->burst.value <= (uint64_t)old_quota);
    if (burst && burst_fits &&
        add(decision, "cpu.max.burst", "cpu/burst", burst, cpu->burst.value == 0, err) < 0)
        return -1;
    if (has_max && add_max(decision, cpu, quota, period, err) < 0)
        return -1;
    if (burst && !burst_fits)
        return add(decision, "cpu.max.burst", "cpu/burst", burst, cpu->burst.value == 0, err);
    return 0;
}

static int decide_weight(struct decision *decision, const struct spec_cpu *cpu, struct caisson_error *err)
{
    bool idle = cpu->idle.set && cpu->idle.value == 1;
    unsigned weight;

    if (cpu->idle.set) {
        if (cpu->idle.value != 0 && cpu->idle.value != 1)
            return decision_fail(decision, "cpu/idle", err, CAISSON_ERROR_CONFIG,
                                 "cpu.idle is 0 or 1, not %" PRId64, cpu->idle.value);
        if (add(decision, "cpu.idle", "cpu/idle", idle ? "1" : "0", !idle, err) < 0)
            return -1;
    }
    /* An idle cgroup has the least weight there is, and the kernel refuses another. */
    if (!cpu->shares.set || cpu->shares.value == 0 || idle)
        return 0;
    weight = shares_to_weight(cpu->shares.value);
    /* containerd writes the default of 1024 into every configuration: it asks for nothing that was not so before. */
    return add(decision, "cpu.weight", "cpu/shares", arena_format(decision->arena, "%u", weight),
               weight == DEFAULT_WEIGHT, err);
}

int decide_cpu(struct decision *decision, const struct spec_cpu *cpu, struct caisson_error *err)
{
    if (refuse_realtime(decision, cpu, err) < 0 || decide_weight(decision, cpu, err) < 0 ||
        decide_bandwidth(decision, cpu, err) < 0)
        return -1;
    if (cpu->cpus && *cpu->cpus && add(decision, "cpuset.cpus", "cpu/cpus", cpu->cpus, false, err) < 0)
        return -1;
    if (cpu->mems && *cpu->mems)
        return add(decision, "cpuset.mems", "cpu/mems", cpu->mems, false, err);
    return 0;
}
