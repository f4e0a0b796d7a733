/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * OpenMetrics 1.0: all samples of a family stand together behind its metadata, a counter's name ends in "_total", a
 * unit is the family name's last word, "# EOF" is the end.
 */
#include <inttypes.h>

#include "cli/stats_format.h"

enum value_unit { UNIT_NONE, UNIT_BYTES, UNIT_SECONDS };

static const char *const unit_names[] = {[UNIT_BYTES] = "bytes", [UNIT_SECONDS] = "seconds"};

#define AT(member)     offsetof(struct caisson_statistics, member)
#define NO_LABEL       NULL, NULL
#define LABEL(name, v) name, v

/* A sample; the first of a family has its help. Limits that do not exist are not samples. */
static const struct sample {
    const char *family;
    const char *help;
    bool counter;
    enum value_unit unit;
    size_t offset;
    const char *label, *label_value;
} samples[] = {
    {"caisson_container_cpu_seconds", "Processor time used.", true, UNIT_SECONDS, AT(cpu_usage_ns), NO_LABEL},
    {"caisson_container_cpu_mode_seconds", "Processor time used, by mode.", true, UNIT_SECONDS,
     AT(cpu_user_ns), LABEL("mode", "user")},
    {"caisson_container_cpu_mode_seconds", NULL, true, UNIT_SECONDS, AT(cpu_system_ns),
     LABEL("mode", "system")},
    {"caisson_container_cpu_throttled_seconds", "Time held back by the quota.", true, UNIT_SECONDS,
     AT(cpu_throttled_ns), NO_LABEL},
    {"caisson_container_memory_usage_bytes", "Memory in use, page cache included.", false, UNIT_BYTES,
     AT(memory_usage), NO_LABEL},
    {"caisson_container_memory_inactive_file_bytes", "Page cache that is given up first.", false, UNIT_BYTES,
     AT(memory_inactive_file), NO_LABEL},
    {"caisson_container_memory_limit_bytes", "Limit of memory; absent when there is none.", false, UNIT_BYTES,
     AT(memory_limit), NO_LABEL},
    {"caisson_container_memory_peak_bytes", "Most memory ever in use.", false, UNIT_BYTES, AT(memory_peak),
     NO_LABEL},
    {"caisson_container_swap_usage_bytes", "Swap in use.", false, UNIT_BYTES, AT(swap_usage), NO_LABEL},
    {"caisson_container_swap_limit_bytes", "Limit of swap; absent when there is none.", false, UNIT_BYTES,
     AT(swap_limit), NO_LABEL},
    {"caisson_container_oom_kills", "Processes killed for want of memory.", true, UNIT_NONE, AT(oom_kills),
     NO_LABEL},
    {"caisson_container_pids", "Processes and threads.", false, UNIT_NONE, AT(pids), NO_LABEL},
    {"caisson_container_pids_limit", "Limit of processes and threads; absent when there is none.", false,
     UNIT_NONE, AT(pids_limit), NO_LABEL},
    {"caisson_container_io_bytes", "Bytes read from and written to disks.", true, UNIT_BYTES,
     AT(io_read_bytes), LABEL("direction", "read")},
    {"caisson_container_io_bytes", NULL, true, UNIT_BYTES, AT(io_write_bytes), LABEL("direction", "write")},
    {"caisson_container_io_operations", "Reads from and writes to disks.", true, UNIT_NONE, AT(io_reads),
     LABEL("direction", "read")},
    {"caisson_container_io_operations", NULL, true, UNIT_NONE, AT(io_writes), LABEL("direction", "write")},
    {"caisson_container_waiting_seconds", "Time in which at least one process waited for the resource.", true,
     UNIT_SECONDS, AT(cpu_waiting_ns), LABEL("resource", "cpu")},
    {"caisson_container_waiting_seconds", NULL, true, UNIT_SECONDS, AT(memory_waiting_ns),
     LABEL("resource", "memory")},
    {"caisson_container_waiting_seconds", NULL, true, UNIT_SECONDS, AT(io_waiting_ns),
     LABEL("resource", "io")},
    {"caisson_container_stalled_seconds", "Time in which all processes waited for the resource.", true,
     UNIT_SECONDS, AT(cpu_stalled_ns), LABEL("resource", "cpu")},
    {"caisson_container_stalled_seconds", NULL, true, UNIT_SECONDS, AT(memory_stalled_ns),
     LABEL("resource", "memory")},
    {"caisson_container_stalled_seconds", NULL, true, UNIT_SECONDS, AT(io_stalled_ns),
     LABEL("resource", "io")},
    {"caisson_container_uptime_seconds", "How long the first process has lived.", false, UNIT_SECONDS,
     AT(uptime_ns), NO_LABEL},
};

enum { SAMPLES = sizeof samples / sizeof *samples, NS_PER_S = 1000000000 };

/* Ids are of characters that need no escape: [A-Za-z0-9_+.-]. */
static void print_sample(struct strbuf *out, const struct sample *sample, const struct stats_row *row)
{
    const char *base = (const char *)&row->now;
    uint64_t value = *(const uint64_t *)(const void *)(base + sample->offset);

    if (!row->has_statistics || value >= CAISSON_UNLIMITED)
        return;
    strbuf_format(out, "%s%s{id=\"%s\"", sample->family, sample->counter ? "_total" : "", row->id);
    if (sample->label)
        strbuf_format(out, ",%s=\"%s\"", sample->label, sample->label_value);
    if (sample->unit == UNIT_SECONDS)
        strbuf_format(out, "} %" PRIu64 ".%09" PRIu64 "\n", value / NS_PER_S, value % NS_PER_S);
    else
        strbuf_format(out, "} %" PRIu64 "\n", value);
}

static void print_metadata(struct strbuf *out, const struct sample *sample)
{
    strbuf_format(out, "# TYPE %s %s\n", sample->family, sample->counter ? "counter" : "gauge");
    if (sample->unit != UNIT_NONE)
        strbuf_format(out, "# UNIT %s %s\n", sample->family, unit_names[sample->unit]);
    strbuf_format(out, "# HELP %s %s\n", sample->family, sample->help);
}

/* A state set: one sample a state, 1 for the one that holds. */
static void print_status(struct strbuf *out, const struct stats_rows *rows)
{
    static const char family[] = "caisson_container_status";

    strbuf_format(out, "# TYPE %s stateset\n# HELP %s Status of the container.\n", family, family);
    for (size_t i = 0; i < rows->count; i++)
        for (int status = CAISSON_CREATING; status <= CAISSON_STOPPED; status++)
            strbuf_format(out, "%s{id=\"%s\",%s=\"%s\"} %d\n", family, rows->items[i].id, family,
                          caisson_status_name((enum caisson_status)status),
                          (int)rows->items[i].status == status);
}

void stats_print_metrics(const struct stats_rows *rows, struct strbuf *out)
{
    for (size_t first = 0, next; first < SAMPLES; first = next) {
        for (next = first + 1; next < SAMPLES && !samples[next].help;)
            next++;
        print_metadata(out, &samples[first]);
        /* A container's samples stand together within the family. */
        for (size_t i = 0; i < rows->count; i++)
            for (size_t s = first; s < next; s++)
                print_sample(out, &samples[s], &rows->items[i]);
    }
    print_status(out, rows);
    strbuf_text(out, "# EOF\n");
}
