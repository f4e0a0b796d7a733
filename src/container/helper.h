/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running a program of the host to its end: a hook, newuidmap(1). */
#ifndef CONTAINER_HELPER_H
#define CONTAINER_HELPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct helper {
    const char *path;
    char *const *args; /* ended by NULL */
    char *const *env;  /* the whole environment, ended by NULL */
    const char *cwd;   /* NULL: the caller's; one that cannot be entered (any more): "/" */
    const char *input; /* what it reads on standard input; NULL: nothing */
    int64_t timeout_s; /* seconds, after which it is killed; 0: none */
    int output;        /* descriptor that its standard output goes to; 0: nowhere */
    int errors;        /* the same for its standard error; 0: its end is kept */
};

/* How it ended. */
struct helper_end {
    bool timed_out;
    int signal;          /* that ended it, or 0 */
    int status;          /* exit status */
    char last_line[256]; /* that it wrote to standard error, without control characters; "" when none */
};

/**
 * Runs a program until it has ended: its standard output goes nowhere, and the end of its standard error is
 * kept, unless descriptors are given for them. It gets no descriptor beside these, no blocked and no ignored signal. It may ignore its input, and it may
 * leave processes behind that hold its descriptors: neither keeps the caller waiting.
 * @return 0 when it ran, however it ended; -1 with `err` (errnum) when it could not be executed.
 */
int helper_run(const struct helper *helper, struct helper_end *end, struct caisson_error *err);

/** Writes how it ended to people: "ended with status 3: LAST LINE". */
void helper_describe(const struct helper *helper, const struct helper_end *end, char *text, size_t size);

/** @return whether it ended by itself with status 0. */
static inline bool helper_succeeded(const struct helper_end *end)
{
    return !end->timed_out && end->signal == 0 && end->status == 0;
}

#endif
