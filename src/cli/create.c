/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/commands.h"
#include "cli/create_options.h"

static const struct option options[] = {CREATE_OPTIONS, {0}};

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    struct caisson_create_options *create = values;

    create->id = arguments->items[0];
    cli_create_environment(create);
    return caisson_create(&cli->context, create, err);
}

const struct command command_create = {
    .name = "create",
    .arguments = "ID",
    .summary = "Create a container; its program is executed by 'start'.",
    .options = options,
    .values_size = sizeof(struct caisson_create_options),
    .minimum = 1,
    .maximum = 1,
    .run = run,
};
