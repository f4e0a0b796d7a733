/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/strbuf.h"
#include "cli/commands.h"

enum { NAME_WIDTH = 30 };

static void add_option(struct strbuf *text, const struct option *option)
{
    size_t start = text->length;

    if (option->letter)
        strbuf_format(text, "  -%c, --%s", option->letter, option->name);
    else
        strbuf_format(text, "      --%s", option->name);
    if (option->argument)
        strbuf_format(text, "=%s", option->argument);
    strbuf_format(text, "%*s  %s\n", (int)(start + NAME_WIDTH - text->length), "", option->help);
}

static void add_options(struct strbuf *text, const struct option *options)
{
    static const struct option help = {.name = "help", .letter = 'h', .help = "print this"};

    strbuf_text(text, "\nOptions:\n");
    for (const struct option *option = options; option && option->name; option++)
        if (option->help)
            add_option(text, option);
    add_option(text, &help);
}

int cli_print_help(struct cli *cli, const struct command *command, struct caisson_error *err)
{
    struct strbuf text = STRBUF(cli->arena);

    if (command) {
        strbuf_format(&text, "Usage: caisson %s [OPTIONS]%s%s\n\n%s\n", command->name,
                      *command->arguments ? " " : "", command->arguments, command->summary);
        add_options(&text, command->options);
        strbuf_format(&text, "\nSee caisson-%s(1).\n", command->name);
    } else {
        strbuf_text(&text, "Usage: caisson [OPTIONS] COMMAND [ARGUMENTS]\n\n"
                           "Run containers as the OCI runtime specification describes them.\n\nCommands:\n");
        for (const struct named_command *each = commands; each->command; each++)
            strbuf_format(&text, "  %-10s  %s\n", each->name, each->command->summary);
        add_options(&text, global_options);
        strbuf_text(&text, "\nSee caisson(1), and 'caisson COMMAND --help' for a command's options.\n");
    }
    return cli_print(strbuf_string(&text), text.length, err);
}

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    const struct command *command = NULL;

    (void)values;
    if (arguments->count > 0) {
        command = command_find(arguments->items[0]);
        if (!command)
            return cli_unknown_command(arguments->items[0], err);
    }
    return cli_print_help(cli, command, err);
}

const struct command command_help = {
    .name = "help",
    .arguments = "[COMMAND]",
    .summary = "Print what the program or a command does and its options.",
    .maximum = 1,
    .run = run,
};
