/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void error_start(struct caisson_error *err, enum caisson_error_code code, int errnum)
{
    memset(err, 0, sizeof *err);
    err->code = code;
    err->errnum = errnum;
}

int error_set(struct caisson_error *err, enum caisson_error_code code, const char *format, ...)
{
    va_list ap;

    if (!err)
        return -1;
    error_start(err, code, 0);
    va_start(ap, format);
    vsnprintf(err->message, sizeof err->message, format, ap);
    va_end(ap);
    return -1;
}

int error_system(struct caisson_error *err, int errnum, const char *format, ...)
{
    va_list ap;
    int n;

    if (!err)
        return -1;
    error_start(err, CAISSON_ERROR_SYSTEM, errnum);
    va_start(ap, format);
    n = vsnprintf(err->message, sizeof err->message, format, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n < sizeof err->message)
        snprintf(err->message + n, sizeof err->message - (size_t)n, ": %s", error_text(errnum));
    return -1;
}

int error_prefix(struct caisson_error *err, const char *format, ...)
{
    char inner[sizeof err->message];
    va_list ap;
    int n;

    if (!err)
        return -1;
    memcpy(inner, err->message, sizeof inner);
    va_start(ap, format);
    n = vsnprintf(err->message, sizeof err->message, format, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n < sizeof err->message)
        snprintf(err->message + n, sizeof err->message - (size_t)n, ": %s", inner);
    return -1;
}

int error_hint(struct caisson_error *err, const char *format, ...)
{
    va_list ap;

    if (!err)
        return -1;
    va_start(ap, format);
    vsnprintf(err->hint, sizeof err->hint, format, ap);
    va_end(ap);
    return -1;
}
