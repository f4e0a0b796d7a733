/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limits, notices, places, defaults: what holds for whole files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "spec/spec.h"
#include "spec/tree.h"

struct notices {
    char text[2048];
    unsigned count;
};

static void notice(void *data, const char *text)
{
    struct notices *notices = data;
    size_t used = strlen(notices->text);

    snprintf(notices->text + used, sizeof notices->text - used, "%s\n", text);
    notices->count++;
}

static const struct spec *parse(struct arena *arena, const char *text, struct notices *notices,
                                struct caisson_error *err)
{
    return spec_parse(arena, "config.json", text, strlen(text), notice, notices, err);
}

#define MINIMAL "\"ociVersion\": \"1.0.0\", \"root\": {\"path\": \"r\"}"

static void absent_members(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct notices notices = {0};
    struct caisson_error err = {0};
    const struct spec *spec = parse(&arena, "{" MINIMAL "}", &notices, &err);

    (void)state;
    assert_non_null(spec);
    assert_null(spec->process);
    assert_null(spec->hostname);
    assert_non_null(spec->linux_);
    assert_int_equal(spec->linux_->namespaces.count, 0);
    assert_null(spec->linux_->resources);
    assert_int_equal(spec->linux_->rootfs_propagation, SPEC_PROPAGATION_UNSET);
    assert_null(spec_annotation(spec, "a"));
    assert_int_equal(notices.count, 0);
}

/* Go writes null for slices, maps and pointers that are nil. */
static void null_is_absent(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct notices notices = {0};
    struct caisson_error err = {0};
    const struct spec *spec =
        parse(&arena,
              "{" MINIMAL ", \"process\": {\"cwd\": \"/\", \"args\": null, \"user\": null,"
              "\"rlimits\": null, \"capabilities\": null, \"oomScoreAdj\": null},"
              "\"mounts\": null, \"hooks\": null, \"annotations\": null, \"vm\": null,"
              "\"linux\": {\"devices\": null, \"seccomp\": null, \"uidMappings\": null,"
              "\"resources\": {\"devices\": null, \"memory\": {\"limit\": null},"
              "\"pids\": {\"limit\": null}, \"unified\": null}}, \"hostname\": null}",
              &notices, &err);

    (void)state;
    assert_non_null(spec);
    assert_null(spec->hostname);
    assert_null(spec->vm);
    assert_int_equal(spec->process->args.count, 0);
    assert_null(spec->process->capabilities);
    assert_false(spec->process->oom_score_adj.set);
    assert_false(spec->linux_->uid_mappings.set);
    assert_false(spec->linux_->resources->devices.set);
    assert_false(spec->linux_->resources->memory->limit.set);
    assert_true(spec->linux_->resources->pids.set);
    assert_false(spec->linux_->resources->pids.limit.set);
    assert_int_equal(notices.count, 0);
}

static void unknown_properties(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct notices notices = {0};
    struct caisson_error err = {0};

    (void)state;
    assert_non_null(parse(&arena,
                          "{" MINIMAL ",\n  \"hostName\": \"h\",\n  \"process\": {\"cwd\": \"/\","
                          " \"capabilites\": [1, {\"x\": null}]},\n  \"x-y/z\": null\n}",
                          &notices, &err));
    assert_string_equal(
        notices.text,
        "config.json:2:3: /hostName: unknown property, ignored: did you mean \"hostname\"?\n"
        "config.json:3:27: /process/capabilites: unknown property, ignored: did you mean \"capabilities\"?\n"
        "config.json:4:3: /x-y~1z: unknown property, ignored\n");
}

static void many_unknown_properties(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct notices notices = {0};
    struct caisson_error err = {0};
    struct strbuf text = STRBUF(&arena);
    unsigned i;

    (void)state;
    strbuf_text(&text, "{" MINIMAL);
    for (i = 0; i < 100; i++)
        strbuf_format(&text, ", \"_%u\": 1", i);
    strbuf_text(&text, "}");
    assert_non_null(parse(&arena, strbuf_string(&text), &notices, &err));
    assert_int_equal(notices.count, 17);
    assert_non_null(strstr(notices.text, "config.json:1:1: 84 more unknown properties, ignored\n"));
}

