/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/commands.h"
#include "cli/match.h"

struct delete_options {
    bool force;
    bool regex;
};

#define AT(member) offsetof(struct delete_options, member)

static const struct option options[] = {
    {"force", 'f', OPTION_FLAG, AT(force), NULL, "kill it if it lives; no error if it does not exist", NULL},
    {"regex", 'r', OPTION_FLAG, AT(regex), NULL, "ID is a regular expression: delete every match", NULL},
    {0},
};

static int delete_one(struct cli *cli, const char *id, void *data, struct caisson_error *err)
{
    const struct delete_options *values = data;

    return caisson_delete(&cli->context, id, values->force, err);
}

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    const struct delete_options *given = values;
    const char *id = arguments->items[0];

    return given->regex ? match_each(cli, id, delete_one, values, err) : delete_one(cli, id, values, err);
}

const struct command command_delete = {
    .name = "delete",
    .arguments = "ID",
    .summary = "Remove a stopped container and everything that was made for it.",
    .options = options,
    .values_size = sizeof(struct delete_options),
    .minimum = 1,
    .maximum = 1,
    .run = run,
};
