/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Statistics in the shape of runc's events, which containerd and others read: names and units are those of cgroup
 * version 1 (nanoseconds, memory and swap added up). What a controller that is off does not tell is left out.
 * Beyond runc's: memory.usage.max from memory.peak, the counters of memory.events and pids.events, pids.peak.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cgroup/internal.h"
#include "cgroup/statistics.h"

enum { TEXT_SIZE = 16384, NANOSECONDS = 1000 };

static void print_flat(struct json *json, const char *text, const char *key, const char *name, uint64_t unit)
{
    int64_t value = flat_value(text, key);

    if (value >= 0)
        json_u64(json, name, (uint64_t)value * unit);
}

/* Every "KEY NUMBER" line as a member. */
static void print_all(struct json *json, const char *name, char *text)
{
    char *save = NULL;

    json_object(json, name);
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        char *blank = strchr(line, ' ');

        if (!blank)
            continue;
        *blank = '\0';
        json_u64(json, line, strtoull(blank + 1, NULL, 10));
    }
    json_object_end(json);
}

/* Number of a file that holds one, "max" as the greatest. @return whether there is such a file. */
static bool read_number(int fd, const char *file, uint64_t *number)
{
    char text[64];

    *number = 0;
    if (cgroup_read(fd, file, text, sizeof text) <= 0)
        return false;
    *number = strncmp(text, "max", 3) == 0 ? UINT64_MAX : strtoull(text, NULL, 10);
    return true;
}

static void print_cpu(struct json *json, int fd)
{
    char stat[1024];

    json_object(json, "cpu");
    if (cgroup_read(fd, "cpu.stat", stat, sizeof stat) > 0) {
        json_object(json, "usage");
        print_flat(json, stat, "usage_usec", "total", NANOSECONDS);
        print_flat(json, stat, "system_usec", "kernel", NANOSECONDS);
        print_flat(json, stat, "user_usec", "user", NANOSECONDS);
        json_object_end(json);
        json_object(json, "throttling");
        print_flat(json, stat, "nr_periods", "periods", 1);
        print_flat(json, stat, "nr_throttled", "throttledPeriods", 1);
        print_flat(json, stat, "throttled_usec", "throttledTime", NANOSECONDS);
        print_flat(json, stat, "nr_bursts", "bursts", 1);
        print_flat(json, stat, "burst_usec", "burstTime", NANOSECONDS);
        json_object_end(json);
    }
    statistics_print_pressure(json, fd, "cpu.pressure");
    json_object_end(json);
}

/* "0-3,7" as [0,1,2,3,7]. */
static void print_list(struct json *json, const char *name, const char *text)
{
    json_array(json, name);
    while (*text >= '0' && *text <= '9') {
        char *end;
        unsigned long first = strtoul(text, &end, 10), last = first;

        if (*end == '-')
            last = strtoul(end + 1, &end, 10);
        for (unsigned long i = first; i <= last && i < UINT16_MAX; i++)
            json_u64(json, NULL, i);
        text = *end == ',' ? end + 1 : end;
    }
    json_array_end(json);
}

static void print_cpuset(struct json *json, int fd)
{
    char text[4096];

    json_object(json, "cpuset");
    if (cgroup_read(fd, "cpuset.cpus.effective", text, sizeof text) > 0)
        print_list(json, "cpus", text);
    if (cgroup_read(fd, "cpuset.mems.effective", text, sizeof text) > 0)
        print_list(json, "mems", text);
    json_object_end(json);
}

struct memory_entry {
    uint64_t limit, usage, peak;
    bool has_peak;
};

static void print_entry(struct json *json, const char *name, const struct memory_entry *entry,
                        int64_t failures)
{
    json_object(json, name);
    json_u64(json, "limit", entry->limit);
    json_u64(json, "usage", entry->usage);
    if (entry->has_peak)
        json_u64(json, "max", entry->peak);
    json_u64(json, "failcnt", failures > 0 ? (uint64_t)failures : 0);
    json_object_end(json);
}

/* Version 1 knew no swap by itself: what it called swap was memory and swap, and its readers count on that. */
static bool read_swap(int fd, const struct memory_entry *memory, struct memory_entry *both)
{
    if (!read_number(fd, "memory.swap.current", &both->usage))
        return false;
    both->usage += memory->usage;
    read_number(fd, "memory.swap.max", &both->limit);
    if (memory->limit == UINT64_MAX || both->limit > UINT64_MAX - memory->limit)
        both->limit = UINT64_MAX;
    else
        both->limit += memory->limit;
    return true;
}

static void print_memory(struct json *json, int fd)
{
    struct memory_entry memory = {0}, both = {0};
    char stat[TEXT_SIZE], events[1024], swap_events[512];

    json_object(json, "memory");
    if (read_number(fd, "memory.current", &memory.usage)) {
        cgroup_read(fd, "memory.events", events, sizeof events);
        cgroup_read(fd, "memory.swap.events", swap_events, sizeof swap_events);
        cgroup_read(fd, "memory.stat", stat, sizeof stat);
        read_number(fd, "memory.max", &memory.limit);
        memory.has_peak = read_number(fd, "memory.peak", &memory.peak);
        print_flat(json, stat, "file", "cache", 1);
        print_entry(json, "usage", &memory, flat_value(events, "max"));
        if (read_swap(fd, &memory, &both))
            print_entry(json, "swap", &both, flat_value(swap_events, "fail"));
        print_all(json, "raw", stat);
        print_all(json, "events", events);
    }
    statistics_print_pressure(json, fd, "memory.pressure");
    json_object_end(json);
}

static void print_pids(struct json *json, int fd)
{
    uint64_t current, limit, peak;
    char events[256];

    json_object(json, "pids");
    if (read_number(fd, "pids.current", &current)) {
        json_u64(json, "current", current);
        /* runc's readers take 0 for "no limit" */
        if (read_number(fd, "pids.max", &limit))
            json_u64(json, "limit", limit == UINT64_MAX ? 0 : limit);
        if (read_number(fd, "pids.peak", &peak))
            json_u64(json, "peak", peak);
        if (cgroup_read(fd, "pids.events", events, sizeof events) > 0)
            print_all(json, "events", events);
    }
    json_object_end(json);
}

int cgroup_statistics(struct arena *arena, int fd, struct json *json, struct caisson_error *err)
{
    char events[256];

    /* A cgroup that is gone would look like one without controllers. */
    if (cgroup_read(fd, "cgroup.events", events, sizeof events) < 0)
        return error_set(err, CAISSON_ERROR_NOT_RUNNING, "cannot read the statistics: the cgroup is gone");
    print_cpu(json, fd);
    print_cpuset(json, fd);
    print_memory(json, fd);
    print_pids(json, fd);
    statistics_print_io(arena, json, fd);
    statistics_print_hugetlb(json, fd);
    return 0;
}
