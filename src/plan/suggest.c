/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/suggest.h"

#include <string.h>

enum { LONGEST = 32, FARTHEST = 2 };

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* The optimal string alignment distance of two words of at most LONGEST letters. */
static unsigned distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    unsigned cost[LONGEST + 1][LONGEST + 1];

    for (size_t i = 0; i <= a_length; i++)
        cost[i][0] = (unsigned)i;
    for (size_t j = 0; j <= b_length; j++)
        cost[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        for (size_t j = 1; j <= b_length; j++) {
            unsigned change = cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

            cost[i][j] = least(change, least(cost[i - 1][j], cost[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost[i][j] = least(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[a_length][b_length];
}

const char *suggest(const char *word, const char *(*name)(unsigned i))
{
    size_t length = strlen(word);
    unsigned best = FARTHEST + 1;
    const char *found = NULL;

    if (length > LONGEST)
        return NULL;
    for (unsigned i = 0; name(i); i++) {
        size_t other = strlen(name(i));
        unsigned d;

        if (other > LONGEST)
            continue;
        d = distance(word, length, name(i), other);
        if (d < best && 2 * d < length) {
            best = d;
            found = name(i);
        }
    }
    return found;
}
