/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every file of tests/data/bad is refused with exactly the line that stands beside it in a .txt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data_files.h"

#include "base/file.h"
#include "spec/spec.h"

#define DIRECTORY TEST_DATA "/bad"

static bool begins_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* @return whether the file is taken as right */
static bool parse(struct arena *arena, const char *name, const char *text, size_t length,
                  struct caisson_error *err)
{
    if (begins_with(name, "process-"))
        return spec_parse_process(arena, "process.json", text, length, NULL, NULL, err);
    if (begins_with(name, "resources-"))
        return spec_parse_resources(arena, "resources.json", text, length, NULL, NULL, err);
    return spec_parse(arena, "config.json", text, length, NULL, NULL, err);
}

/* line, column and pointer say the same as the message does. */
static void check_members(const struct caisson_error *err)
{
    unsigned line, column;
    char pointer[sizeof err->pointer] = "";
    int end = 0;

    assert_int_equal(sscanf(err->message, "%*[a-z.]:%u:%u: %n", &line, &column, &end), 2);
    assert_int_equal(err->line, line);
    assert_int_equal(err->column, column);
    if (err->message[end] == '/' && !strchr(err->pointer, '\n')) {
        sscanf(err->message + end, "%191[^ ]", pointer);
        pointer[strlen(pointer) - 1] = '\0';
        assert_string_equal(err->pointer, pointer);
    }
}

static bool check_file(const char *file)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err = {0};
    const char *name = arena_copy(&arena, file, strlen(file) - strlen(".json"));
    size_t length = 0;
    char *text, *expected, *end;

    text = file_read(&arena, AT_FDCWD, arena_format(&arena, DIRECTORY "/%s.json", name), SPEC_SIZE_LIMIT,
                     &length, &err);
    assert_non_null(text);
    expected = file_read(&arena, AT_FDCWD, arena_format(&arena, DIRECTORY "/%s.txt", name), 4096, NULL, &err);
    assert_non_null(expected);
    end = strchr(expected, '\n');
    assert_non_null(end);
    *end = '\0';
    memset(&err, 0, sizeof err);
    if (parse(&arena, name, text, length, &err))
        fail_msg("%s.json is read without error", name);
    if (strcmp(err.message, expected) != 0)
        fail_msg("%s.json:\n  said     %s\n  expected %s", name, err.message, expected);
    assert_int_equal(err.code, CAISSON_ERROR_CONFIG);
    check_members(&err);
    return true;
}

static void every_defect_has_its_message(void **state)
{
    (void)state;
    assert_true(each_json_file(DIRECTORY, check_file) > 300);
}

/* What the user can do about it stands beside the message. */
static void a_hint_lists_what_is_known(void **state)
{
    static const char text[] = "{\"type\": \"a\", \"devices\": [{\"allow\": true}], \"cpu\": {\"idle\": 0}}";
    static const char near[] =
        "{\"cwd\": \"/\", \"ioPriority\": {\"class\": \"IOPRIO_CLASS_B\", \"priority\": 0}}";
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err = {0};

    (void)state;
    assert_non_null(spec_parse_resources(&arena, "r", text, sizeof text - 1, NULL, NULL, &err));
    assert_null(spec_parse_process(&arena, "p", near, sizeof near - 1, NULL, NULL, &err));
    assert_string_equal(err.message,
                        "p:1:38: /ioPriority/class: unknown I/O class \"IOPRIO_CLASS_B\", did you mean "
                        "\"IOPRIO_CLASS_BE\"?");
    assert_string_equal(err.hint, "known are IOPRIO_CLASS_RT, IOPRIO_CLASS_BE, IOPRIO_CLASS_IDLE");
    assert_string_equal(err.pointer, "/ioPriority/class");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_defect_has_its_message),
        cmocka_unit_test(a_hint_lists_what_is_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
