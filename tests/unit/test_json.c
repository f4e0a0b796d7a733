/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The JSON writer: what it makes of texts that others wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"

static void writes(const char *text, const char *expected)
{
    _cleanup_arena_ struct arena arena = {0};
    struct strbuf out = STRBUF(&arena);
    struct json json = {.out = &out};

    json_string(&json, NULL, text);
    assert_string_equal(strbuf_string(&out), expected);
}

static void escapes(void **state)
{
    (void)state;
    writes("", "\"\"");
    writes("a \"b\" \\ \n\t\x01\x7f/", "\"a \\\"b\\\" \\\\ \\n\\t\\u0001\\u007f/\"");
}

/* Names of files, and messages that are cut off in the middle of a character. */
static void is_utf8_whatever_comes(void **state)
{
    (void)state;
    writes("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\x9a", "\"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\x9a\"");
    writes("a\xff"
           "b",
           "\"a\\ufffdb\"");
    writes("\xe2\x82", "\"\\ufffd\\ufffd\"");
    writes("\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"");
    writes("\xc0\xaf\"", "\"\\ufffd\\ufffd\\\"\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes),
        cmocka_unit_test(is_utf8_whatever_comes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
