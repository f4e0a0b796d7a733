/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "Did you mean": the known word nearest to a mistyped one. */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include <stddef.h>

struct suggestion {
    const char *word;
    size_t length;
    const char *best; /* the nearest word offered so far; NULL: none is near */
    size_t distance;
};

/** Starts the search for a word near the first `length` bytes of `word`, which must outlive it. */
void suggestion_start(struct suggestion *suggestion, const char *word, size_t length);

/** Keeps `known` when it is nearer than what was offered before, and near at all. */
void suggestion_offer(struct suggestion *suggestion, const char *known);

#endif
