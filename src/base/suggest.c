/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/suggest.h"

#include <ctype.h>
#include <string.h>

enum { LONGEST = 64 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/*
 * Edit distance with exchanged neighbours as one edit (optimal string alignment). Upper and lower case are
 * the same letter: names of the specification differ from what people write in that most of all.
 */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
    unsigned char row[3][LONGEST + 1];
    size_t i, j;

    for (j = 0; j <= m; j++)
        row[0][j] = (unsigned char)j;
    for (i = 1; i <= n; i++) {
        unsigned char *now = row[i % 3], *above = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        int x = tolower((unsigned char)a[i - 1]);

        now[0] = (unsigned char)i;
        for (j = 1; j <= m; j++) {
            int y = tolower((unsigned char)b[j - 1]);
            size_t d = least(least(above[j] + 1u, now[j - 1] + 1u), above[j - 1] + (x != y ? 1u : 0u));

            if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                y == tolower((unsigned char)a[i - 2]))
                d = least(d, before[j - 2] + 1u);
            now[j] = (unsigned char)d;
        }
    }
    return row[n % 3][m];
}

/* What the names of one table have all in common, "SCMP_ACT_", says nothing about likeness. */
static size_t common_prefix(const char *a, size_t n, const char *b)
{
    size_t i, length = 0;

    for (i = 0; i < n && b[i] && tolower((unsigned char)a[i]) == tolower((unsigned char)b[i]); i++)
        if (a[i] == '_')
            length = i + 1;
    return length;
}

void suggest_try(struct suggest *suggest, const char *name)
{
    size_t skip = common_prefix(suggest->text, suggest->length, name);
    size_t length = strlen(name) - skip, written = suggest->length - skip;
    size_t longer = length > written ? length : written, d;

    if (longer > LONGEST)
        return;
    d = distance(suggest->text + skip, written, name + skip, length);
    /* Up to a third of the letters may differ: more is another word. */
    if (d > (longer + 1) / 3 || (suggest->best && d >= suggest->distance))
        return;
    suggest->best = name;
    suggest->distance = d;
}
