/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands: each is defined in the file of its name. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/cli.h"

extern const struct command command_check;
extern const struct command command_checkpoint;
extern const struct command command_create;
extern const struct command command_delete;
extern const struct command command_events;
extern const struct command command_exec;
extern const struct command command_features;
extern const struct command command_help;
extern const struct command command_kill;
extern const struct command command_list;
extern const struct command command_mounts;
extern const struct command command_pause;
extern const struct command command_plan;
extern const struct command command_ps;
extern const struct command command_restore;
extern const struct command command_resume;
extern const struct command command_run;
extern const struct command command_spec;
extern const struct command command_start;
extern const struct command command_state;
extern const struct command command_stats;
extern const struct command command_update;
extern const struct command command_version;

#endif
