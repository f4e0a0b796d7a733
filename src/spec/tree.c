/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* yajl's events as a tree. */
#include "spec/tree.h"

#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

static bool between_tokens(char c)
{
    return c == ' ' || c == '\n' || c == ',' || c == ':' || c == '\t' || c == '\r';
}

size_t tree_token_start(const struct tree *tree, size_t i)
{
    const char *text = tree->source->text;

    while (i < tree->source->length && between_tokens(text[i]))
        i++;
    return i;
}

/*
 * yajl does not say where a token begins: it is the next one. Both must agree, or what is read is not what was
 * checked, so the first byte is compared (it found a form feed that yajl takes as white space and we did not).
 * @return the new node, or NULL when there is no room or no agreement: never for a text that scan_text() saw
 */
static struct reader_node *add_node(struct tree *tree, enum node_kind kind, size_t length)
{
    static const char *const begin[] = {
        [NODE_NULL] = "n",    [NODE_FALSE] = "f", [NODE_TRUE] = "t",   [NODE_NUMBER] = "-0123456789",
        [NODE_STRING] = "\"", [NODE_ARRAY] = "[", [NODE_OBJECT] = "{", [NODE_KEY] = "\"",
    };
    size_t start = tree_token_start(tree, tree->cursor);
    struct reader_node *node;

    if (tree->count >= tree->capacity || start >= tree->source->length ||
        (!tree->passing && !memchr(begin[kind], tree->source->text[start], strlen(begin[kind]))))
        return NULL;
    if (tree->depth > 0 && kind != NODE_KEY)
        tree->nodes[tree->open[tree->depth - 1]].length++;
    node = &tree->nodes[tree->count++];
    node->kind = (unsigned)kind & 7u;
    node->offset = (unsigned)start & 0xfffffffu;
    node->length = (uint32_t)length;
    node->next = tree->count;
    tree->cursor = (uint32_t)start;
    return node;
}

static int add_literal(struct tree *tree, enum node_kind kind, size_t length)
{
    if (!add_node(tree, kind, kind == NODE_NUMBER ? length : 0))
        return 0;
    tree->cursor += (uint32_t)length;
    return 1;
}

static int on_null(void *ctx)
{
    return add_literal(ctx, NODE_NULL, 4);
}

static int on_boolean(void *ctx, int value)
{
    return add_literal(ctx, value ? NODE_TRUE : NODE_FALSE, value ? 4 : 5);
}

static int on_number(void *ctx, const char *text, size_t length)
{
    (void)text;
    return add_literal(ctx, NODE_NUMBER, length);
}

/* yajl hands out its own buffer, not the text, for a string that has an escape sequence in it. */
static int add_string(struct tree *tree, enum node_kind kind, const char *text, size_t length)
{
    const struct spec_source *source = tree->source;
    struct reader_node *node = add_node(tree, kind, length);

    if (!node)
        return 0;
    if (text == source->text + node->offset + 1) {
        tree->cursor += (uint32_t)length + 2;
        return 1;
    }
    if (tree->decoded_count >= tree->decoded_capacity)
        return 0;
    node->escaped = 1;
    node->length = tree->decoded_count;
    tree->decoded[tree->decoded_count++] =
        (struct tree_text){.text = arena_copy(tree->strings, text, length), .length = length};
    tree->cursor = (uint32_t)scan_string_end(source->text, source->length, node->offset);
    return 1;
}

static int on_string(void *ctx, const unsigned char *text, size_t length)
{
    return add_string(ctx, NODE_STRING, (const char *)text, length);
}

static int on_key(void *ctx, const unsigned char *text, size_t length)
{
    return add_string(ctx, NODE_KEY, (const char *)text, length);
}

static int on_open(struct tree *tree, enum node_kind kind)
{
    if (tree->depth >= SPEC_DEPTH_LIMIT || !add_node(tree, kind, 0))
        return 0;
    tree->open[tree->depth++] = tree->count - 1;
    tree->cursor++;
    return 1;
}

static int on_open_array(void *ctx)
{
    return on_open(ctx, NODE_ARRAY);
}

static int on_open_object(void *ctx)
{
    return on_open(ctx, NODE_OBJECT);
}

static int on_close(void *ctx)
{
    struct tree *tree = ctx;

    tree->nodes[tree->open[--tree->depth]].next = tree->count;
    tree->cursor = (uint32_t)tree_token_start(tree, tree->cursor) + 1;
    return 1;
}

static int compare_text(const struct tree_text *a, const struct tree_text *b)
{
    if (a->length != b->length)
        return a->length < b->length ? -1 : 1;
    return a->length ? memcmp(a->text, b->text, a->length) : 0;
}

