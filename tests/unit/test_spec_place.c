/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Places in a file: for errors of the reader, and for those that later steps find by JSON pointer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/strbuf.h"
#include "spec/spec.h"

#define MINIMAL "\"ociVersion\": \"1.0.0\", \"root\": {\"path\": \"r\"}"

static const char sample_text[] = "{" MINIMAL ",\n"
                                  " \"mounts\": [\n"
                                  "  {\"destination\": \"/a\"},\n"
                                  "  {\"destination\": \"/b\", \"options\": [\"ro\", \"bogus\"]}\n"
                                  " ],\n"
                                  " \"annotations\": {\"a/b~c\": \"\", \"\\u0065\": \"1\"},\n"
                                  " \"hostname\": \"h\"}\n";

static const struct spec *sample(struct arena *arena)
{
    struct caisson_error err;
    const struct spec *spec =
        spec_parse(arena, "config.json", sample_text, sizeof sample_text - 1, NULL, NULL, &err);

    if (!spec)
        fail_msg("%s", err.message);
    return spec;
}

/* Columns are characters, as editors count them; lines end with \n alone. */
static void columns_are_characters(void **state)
{
    static const char text[] = "{\r\n  \"annotations\": {\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\": 1}}";
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err;

    (void)state;
    assert_null(spec_parse(&arena, "c", text, sizeof text - 1, NULL, NULL, &err));
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 26);
    assert_string_equal(err.pointer, "/annotations/\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
}

/* A key may be as long as it likes: the message stays a line and says what is wrong. */
static void long_pointers(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err;
    struct strbuf text = STRBUF(&arena);
    unsigned i;

    (void)state;
    strbuf_text(&text, "{\"annotations\": {\"");
    for (i = 0; i < 3000; i++)
        strbuf_text(&text, "\xc3\xa9");
    strbuf_text(&text, "\": 1}}");
    assert_null(spec_parse(&arena, "c", text.data, text.length, NULL, NULL, &err));
    assert_non_null(strstr(err.message, "\xc3\xa9...: the wrong type: a number, expected a string"));
    assert_true(strlen(err.pointer) >= sizeof err.pointer - 4);
    assert_int_equal(strlen(err.pointer) % 2, strlen("/annotations/") % 2); /* no half character */
}

struct place {
    const char *pointer;
    unsigned line, column;
};

static void pointers_are_found(void **state)
{
    static const struct place places[] = {
        {"", 1, 1},
        {"/root/path", 1, 42},
        {"/mounts", 2, 12},
        {"/mounts/0", 3, 3},
        {"/mounts/1", 4, 3},
        {"/mounts/1/options/1", 4, 43},
        {"/annotations/a~1b~0c", 6, 27},
        {"/annotations/e", 6, 41},
        {"/hostname", 7, 14},
        /* absent: the nearest parent that exists */
        {"/linux/resources/memory", 1, 1},
        {"/mounts/1/options/2", 4, 36},
        {"/mounts/1/options/ro", 4, 36},
        {"/mounts/2/source", 2, 12},
        {"/mounts/1/source", 4, 3},
        {"/hostname/x", 7, 14},
        {"/annotations/a/b", 6, 17},
        {"no pointer", 1, 1},
    };
    _cleanup_arena_ struct arena arena = {0};
    const struct spec *spec = sample(&arena);
    struct caisson_error err;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof places / sizeof places[0]; i++) {
        assert_int_equal(spec_error(spec, &err, places[i].pointer, "no %s", "good"), -1);
        if (err.line != places[i].line || err.column != places[i].column)
            fail_msg("%s: %u:%u, expected %u:%u", places[i].pointer, err.line, err.column, places[i].line,
                     places[i].column);
        assert_string_equal(err.pointer, places[i].pointer);
        assert_int_equal(err.code, CAISSON_ERROR_CONFIG);
    }
}

static void later_errors_look_the_same(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    const struct spec *spec = sample(&arena);
    struct caisson_error err;

    (void)state;
    spec_error(spec, &err, "/mounts/1/options/1", "unknown option \"%s\"", "bogus");
    assert_string_equal(err.message, "config.json:4:43: /mounts/1/options/1: unknown option \"bogus\"");
    spec_error(spec, &err, "", "nothing to run");
    assert_string_equal(err.message, "config.json:1:1: nothing to run");
    assert_int_equal(spec_error(spec, NULL, "/x", "ignored"), -1);
}

/* What is known of a failure is kept; the place is put in front of it. */
static void a_place_is_added(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    const struct spec *spec = sample(&arena);
    struct caisson_error err;

    (void)state;
    error_system(&err, ENOENT, "open source");
    error_hint(&err, "make it first");
    assert_int_equal(spec_error_at(spec, &err, "/mounts/0/source"), -1);
    assert_string_equal(err.message,
                        "config.json:3:3: /mounts/0/source: open source: No such file or directory");
    assert_string_equal(err.pointer, "/mounts/0/source");
    assert_int_equal(err.code, CAISSON_ERROR_SYSTEM);
    assert_int_equal(err.errnum, ENOENT);
    assert_string_equal(err.hint, "make it first");
    assert_int_equal(err.line, 3);
    assert_int_equal(spec_error_at(spec, NULL, "/x"), -1);
}

/* exec --process: what is wrong with the process is looked for in its own file. */
static void a_process_of_its_own_file(void **state)
{
    static const char text[] = "{\n  \"cwd\": \"/\",\n  \"args\": [\"a\"]\n}";
    _cleanup_arena_ struct arena arena = {0};
    struct spec spec = *sample(&arena);
    struct caisson_error err;

    (void)state;
    spec.process = spec_parse_process(&arena, "process.json", text, sizeof text - 1, NULL, NULL, &err);
    assert_non_null(spec.process);
    spec_error(&spec, &err, "/process/args/0", "not found");
    assert_string_equal(err.message, "process.json:3:12: /args/0: not found");
    assert_string_equal(err.pointer, "/args/0");
    error_set(&err, CAISSON_ERROR_EXEC, "nothing");
    spec_error_at(&spec, &err, "/process");
    assert_string_equal(err.message, "process.json:1:1: nothing");
    spec_error(&spec, &err, "/processes", "no");
    assert_string_equal(err.message, "config.json:1:1: /processes: no");
    spec_error(&spec, &err, "/hostname", "no");
    assert_string_equal(err.message, "config.json:7:14: /hostname: no");
}

/* A configuration that was put together by hand has no file. */
static void without_a_file(void **state)
{
    static const struct spec none;
    struct caisson_error err;

    (void)state;
    spec_error(&none, &err, "/process/cwd", "is wrong");
    assert_string_equal(err.message, "/process/cwd: is wrong");
    assert_string_equal(err.pointer, "/process/cwd");
    assert_int_equal(err.line, 0);
    spec_error(NULL, &err, "", "is wrong");
    assert_string_equal(err.message, "is wrong");
    error_set(&err, CAISSON_ERROR_EXEC, "first");
    spec_error_at(NULL, &err, "/process/args/0");
    assert_string_equal(err.message, "first");
    assert_string_equal(err.pointer, "/process/args/0");
    assert_int_equal(err.code, CAISSON_ERROR_EXEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_characters),    cmocka_unit_test(long_pointers),
        cmocka_unit_test(pointers_are_found),        cmocka_unit_test(later_errors_look_the_same),
        cmocka_unit_test(a_place_is_added),          cmocka_unit_test(without_a_file),
        cmocka_unit_test(a_process_of_its_own_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
