/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables themselves: sound, and full.json leaves no row of them out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "spec/fields.h"
#include "spec/tree.h"

static struct tree tree;

/* All objects of one shape: a member may stand in any of them. */
struct objects {
    const struct reader_node *items[64];
    size_t count;
};

static void add(struct objects *objects, const struct reader_node *node)
{
    assert_true(objects->count < sizeof objects->items / sizeof objects->items[0]);
    objects->items[objects->count++] = node;
}

static void add_children(struct objects *objects, const struct reader_node *list)
{
    const struct reader_node *child = tree_first(&tree, list);

    for (; child; child = tree_next(&tree, list, child)) {
        if (list->kind == NODE_OBJECT)
            child++;
        add(objects, child);
    }
}

static void check_row(const struct reader_field *field)
{
    static const char *const versions[] = {"1.0.2", "1.1", "1.2.1", "1.3"};
    bool nested = field->type == READER_OBJECT || field->type == READER_POINTER ||
                  field->type == READER_ARRAY || field->type == READER_MAP;
    size_t i = 0;

    assert_true(nested == (field->shape != NULL));
    if (field->type == READER_ENUM || field->type == READER_FLAGS)
        assert_non_null(field->values);
    if (field->values)
        assert_non_null(field->what); /* or messages would say "unknown value" */
    while (field->since && i < 4 && strcmp(field->since, versions[i]) != 0)
        i++;
    assert_true(i < 4);
}

static void check_shape(const struct reader_shape *shape, const struct objects *objects);

static void check_field(const struct reader_field *field, const struct objects *objects)
{
    struct objects inner = {.count = 0};
    size_t i, found = 0;

    check_row(field);
    for (i = 0; i < objects->count; i++) {
        const struct reader_node *value =
            tree_member(&tree, objects->items[i], field->name, strlen(field->name));

        if (!value || value->kind == NODE_NULL)
            continue;
        found++;
        if (field->type == READER_OBJECT || field->type == READER_POINTER)
            add(&inner, value);
        else if (field->shape)
            add_children(&inner, value);
    }
    if (!found)
        fail_msg("full.json has no %s", field->name);
    if (field->shape)
        check_shape(field->shape, &inner);
}

static void check_shape(const struct reader_shape *shape, const struct objects *objects)
{
    size_t i, j;

    assert_true(shape->count <= 64); /* reader_object() keeps what it has seen in 64 bits */
    for (i = 0; i < shape->count; i++) {
        for (j = 0; j < i; j++)
            assert_string_not_equal(shape->fields[i].name, shape->fields[j].name);
        check_field(&shape->fields[i], objects);
    }
}

static void full_json_has_every_member(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct spec_source source = {.name = "full.json"};
    struct caisson_error err;
    struct objects top = {.count = 0};

    (void)state;
    source.text =
        file_read(&arena, AT_FDCWD, TEST_DATA "/configs/full.json", SPEC_SIZE_LIMIT, &source.length, &err);
    assert_non_null(source.text);
    assert_int_equal(tree_parse(&tree, &source, NULL, &arena, (struct arena){0}, &err), 0);
    add(&top, tree.nodes);
    check_shape(&fields_config, &top);
    tree_free(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_json_has_every_member),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
