/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/rdt_schemata.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/strbuf.h"

/* A piece of text that is not ended by a NUL. */
struct piece {
    const char *text;
    size_t length;
};

/* One value: what resource, of what domain (a cache, a memory controller). */
struct value {
    struct piece resource, domain, value;
};

static struct piece trimmed(const char *text, size_t length)
{
    while (length > 0 && isspace((unsigned char)*text)) {
        text++;
        length--;
    }
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    return (struct piece){text, length};
}

static struct piece without_zeros(struct piece piece)
{
    if (piece.length > 2 && piece.text[0] == '0' && (piece.text[1] | ' ') == 'x') {
        piece.text += 2;
        piece.length -= 2;
    }
    while (piece.length > 1 && piece.text[0] == '0') {
        piece.text++;
        piece.length--;
    }
    return piece;
}

static bool same(struct piece a, struct piece b)
{
    return a.length == b.length && strncasecmp(a.text, b.text, a.length) == 0;
}

/* Takes the next value off `*text`. `resource` is kept from the last one of the line. @return false at the end. */
static bool next_value(const char **text, struct piece *resource, struct value *value)
{
    for (;;) {
        const char *start = *text;
        size_t length = strcspn(start, ":;\n");
        const char *equals = memchr(start, '=', length);

        if (!*start)
            return false;
        *text += length;
        if (**text == ':')
            *resource = trimmed(start, length);
        if (**text)
            ++*text;
        if (equals && start[length] != ':') {
            value->resource = *resource;
            value->domain = without_zeros(trimmed(start, (size_t)(equals - start)));
            value->value = without_zeros(trimmed(equals + 1, length - (size_t)(equals - start) - 1));
            return true;
        }
    }
}

/* @return whether `text` has the resource and domain of `like`; then the value that stands there last is in `*found`. */
static bool find_value(const char *text, const struct value *like, struct piece *found)
{
    struct piece resource = {"", 0};
    struct value value;
    bool any = false;

    while (next_value(&text, &resource, &value)) {
        if (!same(value.resource, like->resource) || !same(value.domain, like->domain))
            continue;
        *found = value.value;
        any = true;
    }
    return any;
}

static bool said_later(const struct rdt_schemata *wanted, size_t after, const struct value *value)
{
    struct piece ignored;

    for (size_t i = after + 1; i < wanted->count; i++)
        if (find_value(wanted->texts[i], value, &ignored))
            return true;
    return false;
}

static const char *describe(struct arena *arena, const struct value *value, bool there, struct piece have)
{
    const char *name = arena_format(arena, "%.*s of %.*s is ", (int)value->resource.length,
                                    value->resource.text, (int)value->domain.length, value->domain.text);

    if (!there)
        return arena_format(arena, "%snot there", name);
    return arena_format(arena, "%s'%.*s', expected '%.*s'", name, (int)have.length, have.text,
                        (int)value->value.length, value->value.text);
}

bool rdt_schemata_equal(struct arena *arena, const struct rdt_schemata *wanted, const char *have,
                        const char **problem)
{
    for (size_t i = 0; i < wanted->count; i++) {
        const char *text = wanted->texts[i];
        struct piece resource = {"", 0}, found = {"", 0};
        struct value value;

        while (next_value(&text, &resource, &value)) {
            bool there;

            if (said_later(wanted, i, &value))
                continue;
            there = find_value(have, &value, &found);
            if (there && same(found, value.value))
                continue;
            *problem = describe(arena, &value, there, found);
            return false;
        }
    }
    return true;
}

/* config-linux.md: with both, the lines of memory bandwidth in l3CacheSchema are left out. */
static void add_cache(struct strbuf *text, const char *schema, bool without_bandwidth)
{
    while (*schema) {
        size_t length = strcspn(schema, "\n");
        struct piece line = trimmed(schema, length);

        if (line.length > 0 &&
            !(without_bandwidth && line.length >= 3 && strncmp(line.text, "MB:", 3) == 0)) {
            strbuf_add(text, line.text, line.length);
            strbuf_char(text, '\n');
        }
        schema += length;
        if (*schema)
            schema++;
    }
}

void rdt_schemata_decide(struct arena *arena, const struct spec_intel_rdt *config,
                         struct rdt_schemata *schemata)
{
    bool bandwidth = config->mem_bw_schema && *config->mem_bw_schema;
    struct strbuf text = STRBUF(arena);

    schemata->count = 0;
    schemata->texts = arena_array(arena, config->schemata.count + 1, sizeof *schemata->texts);
    if (config->l3_cache_schema)
        add_cache(&text, config->l3_cache_schema, bandwidth);
    if (bandwidth)
        strbuf_format(&text, "%s\n", config->mem_bw_schema);
    if (text.length > 0)
        schemata->texts[schemata->count++] = text.data;
    for (size_t i = 0; i < config->schemata.count; i++)
        schemata->texts[schemata->count++] = arena_format(arena, "%s\n", config->schemata.items[i]);
}
