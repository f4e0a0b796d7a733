/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of processors and memory nodes, and id mappings. */
#include <stdlib.h>
#include <string.h>

#include "plan/builder.h"

enum { NUMBER_MAX = 65535 };

/* Reads a number that digits begin. @return the place behind it, or NULL. */
static const char *read_number(const char *p, uint32_t *number)
{
    uint32_t value = 0;

    if (*p < '0' || *p > '9')
        return NULL;
    for (; *p >= '0' && *p <= '9'; p++) {
        value = value * 10 + (uint32_t)(*p - '0');
        if (value > NUMBER_MAX)
            return NULL;
    }
    *number = value;
    return p;
}

/* Reads "N" or "N-M". */
static const char *read_range(const char *p, uint32_t *from, uint32_t *to)
{
    p = read_number(p, from);
    if (!p)
        return NULL;
    *to = *from;
    if (*p == '-')
        p = read_number(p + 1, to);
    return p && *to >= *from ? p : NULL;
}

unsigned char *plan_number_list(struct arena *arena, const char *list, uint32_t *bits)
{
    unsigned char *mask = arena_alloc(arena, (NUMBER_MAX + 1) / 8);
    const char *p = list;

    *bits = 0;
    for (;;) {
        uint32_t from, to;

        p += strspn(p, " ,");
        if (!*p)
            return *bits ? mask : NULL;
        p = read_range(p, &from, &to);
        if (!p || (*p && !strchr(" ,", *p)))
            return NULL;
        for (uint32_t n = from; n <= to; n++)
            mask[n / 8] |= (unsigned char)(1u << n % 8);
        if (to + 1 > *bits)
            *bits = to + 1;
    }
}

int64_t plan_host_id(const struct spec_id_mappings *mappings, uint32_t id)
{
    for (size_t i = 0; i < mappings->count; i++) {
        const struct spec_id_mapping *m = &mappings->items[i];

        if (id >= m->container_id && id - m->container_id < m->size)
            return (int64_t)m->host_id + (id - m->container_id);
    }
    return -1;
}
