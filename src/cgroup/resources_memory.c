/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linux.resources.memory. 0 is "not set" and -1 "no limit", as all who write these files mean them. Version 1 counted
 * memory and swap together (`swap`), version 2 counts them apart.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup/internal.h"

/* What the specification has no conversion for must be an error (config-linux.md, "cgroup v1 to v2"). */
static int refuse_v1(const struct decision *decision, const struct spec_memory *memory,
                     struct caisson_error *err)
{
    static const char why[] = "cgroup version 2 has no such setting";

    if (memory->swappiness.set)
        return decision_fail(decision, "memory/swappiness", err, CAISSON_ERROR_CONFIG,
                             "cannot set the swappiness of a container: %s", why);
    if (memory->disable_oom_killer.set && memory->disable_oom_killer.value)
        return decision_fail(decision, "memory/disableOOMKiller", err, CAISSON_ERROR_CONFIG,
                             "cannot disable the OOM killer for a container: %s", why);
    if (memory->use_hierarchy.set && !memory->use_hierarchy.value)
        return decision_fail(
            decision, "memory/useHierarchy", err, CAISSON_ERROR_CONFIG,
            "cannot account memory without hierarchy: cgroup version 2 always does it with one");
    if (memory->kernel.set && memory->kernel.value > 0)
        return decision_fail(decision, "memory/kernel", err, CAISSON_ERROR_CONFIG,
                             "cannot limit kernel memory on its own: version 2 counts it in memory.limit");
    if (memory->kernel_tcp.set && memory->kernel_tcp.value > 0)
        return decision_fail(decision, "memory/kernelTCP", err, CAISSON_ERROR_CONFIG,
                             "cannot limit memory of TCP on its own: version 2 counts it in memory.limit");
    return 0;
}

static const char *bytes_text(struct arena *arena, int64_t bytes)
{
    return bytes == -1 ? "max" : arena_format(arena, "%" PRId64, bytes);
}

/* update without a limit: the one that holds. @return 0 when there is none to know. */
static int64_t limit_in_force(const struct decision *decision)
{
    const char *text = decision_current(decision, "memory.max");

    if (!text)
        return 0;
    return strncmp(text, "max", 3) == 0 ? -1 : strtoll(text, NULL, 10);
}

/* @param swap receives the value of memory.swap.max: -1 no limit, -2 leave it alone */
static int convert_swap(const struct decision *decision, const struct spec_memory *memory, int64_t *swap,
                        struct caisson_error *err)
{
    int64_t limit = memory->limit.set ? memory->limit.value : 0;
    int64_t both = memory->swap.set ? memory->swap.value : 0;

    *swap = -2;
    if (both == 0 && limit == -1)
        both = -1; /* "no limit" on memory alone would leave the old limit on swap behind */
    if (both == 0)
        return 0;
    if (both == -1) {
        *swap = -1;
        return 0;
    }
    if (limit == 0)
        limit = limit_in_force(decision);
    if (limit == 0)
        return decision_fail(decision, "memory/swap", err, CAISSON_ERROR_CONFIG,
                             "unable to set swap limit without memory limit: 'swap' counts both together");
    if (limit == -1)
        return decision_fail(
            decision, "memory/swap", err, CAISSON_ERROR_CONFIG,
            "unable to set swap limit without memory limit: memory has no limit, so memory and "
            "swap together cannot have one");
    if (both < limit)
        return decision_fail(decision, "memory/swap", err, CAISSON_ERROR_CONFIG,
                             "memory and swap together (%" PRId64
                             ") cannot be less than memory alone (%" PRId64 ")",
                             both, limit);
    *swap = both - limit;
    return 0;
}

static uint64_t current_bytes(const struct decision *decision, const char *file)
{
    const char *text = decision_current(decision, file);

    return text ? strtoull(text, NULL, 10) : 0;
}

/* checkBeforeUpdate: a limit below what is in use would have processes killed at once. */
static int check_usage(const struct decision *decision, const struct spec_memory *memory,
                       struct caisson_error *err)
{
    uint64_t used;

    if (!memory->check_before_update.set || !memory->check_before_update.value || !decision->current)
        return 0;
    used = current_bytes(decision, "memory.current");
    if (memory->limit.set && memory->limit.value > 0 && (uint64_t)memory->limit.value <= used)
        return decision_fail(decision, "memory/limit", err, CAISSON_ERROR_CONFIG,
                             "rejecting memory limit %" PRId64 " <= usage %" PRIu64, memory->limit.value,
                             used);
    used += current_bytes(decision, "memory.swap.current");
    if (memory->swap.set && memory->swap.value > 0 && (uint64_t)memory->swap.value <= used)
        return decision_fail(decision, "memory/swap", err, CAISSON_ERROR_CONFIG,
                             "rejecting memory+swap limit %" PRId64 " <= usage %" PRIu64, memory->swap.value,
                             used);
    return 0;
}

static int check_range(const struct decision *decision, const struct spec_i64 *value, const char *member,
                       struct caisson_error *err)
{
    if (!value->set || value->value >= -1)
        return 0;
    return decision_fail(decision, member, err, CAISSON_ERROR_CONFIG,
                         "%" PRId64 " is no amount of memory: bytes, or -1 for no limit", value->value);
}

static int add_bytes(struct decision *decision, const char *file, const char *member, int64_t bytes,
                     struct caisson_error *err)
{
    return decision_add(decision,
                        &(struct decision_value){.file = file,
                                                 .controller = "memory",
                                                 .member = member,
                                                 .value = bytes_text(decision->arena, bytes),
                                                 .no_limit = bytes == -1},
                        err);
}

int decide_memory(struct decision *decision, const struct spec_memory *memory, struct caisson_error *err)
{
    int64_t swap;

    if (refuse_v1(decision, memory, err) < 0 ||
        check_range(decision, &memory->limit, "memory/limit", err) < 0 ||
        check_range(decision, &memory->reservation, "memory/reservation", err) < 0 ||
        check_range(decision, &memory->swap, "memory/swap", err) < 0 ||
        check_usage(decision, memory, err) < 0 || convert_swap(decision, memory, &swap, err) < 0)
        return -1;
    if (memory->reservation.set && memory->reservation.value != 0 &&
        add_bytes(decision, "memory.low", "memory/reservation", memory->reservation.value, err) < 0)
        return -1;
    /* Swap first: memory that must go when the limit falls may then go there. */
    if (swap != -2) {
        struct decision_value value = {
            .file = "memory.swap.max",
            .controller = "memory",
            .member = memory->swap.set ? "memory/swap" : "memory/limit",
            .value = bytes_text(decision->arena, swap),
            .no_limit = swap == -1,
            .may_be_missing = swap <= 0, /* without swap accounting there is none to forbid, or to allow */
        };
        if (decision_add(decision, &value, err) < 0)
            return -1;
    }
    if (memory->limit.set && memory->limit.value != 0)
        return add_bytes(decision, "memory.max", "memory/limit", memory->limit.value, err);
    return 0;
}
