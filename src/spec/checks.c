/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules that a table cannot express and several tables need. */
#include "spec/fields.h"

#include <ctype.h>
#include <string.h>

/* The kernel takes no more in one map: UID_GID_MAP_MAX_EXTENTS. */
enum { MAPPING_LIMIT = 340 };

static bool ranges_meet(uint32_t a, uint32_t b, uint32_t a_size, uint32_t b_size)
{
    return a < (uint64_t)b + b_size && b < (uint64_t)a + a_size;
}

static int check_mapping(struct reader *reader, const struct reader_node *node,
                         const struct spec_id_mapping *map)
{
    /* One below 2^32: the last id of all would be (uid_t)-1, which is none. */
    const uint64_t limit = UINT32_MAX;

    if (map->size == 0)
        return reader_fail(reader, reader_member(reader, node, "size"), "0 ids, expected at least 1");
    if ((uint64_t)map->container_id + map->size > limit)
        return reader_fail(
            reader, node,
            "containerID %u and size %u go beyond the last id, expected at most 4294967295 together",
            map->container_id, map->size);
    if ((uint64_t)map->host_id + map->size > limit)
        return reader_fail(
            reader, node, "hostID %u and size %u go beyond the last id, expected at most 4294967295 together",
            map->host_id, map->size);
    return 0;
}

int fields_check_mappings(struct reader *reader, const struct reader_node *node, void *value)
{
    const struct spec_id_mappings *maps = value;
    size_t i, j;

    if (maps->count > MAPPING_LIMIT)
        return reader_fail(reader, node, "%zu mappings, expected at most %d: the kernel takes no more",
                           maps->count, MAPPING_LIMIT);
    for (i = 0; i < maps->count; i++) {
        const struct spec_id_mapping *a = &maps->items[i];
        const struct reader_node *at = reader_item(reader, node, i);

        if (check_mapping(reader, at, a) < 0)
            return -1;
        for (j = 0; j < i; j++) {
            const struct spec_id_mapping *b = &maps->items[j];

            if (ranges_meet(a->container_id, b->container_id, a->size, b->size))
                return reader_fail(reader, at,
                                   "the container's ids overlap those of mapping %zu, expected each once", j);
            if (ranges_meet(a->host_id, b->host_id, a->size, b->size))
                return reader_fail(reader, at,
                                   "the host's ids overlap those of mapping %zu, expected each once", j);
        }
    }
    return 0;
}

static bool take_number(const char **text, unsigned long *value)
{
    const char *start = *text;

    for (*value = 0; **text >= '0' && **text <= '9' && *text - start < 9; ++*text)
        *value = *value * 10 + (unsigned long)(**text - '0');
    return *text > start;
}

static void skip_space(const char **text)
{
    while (isspace((unsigned char)**text))
        ++*text;
}

/* N, N-M or N-M:USED/GROUP */
static bool take_range(const char **text)
{
    unsigned long first, last, used, group;

    if (!take_number(text, &first))
        return false;
    if (**text != '-')
        return true;
    ++*text;
    if (!take_number(text, &last) || last < first)
        return false;
    if (**text != ':')
        return true;
    ++*text;
    if (!take_number(text, &used) || **text != '/')
        return false;
    ++*text;
    return take_number(text, &group) && used <= group && group > 0;
}

static bool is_list(const char *text)
{
    skip_space(&text);
    while (*text) {
        if (!take_range(&text))
            return false;
        skip_space(&text);
        if (*text != ',')
            break;
        text++;
        skip_space(&text);
        if (!*text)
            return false;
    }
    return !*text;
}

int fields_check_list(struct reader *reader, const struct reader_node *node, void *value)
{
    const char *text = *(const char **)value;

    if (is_list(text))
        return 0;
    return reader_fail(reader, node,
                       "%s is not a list of numbers and ascending ranges, expected one such as \"0-3,7\"",
                       reader_quote(reader, text));
}

int fields_check_env(struct reader *reader, const struct reader_node *node, void *value)
{
    const char *entry = *(const char **)value, *equals = strchr(entry, '=');

    /* The entry itself is not shown: it may be a secret. */
    if (!equals)
        reader_notice(reader, node, "no \"=\", expected NAME=value: most programs will not find it");
    else if (equals == entry)
        reader_notice(reader, node,
                      "no name before the \"=\", expected NAME=value: most programs will not find it");
    return 0;
}
