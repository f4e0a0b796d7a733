/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/create_options.h"

static const struct option options[] = {BUNDLE_OPTIONS, {0}};

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    static const char fine[] = "This host can run the bundle.\n";
    struct caisson_create_options *create = values;
    struct caisson_error ignored;
    char *report = NULL;
    int result;

    create->id = arguments->count ? arguments->items[0] : "check";
    result = caisson_check(&cli->context, create, &report, err);
    if (report && *report) {
        /* The bundle's problem is the failure to report, not a closed standard output. */
        if (cli_print_allocated(report, result < 0 ? &ignored : err) < 0)
            return -1;
    } else {
        free(report);
    }
    return result < 0 ? -1 : cli_print(fine, sizeof fine - 1, err);
}

const struct command command_check = {
    .name = "check",
    .arguments = "[ID]",
    .summary = "Say whether a bundle is valid and this host can run it.",
    .options = options,
    .values_size = sizeof(struct caisson_create_options),
    .maximum = 1,
    .run = run,
};
