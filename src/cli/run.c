/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/commands.h"
#include "cli/create_options.h"

static const struct option options[] = {
    CREATE_OPTIONS,
    {"detach", 'd', OPTION_FLAG, CREATE_AT(detach), NULL, "return when the program runs", NULL},
    {"keep", 0, OPTION_FLAG, CREATE_AT(keep), NULL, "do not delete the container when it ends", NULL},
    {0},
};

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    struct caisson_create_options *create = values;

    create->id = arguments->items[0];
    cli_create_environment(create);
    return caisson_run(&cli->context, create, &cli->status, err);
}

const struct command command_run = {
    .name = "run",
    .arguments = "ID",
    .summary = "Create a container, start it, wait for its end and delete it.",
    .options = options,
    .values_size = sizeof(struct caisson_create_options),
    .minimum = 1,
    .maximum = 1,
    .run = run,
};
