/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Distributions build their libraries with _FORTIFY_SOURCE, which makes calls of some functions calls of checking ones
 * that only glibc has. Where the program is linked with musl, these stand here. As in glibc, `size` is what the
 * compiler knows of the place that is written to, and a call that needs more ends the program.
 */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef __GLIBC__

/* NOLINTBEGIN(bugprone-reserved-identifier): the names are glibc's. */
void *__memcpy_chk(void *to, const void *from, size_t length, size_t size);
int __sprintf_chk(char *text, int flag, size_t size, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
int __snprintf_chk(char *text, size_t length, int flag, size_t size, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
int __fprintf_chk(FILE *stream, int flag, const char *format, ...) __attribute__((format(printf, 3, 4)));

void *__memcpy_chk(void *to, const void *from, size_t length, size_t size)
{
    if (length > size)
        abort();
    return memcpy(to, from, length);
}

int __sprintf_chk(char *text, int flag, size_t size, const char *format, ...)
{
    va_list ap;
    int n;

    (void)flag;
    va_start(ap, format);
    n = vsnprintf(text, size > INT_MAX ? INT_MAX : size, format, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n >= size)
        abort();
    return n;
}

int __snprintf_chk(char *text, size_t length, int flag, size_t size, const char *format, ...)
{
    va_list ap;
    int n;

    (void)flag;
    if (length > size)
        abort();
    va_start(ap, format);
    n = vsnprintf(text, length, format, ap);
    va_end(ap);
    return n;
}

int __fprintf_chk(FILE *stream, int flag, const char *format, ...)
{
    va_list ap;
    int n;

    (void)flag;
    va_start(ap, format);
    n = vfprintf(stream, format, ap);
    va_end(ap);
    return n;
}
/* NOLINTEND(bugprone-reserved-identifier) */

#endif
