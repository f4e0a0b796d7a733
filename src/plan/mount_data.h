/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options that are for the filesystem: as parameters of fsconfig(2), and as the text that mount(2) takes. */
#ifndef PLAN_MOUNT_DATA_H
#define PLAN_MOUNT_DATA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "spec/spec.h"

struct mount_data {
    struct spec_pair *pairs; /* room for what mount_data_count() said */
    size_t count;
    struct strbuf text; /* comma-joined */
    bool long_value;    /* a name or value is longer than the 255 bytes that fsconfig(2) takes */
    bool only_classic;  /* fsconfig(2), or our format, cannot say it for another reason */
};

/** @return the most parameters that one option can come to. */
size_t mount_data_count(const char *option);

/**
 * Adds one option. As the kernel does with the data of mount(2), it is cut at each comma that is not in double
 * quotes or behind a backslash, and each piece at its first '='.
 */
void mount_data_add(struct arena *arena, struct mount_data *data, const char *option);

/** @return 0, or -1 with `err` when mount(2) would silently cut the text off at the end of its page. */
int mount_data_check(const struct spec *spec, const struct spec_mount *mount, const char *pointer,
                     const char *text, struct caisson_error *err);

#endif
