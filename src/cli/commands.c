/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/commands.h"

#include <string.h>

#include "base/suggest.h"

const struct command *const commands[] = {
    &command_check,  &command_checkpoint, &command_create,   &command_delete,
    &command_events, &command_exec,       &command_features, &command_help,
    &command_kill,   &command_list,       &command_mounts,   &command_pause,
    &command_plan,   &command_ps,         &command_restore,  &command_resume,
    &command_run,    &command_spec,       &command_start,    &command_state,
    &command_stats,  &command_update,     &command_version,  NULL,
};

const struct command *command_find(const char *name)
{
    for (const struct command *const *command = commands; *command; command++)
        if (strcmp((*command)->name, name) == 0)
            return *command;
    return NULL;
}

int cli_unknown_command(const char *name, struct caisson_error *err)
{
    struct suggest nearest = {.text = name, .length = strlen(name)};

    error_set(err, CAISSON_ERROR_USAGE, "unknown command '%s'", name);
    for (const struct command *const *command = commands; *command; command++)
        suggest_try(&nearest, (*command)->name);
    if (nearest.best)
        error_hint(err, "did you mean '%s'?", nearest.best);
    return -1;
}
