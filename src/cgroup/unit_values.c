/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of a cgroup as properties of a unit, those that systemd has. The exact values are written to the files too. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup/unit.h"

enum { SECOND_US = 1000000, PERCENT_US = SECOND_US / 100, LIST_LIMIT = 8192 };

static struct cgroup_property number(struct arena *arena, const char *name, uint64_t value)
{
    const char **values = arena_array(arena, 1, sizeof *values);

    values[0] = arena_format(arena, "%" PRIu64, value);
    return (struct cgroup_property){name, "t", values, 1};
}

static uint64_t limit_value(const char *text)
{
    return strncmp(text, "max", 3) == 0 ? UINT64_MAX : strtoull(text, NULL, 10);
}

static void add_number(struct arena *arena, struct cgroup_properties *limits, const char *name,
                       const char *value)
{
    struct cgroup_property property = number(arena, name, limit_value(value));

    properties_add(arena, limits, &property);
}

/*
 * systemd knows CPU time a second, in whole percents of a processor: rounded up, so that what is written to cpu.max
 * itself is never more than systemd thinks right.
 */
static void add_quota(struct arena *arena, struct cgroup_properties *limits, const char *name,
                      const char *value)
{
    uint64_t quota = limit_value(value), period = 0;
    const char *blank = strchr(value, ' ');
    struct cgroup_property property;

    if (blank)
        period = strtoull(blank, NULL, 10);
    if (quota != UINT64_MAX && (period == 0 || quota > UINT64_MAX / SECOND_US))
        return;
    if (quota != UINT64_MAX)
        quota = (quota * SECOND_US / period + PERCENT_US - 1) / PERCENT_US * PERCENT_US;
    property = number(arena, name, quota);
    properties_add(arena, limits, &property);
    if (period == 0)
        return;
    property = number(arena, "CPUQuotaPeriodUSec", period);
    properties_add(arena, limits, &property);
}

/* "0-2,7" as a set of bits, the lowest in the first byte. */
static void add_set(struct arena *arena, struct cgroup_properties *limits, const char *name,
                    const char *value)
{
    unsigned char bits[LIST_LIMIT / 8] = {0};
    const char **values = arena_array(arena, sizeof bits, sizeof *values);
    size_t count = 0;

    while (*value >= '0' && *value <= '9') {
        char *end;
        unsigned long first = strtoul(value, &end, 10), last = first;

        if (*end == '-')
            last = strtoul(end + 1, &end, 10);
        for (unsigned long i = first; i <= last && i < LIST_LIMIT; i++) {
            bits[i / 8] |= (unsigned char)(1u << i % 8);
            count = i / 8 + 1 > count ? i / 8 + 1 : count;
        }
        value = *end == ',' ? end + 1 : end;
    }
    for (size_t i = 0; i < count; i++)
        values[i] = arena_format(arena, "%u", bits[i]);
    properties_add(arena, limits, &(struct cgroup_property){name, "ay", values, count});
}

static const struct {
    const char *file, *property;
    void (*add)(struct arena *arena, struct cgroup_properties *limits, const char *name, const char *value);
} known[] = {
    {"memory.max", "MemoryMax", add_number},
    {"memory.high", "MemoryHigh", add_number},
    {"memory.low", "MemoryLow", add_number},
    {"memory.min", "MemoryMin", add_number},
    {"memory.swap.max", "MemorySwapMax", add_number},
    {"cpu.weight", "CPUWeight", add_number},
    {"cpu.max", "CPUQuotaPerSecUSec", add_quota},
    {"cpuset.cpus", "AllowedCPUs", add_set},
    {"cpuset.mems", "AllowedMemoryNodes", add_set},
    {"io.weight", "IOWeight", add_number},
    {"pids.max", "TasksMax", add_number},
};

static void add_value(struct arena *arena, struct cgroup_properties *limits, const char *file,
                      const char *value)
{
    for (size_t i = 0; file && i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].file, file) == 0)
            known[i].add(arena, limits, known[i].property, value);
}

void unit_limits_of_writes(struct arena *arena, const struct cgroup_plan *plan, struct cgroup_unit *unit)
{
    for (size_t i = 0; i < plan->write_count; i++) {
        const struct cgroup_write *write = &plan->writes[i];

        /* "8:0 100" is the weight of a device */
        if (write->else_file && !strchr(write->else_value, ' '))
            add_value(arena, &unit->limits, write->else_file, write->else_value);
        else if (strcmp(write->file, "io.weight") != 0 || !strchr(write->value, ' '))
            add_value(arena, &unit->limits, write->file, write->value);
    }
}

/* The least that lets caisson-systemd and the container's process work that builds it. */
static const struct {
    const char *property;
    uint64_t least;
} room[] = {
    {"MemoryMax", 32 * 1024 * 1024},
    {"MemoryHigh", 32 * 1024 * 1024},
    {"TasksMax", 8},
    {"CPUQuotaPerSecUSec", SECOND_US / 10},
};

static bool has_room(const struct cgroup_properties *limits)
{
    for (size_t i = 0; i < limits->count; i++)
        for (size_t k = 0; k < sizeof room / sizeof *room; k++)
            if (strcmp(limits->items[i].name, room[k].property) == 0 &&
                strtoull(limits->items[i].values[0], NULL, 10) < room[k].least)
                return false;
    return true;
}

void unit_limits_at_start(struct arena *arena, struct cgroup_unit *unit)
{
    if (!has_room(&unit->limits))
        return;
    for (size_t i = 0; i < unit->limits.count; i++)
        properties_add(arena, &unit->properties, &unit->limits.items[i]);
    unit->limits.count = 0;
}
