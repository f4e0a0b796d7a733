/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/commands.h"

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    char *json;

    (void)values;
    if (caisson_state(&cli->context, arguments->items[0], &json, err) < 0)
        return -1;
    return cli_print_allocated(json, err);
}

const struct command command_state = {
    .name = "state",
    .arguments = "ID",
    .summary = "Print the state of a container as JSON.",
    .minimum = 1,
    .maximum = 1,
    .run = run,
};