static void deprecated_and_doubtful(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct notices notices = {0};
    struct caisson_error err = {0};
    const struct spec *spec =
        parse(&arena,
              "{" MINIMAL ",\n\"process\": {\"cwd\": \"/\", \"env\": [\"A=\", \"B\", \"=C\"]},\n"
              "\"mounts\": [{\"destination\": \"data\"}]}",
              &notices, &err);

    (void)state;
    assert_non_null(spec);
    assert_int_equal(spec->process->env.count, 3);
    assert_string_equal(spec->mounts.items[0].destination, "data");
    assert_string_equal(notices.text, "config.json:2:39: /process/env/1: no \"=\", expected "
                                      "NAME=value: most programs will not find it\n"
                                      "config.json:2:44: /process/env/2: no name before the "
                                      "\"=\", expected NAME=value: most programs will "
                                      "not find it\n"
                                      "config.json:3:28: /mounts/0/destination: \"data\" is not absolute, "
                                      "which is deprecated: taken as relative to \"/\"\n");
}

/* A log is read by lines: nothing in the file may begin a new one. */
static void a_notice_is_one_line(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct notices notices = {0};
    struct caisson_error err = {0};

    (void)state;
    assert_non_null(parse(&arena,
                          "{" MINIMAL ", \"a\\nb\": 1,\n\"mounts\": [{\"destination\": \"c\\bd\\ne\"}]}",
                          &notices, &err));
    assert_string_equal(
        notices.text,
        "config.json:1:48: /a\\u000ab: unknown property, ignored\n"
        "config.json:2:28: /mounts/0/destination: \"c\\u0008d\\u000ae\" is not absolute, which is "
        "deprecated: taken as relative to \"/\"\n");
}

/* Nothing at all is said to nobody. */
static void no_listener(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    static const char text[] = "{" MINIMAL ", \"x\": 1, \"mounts\": [{\"destination\": \"d\", \"y\": 2}]}";
    static const char wrong[] = "{" MINIMAL ", \"hostname\": 1}";

    (void)state;
    assert_non_null(spec_parse(&arena, "c", text, sizeof text - 1, NULL, NULL, NULL));
    assert_null(spec_parse(&arena, "c", wrong, sizeof wrong - 1, NULL, NULL, NULL));
}

/* The text ends where its length says, wherever the memory goes on. */
static void length_counts(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    static const char text[] = "{" MINIMAL "}, garbage";
    struct caisson_error err;
    size_t right = sizeof text - 1 - strlen(", garbage"), n;

    (void)state;
    assert_non_null(spec_parse(&arena, "c", text, right, NULL, NULL, &err));
    for (n = 0; n < right;
         n++) { /* a copy of exactly that size, so that valgrind and ASan see any step too far */
        char *cut = malloc(n ? n : 1);

        assert_non_null(cut);
        memcpy(cut, text, n);
        assert_null(spec_parse(&arena, "c", cut, n, NULL, NULL, &err));
        assert_int_equal(err.code, CAISSON_ERROR_CONFIG);
        free(cut);
    }
}

/* Whole tokens, and those of which the rest could still come. */
static void nothing_stands_behind(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    static const char *const behind[] = {"x", "1", " tru", "\"", "\n\"half", " {", "}", ",", "-"};
    struct caisson_error err;

    (void)state;
    for (size_t i = 0; i < sizeof behind / sizeof behind[0]; i++) {
        const char *text = arena_format(&arena, "{" MINIMAL "}%s", behind[i]);

        assert_null(spec_parse(&arena, "c", text, strlen(text), NULL, NULL, &err));
        assert_non_null(
            strstr(err.message, "text behind the end of the object, expected the end of the file"));
    }
}

static void too_large(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err;
    static const char object[] = "{" MINIMAL "}";
    size_t size = SPEC_SIZE_LIMIT + 1;
    char *text = malloc(size);

    (void)state;
    assert_non_null(text);
    memset(text, ' ', size);
    memcpy(text, object, sizeof object - 1);
    assert_null(spec_parse(&arena, "c", text, size, NULL, NULL, &err));
    assert_string_equal(err.message,
                        "c:1:1: the file is too large: 16777217 bytes, expected at most 16777216");
    assert_non_null(spec_parse(&arena, "c", text, size - 1, NULL, NULL, &err));
    free(text);
}

