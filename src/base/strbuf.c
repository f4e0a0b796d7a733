/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void strbuf_reserve(struct strbuf *buf, size_t more)
{
    size_t want = buf->capacity ? 2 * buf->capacity : 128;
    char *data;

    if (buf->capacity - buf->length > more)
        return;
    if (want < buf->length + more + 1)
        want = buf->length + more + 1;
    data = arena_alloc(buf->arena, want);
    if (buf->length)
        memcpy(data, buf->data, buf->length);
    buf->data = data;
    buf->capacity = want;
}

void strbuf_add(struct strbuf *buf, const void *bytes, size_t length)
{
    strbuf_reserve(buf, length);
    memcpy(buf->data + buf->length, bytes, length);
    buf->length += length;
    buf->data[buf->length] = '\0';
}

void strbuf_text(struct strbuf *buf, const char *text)
{
    strbuf_add(buf, text, strlen(text));
}

void strbuf_char(struct strbuf *buf, char c)
{
    strbuf_add(buf, &c, 1);
}

void strbuf_format(struct strbuf *buf, const char *format, ...)
{
    va_list ap, again;
    int n;

    va_start(ap, format);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (n > 0) {
        strbuf_reserve(buf, (size_t)n);
        vsnprintf(buf->data + buf->length, (size_t)n + 1, format, ap);
        buf->length += (size_t)n;
    }
    va_end(ap);
}

const char *strbuf_string(const struct strbuf *buf)
{
    return buf->data ? buf->data : "";
}
