/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/cli.h"

#include <stddef.h>
#include <string.h>

#include "cli/globals.h"

static int check_count(const struct command *command, const struct arguments *arguments,
                       struct caisson_error *err)
{
    if (arguments->count < command->minimum)
        return error_set(err, CAISSON_ERROR_USAGE, "'%s' needs %s: caisson %s [OPTIONS] %s", command->name,
                         arguments->count == 0 ? "an argument" : "more arguments", command->name,
                         command->arguments);
    if (arguments->count > command->maximum)
        return error_set(err, CAISSON_ERROR_USAGE, "'%s' has an argument too many: '%s'", command->name,
                         arguments->items[command->maximum]);
    return 0;
}

/** Reads a command's own options and carries it out. */
static int run_command(struct cli *cli, char **argv, struct caisson_error *err)
{
    const struct command *command = cli->command;
    const struct option_syntax syntax = {command->options, global_options, command->stop_after};
    void *values = arena_alloc(cli->arena, command->values_size + 1);
    struct arguments arguments;

    if (options_parse(cli->arena, &syntax, argv, values, &arguments, err) < 0)
        return -1;
    if (arguments.help)
        return cli_print_help(cli, command, err);
    if (check_count(command, &arguments, err) < 0)
        return -1;
    return command->run(cli, values, &arguments, err);
}

/** Reads the whole command line and does what it says. */
static int run(struct cli *cli, char **argv, struct caisson_error *err)
{
    const struct option_syntax syntax = {.options = global_options, .stop_after = 1};
    struct globals globals = {0};
    struct arguments arguments;

    if (options_parse(cli->arena, &syntax, argv, &globals, &arguments, err) < 0)
        return -1;
    if (arguments.help)
        return cli_print_help(cli, NULL, err);
    if (globals.version)
        return cli_print_version(cli, err);
    if (globals_apply(&globals, cli, err) < 0)
        return -1;
    if (arguments.count == 0)
        return error_set(err, CAISSON_ERROR_USAGE, "no command is given");
    cli->command = command_find(arguments.items[0]);
    if (!cli->command)
        return cli_unknown_command(arguments.items[0], err);
    return run_command(cli, arguments.items + 1, err);
}

int cli_main(char **argv)
{
    ARENA_ROOM(room, 4096);
    _cleanup_arena_ struct arena arena = ARENA_IN(room);
    struct cli cli = {.arena = &arena, .failure = 1, .log = {.error_level = CAISSON_LOG_WARNING}};
    struct caisson_error err = {0};

    if (run(&cli, argv, &err) == 0)
        return cli.status;
    if (err.code == CAISSON_ERROR_USAGE && !*err.hint)
        error_hint(&err, "'caisson %s%s--help' lists the options", cli.command ? cli.command->name : "",
                   cli.command ? " " : "");
    log_failure(&cli.log, &err);
    return cli.failure;
}
