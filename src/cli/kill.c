/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <signal.h>

#include "cli/commands.h"
#include "cli/match.h"
#include "cli/signals.h"

struct kill_options {
    bool all;
    bool regex;
    int signal; /* no option: the second argument */
};

#define AT(member) offsetof(struct kill_options, member)

static const struct option options[] = {
    {"all", 'a', OPTION_FLAG, AT(all), NULL, "send it to every process of the container", NULL},
    {"regex", 'r', OPTION_FLAG, AT(regex), NULL, "ID is a regular expression: send it to every match", NULL},
    {0},
};

static int kill_one(struct cli *cli, const char *id, void *data, struct caisson_error *err)
{
    const struct kill_options *values = data;

    if (caisson_kill(&cli->context, id, values->signal, values->all, err) == 0)
        return 0;
    /* As runc does it: that nobody is left who could get the signal is what --all is after. */
    return values->all && err->code == CAISSON_ERROR_NOT_RUNNING ? 0 : -1;
}

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    struct kill_options *given = values;
    const char *id = arguments->items[0];

    given->signal = SIGTERM;
    if (arguments->count > 1 && signal_parse(arguments->items[1], &given->signal, err) < 0)
        return -1;
    return given->regex ? match_each(cli, id, kill_one, given, err) : kill_one(cli, id, given, err);
}

const struct command command_kill = {
    .name = "kill",
    .arguments = "ID [SIGNAL]",
    .summary = "Send a signal, SIGTERM unless told otherwise, to a container's first process.",
    .options = options,
    .values_size = sizeof(struct kill_options),
    .minimum = 1,
    .maximum = 2,
    .stop_after = 1,
    .run = run,
};
