/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers with a sign, a unit or a fraction, as people and other runtimes' callers write them. */
#ifndef CLI_QUANTITY_H
#define CLI_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

/** Reads a decimal number with an optional minus that fills all of `text`. @return whether it is one. */
bool quantity_integer(const char *text, int64_t *value);

/**
 * Reads an amount of bytes: a decimal number, perhaps with a fraction, and an optional unit of 1024: "64M", "1.5g",
 * "512KiB", "100 kb"; or a negative number, as it is.
 */
bool quantity_bytes(const char *text, int64_t *value);

/**
 * Reads a duration as Go's time.ParseDuration does: "1s", "500ms", "1m30s", "1.5h"; not a negative one.
 * @param value receives nanoseconds
 */
bool quantity_duration(const char *text, int64_t *value);

#endif
