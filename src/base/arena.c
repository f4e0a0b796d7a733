/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BLOCK_SIZE = 32 * 1024, BLOCK_GROWS_TO = 256 * 1024, LARGE = 16 * 1024, ALIGNMENT = 16 };

struct arena_block {
    struct arena_block *older;
    size_t size; /* of the whole block, this header included */
    _Alignas(ALIGNMENT) char data[];
};

static _Noreturn void out_of_memory(void)
{
    static const char text[] = "caisson: out of memory\n";
    ssize_t n = write(STDERR_FILENO, text, sizeof text - 1);

    (void)n;
    _exit(1);
}

/*
 * Of the kernel: musl's calloc(3) touches each page of a block that it clears, used or not. A sanitizer sees an access beyond
 * what is allocated, and what is not freed, in memory of malloc(3) alone.
 */
static struct arena_block *block_new(size_t size)
{
#ifdef CAISSON_ASAN
    void *block = calloc(1, size);

    if (!block)
        out_of_memory();
#else
    void *block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (block == MAP_FAILED)
        out_of_memory();
#endif
    return block;
}

static void block_free(struct arena_block *block)
{
#ifdef CAISSON_ASAN
    free(block);
#else
    munmap(block, block->size);
#endif
}

static struct arena_block *add_block(struct arena *arena, size_t size)
{
    struct arena_block *block = block_new(size);

    block->size = size;
    block->older = arena->blocks;
    arena->blocks = block;
    return block;
}

/* Whoever needs many blocks gets larger ones. */
static void arena_grow(struct arena *arena)
{
    struct arena_block *block;

    arena->grows_by = arena->grows_by ? 2 * arena->grows_by : BLOCK_SIZE;
    if (arena->grows_by > BLOCK_GROWS_TO)
        arena->grows_by = BLOCK_GROWS_TO;
    block = add_block(arena, arena->grows_by);
    arena->next = block->data;
    arena->end = (char *)block + block->size;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    char *result;

    if (size > SIZE_MAX / 2)
        out_of_memory();
    size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if ((size_t)(arena->end - arena->next) < size || !arena->next) {
        if (size > LARGE) /* what is left of the block is for others */
            return add_block(arena, sizeof(struct arena_block) + size)->data;
        arena_grow(arena);
    }
    result = arena->next;
    arena->next += size;
    if (!arena->grows_by) /* blocks are zeroed, the room of the arena's owner is not */
        memset(result, 0, size);
    return result;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total))
        out_of_memory();
    return arena_alloc(arena, total);
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);

    memcpy(copy, text, length);
    return copy;
}

char *arena_string(struct arena *arena, const char *text)
{
    return text ? arena_copy(arena, text, strlen(text)) : NULL;
}

char *arena_numbered(struct arena *arena, const char *prefix, size_t number)
{
    char digits[24], *first = digits + sizeof digits;
    size_t length = strlen(prefix);
    char *text;

    *--first = '\0';
    do
        *--first = (char)('0' + number % 10);
    while (number /= 10);
    text = arena_alloc(arena, length + (size_t)(digits + sizeof digits - first));
    memcpy(text, prefix, length);
    memcpy(text + length, first, (size_t)(digits + sizeof digits - first));
    return text;
}

/* Straight into what is left of the block, where it fits: most often. */
char *arena_vformat(struct arena *arena, const char *format, va_list ap)
{
    size_t room = (size_t)(arena->end - arena->next) & ~(size_t)(ALIGNMENT - 1);
    va_list again;
    char *text;
    int n;

    va_copy(again, ap);
    n = vsnprintf(arena->next, room, format, again);
    va_end(again);
    if (n < 0)
        out_of_memory();
    if ((size_t)n < room) {
        text = arena->next;
        arena->next += ((size_t)n + ALIGNMENT) & ~(size_t)(ALIGNMENT - 1);
        return text;
    }
    if (room > 0)
        memset(arena->next, 0, room); /* what is allocated is zeroed */
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

void arena_free(struct arena *arena)
{
    struct arena_block *block = arena->blocks;

    while (block) {
        struct arena_block *older = block->older;

        block_free(block);
        block = older;
    }
    memset(arena, 0, sizeof *arena);
}