/* By their bytes alone. */
static bool is_before(const struct tree_text *a, const struct tree_text *b)
{
    size_t both = a->length < b->length ? a->length : b->length;
    int order = both ? memcmp(a->text, b->text, both) : 0;

    return order < 0 || (order == 0 && a->length < b->length);
}

/*
 * Programs write the names of a map in an order: by their bytes, as Go does, or the shorter first, as names do that count.
 * Then no two of them are one.
 */
static bool are_in_order(const struct tree *tree, const struct reader_node *object)
{
    const struct reader_node *key = tree_first(tree, object);
    struct tree_text before = key ? tree_text(tree, key) : (struct tree_text){0};
    bool by_bytes = true, by_length = true;

    while (key && (by_bytes || by_length) && (key = tree_next(tree, object, key + 1))) {
        struct tree_text name = tree_text(tree, key);

        by_bytes = by_bytes && is_before(&before, &name);
        by_length = by_length && compare_text(&before, &name) < 0;
        before = name;
    }
    return by_bytes || by_length;
}

struct named {
    struct tree_text name;
    uint32_t index;
};

static int compare_named(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = compare_text(&x->name, &y->name);

    if (order == 0)
        order = x->index < y->index ? -1 : 1;
    return order;
}

/* Sorting keeps the time within bounds for an object of a million members. @return the first key that repeats one */
static uint32_t find_duplicate_sorted(struct tree *tree, const struct reader_node *object)
{
    struct named *keys = arena_array(&tree->scratch, object->length, sizeof *keys);
    const struct reader_node *key = tree_first(tree, object);
    uint32_t i, found = 0;

    for (i = 0; key; key = tree_next(tree, object, key + 1), i++)
        keys[i] = (struct named){.name = tree_text(tree, key), .index = (uint32_t)(key - tree->nodes)};
    qsort(keys, object->length, sizeof *keys, compare_named);
    for (i = 1; i < object->length; i++)
        if (compare_text(&keys[i - 1].name, &keys[i].name) == 0 && (!found || keys[i].index < found))
            found = keys[i].index;
    return found;
}

static uint32_t find_duplicate(struct tree *tree, const struct reader_node *object)
{
    struct tree_text seen[16];
    const struct reader_node *key = tree_first(tree, object);
    uint32_t i, j;

    if (object->length > sizeof seen / sizeof seen[0])
        return are_in_order(tree, object) ? 0 : find_duplicate_sorted(tree, object);
    for (i = 0; key; key = tree_next(tree, object, key + 1), i++) {
        seen[i] = tree_text(tree, key);
        for (j = 0; j < i; j++)
            if (compare_text(&seen[i], &seen[j]) == 0)
                return (uint32_t)(key - tree->nodes);
    }
    return 0;
}

/* Parsers differ in which of two members of one name they take: what a checker read must be what we read. */
static int on_close_object(void *ctx)
{
    struct tree *tree = ctx;

    on_close(tree);
    tree->duplicate = find_duplicate(tree, &tree->nodes[tree->open[tree->depth]]);
    return tree->duplicate == 0;
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_open_object,
    .yajl_map_key = on_key,
    .yajl_end_map = on_close_object,
    .yajl_start_array = on_open_array,
    .yajl_end_array = on_close,
};

/* What yajl allocates lives in the tree's arena. Each piece knows its size, for yajl_realloc. */
struct piece {
    size_t size;
    _Alignas(max_align_t) char bytes[];
};

static void *parser_alloc(void *tree, size_t size)
{
    struct piece *piece = arena_alloc(&((struct tree *)tree)->scratch, sizeof *piece + size);

    piece->size = size;
    return piece->bytes;
}

static void *parser_realloc(void *tree, void *old, size_t size)
{
    struct piece *piece = old ? (struct piece *)(void *)((char *)old - offsetof(struct piece, bytes)) : NULL;
    char *bytes;

    if (piece && size <= piece->size)
        return old;
    bytes = parser_alloc(tree, size);
    if (piece)
        memcpy(bytes, piece->bytes, piece->size);
    return bytes;
}

/* With the tree. */
static void parser_free(void *tree, void *piece)
{
    (void)tree;
    (void)piece;
}

/* Up to `length`, with a null for each value that is passed over. */
static yajl_status feed(struct tree *tree, yajl_handle handle, const struct scan *scan, size_t length)
{
    const unsigned char *text = (const unsigned char *)tree->source->text;
    yajl_status status = yajl_status_ok;
    size_t at = 0;

    for (unsigned i = 0; i < scan->passed_count && status == yajl_status_ok; i++) {
        status = yajl_parse(handle, text + at, scan->passed[i].begin - at);
        tree->passing = true;
        if (status == yajl_status_ok)
            status = yajl_parse(handle, (const unsigned char *)"null", 4);
        tree->passing = false;
        at = scan->passed[i].end;
        tree->cursor = (uint32_t)at;
    }
    return status == yajl_status_ok ? yajl_parse(handle, text + at, length - at) : status;
}

