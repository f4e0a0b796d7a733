/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of properties of a unit. */
#include <string.h>

#include "cgroup/unit.h"

void properties_add(struct arena *arena, struct cgroup_properties *properties,
                    const struct cgroup_property *property)
{
    struct cgroup_property *larger;

    for (size_t i = 0; i < properties->count; i++)
        if (strcmp(properties->items[i].name, property->name) == 0) {
            properties->items[i] = *property;
            return;
        }
    larger = arena_array(arena, properties->count + 1, sizeof *larger);
    if (properties->count > 0)
        memcpy(larger, properties->items, properties->count * sizeof *larger);
    larger[properties->count++] = *property;
    properties->items = larger;
}
