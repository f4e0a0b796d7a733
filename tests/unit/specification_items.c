/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Prints what there is to prove, from the tables that the code itself works with, for tests/specification: a line
 * "KIND ITEM SINCE" each. SINCE is the version of the specification that brought it.
 */
#include <stdio.h>

#include "base/strbuf.h"
#include "plan/mount_options.h"
#include "spec/fields.h"

static void print(const char *kind, const char *item, const char *value, const char *since)
{
    printf("%s %s%s%s %s\n", kind, item, value ? "=" : "", value ? value : "", since ? since : "1.0");
}

static void print_shape(struct arena *arena, const char *path, const struct reader_shape *shape,
                        const char *since)
{
    for (size_t i = 0; i < shape->count; i++) {
        const struct reader_field *field = &shape->fields[i];
        const char *item = arena_format(arena, "%s%s%s", path, *path ? "." : "", field->name);
        const char *version = field->since ? field->since : since;

        if (field->shape)
            print_shape(arena, item, field->shape, version);
        else
            print("field", item, NULL, version);
        for (const struct reader_value *value = field->values; value && value->name; value++)
            print("value", item, value->name, version);
    }
}

int main(void)
{
    _cleanup_arena_ struct arena arena = {0};

    print_shape(&arena, "", &fields_config, NULL);
    for (unsigned i = 0; spec_capability_name(i); i++)
        print("value", "process.capabilities", spec_capability_name(i), NULL);
    for (unsigned i = 0; mount_options_name(i); i++)
        print("value", "mounts.options", mount_options_name(i), NULL);
    return 0;
}
