/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cpu.shares as cpu.weight. The curve that the runtimes agreed on in 2025 maps the least, the default and the
 * greatest of one onto those of the other (2, 1024, 262144 onto 1, 100, 10000):
 *
 *   weight = ceil(10 ^ ((l * l + 125 * l) / 612 - 7 / 34)), l = log2(shares)
 *
 * The straight line between the ends, which was used before, made 1024 a weight of 39.
 * No mathematics library is needed: the weight is found by bisection, with a logarithm of our own.
 */
#include "cgroup/internal.h"

enum { LOG_BITS = 48, SHARES_MIN = 2, SHARES_MAX = 262144, WEIGHT_MAX = 10000 };

/* log2(value), one squaring a bit: each halves what the rounding of the one before weighs. */
static double log2_of(unsigned value)
{
    unsigned whole = 31 - (unsigned)__builtin_clz(value);
    double x = (double)value / (double)(1u << whole); /* in [1, 2) */
    double result = (double)whole, bit = 1;

    for (int i = 0; i < LOG_BITS; i++) {
        x *= x;
        bit /= 2;
        if (x >= 2) {
            x /= 2;
            result += bit;
        }
    }
    return result;
}

/* Whether `weight` is on the curve or above: 612 * log10(weight) >= l * l + 125 * l - 126. */
static bool reaches(unsigned weight, double l)
{
    static const double log2_of_10 = 3.32192809488736234787;
    /* The curve meets whole numbers at 1024 alone and comes no nearer than 1e-7 to others from above. */
    static const double slack = 1e-9;

    return 612 * log2_of(weight) / log2_of_10 + slack >= l * l + 125 * l - 126;
}

unsigned shares_to_weight(uint64_t shares)
{
    unsigned low = 1, high = WEIGHT_MAX;
    double l;

    if (shares <= SHARES_MIN)
        return low;
    if (shares >= SHARES_MAX)
        return high;
    l = log2_of((unsigned)shares);
    while (low < high) {
        unsigned middle = (low + high) / 2;

        if (reaches(middle, l))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}
