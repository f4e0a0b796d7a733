/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "cli/commands.h"

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    const char *what = arguments->items[0], *id = arguments->items[1], *file = arguments->items[2];

    (void)values;
    if (strcmp(what, "add") == 0)
        return caisson_mounts_add(&cli->context, id, file, err);
    if (strcmp(what, "remove") == 0)
        return caisson_mounts_remove(&cli->context, id, file, err);
    return error_set(err, CAISSON_ERROR_USAGE, "'mounts' does not know '%s', expected add or remove", what);
}

const struct command command_mounts = {
    .name = "mounts",
    .arguments = "add|remove ID FILE",
    .summary = "Mount and unmount in a container that is there.",
    .minimum = 3,
    .maximum = 3,
    .run = run,
};
