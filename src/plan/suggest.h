/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "did you mean": the word of a table that is nearest to one that is not in it. */
#ifndef PLAN_SUGGEST_H
#define PLAN_SUGGEST_H

/**
 * @param name gives word `i` of the table, NULL behind the last
 * @return the word with the fewest insertions, deletions, changes and swaps of neighbours, when these are at most
 *         two and fewer than half of the letters; otherwise NULL
 */
const char *suggest(const char *word, const char *(*name)(unsigned i));

#endif
