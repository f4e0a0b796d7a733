/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a value stands: JSON pointers (RFC 6901), lines and columns, and messages that begin with them. */
#include "spec/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINTER_SHOWN = 240, TEXT_SHOWN = 60 };

void place_add_name(struct strbuf *out, const char *name, size_t length)
{
    size_t i;

    strbuf_char(out, '/');
    for (i = 0; i < length; i++) {
        if (name[i] == '~')
            strbuf_text(out, "~0");
        else if (name[i] == '/')
            strbuf_text(out, "~1");
        else
            strbuf_char(out, name[i]);
    }
}

/* The tree holds no way up: walk down towards the node, whose index tells which child it is in. */
void place_pointer(const struct tree *tree, const struct reader_node *node, struct strbuf *out)
{
    const struct reader_node *at = tree->nodes;

    while (at && at != node) {
        bool object = at->kind == NODE_OBJECT;
        const struct reader_node *child = tree_first(tree, at), *key = NULL;
        size_t index = 0;

        for (; child; child = tree_next(tree, at, child), index++) {
            if (object)
                key = child++;
            if (node < tree->nodes + child->next)
                break;
        }
        if (object && key) {
            struct tree_text name = tree_text(tree, key);

            place_add_name(out, name.text, name.length);
        } else {
            strbuf_format(out, "/%zu", index);
        }
        if (key == node)
            return;
        at = child;
    }
}

/* The key of the member that an object is being read for. */
static const struct reader_node *last_key(const struct tree *tree, uint32_t object)
{
    const struct reader_node *key = NULL;
    uint32_t i = object + 1, seen;

    if (tree->nodes[tree->count - 1].kind == NODE_KEY && tree->open[tree->depth - 1] == object)
        return &tree->nodes[tree->count - 1];
    for (seen = 0; seen < tree->nodes[object].length; seen++) {
        key = &tree->nodes[i];
        i = tree->nodes[i + 1].next;
    }
    return key;
}

void place_open_pointer(const struct tree *tree, bool in_string, struct strbuf *out)
{
    unsigned i;

    for (i = 0; i < tree->depth; i++) {
        const struct reader_node *node = &tree->nodes[tree->open[i]], *key = NULL;
        bool innermost = i + 1 == tree->depth;

        if (node->kind == NODE_OBJECT) {
            if (!innermost || tree->nodes[tree->count - 1].kind == NODE_KEY)
                key = last_key(tree, tree->open[i]);
            if (key)
                place_add_name(out, tree_text(tree, key).text, tree_text(tree, key).length);
        } else if (!innermost) {
            strbuf_format(out, "/%u", node->length - 1);
        } else if (in_string) {
            strbuf_format(out, "/%u", node->length);
        }
    }
}

/* One reference token of a pointer with ~1 and ~0 undone. @return what follows it */
static const char *next_token(const char *pointer, char *token, size_t size, size_t *length)
{
    size_t n = 0;

    for (; *pointer && *pointer != '/'; pointer++) {
        char c = *pointer;

        if (c == '~' && (pointer[1] == '0' || pointer[1] == '1'))
            c = *++pointer == '0' ? '~' : '/';
        if (n < size)
            token[n] = c;
        n++;
    }
    *length = n;
    return pointer;
}

const struct reader_node *place_find(const struct tree *tree, const char *pointer)
{
    const struct reader_node *node = tree->nodes;

    while (*pointer == '/') {
        const struct reader_node *child = NULL;
        char token[4096], *end;
        size_t length;

        pointer = next_token(pointer + 1, token, sizeof token - 1, &length);
        if (length >= sizeof token)
            break;
        token[length] = 0;
        if (node->kind == NODE_OBJECT) {
            child = tree_member(tree, node, token, length);
        } else if (node->kind == NODE_ARRAY && length > 0) {
            unsigned long index = strtoul(token, &end, 10);

            for (child = *end ? NULL : tree_first(tree, node); child && index > 0; index--)
                child = tree_next(tree, node, child);
        }
        if (!child)
            break;
        node = child;
    }
    return node;
}

void place_of(const struct spec_source *source, size_t offset, unsigned *line, unsigned *column)
{
    size_t i;

    *line = 1;
    *column = 1;
    for (i = 0; i < offset && i < source->length; i++) {
        unsigned char c = (unsigned char)source->text[i];

        if (c == '\n') {
            ++*line;
            *column = 1;
        } else if ((c & 0xc0) != 0x80) {
            ++*column;
        }
    }
}

static void add_printable(struct strbuf *out, const char *text, size_t length, size_t limit)
{
    size_t i;

    for (i = 0; i < length && i < limit; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c < 0x20 || c == 0x7f)
            strbuf_format(out, "\\u%04x", c);
        else
            strbuf_char(out, text[i]);
    }
    while (i < length && ((unsigned char)text[i] & 0xc0) == 0x80) /* not in the middle of a character */
        strbuf_char(out, text[i++]);
    if (i < length)
        strbuf_text(out, "...");
}

const char *place_quote(struct arena *arena, const char *text, size_t length)
{
    struct strbuf out = STRBUF(arena);

    strbuf_char(&out, '"');
    add_printable(&out, text, length, TEXT_SHOWN);
    strbuf_char(&out, '"');
    return strbuf_string(&out);
}

const char *place_prefix(struct arena *arena, const struct spec_source *source, size_t offset,
                         const char *pointer)
{
    struct strbuf out = STRBUF(arena);
    unsigned line, column;

    place_of(source, offset, &line, &column);
    strbuf_format(&out, "%s:%u:%u: ", source->name, line, column);
    if (*pointer) {
        add_printable(&out, pointer, strlen(pointer), POINTER_SHOWN);
        strbuf_text(&out, ": ");
    }
    return strbuf_string(&out);
}

void place_keep_pointer(const char *pointer, struct caisson_error *err)
{
    size_t length = strnlen(pointer, sizeof err->pointer);

    if (length == sizeof err->pointer) { /* cut, but not within a character */
        length--;
        while (length > 0 && ((unsigned char)pointer[length] & 0xc0) == 0x80)
            length--;
    }
    memcpy(err->pointer, pointer, length);
    err->pointer[length] = 0;
}

void place_message(struct caisson_error *err, const char *prefix, const char *text)
{
    snprintf(err->message, sizeof err->message, "%s%s", prefix, text);
}

void place_note(const struct spec_source *source, size_t offset, const char *pointer,
                struct caisson_error *err)
{
    place_of(source, offset, &err->line, &err->column);
    place_keep_pointer(pointer, err);
}

int place_fail(struct arena *arena, const struct spec_source *source, size_t offset, const char *pointer,
               struct caisson_error *err, const char *format, ...)
{
    const char *text;
    va_list ap;

    if (!err)
        return -1;
    va_start(ap, format);
    text = arena_vformat(arena, format, ap);
    va_end(ap);
    error_set(err, CAISSON_ERROR_CONFIG, "%s%s", place_prefix(arena, source, offset, pointer), text);
    place_note(source, offset, pointer, err);
    return -1;
}
