/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strings, truth values, numbers, names. */
#include "spec/reader_private.h"

#include <string.h>

enum { POOL_SIZE = 4096 };

const char *reader_string(struct reader *reader, struct tree_text text)
{
    char *copy;

    if (text.length >= POOL_SIZE / 8)
        return arena_copy(reader->arena, text.text, text.length);
    if ((size_t)(reader->pool_end - reader->pool) <= text.length) {
        /* All strings of a file, each with its NUL, are shorter than the file: there they have two quotes. */
        size_t size = reader->source.length < POOL_SIZE ? reader->source.length : POOL_SIZE;

        if (size <= text.length)
            return arena_copy(reader->arena, text.text, text.length);
        reader->pool = arena_alloc(reader->arena, size);
        reader->pool_end = reader->pool + size;
    }
    copy = reader->pool;
    memcpy(copy, text.text, text.length);
    copy[text.length] = 0;
    reader->pool += text.length + 1;
    return copy;
}

static int check_string(struct reader *reader, const struct reader_field *field,
                        const struct reader_node *node, struct tree_text text)
{
    bool empty = text.length == 0;

    if (empty && (field->flags & READER_NONEMPTY) && field->type == READER_STRING)
        return reader_fail(reader, node, "an empty string, expected %s",
                           field->what ? field->what : "some text");
    if (!(field->flags & READER_ABSOLUTE) || (empty && (field->flags & READER_EMPTY_OK)))
        return 0;
    if (empty || text.text[0] != '/')
        return reader_fail(reader, node, "%s is not absolute, expected a path that begins with /",
                           place_quote(&reader->tree.scratch, text.text, text.length));
    return 0;
}

int reader_take_string(struct reader *reader, const struct reader_field *field,
                       const struct reader_node *node, const char **value)
{
    struct tree_text text;
    uint64_t ignored = 0;

    if (node->kind != NODE_STRING)
        return reader_wrong_item(reader, field, node);
    text = tree_text(&reader->tree, node);
    if (field->values && reader_take_name(reader, field, node, &ignored) < 0)
        return -1;
    if (check_string(reader, field, node, text) < 0)
        return -1;
    *value = node->escaped ? text.text : reader_string(reader, text);
    return field->check ? field->check(reader, node, (void *)value) : 0;
}

int reader_store_string(struct reader *reader, const struct reader_field *field,
                        const struct reader_node *node, char *out)
{
    const char *value = NULL;

    if (reader_take_string(reader, field, node, &value) < 0)
        return -1;
    memcpy(out + field->offset, &value, sizeof value);
    return 0;
}

int reader_store_bool(struct reader *reader, const struct reader_field *field, const struct reader_node *node,
                      char *out)
{
    struct spec_bool value = {.value = node->kind == NODE_TRUE, .set = true};

    if (node->kind != NODE_TRUE && node->kind != NODE_FALSE)
        return reader_wrong_item(reader, field, node);
    if (field->flags & READER_OPTIONAL)
        memcpy(out + field->offset, &value, sizeof value);
    else
        memcpy(out + field->offset, &value.value, sizeof value.value);
    return field->check ? field->check(reader, node, out + field->offset) : 0;
}

static int out_of_range(struct reader *reader, const struct reader_field *field,
                        const struct reader_node *node, int64_t min, uint64_t max)
{
    struct tree_text text = tree_text(&reader->tree, node);
    int shown = text.length > 40 ? 40 : (int)text.length;
    const char *unit = field->unit ? field->unit : "", *space = field->unit ? " " : "";

    if (max == READER_ID_MAX && text.length == 10 && memcmp(text.text, "4294967295", 10) == 0)
        return reader_fail(reader, node,
                           "4294967295 is no id: it is (uid_t)-1, which means \"unchanged\" to the kernel, "
                           "expected an integer from 0 to 4294967294");
    return reader_fail(reader, node, "%.*s%s is out of range, expected an integer from %lld to %llu%s%s",
                       shown, text.text, text.length > 40 ? "..." : "", (long long)min,
                       (unsigned long long)max, space, unit);
}

/* The integer that is written in plain digits; 1.0 and 1e3 are refused, since their readers disagree on them. */
static int parse_integer(struct reader *reader, const struct reader_field *field,
                         const struct reader_node *node, bool *negative, uint64_t *magnitude, bool *overflow)
{
    struct tree_text text;
    size_t i;

    if (node->kind != NODE_NUMBER)
        return reader_wrong_item(reader, field, node);
    text = tree_text(&reader->tree, node);
    *negative = text.text[0] == '-';
    *magnitude = 0;
    *overflow = false;
    for (i = *negative; i < text.length; i++) {
        unsigned digit = (unsigned)(text.text[i] - '0');

        if (digit > 9)
            return reader_fail(reader, node, "%.*s is not an integer, expected one in plain digits",
                               text.length > 40 ? 40 : (int)text.length, text.text);
        *overflow |= __builtin_mul_overflow(*magnitude, 10u, magnitude) ||
                     __builtin_add_overflow(*magnitude, digit, magnitude);
    }
    if (*magnitude == 0)
        *negative = false; /* -0 */
    return 0;
}

