/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Command lines, and the output of ps(1). */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/ps_table.h"
#include "cli/quantity.h"
#include "cli/signals.h"
#include "container/exec_process.h"

enum { WORDS = 64 };

/* A line a word; the first is the command's, or that of no command for the options before it. */
static void options(const struct input *input)
{
    _cleanup_arena_ struct arena arena = {0};
    char *text = fuzz_text(&arena, input), *words[WORDS + 1] = {NULL};
    const struct command *command = command_find(fuzz_line(&text));
    const struct option_syntax syntax = {.options = command ? command->options : global_options,
                                         .global = global_options,
                                         .stop_after = command ? command->stop_after : 1};
    void *values = arena_alloc(&arena, command ? command->values_size : 1024);
    struct caisson_error err = {0};
    struct arguments arguments;

    for (size_t i = 0; text && i < WORDS; i++)
        words[i] = fuzz_line(&text);
    if (options_parse(&arena, &syntax, words, values, &arguments, &err) < 0)
        fuzz_check_error(&err);
}

static void numbers(const struct input *input)
{
    _cleanup_arena_ struct arena arena = {0};
    const char *text = fuzz_text(&arena, input);
    struct caisson_error err = {0};
    int64_t number = 0;
    int signal;

    quantity_integer(text, &number);
    quantity_bytes(text, &number);
    if (quantity_duration(text, &number) && number < 0)
        abort();
    if (signal_parse(text, &signal, &err) < 0)
        fuzz_check_error(&err);
    else if (signal < 0 || signal > 64)
        abort();
}

/* Lines: the user, the working directory, a variable, an argument. */
static void process(const struct input *input)
{
    _cleanup_arena_ struct arena arena = {0};
    char *text = fuzz_text(&arena, input);
    struct caisson_context context = {0};
    struct caisson_exec_options given = {.id = "fuzz"};
    struct caisson_error err = {0};

    given.user = fuzz_line(&text);
    given.cwd = fuzz_line(&text);
    given.env = (char *[]){fuzz_line(&text), NULL};
    given.args = (char *[]){fuzz_line(&text), NULL};
    if (!exec_process(&arena, &context, fuzz_config(&arena), &given, &err))
        fuzz_check_error(&err);
}

static void ps(const struct input *input)
{
    static const pid_t pids[] = {1, 7, 1234};
    _cleanup_arena_ struct arena arena = {0};
    struct strbuf out = STRBUF(&arena);
    struct caisson_error err = {0};

    if (ps_filter(fuzz_text(&arena, input), pids, 3, &out, &err) < 0)
        fuzz_check_error(&err);
}

const struct fuzz_entry cli_targets[] = {
    {"options", options, "command lines"},
    {"numbers", numbers, "amounts, durations, signals"},
    {"exec", process, "--user, --cwd, --env of exec"},
    {"ps", ps, "the output of ps"},
    {0},
};