/* Runs yajl up to the defect that the scan found, if any: what is wrong before it is told first. */
static int run_parser(struct tree *tree, const struct scan *scan, struct caisson_error *err)
{
    size_t length = scan->defect[0] ? scan->offset : tree->source->length;
    yajl_alloc_funcs memory = {parser_alloc, parser_realloc, parser_free, tree};
    yajl_handle handle = yajl_alloc(&callbacks, &memory, tree);
    yajl_status status;
    size_t behind;

    if (!handle)
        return error_set(err, CAISSON_ERROR_SYSTEM, "%s: out of memory", tree->source->name);
    yajl_config(handle, yajl_dont_validate_strings, 1); /* done by scan_text() */
    status = feed(tree, handle, scan, length);
    if (tree->duplicate)
        return syntax_duplicate(tree, err);
    if (status != yajl_status_ok)
        return syntax_refused(tree, handle, err);
    if (scan->defect[0])
        return syntax_fail(tree, scan->offset, scan->in_string, err, scan->defect);
    if (tree->depth > 0)
        return syntax_incomplete(tree, err);
    /* Half a token, of which yajl waits for the rest; it has refused a whole one. */
    behind = tree_token_start(tree, tree->cursor);
    return behind < length ? syntax_behind(tree, behind, err) : 0;
}

static int check_start(struct tree *tree, struct caisson_error *err)
{
    const struct spec_source *source = tree->source;
    size_t start;

    if (source->length > SPEC_SIZE_LIMIT)
        return place_fail(&tree->scratch, source, 0, "", err,
                          "the file is too large: %zu bytes, expected at most %d", source->length,
                          SPEC_SIZE_LIMIT);
    if (source->length >= 3 && memcmp(source->text, "\xef\xbb\xbf", 3) == 0)
        return syntax_fail(tree, 0, false, err, "the file begins with a byte order mark, expected {");
    start = tree_token_start(tree, 0);
    if (start == source->length)
        return syntax_fail(tree, 0, false, err, "the file is empty, expected a JSON object");
    if (source->text[start] != '{')
        return syntax_fail(tree, start, false, err, "the file does not begin with {, expected a JSON object");
    return 0;
}

int tree_parse(struct tree *tree, const struct spec_source *source, const struct tree_passed *passed,
               struct arena *strings, struct arena scratch, struct caisson_error *err)
{
    struct scan scan;

    memset(tree, 0, sizeof *tree);
    tree->source = source;
    tree->strings = strings;
    tree->scratch = scratch;
    if (check_start(tree, err) < 0)
        return -1;
    scan_text(source->text, source->length, passed, &scan);
    tree->capacity = scan.nodes;
    tree->decoded_capacity = scan.escaped + 1; /* the one with the defect is not counted */
    tree->nodes = arena_array(&tree->scratch, tree->capacity, sizeof *tree->nodes);
    tree->decoded = arena_array(&tree->scratch, tree->decoded_capacity, sizeof *tree->decoded);
    return run_parser(tree, &scan, err);
}

void tree_free(struct tree *tree)
{
    arena_free(&tree->scratch);
}

struct tree_text tree_text(const struct tree *tree, const struct reader_node *node)
{
    if (node->escaped)
        return tree->decoded[node->length];
    return (struct tree_text){.text = tree->source->text + node->offset + (node->kind != NODE_NUMBER),
                              .length = node->length};
}

const struct reader_node *tree_first(const struct tree *tree, const struct reader_node *node)
{
    (void)tree;
    return (node->kind == NODE_ARRAY || node->kind == NODE_OBJECT) && node->length > 0 ? node + 1 : NULL;
}

const struct reader_node *tree_next(const struct tree *tree, const struct reader_node *parent,
                                    const struct reader_node *child)
{
    return child->next < parent->next ? tree->nodes + child->next : NULL;
}

const struct reader_node *tree_member(const struct tree *tree, const struct reader_node *object,
                                      const char *name, size_t length)
{
    const struct tree_text wanted = {.text = name, .length = length};
    const struct reader_node *key = tree_first(tree, object);

    if (object->kind != NODE_OBJECT)
        return NULL;
    for (; key; key = tree_next(tree, object, key + 1)) {
        struct tree_text have = tree_text(tree, key);

        if (compare_text(&wanted, &have) == 0)
            return key + 1;
    }
    return NULL;
}
