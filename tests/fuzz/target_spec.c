/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as config.json, process.json, resources.json and a file of mounts: yajl and our reader as one thing. */
#include "fuzz.h"

#include <stdlib.h>

/* What is refused is refused with its place. */
static void check_refusal(const void *result, const struct caisson_error *err)
{
    if (result)
        return;
    fuzz_check_error(err);
    fuzz_check_line(err->message);
    if (err->code != CAISSON_ERROR_CONFIG || err->line == 0 || err->column == 0)
        abort();
}

static void config(const struct input *input)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err = {0};
    const struct spec *spec =
        spec_parse(&arena, "config.json", input->text, input->length, fuzz_notice, NULL, &err);

    check_refusal(spec, &err);
    if (!spec)
        return;
    spec_error(spec, &err, "/linux/resources/memory/limit", "%s", "looked for");
    spec_error(spec, &err, "/mounts/1/options/0", "%s", "looked for");
    fuzz_check_line(err.message);
}

static void process(const struct input *input)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err = {0};

    check_refusal(
        spec_parse_process(&arena, "process.json", input->text, input->length, fuzz_notice, NULL, &err),
        &err);
}

static void resources(const struct input *input)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err = {0};

    check_refusal(
        spec_parse_resources(&arena, "resources.json", input->text, input->length, fuzz_notice, NULL, &err),
        &err);
}

static void mounts(const struct input *input)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err = {0};

    check_refusal(
        spec_parse_mounts(&arena, "mounts.json", input->text, input->length, fuzz_notice, NULL, &err), &err);
}

const struct fuzz_entry spec_targets[] = {
    {"config", config, "config.json"},
    {"process", process, "process.json of exec --process"},
    {"resources", resources, "resources.json of update --resources"},
    {"mounts", mounts, "the file of mounts add and mounts remove"},
    {0},
};
