/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory that is freed all at once. A command makes one arena, everything it reads and decides lives there.
 * Allocation cannot return NULL: when memory runs out, the process says so on standard error and ends with
 * status 1. What it had changed on the host by then stands in the undo journal, and its init ends by itself.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks;
    char *next; /* free space: of a block, or of its owner's memory */
    char *end;
    size_t grows_by; /* size of the block that `next` is in; 0: of none */
};

#define _cleanup_arena_ __attribute__((cleanup(arena_free)))

/**
 * Declares room on the stack for ARENA_IN(). As large as what mostly is in it: -fstack-clash-protection touches each page of
 * a large array, used or not.
 */
#define ARENA_ROOM(room, size) _Alignas(max_align_t) char(room)[size]

/**
 * An arena that begins in `room`: aligned for any type, and there for as long as the arena is. Its content does not
 * matter. No memory is asked for before it is full.
 */
#define ARENA_IN(room) ((struct arena){.next = (room), .end = (room) + sizeof(room)})

/** @return `size` zeroed bytes, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull));

/** @return room for `count` zeroed items; ends the process when the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size) __attribute__((returns_nonnull));

#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

/** @return a copy of the first `length` bytes of `text`, ended by a NUL. */
char *arena_copy(struct arena *arena, const char *text, size_t length);

/** @return a copy of `text`; NULL stays NULL. */
char *arena_string(struct arena *arena, const char *text);

/** @return `prefix` with the decimal number behind it: as "%s%zu", many times faster. */
char *arena_numbered(struct arena *arena, const char *prefix, size_t number);

char *arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vformat(struct arena *arena, const char *format, va_list ap)
    __attribute__((format(printf, 2, 0)));

/** Frees all of it; the arena can be used again. */
void arena_free(struct arena *arena);

#endif
