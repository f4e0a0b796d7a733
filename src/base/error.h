/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Failures: one structure, filled where the failure is seen and handed up unchanged. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <caisson/error.h>

/**
 * Records a failure that has no errno. `err` may be NULL: then nothing is recorded.
 * @return -1 always, so that a caller can write `return error_set(...)`.
 */
int error_set(struct caisson_error *err, enum caisson_error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * Records that a system call failed: the message is the formatted text, ": " and the text of `errnum`.
 * @return -1 always.
 */
int error_system(struct caisson_error *err, int errnum, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Puts the formatted text in front of the message: the outer operation, then ": ". @return -1 always. */
int error_prefix(struct caisson_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Says what the user can do about the failure recorded in `err`. @return -1 always. */
int error_hint(struct caisson_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** @return the words for `errnum`: glibc's, whatever the program is linked with. They last as strerror(3)'s do. */
const char *error_text(int errnum);

#endif
