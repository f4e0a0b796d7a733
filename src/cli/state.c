/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/strbuf.h"
#include "cli/commands.h"

static void add_state(void *data, const char *json)
{
    strbuf_text(data, json);
}

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    struct strbuf text = STRBUF(cli->arena);

    (void)values;
    if (caisson_state(&cli->context, arguments->items[0], add_state, &text, err) < 0)
        return -1;
    strbuf_char(&text, '\n');
    return cli_print(text.data, text.length, err);
}

const struct command command_state = {
    .name = "state",
    .arguments = "ID",
    .summary = "Print the state of a container as JSON.",
    .minimum = 1,
    .maximum = 1,
    .run = run,
};
