/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/commands.h"
#include "cli/create_options.h"

struct plan_options {
    struct caisson_create_options create; /* first: the rows of CREATE_OPTIONS are offsets in it */
    int json;
};

static const struct option_choice formats[] = {{"text", 0}, {"json", 1}, {0}};

static const struct option options[] = {
    CREATE_OPTIONS,
    {"format", 0, OPTION_CHOICE, offsetof(struct plan_options, json), "FORMAT", "text (the default) or json",
     formats},
    {0},
};

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    struct plan_options *plan = values;
    char *output;

    plan->create.id = arguments->count ? arguments->items[0] : "plan";
    cli_create_environment(&plan->create);
    if (caisson_plan(&cli->context, &plan->create, plan->json, &output, err) < 0)
        return -1;
    return cli_print_allocated(output, err);
}

const struct command command_plan = {
    .name = "plan",
    .arguments = "[ID]",
    .summary = "Print every step that creating a container would take, and change nothing.",
    .options = options,
    .values_size = sizeof(struct plan_options),
    .maximum = 1,
    .run = run,
};
