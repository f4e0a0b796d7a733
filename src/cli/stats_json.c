/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/json.h"
#include "cli/stats_format.h"

#define AT(member) offsetof(struct caisson_statistics, member)

static const struct {
    const char *name;
    size_t offset;
} members[] = {
    {"uptimeNs", AT(uptime_ns)},
    {"cpuUsageNs", AT(cpu_usage_ns)},
    {"cpuUserNs", AT(cpu_user_ns)},
    {"cpuSystemNs", AT(cpu_system_ns)},
    {"cpuThrottledNs", AT(cpu_throttled_ns)},
    {"memoryUsage", AT(memory_usage)},
    {"memoryInactiveFile", AT(memory_inactive_file)},
    {"memoryLimit", AT(memory_limit)},
    {"memoryPeak", AT(memory_peak)},
    {"swapUsage", AT(swap_usage)},
    {"swapLimit", AT(swap_limit)},
    {"oomKills", AT(oom_kills)},
    {"pids", AT(pids)},
    {"pidsLimit", AT(pids_limit)},
    {"ioReadBytes", AT(io_read_bytes)},
    {"ioWriteBytes", AT(io_write_bytes)},
    {"ioReads", AT(io_reads)},
    {"ioWrites", AT(io_writes)},
    {"cpuWaitingNs", AT(cpu_waiting_ns)},
    {"cpuStalledNs", AT(cpu_stalled_ns)},
    {"memoryWaitingNs", AT(memory_waiting_ns)},
    {"memoryStalledNs", AT(memory_stalled_ns)},
    {"ioWaitingNs", AT(io_waiting_ns)},
    {"ioStalledNs", AT(io_stalled_ns)},
};

static void print_row(struct json *json, const struct stats_row *row)
{
    double cpu = stats_cpu_percent(row);

    json_object(json, NULL);
    json_string(json, "id", row->id);
    json_string(json, "status", caisson_status_name(row->status));
    if (cpu >= 0)
        json_raw(json, "cpuPercent", arena_format(json->out->arena, "%.2f", cpu));
    else
        json_null(json, "cpuPercent");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const char *base = (const char *)&row->now;
        uint64_t value = *(const uint64_t *)(const void *)(base + members[i].offset);

        if (row->has_statistics && value < CAISSON_UNLIMITED)
            json_u64(json, members[i].name, value);
        else
            json_null(json, members[i].name);
    }
    json_object_end(json);
}

void stats_print_json(const struct stats_rows *rows, struct strbuf *out)
{
    struct json json = {.out = out};

    json_array(&json, NULL);
    for (size_t i = 0; i < rows->count; i++)
        print_row(&json, &rows->items[i]);
    json_array_end(&json);
    strbuf_char(out, '\n');
}