static void too_many_values(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err;
    struct strbuf text = STRBUF(&arena);
    unsigned i;

    (void)state;
    strbuf_text(&text, "{" MINIMAL ", \"windows\": [0");
    for (i = 0; i < TREE_NODE_LIMIT; i++)
        strbuf_text(&text, ",0");
    strbuf_text(&text, "]}");
    assert_null(spec_parse(&arena, "c", text.data, text.length, NULL, NULL, &err));
    assert_non_null(strstr(err.message, ": /windows: too many values, expected at most 1048576"));
}

/* 64 levels are allowed, of whatever kind. */
static void deep_enough(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err;
    struct strbuf text = STRBUF(&arena);
    unsigned i;

    (void)state;
    strbuf_text(&text, "{" MINIMAL ", \"windows\": ");
    for (i = 1; i < SPEC_DEPTH_LIMIT; i++)
        strbuf_text(&text, "[");
    for (i = 1; i < SPEC_DEPTH_LIMIT; i++)
        strbuf_text(&text, "]");
    strbuf_text(&text, "}");
    assert_non_null(spec_parse(&arena, "c", text.data, text.length, NULL, NULL, &err));
}

/* A hostile object must not cost the square of its size; nor must its keys, when they hash or sort alike. */
static void one_object_of_many_members(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err;
    struct strbuf text = STRBUF(&arena);
    const struct spec *spec;
    unsigned i;

    (void)state;
    strbuf_text(&text, "{" MINIMAL ", \"annotations\": {\"k\": \"\"");
    for (i = 0; i < 200000; i++)
        strbuf_format(&text, ",\"%06u\":\"%u\"", i, i);
    strbuf_text(&text, "}}");
    spec = spec_parse(&arena, "c", text.data, text.length, NULL, NULL, &err);
    assert_non_null(spec);
    assert_int_equal(spec->annotations.count, 200001);
    assert_string_equal(spec->annotations.items[200000].value, "199999");
}

enum { NAMES = 40 };

static int by_bytes(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* An object of these names, and of that at `twice` once more, before the one at `where`. @return whether it is refused for that */
static bool is_refused(char names[NAMES][8], size_t twice, size_t where)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err = {0};
    struct strbuf text = STRBUF(&arena);
    char pointer[32];

    strbuf_text(&text, "{" MINIMAL ", \"annotations\": {");
    for (size_t i = 0; i < NAMES; i++) {
        if (i == where)
            strbuf_format(&text, "\"%s\":\"\",", names[twice]);
        strbuf_format(&text, "\"%s\":\"\"%s", names[i], i + 1 < NAMES ? "," : "}}");
    }
    if (spec_parse(&arena, "c", text.data, text.length, NULL, NULL, &err))
        return false;
    snprintf(pointer, sizeof pointer, "/annotations/%s: the member", names[twice]);
    return strstr(err.message, pointer) != NULL;
}

/* Names in an order are not sorted: one that stands twice is found wherever it is, and in whatever order the others are. */
static void a_name_twice_among_many(void **state)
{
    char counted[NAMES][8], sorted[NAMES][8];

    (void)state;
    for (size_t i = 0; i < NAMES; i++)
        snprintf(counted[i], sizeof counted[i], "k%zu", i);
    memcpy(sorted, counted, sizeof sorted);
    qsort(sorted, NAMES, sizeof sorted[0], by_bytes);
    for (size_t twice = 0; twice < NAMES; twice++) {
        assert_false(is_refused(counted, twice, NAMES));
        assert_false(is_refused(sorted, twice, NAMES));
        for (size_t where = 0; where < NAMES; where++) {
            assert_true(is_refused(counted, twice, where));
            assert_true(is_refused(sorted, twice, where));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_members),
        cmocka_unit_test(null_is_absent),
        cmocka_unit_test(unknown_properties),
        cmocka_unit_test(many_unknown_properties),
        cmocka_unit_test(deprecated_and_doubtful),
        cmocka_unit_test(a_notice_is_one_line),
        cmocka_unit_test(no_listener),
        cmocka_unit_test(length_counts),
        cmocka_unit_test(nothing_stands_behind),
        cmocka_unit_test(too_large),
        cmocka_unit_test(too_many_values),
        cmocka_unit_test(deep_enough),
        cmocka_unit_test(one_object_of_many_members),
        cmocka_unit_test(a_name_twice_among_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
