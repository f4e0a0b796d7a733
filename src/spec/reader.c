/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walks a tree along a table. */
#include "spec/reader_private.h"

#include <string.h>

static int ignore(struct reader *reader, const struct reader_field *field, const struct reader_node *node,
                  char *out)
{
    (void)reader;
    (void)field;
    (void)node;
    (void)out;
    return 0;
}

static reader_store *const stores[] = {
    [READER_STRING] = reader_store_string,   [READER_BOOL] = reader_store_bool,
    [READER_INTEGER] = reader_store_integer, [READER_UNSIGNED] = reader_store_unsigned,
    [READER_ENUM] = reader_store_enum,       [READER_FLAGS] = reader_store_flags,
    [READER_STRINGS] = reader_store_strings, [READER_NUMBERS] = reader_store_numbers,
    [READER_PAIRS] = reader_store_pairs,     [READER_OBJECT] = reader_store_object,
    [READER_POINTER] = reader_store_pointer, [READER_ARRAY] = reader_store_array,
    [READER_MAP] = reader_store_map,         [READER_IGNORED] = ignore,
};

/* Programs write members in the specification's order, as the tables have them: look from the last one on. */
static const struct reader_field *find_field(const struct reader_shape *shape, struct tree_text name,
                                             size_t *from)
{
    size_t i;

    for (i = 0; i < shape->count; i++) {
        const struct reader_field *field = &shape->fields[(*from + i) % shape->count];

        if (strncmp(field->name, name.text, name.length) == 0 && field->name[name.length] == 0) {
            *from = (size_t)(field - shape->fields) + 1;
            return field;
        }
    }
    return NULL;
}

static int read_member(struct reader *reader, const struct reader_field *field,
                       const struct reader_node *value, char *out)
{
    if (stores[field->type](reader, field, value, out) < 0)
        return -1;
    if (field->set)
        *(bool *)(out + field->set - 1) = true;
    return 0;
}

int reader_object(struct reader *reader, const struct reader_node *node, const struct reader_shape *shape,
                  char *out)
{
    const struct reader_node *key;
    uint64_t seen = 0; /* no table has more than 64 rows: tests/unit/test_spec_table.c */
    size_t from = 0, i;

    for (key = tree_first(&reader->tree, node); key; key = tree_next(&reader->tree, node, key + 1)) {
        const struct reader_field *field = find_field(shape, tree_text(&reader->tree, key), &from);

        if (!field) {
            reader_unknown_member(reader, shape, key);
            continue;
        }
        if (key[1].kind == NODE_NULL) /* Go's nil slices, maps and pointers */
            continue;
        seen |= UINT64_C(1) << (field - shape->fields);
        if (read_member(reader, field, key + 1, out) < 0)
            return -1;
    }
    for (i = 0; i < shape->count; i++)
        if ((shape->fields[i].flags & READER_REQUIRED) && !(seen & UINT64_C(1) << i))
            return reader_missing(reader, &shape->fields[i], node);
    return shape->check ? shape->check(reader, node, out) : 0;
}

static void reader_free(struct reader *reader)
{
    tree_free(&reader->tree);
}

int reader_decode(const struct reader_input *input, const struct reader_shape *shape, void *object,
                  struct caisson_error *err)
{
    __attribute__((cleanup(reader_free))) struct reader reader = {
        .source = {.name = input->name, .text = input->text, .length = input->length},
        .arena = input->arena,
        .notice = input->notice,
        .notice_data = input->notice_data,
        .err = err,
    };

    memset(object, 0, shape->size);
    if (tree_parse(&reader.tree, &reader.source, input->passed, input->arena, input->scratch, err) < 0)
        return -1;
    if (reader_object(&reader, reader.tree.nodes, shape, object) < 0)
        return -1;
    reader_unknown_rest(&reader);
    return 0;
}

const struct reader_node *reader_member(struct reader *reader, const struct reader_node *node,
                                        const char *name)
{
    const struct reader_node *value = tree_member(&reader->tree, node, name, strlen(name));

    return value && value->kind != NODE_NULL ? value : node;
}

const struct reader_node *reader_item(struct reader *reader, const struct reader_node *node, size_t index)
{
    const struct reader_node *child = tree_first(&reader->tree, node), *last = node;

    for (; child; child = tree_next(&reader->tree, node, child), index--) {
        last = node->kind == NODE_OBJECT ? ++child : child;
        if (index == 0)
            break;
    }
    return last;
}