static int take_signed(struct reader *reader, const struct reader_field *field,
                       const struct reader_node *node, size_t size, int64_t *value)
{
    bool given = field->min || field->max, negative = false, overflow = false;
    int64_t min = given ? field->min : size == 4 ? INT32_MIN : INT64_MIN;
    uint64_t max = given ? field->max : size == 4 ? INT32_MAX : INT64_MAX, magnitude = 0;

    if (parse_integer(reader, field, node, &negative, &magnitude, &overflow) < 0)
        return -1;
    overflow |= negative ? magnitude > (uint64_t)INT64_MAX + 1 : magnitude > max;
    *value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    if (overflow || *value < min)
        return out_of_range(reader, field, node, min, max);
    return 0;
}

static int take_unsigned(struct reader *reader, const struct reader_field *field,
                         const struct reader_node *node, size_t size, uint64_t *value)
{
    bool negative = false, overflow = false;
    uint64_t max = field->max ? field->max : size == 4 ? UINT32_MAX : UINT64_MAX;

    if (parse_integer(reader, field, node, &negative, value, &overflow) < 0)
        return -1;
    if (negative || overflow || *value > max || *value < (uint64_t)field->min)
        return out_of_range(reader, field, node, field->min, max);
    return 0;
}

int reader_store_integer(struct reader *reader, const struct reader_field *field,
                         const struct reader_node *node, char *out)
{
    bool optional = field->flags & READER_OPTIONAL;
    struct spec_i64 value = {.set = true};

    if (take_signed(reader, field, node, optional ? 8 : field->size, &value.value) < 0)
        return -1;
    if (optional) {
        memcpy(out + field->offset, &value, sizeof value);
    } else if (field->size == sizeof(int32_t)) {
        int32_t small = (int32_t)value.value;

        memcpy(out + field->offset, &small, sizeof small);
    } else {
        memcpy(out + field->offset, &value.value, sizeof value.value);
    }
    return field->check ? field->check(reader, node, out + field->offset) : 0;
}

int reader_store_unsigned(struct reader *reader, const struct reader_field *field,
                          const struct reader_node *node, char *out)
{
    bool optional = field->flags & READER_OPTIONAL;
    bool wide = field->size == (optional ? sizeof(struct spec_u64) : sizeof(uint64_t));
    uint64_t value = 0;

    if (take_unsigned(reader, field, node, wide ? 8 : 4, &value) < 0)
        return -1;
    if (optional && wide) {
        memcpy(out + field->offset, &(struct spec_u64){.value = value, .set = true}, sizeof(struct spec_u64));
    } else if (optional) {
        memcpy(out + field->offset, &(struct spec_u32){.value = (uint32_t)value, .set = true},
               sizeof(struct spec_u32));
    } else if (wide) {
        memcpy(out + field->offset, &value, sizeof value);
    } else {
        memcpy(out + field->offset, &(uint32_t){(uint32_t)value}, sizeof(uint32_t));
    }
    return field->check ? field->check(reader, node, out + field->offset) : 0;
}

int reader_number(struct reader *reader, const struct reader_field *field, const struct reader_node *node,
                  uint32_t *value)
{
    uint64_t wide = 0;

    if (take_unsigned(reader, field, node, sizeof *value, &wide) < 0)
        return -1;
    *value = (uint32_t)wide;
    return 0;
}

int reader_take_name(struct reader *reader, const struct reader_field *field, const struct reader_node *node,
                     uint64_t *value)
{
    const struct reader_value *row;
    struct tree_text text;

    if (node->kind != NODE_STRING)
        return reader_wrong_item(reader, field, node);
    text = tree_text(&reader->tree, node);
    for (row = field->values; row->name; row++) {
        if (strncmp(row->name, text.text, text.length) == 0 && row->name[text.length] == 0) {
            *value = row->value;
            return 0;
        }
    }
    return reader_unknown_value(reader, field, node);
}

int reader_store_enum(struct reader *reader, const struct reader_field *field, const struct reader_node *node,
                      char *out)
{
    uint64_t value = 0;

    if (reader_take_name(reader, field, node, &value) < 0)
        return -1;
    if (field->size == 1)
        out[field->offset] = (char)value;
    else
        memcpy(out + field->offset, &(uint32_t){(uint32_t)value}, sizeof(uint32_t));
    return field->check ? field->check(reader, node, out + field->offset) : 0;
}
