/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "cli/stats_format.h"
#include "cli/table.h"

static const char unknown[] = "--";

double stats_cpu_percent(const struct stats_row *row)
{
    uint64_t used = row->now.cpu_usage_ns, time = row->now.uptime_ns;

    if (!row->has_statistics || used == CAISSON_UNKNOWN)
        return -1;
    if (row->before && row->before->cpu_usage_ns <= used && row->before->time_ns < row->now.time_ns) {
        used -= row->before->cpu_usage_ns;
        time = row->now.time_ns - row->before->time_ns;
    }
    return time ? 100.0 * (double)used / (double)time : -1;
}

/* "1.5MB": as podman and docker write it, with steps of a thousand for disks and of 1024 ("MiB") for memory. */
static const char *amount(struct arena *arena, uint64_t bytes, bool binary)
{
    static const char prefixes[] = "kMGTPE";
    const double step = binary ? 1024 : 1000;
    double value = (double)bytes;
    int steps = 0;

    if (bytes == CAISSON_UNKNOWN)
        return unknown;
    for (; value >= step && steps < (int)sizeof prefixes - 1; steps++)
        value /= step;
    if (steps == 0)
        return arena_format(arena, "%" PRIu64 "B", bytes);
    return arena_format(arena, "%.*f%c%sB", value < 10 ? 2 : 1, value,
                        binary && steps == 1 ? 'K' : prefixes[steps - 1], binary ? "i" : "");
}

static const char *percent(struct arena *arena, double value)
{
    return value < 0 ? unknown : arena_format(arena, "%.2f%%", value);
}

static uint64_t used_memory(const struct caisson_statistics *now)
{
    if (now->memory_usage == CAISSON_UNKNOWN || now->memory_inactive_file > now->memory_usage)
        return now->memory_usage;
    return now->memory_usage - now->memory_inactive_file;
}

static void add_row(struct table *table, const struct stats_row *row, uint64_t host_memory)
{
    struct arena *arena = table->arena;
    const struct caisson_statistics *now = &row->now;
    uint64_t memory = used_memory(now);
    uint64_t limit = now->memory_limit < host_memory ? now->memory_limit : host_memory;

    table_cell(table, row->id);
    if (!row->has_statistics) {
        for (size_t i = 1; i < table->columns; i++)
            table_cell(table, unknown);
        return;
    }
    table_cell(table, percent(arena, stats_cpu_percent(row)));
    table_cell(table, memory == CAISSON_UNKNOWN ? unknown
                                                : arena_format(arena, "%s / %s", amount(arena, memory, true),
                                                               amount(arena, limit, true)));
    table_cell(table, percent(arena, memory == CAISSON_UNKNOWN || limit == 0
                                         ? -1
                                         : 100.0 * (double)memory / (double)limit));
    table_cell(table, now->pids == CAISSON_UNKNOWN ? unknown : arena_format(arena, "%" PRIu64, now->pids));
    table_cell(table, now->io_read_bytes == CAISSON_UNKNOWN
                          ? unknown
                          : arena_format(arena, "%s / %s", amount(arena, now->io_read_bytes, false),
                                         amount(arena, now->io_write_bytes, false)));
}

void stats_print_table(const struct stats_rows *rows, uint64_t host_memory, struct strbuf *out)
{
    static const char *const titles[] = {"ID", "CPU %", "MEM USAGE / LIMIT", "MEM %", "PIDS", "BLOCK IO"};
    struct table table = {.arena = out->arena, .columns = sizeof titles / sizeof *titles};

    for (size_t i = 0; i < table.columns; i++)
        table_cell(&table, titles[i]);
    for (size_t i = 0; i < rows->count; i++)
        add_row(&table, &rows->items[i], host_memory);
    table_print(&table, out);
}
