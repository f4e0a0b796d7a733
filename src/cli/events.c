/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/strbuf.h"
#include "cli/commands.h"

enum { DEFAULT_INTERVAL_MS = 5000 };

struct events_values {
    bool stats;
    unsigned interval;
};

#define AT(member) offsetof(struct events_values, member)

static const struct option options[] = {
    {"stats", 0, OPTION_FLAG, AT(stats), NULL, "print the statistics once, and exit", NULL},
    {"interval", 0, OPTION_DURATION, AT(interval), "DURATION",
     "the time between statistics, such as 500ms or 1m (default: 5s)", NULL},
    {0},
};

static int print(void *data, const char *json, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    struct strbuf line = STRBUF(&arena);

    (void)data;
    strbuf_format(&line, "%s\n", json);
    return cli_print(line.data, line.length, err);
}

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    const struct events_values *given = values;
    struct caisson_events_options events = {
        .id = arguments->items[0],
        .once = given->stats,
        .interval_ms = given->interval ? given->interval : DEFAULT_INTERVAL_MS,
    };

    return caisson_events(&cli->context, &events, print, NULL, err);
}

const struct command command_events = {
    .name = "events",
    .arguments = "ID",
    .summary = "Print statistics and out-of-memory events of a container, a JSON object a line.",
    .options = options,
    .values_size = sizeof(struct events_values),
    .minimum = 1,
    .maximum = 1,
    .run = run,
};
