/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/commands.h"

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    (void)values;
    return caisson_start(&cli->context, arguments->items[0], err);
}

const struct command command_start = {
    .name = "start",
    .arguments = "ID",
    .summary = "Execute the program of a created container.",
    .minimum = 1,
    .maximum = 1,
    .run = run,
};
