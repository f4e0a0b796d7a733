/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the reader says: errors and notices, each with its place. */
#include "spec/reader_private.h"
#include "base/suggest.h"

#include <string.h>

enum { UNKNOWN_SHOWN = 16 }; /* each costs a walk through the text */

static const char *const kind_names[] = {
    [NODE_NULL] = "null",        [NODE_FALSE] = "false",     [NODE_TRUE] = "true",
    [NODE_NUMBER] = "a number",  [NODE_STRING] = "a string", [NODE_ARRAY] = "an array",
    [NODE_OBJECT] = "an object", [NODE_KEY] = "a name",
};

static const char *const type_names[] = {
    [READER_STRING] = "a string",
    [READER_BOOL] = "true or false",
    [READER_INTEGER] = "an integer",
    [READER_UNSIGNED] = "an integer from 0",
    [READER_ENUM] = "a string",
    [READER_FLAGS] = "an array of strings",
    [READER_STRINGS] = "an array of strings",
    [READER_NUMBERS] = "an array of integers from 0",
    [READER_PAIRS] = "an object whose members are strings",
    [READER_OBJECT] = "an object",
    [READER_POINTER] = "an object",
    [READER_ARRAY] = "an array of objects",
    [READER_MAP] = "an object whose members are objects",
    [READER_IGNORED] = "anything",
};

static int fail_at(struct reader *reader, const struct reader_node *node, const char *pointer,
                   const char *text)
{
    return place_fail(&reader->tree.scratch, &reader->source, node->offset, pointer, reader->err, "%s", text);
}

static const char *pointer_of(struct reader *reader, const struct reader_node *node)
{
    struct strbuf pointer = STRBUF(&reader->tree.scratch);

    place_pointer(&reader->tree, node, &pointer);
    return strbuf_string(&pointer);
}

int reader_fail(struct reader *reader, const struct reader_node *node, const char *format, ...)
{
    const char *text;
    va_list ap;

    va_start(ap, format);
    text = arena_vformat(&reader->tree.scratch, format, ap);
    va_end(ap);
    return fail_at(reader, node, pointer_of(reader, node), text);
}

void reader_notice(struct reader *reader, const struct reader_node *node, const char *format, ...)
{
    const char *text, *prefix;
    va_list ap;

    if (!reader->notice)
        return;
    va_start(ap, format);
    text = arena_vformat(&reader->tree.scratch, format, ap);
    va_end(ap);
    prefix = place_prefix(&reader->tree.scratch, &reader->source, node->offset, pointer_of(reader, node));
    reader->notice(reader->notice_data, arena_format(&reader->tree.scratch, "%s%s", prefix, text));
}

const char *reader_quote(struct reader *reader, const char *text)
{
    return place_quote(&reader->tree.scratch, text, strlen(text));
}

/* "a string", or of an array's item what each has to be. */
static const char *expected(const struct reader_field *field, bool item)
{
    if (item) {
        if (field->type == READER_FLAGS || field->type == READER_STRINGS || field->type == READER_PAIRS)
            return type_names[READER_STRING];
        if (field->type == READER_NUMBERS)
            return type_names[READER_UNSIGNED];
        if (field->type == READER_ARRAY || field->type == READER_MAP)
            return type_names[READER_OBJECT];
    }
    if (field->type == READER_STRING && (field->flags & READER_ABSOLUTE))
        return "an absolute path";
    return type_names[field->type];
}

int reader_wrong_type(struct reader *reader, const struct reader_field *field, const struct reader_node *node)
{
    return reader_fail(reader, node, "the wrong type: %s, expected %s", kind_names[node->kind],
                       expected(field, false));
}

int reader_wrong_item(struct reader *reader, const struct reader_field *field, const struct reader_node *node)
{
    return reader_fail(reader, node, "the wrong type: %s, expected %s", kind_names[node->kind],
                       expected(field, true));
}

int reader_missing(struct reader *reader, const struct reader_field *field, const struct reader_node *object)
{
    const struct reader_node *null = tree_member(&reader->tree, object, field->name, strlen(field->name));
    struct strbuf pointer = STRBUF(&reader->tree.scratch);

    place_pointer(&reader->tree, object, &pointer);
    place_add_name(&pointer, field->name, strlen(field->name));
    return fail_at(reader, null ? null : object, strbuf_string(&pointer),
                   arena_format(&reader->tree.scratch, "%s, expected %s: the member is required",
                                null ? "null" : "missing", expected(field, false)));
}

static const char *list_values(struct reader *reader, const struct reader_field *field)
{
    struct strbuf list = STRBUF(&reader->tree.scratch);
    const struct reader_value *row;

    for (row = field->values; row->name; row++)
        strbuf_format(&list, "%s%s", row == field->values ? "" : ", ", row->name);
    return strbuf_string(&list);
}

int reader_unknown_value(struct reader *reader, const struct reader_field *field,
                         const struct reader_node *node)
{
    struct tree_text text = tree_text(&reader->tree, node);
    struct suggest suggest = {.text = text.text, .length = text.length};
    const char *quoted = place_quote(&reader->tree.scratch, text.text, text.length);
    const char *what = field->what ? field->what : "value";
    const struct reader_value *row;

    if (!field->values->name)
        return reader_fail(reader, node, "unknown %s %s, expected none: the specification defines none", what,
                           quoted);
    for (row = field->values; row->name; row++)
        suggest_try(&suggest, row->name);
    if (!suggest.best)
        return reader_fail(reader, node, "unknown %s %s, expected one of %s", what, quoted,
                           list_values(reader, field));
    reader_fail(reader, node, "unknown %s %s, did you mean \"%s\"?", what, quoted, suggest.best);
    return error_hint(reader->err, "known are %s", list_values(reader, field));
}

void reader_unknown_member(struct reader *reader, const struct reader_shape *shape,
                           const struct reader_node *key)
{
    struct tree_text text = tree_text(&reader->tree, key);
    struct suggest suggest = {.text = text.text, .length = text.length};
    size_t i;

    if (++reader->unknown > UNKNOWN_SHOWN || !reader->notice)
        return;
    for (i = 0; i < shape->count; i++)
        suggest_try(&suggest, shape->fields[i].name);
    if (suggest.best)
        reader_notice(reader, key, "unknown property, ignored: did you mean \"%s\"?", suggest.best);
    else
        reader_notice(reader, key, "unknown property, ignored");
}

void reader_unknown_rest(struct reader *reader)
{
    if (reader->unknown > UNKNOWN_SHOWN)
        reader_notice(reader, reader->tree.nodes, "%u more unknown properties, ignored",
                      reader->unknown - UNKNOWN_SHOWN);
}
