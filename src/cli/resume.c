/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/commands.h"

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    (void)values;
    return caisson_resume(&cli->context, arguments->items[0], err);
}

const struct command command_resume = {
    .name = "resume",
    .arguments = "ID",
    .summary = "Let a paused container's processes go on.",
    .minimum = 1,
    .maximum = 1,
    .run = run,
};
