/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/commands.h"

/* Made by commit.cmake at every build. */
#if __has_include("cli/commit.h")
#include "cli/commit.h"
#else
#define CAISSON_COMMIT "unknown"
#endif

/* docker and go-runc read the words before the colons and "version"; the last line is crun's custom. */
static const char version_text[] = "caisson version " CAISSON_VERSION "\n"
                                   "commit: " CAISSON_COMMIT "\n"
                                   "spec: " CAISSON_OCI_VERSION "\n"
                                   "+SECCOMP +YAJL +CAP\n";

int cli_print_version(struct cli *cli, struct caisson_error *err)
{
    (void)cli;
    return cli_print(version_text, sizeof version_text - 1, err);
}

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    (void)values;
    (void)arguments;
    return cli_print_version(cli, err);
}

const struct command command_version = {
    .name = "version",
    .arguments = "",
    .summary = "Print the version and what this build can do.",
    .run = run,
};
