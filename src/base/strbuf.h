/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text that grows, in an arena. `data` is always ended by a NUL once something was added. */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stddef.h>

#include "base/arena.h"

struct strbuf {
    struct arena *arena;
    char *data;
    size_t length;
    size_t capacity;
};

#define STRBUF(arena_pointer) ((struct strbuf){.arena = (arena_pointer)})

/** Makes room for so many bytes more, for what would otherwise outgrow its memory again and again. */
void strbuf_reserve(struct strbuf *buf, size_t more);

void strbuf_add(struct strbuf *buf, const void *bytes, size_t length);
void strbuf_text(struct strbuf *buf, const char *text);
void strbuf_char(struct strbuf *buf, char c);
void strbuf_format(struct strbuf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** @return the text, "" when nothing was added. */
const char *strbuf_string(const struct strbuf *buf);

#endif
