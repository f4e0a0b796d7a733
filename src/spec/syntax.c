/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is wrong with a text that is no JSON, said so that a person can mend it. */
#include "spec/tree.h"

#include <stdio.h>
#include <string.h>
#include <yajl/yajl_parse.h>

int syntax_fail(struct tree *tree, size_t offset, bool in_string, struct caisson_error *err, const char *text)
{
    struct strbuf pointer = STRBUF(&tree->scratch);

    place_open_pointer(tree, in_string, &pointer);
    return place_fail(&tree->scratch, tree->source, offset, strbuf_string(&pointer), err, "%s", text);
}

int syntax_duplicate(struct tree *tree, struct caisson_error *err)
{
    const struct reader_node *key = &tree->nodes[tree->duplicate];
    struct tree_text name = tree_text(tree, key);
    struct strbuf pointer = STRBUF(&tree->scratch);
    const struct reader_node *first;
    unsigned line, column, i;

    for (i = 0; i < tree->depth; i++) /* as if the text ended here */
        tree->nodes[tree->open[i]].next = tree->count;
    place_pointer(tree, key, &pointer);
    first = tree_member(tree, &tree->nodes[tree->open[tree->depth]], name.text, name.length);
    place_of(tree->source, first ? first[-1].offset : 0, &line, &column);
    return place_fail(&tree->scratch, tree->source, key->offset, strbuf_string(&pointer), err,
                      "the member stands twice in its object, first in line %u, expected once", line);
}

/* yajl has consumed the token that it refuses: go to where that began. */
static size_t refused_token(const struct tree *tree, size_t consumed)
{
    const char *text = tree->source->text;
    size_t i = tree->cursor, length = tree->source->length;

    for (;;) {
        while (i < length && text[i] && strchr(" \t\r\n", text[i]))
            i++;
        if (i + 1 >= consumed || i >= length || (text[i] != ',' && text[i] != ':'))
            return i;
        i++;
    }
}

#define BEHIND_END "text behind the end of the object, expected the end of the file"

/* What yajl says, and how a person is told. The first that matches is taken. */
static const struct {
    const char *words, *at, *text;
} messages[] = {
    {"comment", NULL, "a comment, expected none: JSON has no comments"},
    {"trailing garbage", NULL, BEHIND_END},
    {"separated by a colon", NULL, "expected a colon between the member's name and its value"},
    {"object key", "}", "a comma before the closing }, expected another member or no comma"},
    {"object key", NULL, "expected a member's name in double quotes"},
    {"after key and value", "]", "a ] closes an object, expected , or }"},
    {"after key and value", NULL, "expected a comma before the next member, or }"},
    {"after array element", "}", "a } closes an array, expected , or ]"},
    {"after array element", NULL, "expected a comma before the next item, or ]"},
    {"unallowed token", "]", "a comma before the closing ], expected another item or no comma"},
    {"unallowed token", "}", "a member without a value"},
    {"unallowed token", ",", "a comma where a value should be"},
    {"unallowed token", NULL, "expected a value"},
    {"after the exponent", NULL, "not a number, expected a digit behind the exponent's e"},
    {"after the decimal point", NULL, "not a number, expected a digit behind the decimal point"},
    {"after the minus sign", NULL, "not a number, expected a digit behind the minus sign"},
    {"invalid char", "'", "single quotes, expected double quotes"},
    {"invalid", NULL,
     "not a JSON value, expected a string in double quotes, a number, true, false, null, { or ["},
};

/* What the characters before a token tell that yajl did not see. @return NULL: nothing */
static const char *from_context(const struct tree *tree, size_t offset)
{
    const char *text = tree->source->text;
    size_t i = offset;

    if (i > 0 && text[i - 1] >= '0' && text[i - 1] <= '9')
        return "not a number, expected decimal digits without leading zeros";
    while (i > 0 && strchr(" \t\r\n", text[i - 1]))
        i--;
    if (i == 0 || tree->depth == 0 || offset >= tree->source->length)
        return NULL;
    if (tree->nodes[tree->open[tree->depth - 1]].kind == NODE_OBJECT &&
        (text[i - 1] == '{' || text[i - 1] == ',') && !strchr("\"'/}", text[offset]))
        return "expected a member's name in double quotes";
    return NULL;
}

static const char *from_words(const char *words, char at)
{
    size_t i;

    for (i = 0; words && i < sizeof messages / sizeof messages[0]; i++)
        if (strstr(words, messages[i].words) && (!messages[i].at || messages[i].at[0] == at))
            return messages[i].text;
    return "not valid JSON";
}

int syntax_refused(struct tree *tree, void *yajl, struct caisson_error *err)
{
    size_t offset = refused_token(tree, yajl_get_bytes_consumed(yajl));
    char at = offset < tree->source->length ? tree->source->text[offset] : '\0';
    unsigned char *words = yajl_get_error(yajl, 0, NULL, 0);
    const char *text = from_context(tree, offset);

    if (!text)
        text = from_words((const char *)words, at);
    if (words)
        yajl_free_error(yajl, words);
    return syntax_fail(tree, offset, false, err, text);
}

int syntax_incomplete(struct tree *tree, struct caisson_error *err)
{
    size_t start = tree_token_start(tree, tree->cursor);
    char text[96];

    if (start < tree->source->length && tree->source->text[start] == '"')
        return syntax_fail(tree, start, false, err, "a string is not closed, expected \"");
    snprintf(text, sizeof text, "the file ends too early, expected %u closing } or ] more", tree->depth);
    return syntax_fail(tree, tree->source->length, false, err, text);
}

int syntax_behind(struct tree *tree, size_t offset, struct caisson_error *err)
{
    return syntax_fail(tree, offset, false, err, BEHIND_END);
}
