/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "cli/commands.h"
#include "cli/ps_table.h"

enum ps_format { PS_TABLE, PS_JSON };

struct ps_options {
    int format;
};

static const struct option_choice formats[] = {{"table", PS_TABLE}, {"json", PS_JSON}, {0}};

static const struct option options[] = {
    {"format", 'f', OPTION_CHOICE, offsetof(struct ps_options, format), "FORMAT",
     "table (the default) or json", formats},
    {0},
};

static void print_json(const pid_t *pids, size_t count, struct strbuf *out)
{
    struct json json = {.out = out};

    json_array(&json, NULL);
    for (size_t i = 0; i < count; i++)
        json_i64(&json, NULL, pids[i]);
    json_array_end(&json);
    strbuf_char(out, '\n');
}

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    const struct ps_options *given = values;
    struct strbuf out = STRBUF(cli->arena);
    pid_t *pids;
    size_t count;
    int result = 0;

    if (caisson_processes(&cli->context, arguments->items[0], &pids, &count, err) < 0)
        return -1;
    if (given->format == PS_JSON)
        print_json(pids, count, &out);
    else
        result = ps_table(arguments->items + 1, pids, count, &out, err);
    free(pids);
    return result < 0 ? -1 : cli_print(strbuf_string(&out), out.length, err);
}

const struct command command_ps = {
    .name = "ps",
    .arguments = "ID [PS OPTIONS]",
    .summary = "Print the processes of a container.",
    .options = options,
    .values_size = sizeof(struct ps_options),
    .minimum = 1,
    .maximum = ANY_NUMBER,
    .stop_after = 1,
    .run = run,
};
