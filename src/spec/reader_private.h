/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of the table-driven reader share. */
#ifndef SPEC_READER_PRIVATE_H
#define SPEC_READER_PRIVATE_H

#include "spec/reader.h"
#include "spec/tree.h"

struct reader {
    struct spec_source source;
    struct arena *arena;
    spec_notice *notice;
    void *notice_data;
    struct caisson_error *err;
    char *pool, *pool_end; /* room for strings: packed, since most are shorter than an arena's alignment */
    unsigned unknown;      /* properties not known so far */
    struct tree tree;
};

/** @return a copy of the text, ended by a NUL. */
const char *reader_string(struct reader *reader, struct tree_text text);

/** Stores one value as the field says. `out` is the structure. @return 0, or -1 */
typedef int reader_store(struct reader *reader, const struct reader_field *field,
                         const struct reader_node *node, char *out);

/* reader_scalar.c */
reader_store reader_store_string, reader_store_bool, reader_store_integer, reader_store_unsigned,
    reader_store_enum;
/** Reads an item of READER_NUMBERS. */
int reader_number(struct reader *reader, const struct reader_field *field, const struct reader_node *node,
                  uint32_t *value);
/** Checks and copies one string of READER_STRING or READER_STRINGS. */
int reader_take_string(struct reader *reader, const struct reader_field *field,
                       const struct reader_node *node, const char **value);
/** Looks a string up in field->values. */
int reader_take_name(struct reader *reader, const struct reader_field *field, const struct reader_node *node,
                     uint64_t *value);

/* reader_list.c */
reader_store reader_store_flags, reader_store_strings, reader_store_numbers, reader_store_pairs,
    reader_store_object, reader_store_pointer, reader_store_array, reader_store_map;

/** Reads the members of an object. `out` is zeroed. */
int reader_object(struct reader *reader, const struct reader_node *node, const struct reader_shape *shape,
                  char *out);

/* reader_report.c */
/** "the wrong type: a number, expected ..." @return -1 always. */
int reader_wrong_type(struct reader *reader, const struct reader_field *field,
                      const struct reader_node *node);
/** The same for an item of a list, or the only value of a member that is no list. @return -1 always. */
int reader_wrong_item(struct reader *reader, const struct reader_field *field,
                      const struct reader_node *node);
/** A required member that is absent or null. @return -1 always. */
int reader_missing(struct reader *reader, const struct reader_field *field, const struct reader_node *object);
/** A string that is not in field->values, with "did you mean" or the list. @return -1 always. */
int reader_unknown_value(struct reader *reader, const struct reader_field *field,
                         const struct reader_node *node);
/** A member that the shape does not have: a notice. */
void reader_unknown_member(struct reader *reader, const struct reader_shape *shape,
                           const struct reader_node *key);
/** Says how many unknown members were not told one by one. */
void reader_unknown_rest(struct reader *reader);

#endif
