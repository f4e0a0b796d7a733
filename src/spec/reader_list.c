/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arrays and objects. */
#include "spec/reader_private.h"

#include <string.h>

/* Every list structure of spec.h begins like this. */
static void put_list(const struct reader_field *field, char *out, const void *items, size_t count)
{
    struct {
        const void *items;
        size_t count;
    } list = {items, count};

    _Static_assert(sizeof list == sizeof(struct spec_strings), "as in spec.h");
    memcpy(out + field->offset, &list, sizeof list);
}

static int check_array(struct reader *reader, const struct reader_field *field,
                       const struct reader_node *node)
{
    if (node->kind != NODE_ARRAY)
        return reader_wrong_type(reader, field, node);
    if (node->length == 0 && (field->flags & READER_NONEMPTY))
        return reader_fail(reader, node, "an empty array, expected at least one %s",
                           field->what ? field->what : "item");
    return 0;
}

static int check_key(struct reader *reader, const struct reader_field *field, const struct reader_node *key)
{
    if (tree_text(&reader->tree, key).length == 0 && (field->flags & READER_NONEMPTY))
        return reader_fail(reader, key, "an empty name, expected %s",
                           field->what ? field->what : "some text");
    return 0;
}

int reader_store_flags(struct reader *reader, const struct reader_field *field,
                       const struct reader_node *node, char *out)
{
    const struct reader_node *item;
    uint64_t all = 0, value;

    if (check_array(reader, field, node) < 0)
        return -1;
    for (item = tree_first(&reader->tree, node); item; item = tree_next(&reader->tree, node, item)) {
        if (reader_take_name(reader, field, item, &value) < 0)
            return -1;
        all |= value;
    }
    if (field->size == 0) /* checked, and kept by nobody */
        return 0;
    if (field->size == sizeof all)
        *(uint64_t *)(void *)(out + field->offset) = all;
    else
        *(uint32_t *)(void *)(out + field->offset) = (uint32_t)all;
    return 0;
}

int reader_store_strings(struct reader *reader, const struct reader_field *field,
                         const struct reader_node *node, char *out)
{
    const struct reader_node *item;
    const char **items;
    size_t i = 0;

    if (check_array(reader, field, node) < 0)
        return -1;
    items = arena_array(reader->arena, node->length, sizeof *items);
    for (item = tree_first(&reader->tree, node); item; item = tree_next(&reader->tree, node, item))
        if (reader_take_string(reader, field, item, &items[i++]) < 0)
            return -1;
    put_list(field, out, items, node->length);
    return 0;
}

int reader_store_numbers(struct reader *reader, const struct reader_field *field,
                         const struct reader_node *node, char *out)
{
    const struct reader_node *item;
    uint32_t *items;
    size_t i = 0;

    if (check_array(reader, field, node) < 0)
        return -1;
    items = arena_array(reader->arena, node->length, sizeof *items);
    for (item = tree_first(&reader->tree, node); item; item = tree_next(&reader->tree, node, item))
        if (reader_number(reader, field, item, &items[i++]) < 0)
            return -1;
    put_list(field, out, items, node->length);
    return 0;
}

static int take_pair(struct reader *reader, const struct reader_field *field, const struct reader_node *key,
                     struct spec_pair *pair)
{
    const struct reader_node *value = key + 1;

    if (check_key(reader, field, key) < 0)
        return -1;
    if (value->kind != NODE_STRING)
        return reader_wrong_item(reader, field, value);
    pair->key = reader_string(reader, tree_text(&reader->tree, key));
    pair->value = reader_string(reader, tree_text(&reader->tree, value));
    return field->check ? field->check(reader, key, pair) : 0;
}

int reader_store_pairs(struct reader *reader, const struct reader_field *field,
                       const struct reader_node *node, char *out)
{
    const struct reader_node *key;
    struct spec_pair *items;
    size_t i = 0;

    if (node->kind != NODE_OBJECT)
        return reader_wrong_type(reader, field, node);
    items = arena_array(reader->arena, node->length, sizeof *items);
    for (key = tree_first(&reader->tree, node); key; key = tree_next(&reader->tree, node, key + 1))
        if (take_pair(reader, field, key, &items[i++]) < 0)
            return -1;
    put_list(field, out, items, node->length);
    return 0;
}

int reader_store_object(struct reader *reader, const struct reader_field *field,
                        const struct reader_node *node, char *out)
{
    if (node->kind != NODE_OBJECT)
        return reader_wrong_type(reader, field, node);
    if (reader_object(reader, node, field->shape, out + field->offset) < 0)
        return -1;
    return field->check ? field->check(reader, node, out + field->offset) : 0;
}

int reader_store_pointer(struct reader *reader, const struct reader_field *field,
                         const struct reader_node *node, char *out)
{
    char *object;

    if (node->kind != NODE_OBJECT)
        return reader_wrong_type(reader, field, node);
    object = arena_alloc(reader->arena, field->shape->size);
    if (reader_object(reader, node, field->shape, object) < 0)
        return -1;
    memcpy(out + field->offset, &object, sizeof object);
    return field->check ? field->check(reader, node, object) : 0;
}

int reader_store_array(struct reader *reader, const struct reader_field *field,
                       const struct reader_node *node, char *out)
{
    const struct reader_node *item;
    char *items, *at;

    if (check_array(reader, field, node) < 0)
        return -1;
    items = at = arena_array(reader->arena, node->length, field->shape->size);
    for (item = tree_first(&reader->tree, node); item; item = tree_next(&reader->tree, node, item)) {
        if (item->kind != NODE_OBJECT)
            return reader_wrong_item(reader, field, item);
        if (reader_object(reader, item, field->shape, at) < 0)
            return -1;
        at += field->shape->size;
    }
    put_list(field, out, items, node->length);
    return field->check ? field->check(reader, node, out + field->offset) : 0;
}

int reader_store_map(struct reader *reader, const struct reader_field *field, const struct reader_node *node,
                     char *out)
{
    const struct reader_node *key;
    char *items, *at;

    if (node->kind != NODE_OBJECT)
        return reader_wrong_type(reader, field, node);
    items = at = arena_array(reader->arena, node->length, field->shape->size);
    for (key = tree_first(&reader->tree, node); key; key = tree_next(&reader->tree, node, key + 1)) {
        const char *name = reader_string(reader, tree_text(&reader->tree, key));

        if (check_key(reader, field, key) < 0)
            return -1;
        if (key[1].kind != NODE_OBJECT)
            return reader_wrong_item(reader, field, key + 1);
        memcpy(at + field->shape->key - 1, &name, sizeof name);
        if (reader_object(reader, key + 1, field->shape, at) < 0)
            return -1;
        at += field->shape->size;
    }
    put_list(field, out, items, node->length);
    return field->check ? field->check(reader, node, out + field->offset) : 0;
}
