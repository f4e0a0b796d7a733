/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/commands.h"

#include <string.h>

#include "base/suggest.h"

#define NAMED(command)                                                                                       \
    {                                                                                                        \
#command, &command_##command                                                                         \
    }
const struct named_command commands[] = {
    NAMED(check),    NAMED(checkpoint), NAMED(create),  NAMED(delete), NAMED(events),  NAMED(exec),
    NAMED(features), NAMED(help),       NAMED(kill),    NAMED(list),   NAMED(mounts),  NAMED(pause),
    NAMED(plan),     NAMED(ps),         NAMED(restore), NAMED(resume), NAMED(run),     NAMED(spec),
    NAMED(start),    NAMED(state),      NAMED(stats),   NAMED(update), NAMED(version), {"", NULL},
};

const struct command *command_find(const char *name)
{
    for (const struct named_command *named = commands; named->command; named++)
        if (strcmp(named->name, name) == 0)
            return named->command;
    return NULL;
}

int cli_unknown_command(const char *name, struct caisson_error *err)
{
    struct suggest nearest = {.text = name, .length = strlen(name)};

    error_set(err, CAISSON_ERROR_USAGE, "unknown command '%s'", name);
    for (const struct named_command *named = commands; named->command; named++)
        suggest_try(&nearest, named->name);
    if (nearest.best)
        error_hint(err, "did you mean '%s'?", nearest.best);
    return -1;
}
