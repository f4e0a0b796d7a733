/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The JSON writer: what it makes of texts that others wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

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

/* Plain text is copied by eight bytes: what is not plain is seen at each place, beside whatever. */
static void each_byte_at_each_place(void **state)
{
    enum { LENGTH = 19 };

    (void)state;
    for (unsigned byte = 1; byte < 256; byte++) {
        _cleanup_arena_ struct arena arena = {0};
        struct strbuf alone = STRBUF(&arena);
        struct json json = {.out = &alone};

        json_string(&json, NULL, (char[]){(char)byte, '\0'});
        for (size_t at = 0; at < LENGTH; at++) {
            char text[LENGTH + 1], expected[LENGTH + 16];

            memset(text, at % 2 ? '~' : ' ', LENGTH);
            text[LENGTH] = '\0';
            snprintf(expected, sizeof expected, "\"%.*s%.*s%s\"", (int)at, text, (int)alone.length - 2,
                     alone.data + 1, text + at + 1);
            text[at] = (char)byte;
            writes(text, expected);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes),
        cmocka_unit_test(is_utf8_whatever_comes),
        cmocka_unit_test(each_byte_at_each_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
