/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/quantity.h"

#include <string.h>
#include <strings.h>

enum { FRACTION_DIGITS = 9 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits at *text, which is moved behind them. @return whether there is one, and they are a number that fits. */
static bool read_digits(const char **text, int64_t *value)
{
    const char *start = *text;

    *value = 0;
    for (; is_digit(**text); (*text)++)
        if (__builtin_mul_overflow(*value, 10, value) || __builtin_add_overflow(*value, **text - '0', value))
            return false;
    return *text != start;
}

/* A number of `unit`s with a fraction: "1", "1.5", ".5". Digits that are worth less than the unit's are let go. */
struct decimal {
    int64_t whole, fraction, scale; /* whole + fraction / scale */
};

static bool read_decimal(const char **text, struct decimal *decimal)
{
    bool any = read_digits(text, &decimal->whole);

    decimal->fraction = 0;
    decimal->scale = 1;
    if (!any && **text != '.')
        return false;
    if (**text != '.')
        return true;
    (*text)++;
    for (int i = 0; is_digit(**text); i++, (*text)++) {
        any = true;
        if (i >= FRACTION_DIGITS)
            continue;
        decimal->fraction = decimal->fraction * 10 + (**text - '0');
        decimal->scale *= 10;
    }
    return any;
}

static bool multiply(const struct decimal *decimal, int64_t unit, int64_t *value)
{
    /* The fraction is below the scale of 10^9, and no unit is so large that 128 bits were too few. */
    __int128 part = (__int128)decimal->fraction * unit / decimal->scale;

    return !__builtin_mul_overflow(decimal->whole, unit, value) &&
           !__builtin_add_overflow(*value, (int64_t)part, value);
}

bool quantity_integer(const char *text, int64_t *value)
{
    bool negative = *text == '-';

    text += negative;
    if (!read_digits(&text, value) || *text)
        return false;
    if (negative)
        *value = -*value;
    return true;
}

bool quantity_bytes(const char *text, int64_t *value)
{
    static const char units[] = "kmgtpe";
    struct decimal decimal;
    const char *unit;
    int64_t factor = 1;

    if (*text == '-')
        return quantity_integer(text, value);
    if (!read_decimal(&text, &decimal))
        return false;
    text += *text == ' ';
    unit = *text ? strchr(units, *text | 0x20) : NULL;
    if (unit) {
        factor <<= 10 * (unit - units + 1);
        text++;
        if (strcasecmp(text, "ib") == 0)
            text += 2;
    }
    if (strcasecmp(text, "b") == 0)
        text++;
    return !*text && multiply(&decimal, factor, value);
}

static const struct {
    const char *name;
    int64_t nanoseconds;
} time_units[] = {
    /* longest name first where one begins another */
    {"ns", 1},
    {"us", 1000},
    {"\xc2\xb5s", 1000}, /* the micro sign */
    {"\xce\xbcs", 1000}, /* the Greek letter */
    {"ms", 1000000},
    {"s", 1000000000},
    {"m", 60 * INT64_C(1000000000)},
    {"h", 3600 * INT64_C(1000000000)},
};

static int64_t read_time_unit(const char **text)
{
    for (size_t i = 0; i < sizeof time_units / sizeof *time_units; i++) {
        size_t length = strlen(time_units[i].name);

        if (strncmp(*text, time_units[i].name, length) == 0) {
            *text += length;
            return time_units[i].nanoseconds;
        }
    }
    return 0;
}

bool quantity_duration(const char *text, int64_t *value)
{
    *value = 0;
    if (strcmp(text, "0") == 0)
        return true;
    if (!*text)
        return false;
    while (*text) {
        struct decimal decimal;
        int64_t unit, part;

        if (!read_decimal(&text, &decimal))
            return false;
        unit = read_time_unit(&text);
        if (unit == 0 || !multiply(&decimal, unit, &part) || __builtin_add_overflow(*value, part, value))
            return false;
    }
    return true;
}
