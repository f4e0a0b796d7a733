/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the commands have in common. A command's file reads its options, calls the library and prints. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include <caisson/caisson.h>

#include "base/arena.h"
#include "base/error.h"
#include "cli/log.h"
#include "cli/options.h"

struct command;

/* One invocation of the program. */
struct cli {
    struct arena *arena;
    struct caisson_context context;
    struct log log;
    const struct command *command; /* NULL while the global options are read */
    int status;                    /* exit status of a command that did what it should */
    int failure;                   /* exit status when one did not: 1, unless the command sets another */
};

struct command {
    const char *name;
    const char *arguments; /* for the usage line: "ID [SIGNAL]" */
    const char *summary;   /* one sentence */
    const struct option *options;
    size_t values_size;  /* of the structure that the options fill in; 0: none */
    size_t minimum;      /* how many arguments there must be */
    size_t maximum;      /* how many there may be, or ANY_NUMBER */
    unsigned stop_after; /* as in option_syntax */
    /** @return 0 (and the exit status in cli->status), or -1 with `err`. */
    int (*run)(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err);
};

#define ANY_NUMBER ((size_t)-1)

/** The program but for what main() does first. @return the exit status. */
int cli_main(char **argv);

/* The name stands here once more: to look for one then does not touch the pages of the others. */
struct named_command {
    char name[12];
    const struct command *command;
};

/** Every command, by name, ended by one that is NULL. */
extern const struct named_command commands[];

/** @return the command of this name, or NULL. */
const struct command *command_find(const char *name);

/** Fails with "unknown command" and, as a hint, the nearest one. @return -1 always. */
int cli_unknown_command(const char *name, struct caisson_error *err);

/** The options that stand before the command. */
extern const struct option global_options[];

/** Prints to standard output in one write(2). @return 0, or -1 with `err`. */
int cli_print(const char *text, size_t length, struct caisson_error *err);

/** cli_print() of a text that the library allocated, with a newline at its end if it has none; frees it. */
int cli_print_allocated(char *text, struct caisson_error *err);

/** Prints what --version does. */
int cli_print_version(struct cli *cli, struct caisson_error *err);

/** Prints the program's help, or a command's when `command` is not NULL. */
int cli_print_help(struct cli *cli, const struct command *command, struct caisson_error *err);

/** @return the variable's value, or NULL when it is not set or empty (podman sets XDG_RUNTIME_DIR= for root). */
const char *cli_environment(const char *name);

/** Fills in what a caller hands to `create` and `run` by the environment: NOTIFY_SOCKET and LISTEN_FDS. */
void cli_create_environment(struct caisson_create_options *options);

#endif
