/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* container/criu_message.c: bytes as the encoding of protocol buffers has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "container/criu_message.h"

static void assert_bytes(const struct strbuf *text, const char *bytes, size_t length)
{
    assert_int_equal(text->length, length);
    assert_memory_equal(text->data, bytes, length);
}

static void numbers_and_texts_are_written(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct strbuf text = STRBUF(&arena);

    (void)state;
    criu_put_number(&text, CRIU_PID, 300); /* two bytes of seven bits */
    criu_put_flag(&text, CRIU_LEAVE_RUNNING, true);
    criu_put_flag(&text, CRIU_EXT_UNIX_SK, false); /* absent */
    criu_put_text(&text, CRIU_LOG_FILE, "a.log");
    criu_put_text(&text, CRIU_ROOT, NULL);        /* absent */
    criu_put_number(&text, CRIU_NETWORK_LOCK, 2); /* a key of two bytes */
    assert_bytes(&text,
                 "\x10\xac\x02\x18\x01\x52\x05"
                 "a.log\x80\x04\x02",
                 15);
}

static void messages_are_written(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct strbuf text = STRBUF(&arena);

    (void)state;
    criu_put_inherit_fd(&text, "pipe:[1]", 4);
    criu_put_pair(&text, CRIU_CG_ROOT, "", "/x");
    criu_put_pair(&text, CRIU_CG_ROOT, NULL, "/x");
    assert_bytes(&text,
                 "\xda\x01\x0c\x0a\x08pipe:[1]\x10\x04\xca\x01\x06\x0a\x00\x12\x02/x\xca\x01\x04\x12\x02/x",
                 31);
}

static void a_version_is_read(void **state)
{
    static const char bytes[] = "\x08\x0a\x10\x01\x52\x0c\x08\x04\x10\x01\x1a\x04\x67\x69\x74\x30\x20\x01";
    _cleanup_arena_ struct arena arena = {0};
    struct criu_response response;

    (void)state;
    assert_true(criu_read_response(&arena, bytes, sizeof bytes - 1, &response));
    assert_int_equal(response.type, CRIU_VERSION);
    assert_true(response.success);
    assert_int_equal(response.version, 40101);
}

static void a_notification_is_read(void **state)
{
    static const char bytes[] = "\x08\x06\x10\x01\x2a\x0d\x0a\x08post-dmp\x10\xb9\x60";
    _cleanup_arena_ struct arena arena = {0};
    struct criu_response response;

    (void)state;
    assert_true(criu_read_response(&arena, bytes, sizeof bytes - 1, &response));
    assert_int_equal(response.type, CRIU_NOTIFY);
    assert_string_equal(response.script, "post-dmp");
    assert_int_equal(response.pid, 12345);
}

static void a_failure_is_read(void **state)
{
    /* A field of 32 and one of 64 bits that are not known are passed over. */
    static const char bytes[] =
        "\x08\x01\x10\x00\x38\x0d\x4a\x02no\xfd\x01\x01\x02\x03\x04\xf9\x01\x01\x02\x03\x04\x05\x06\x07\x08";
    _cleanup_arena_ struct arena arena = {0};
    struct criu_response response;

    (void)state;
    assert_true(criu_read_response(&arena, bytes, sizeof bytes - 1, &response));
    assert_false(response.success);
    assert_int_equal(response.errnum, 13);
    assert_string_equal(response.message, "no");
}

/* Cut short anywhere, or with any byte changed: an answer or none, and nothing is read behind the end. */
static void what_is_spoilt_is_no_answer(void **state)
{
    static const char bytes[] =
        "\x08\x06\x10\x01\x2a\x0d\x0a\x08post-dmp\x10\xb9\x60\x52\x04\x08\x03\x10\x10";
    struct criu_response response;

    (void)state;
    for (size_t length = 0; length < sizeof bytes; length++) {
        _cleanup_arena_ struct arena arena = {0};
        char *copy = arena_alloc(&arena, length + 1);

        memcpy(copy, bytes, length);
        if (length < 2)
            assert_false(criu_read_response(&arena, copy, length, &response));
        for (size_t i = 0; i < length; i++) {
            copy[i] = (char)(copy[i] ^ 0xff);
            criu_read_response(&arena, copy, length, &response);
            copy[i] = (char)(copy[i] ^ 0xff);
        }
    }
    {
        _cleanup_arena_ struct arena arena = {0};

        assert_false(criu_read_response(&arena, "\x08\x06\x2a\x7f", 4, &response)); /* longer than there is */
        assert_false(criu_read_response(&arena, "\x08", 1, &response));
        assert_false(criu_read_response(&arena, "\x0b\x06", 2, &response)); /* a kind that protobuf gave up */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_texts_are_written),
        cmocka_unit_test(messages_are_written),
        cmocka_unit_test(a_version_is_read),
        cmocka_unit_test(a_notification_is_read),
        cmocka_unit_test(a_failure_is_read),
        cmocka_unit_test(what_is_spoilt_is_no_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
