/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "did you mean": the nearest of some names. */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

/* The best so far. */
struct suggest {
    const char *text; /* what was written; needs no NUL */
    size_t length;
    const char *best; /* NULL: nothing near */
    size_t distance;
};

/** Takes `name` as the best when it is nearer to the text than the one before and near enough at all. */
void suggest_try(struct suggest *suggest, const char *name);

#endif
