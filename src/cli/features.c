/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/commands.h"

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    char *json;

    (void)cli;
    (void)values;
    (void)arguments;
    if (caisson_features(&json, err) < 0)
        return -1;
    return cli_print_allocated(json, err);
}

const struct command command_features = {
    .name = "features",
    .arguments = "",
    .summary = "Print as JSON what this runtime can do.",
    .run = run,
};
