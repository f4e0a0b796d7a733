/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The forms that `stats` has. */
#ifndef CLI_STATS_FORMAT_H
#define CLI_STATS_FORMAT_H

#include <caisson/caisson.h>

#include "base/strbuf.h"

/* A container at one time. */
struct stats_row {
    const char *id;
    enum caisson_status status;
    bool has_statistics; /* otherwise it has ended, or has no cgroup */
    struct caisson_statistics now;
    const struct caisson_statistics *before; /* of the round before, or NULL: rates are since its start */
};

struct stats_rows {
    struct stats_row *items;
    size_t count;
};

/**
 * Prints a table for people. Memory is without the cache that the kernel gives up first; where the container has no
 * limit, the host's memory stands in its place.
 */
void stats_print_table(const struct stats_rows *rows, uint64_t host_memory, struct strbuf *out);

/** Prints one array of objects; what is unknown, and limits that do not exist, are null. */
void stats_print_json(const struct stats_rows *rows, struct strbuf *out);

/** Prints OpenMetrics 1.0 text: also of containers that have no statistics, whose status is a metric too. */
void stats_print_metrics(const struct stats_rows *rows, struct strbuf *out);

/** @return processor time as a share of one processor's, in percent; negative: unknown. */
double stats_cpu_percent(const struct stats_row *row);

#endif
