/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caisson_plan() and caisson_check(): steps 1 and 2 alone. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "container/check.h"
#include "container/decide.h"

static int hand_out(const struct strbuf *text, char **out, struct caisson_error *err)
{
    *out = strdup(strbuf_string(text));
    return *out ? 0 : error_system(err, ENOMEM, "cannot hand out the text");
}

/* An id decides the cgroup's path alone; a plan can be looked at before there is one. */
static struct caisson_create_options with_id(const struct caisson_create_options *options)
{
    struct caisson_create_options copy = *options;

    if (!copy.id)
        copy.id = "ID";
    return copy;
}

int caisson_plan(const struct caisson_context *context, const struct caisson_create_options *options,
                 bool json, char **output, struct caisson_error *err)
{
    struct caisson_create_options copy = with_id(options);
    _cleanup_arena_ struct arena arena = {0};
    struct strbuf text = STRBUF(&arena);
    struct decision decision;

    *output = NULL;
    if (decide_container(&arena, context, &copy, PLAN_FOR_CREATE, &decision, err) < 0)
        return -1;
    plan_look_at_sources(&decision.plan);
    if (json) {
        struct json writer = {.out = &text, .pretty = true};

        json_object(&writer, NULL);
        cgroup_print_json(&decision.cgroup, &writer, "cgroup");
        plan_print_json(&decision.plan, &writer);
        json_object_end(&writer);
        strbuf_char(&text, '\n');
    } else {
        cgroup_print_text(&decision.cgroup, &text);
        plan_print_text(&decision.plan, &text);
    }
    return hand_out(&text, output, err);
}

int caisson_check(const struct caisson_context *context, const struct caisson_create_options *options,
                  char **report, struct caisson_error *err)
{
    struct caisson_create_options copy = with_id(options);
    _cleanup_arena_ struct arena arena = {0};
    struct strbuf text = STRBUF(&arena);
    struct caisson_error first = {0}, ignored;
    struct decision decision;

    *report = NULL;
    if (decide_container(&arena, context, &copy, PLAN_FOR_CREATE, &decision, &first) < 0)
        strbuf_format(&text, "%s\n", first.message);
    else
        check_host(&decision, &text, &first);
    if (hand_out(&text, report, &ignored) < 0 || first.code != CAISSON_ERROR_NONE) {
        if (err)
            *err = first.code != CAISSON_ERROR_NONE ? first : ignored;
        return -1;
    }
    return 0;
}
