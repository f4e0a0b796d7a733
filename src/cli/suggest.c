/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/suggest.h"

#include <string.h>

enum { LONGEST = 40 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/** How many letters must be put in, taken out, changed or swapped with their neighbour to get from a to b. */
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][LONGEST + 1];

    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        const size_t *two_up = rows[(i + 1) % 3], *up = rows[(i + 2) % 3];
        size_t *row = rows[i % 3];

        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t least = up[j - 1] + (a[i - 1] != b[j - 1]);

            least = smaller(least, up[j] + 1);
            least = smaller(least, row[j - 1] + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                least = smaller(least, two_up[j - 2] + 1);
            row[j] = least;
        }
    }
    return rows[a_length % 3][b_length];
}

void suggestion_start(struct suggestion *suggestion, const char *word, size_t length)
{
    /* A third of the letters may be wrong, one at least and three at most. */
    size_t allowed = length / 3;

    if (allowed < 1)
        allowed = 1;
    if (allowed > 3)
        allowed = 3;
    *suggestion = (struct suggestion){.word = word, .length = length, .distance = allowed + 1};
}

void suggestion_offer(struct suggestion *suggestion, const char *known)
{
    size_t length = strlen(known), distance;

    if (suggestion->length > LONGEST || length > LONGEST || suggestion->length == 0)
        return;
    distance = edit_distance(suggestion->word, suggestion->length, known, length);
    /* A short word that is wrong in every letter is no near one. */
    if (distance < suggestion->distance && distance < suggestion->length) {
        suggestion->distance = distance;
        suggestion->best = known;
    }
}
