/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of src/plan share: cmocka, and configurations from text. */
#ifndef PLAN_CONFIG_H
#define PLAN_CONFIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/error.h"
#include "plan/plan.h"
#include "spec/spec.h"

/** @return a configuration of these members beside the ones that must be there; JSON in single quotes. */
static inline const struct spec *plan_config(struct arena *arena, const char *members)
{
    struct caisson_error err = {0};
    char *text = arena_format(arena, "{'ociVersion':'1.3.0','root':{'path':'rootfs'}%s%s}",
                              *members ? "," : "", members);
    const struct spec *spec;

    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    spec = spec_parse(arena, "config.json", text, strlen(text), NULL, NULL, &err);
    if (!spec)
        fail_msg("%s", err.message);
    return spec;
}

#endif
