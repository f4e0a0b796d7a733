/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads command lines by a table. Understood are --name=VALUE, --name VALUE, -n VALUE, -nVALUE, -n=VALUE, flags
 * in a group (-td), long names behind one dash (-no-subreaper: go-runc writes that), and --flag=true, --flag=false.
 * Options and arguments may be mixed until "--" or until `stop_after` arguments were seen.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

/* What an option takes, and the type of the member that it is stored in. */
enum option_kind {
    OPTION_FLAG,          /* bool */
    OPTION_TEXT,          /* const char *; the last one counts */
    OPTION_PATH,          /* the same, and must not be empty */
    OPTION_LIST,          /* char **, ended by NULL: the option may be repeated */
    OPTION_NUMBER,        /* unsigned, decimal */
    OPTION_LIMIT,         /* struct caisson_limit: decimal, may be negative */
    OPTION_BYTES,         /* the same, with a unit: "64M" */
    OPTION_DURATION,      /* unsigned, milliseconds: "5s"; more than none */
    OPTION_CHOICE,        /* an enumeration: one of `choices` */
    OPTION_IGNORED_FLAG,  /* accepted for callers that pass it; stored nowhere */
    OPTION_IGNORED_VALUE, /* the same with a value */
};

struct option_choice {
    const char *name; /* compared without regard to case; NULL ends the table */
    int value;
};

/* A row of the table; one without a name ends it. */
struct option {
    const char *name; /* without dashes */
    char letter;      /* 0: none */
    enum option_kind kind;
    size_t offset;        /* of the member in the structure that receives the values */
    const char *argument; /* what the value is, for the help: "DIR" */
    const char *help;     /* NULL: not shown */
    const struct option_choice *choices;
};

struct option_syntax {
    const struct option *options; /* NULL: none */
    const struct option
        *global;         /* options that stand before the command, for the message alone; may be NULL */
    unsigned stop_after; /* after so many arguments everything is an argument; 0: never */
};

struct arguments {
    char **items; /* what is no option, in its order; ended by NULL */
    size_t count;
    bool help; /* --help, -h or -? was met: reading ended there */
};

/**
 * Reads `argv`, which does not hold the program's or command's name and is ended by NULL.
 * @param values the structure that the offsets of the table refer to; what is not given stays as it is
 * @return 0, or -1 with CAISSON_ERROR_USAGE: an unknown option (the hint has the nearest one), a missing or a
 *         wrong value.
 */
int options_parse(struct arena *arena, const struct option_syntax *syntax, char **argv, void *values,
                  struct arguments *arguments, struct caisson_error *err);

/** Reads a truth value as Go's strconv.ParseBool does. @return whether `text` is one. */
bool options_truth(const char *text, bool *value);

/** Reads a decimal number of at most UINT_MAX that fills all of `text`. @return whether it is one. */
bool options_number(const char *text, unsigned *value);

#endif
