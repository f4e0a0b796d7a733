/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Eight bytes of a text at a time. */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stdint.h>
#include <string.h>

enum { WORD = sizeof(uint64_t) };

#define EACH_BYTE(value) (0x0101010101010101 * (uint64_t)(value))

static inline uint64_t word_at(const void *text)
{
    uint64_t word;

    memcpy(&word, text, sizeof word);
    return word;
}

/** @return a word whose highest bits mark the bytes that are this one, and maybe some behind it, but none before it */
static inline uint64_t word_find(uint64_t word, unsigned char byte)
{
    return (word ^ EACH_BYTE(byte)) - EACH_BYTE(1);
}

/**
 * What is no plain character of a JSON string: control characters, quotation marks, backslashes, bytes beyond ASCII.
 * @return as of word_find(); other bits than the highest mean nothing
 */
static inline uint64_t word_not_plain(uint64_t word)
{
    return word | (word - EACH_BYTE(' ')) | word_find(word, '"') | word_find(word, '\\');
}

#endif
