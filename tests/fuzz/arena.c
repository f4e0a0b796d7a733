/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * src/base/arena.c with memory of its own for each allocation, of exactly the size that was asked for: the sanitizer sees
 * each byte that is read or written beyond it, which in a block of many would be a neighbour's.
 */
#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
    struct arena_block *older;
    void *bytes;
};

void *arena_alloc(struct arena *arena, size_t size)
{
    struct arena_block *block = malloc(sizeof *block);

    if (!block)
        abort();
    block->bytes = calloc(1, size);
    if (!block->bytes)
        abort();
    block->older = arena->blocks;
    arena->blocks = block;
    return block->bytes;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total))
        abort();
    return arena_alloc(arena, total);
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);

    if (length > 0)
        memcpy(copy, text, length);
    return copy;
}

char *arena_string(struct arena *arena, const char *text)
{
    return text ? arena_copy(arena, text, strlen(text)) : NULL;
}

char *arena_vformat(struct arena *arena, const char *format, va_list ap)
{
    va_list again;
    char *text;
    int n;

    va_copy(again, ap);
    n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (n < 0)
        abort();
    text = arena_alloc(arena, (size_t)n + 1);
    vsnprintf(text, (size_t)n + 1, format, ap);
    return text;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list ap;
    char *text;

    va_start(ap, format);
    text = arena_vformat(arena, format, ap);
    va_end(ap);
    return text;
}

char *arena_numbered(struct arena *arena, const char *prefix, size_t number)
{
    return arena_format(arena, "%s%zu", prefix, number);
}

void arena_free(struct arena *arena)
{
    struct arena_block *block = arena->blocks;

    while (block) {
        struct arena_block *older = block->older;

        free(block->bytes);
        free(block);
        block = older;
    }
    memset(arena, 0, sizeof *arena);
}
