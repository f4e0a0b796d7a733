/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers with signs, units and fractions, and the options that take them. */
#include "scratch.h"

#include <caisson/caisson.h>

#include "cli/options.h"
#include "cli/quantity.h"

#define NS INT64_C(1)
#define MS (1000000 * NS)
#define S  (1000 * MS)

struct example {
    const char *text;
    bool good;
    int64_t value;
};

static void check(bool (*read)(const char *, int64_t *), const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t value = 0;
        bool good = read(examples[i].text, &value);

        if (good != examples[i].good || (good && value != examples[i].value))
            fail_msg("'%s': %s, %lld", examples[i].text, good ? "read" : "refused", (long long)value);
    }
}

static void integers(void **data)
{
    static const struct example examples[] = {
        {"0", true, 0},
        {"17", true, 17},
        {"-1", true, -1},
        {"9223372036854775807", true, INT64_MAX},
        {"9223372036854775808", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"--1", false, 0},
        {"+1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1.5", false, 0},
        {"0x10", false, 0},
        {"1k", false, 0},
    };

    (void)data;
    check(quantity_integer, examples, sizeof examples / sizeof *examples);
}

static void bytes(void **data)
{
    static const struct example examples[] = {
        {"0", true, 0},
        {"4096", true, 4096},
        {"-1", true, -1},
        {"1k", true, 1024},
        {"1K", true, 1024},
        {"64M", true, 67108864},
        {"64m", true, 67108864},
        {"1G", true, 1073741824},
        {"2T", true, INT64_C(2) << 40},
        {"1P", true, INT64_C(1) << 50},
        {"1E", true, INT64_C(1) << 60},
        {"1kb", true, 1024},
        {"1KiB", true, 1024},
        {"1 MB", true, 1048576},
        {"10b", true, 10},
        {"1.5G", true, 1610612736},
        {".5k", true, 512},
        {"1.", true, 1},
        {"0.0009765625M", true, 1023}, /* nine digits of a fraction count */
        {"7E", true, INT64_C(7) << 60},
        {"8E", false, 0},
        {"7.999999999E", true, INT64_C(9223372035701854303)},
        {"99999999999999999999", false, 0},
        {"-1M", false, 0},
        {"", false, 0},
        {".", false, 0},
        {"M", false, 0},
        {"1X", false, 0},
        {"1MM", false, 0},
        {"1Mi", false, 0},
        {"1  M", false, 0},
        {"0x10", false, 0},
        {"1e3", false, 0},
    };

    (void)data;
    check(quantity_bytes, examples, sizeof examples / sizeof *examples);
}

static void durations(void **data)
{
    static const struct example examples[] = {
        {"0", true, 0},
        {"0s", true, 0},
        {"5s", true, 5 * S},
        {"500ms", true, 500 * MS},
        {"1m", true, 60 * S},
        {"1m30s", true, 90 * S},
        {"1h1m1s1ms", true, 3661 * S + MS},
        {"1.5h", true, 5400 * S},
        {"0.5s", true, 500 * MS},
        {".5s", true, 500 * MS},
        {"10us", true, 10000},
        {"10\xc2\xb5s", true, 10000},
        {"10\xce\xbcs", true, 10000},
        {"7ns", true, 7},
        {"5", false, 0},
        {"", false, 0},
        {"s", false, 0},
        {"-1s", false, 0},
        {"1x", false, 0},
        {"1s1", false, 0},
        {"1 s", false, 0},
        {"1S", false, 0},
        {"9999999999h", false, 0},
        {"99999999999999999999s", false, 0},
    };

    (void)data;
    check(quantity_duration, examples, sizeof examples / sizeof *examples);
}

struct values {
    struct caisson_limit limit, bytes;
    unsigned duration;
};

static const struct option table[] = {
    {"limit", 0, OPTION_LIMIT, offsetof(struct values, limit), "N", "", NULL},
    {"bytes", 0, OPTION_BYTES, offsetof(struct values, bytes), "BYTES", "", NULL},
    {"duration", 0, OPTION_DURATION, offsetof(struct values, duration), "TIME", "", NULL},
    {0},
};

static int parse(const char *word, struct values *values, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    const struct option_syntax syntax = {.options = table};
    char *argv[] = {arena_string(&arena, word), NULL};
    struct arguments arguments;

    *values = (struct values){0};
    return options_parse(&arena, &syntax, argv, values, &arguments, err);
}

static void options_store_them(void **data)
{
    struct caisson_error err = {0};
    struct values values;

    (void)data;
    assert_int_equal(parse("--limit=-1", &values, &err), 0);
    assert_true(values.limit.set && values.limit.value == -1);
    assert_false(values.bytes.set);
    assert_int_equal(parse("--limit=0", &values, &err), 0);
    assert_true(values.limit.set && values.limit.value == 0);
    assert_int_equal(parse("--bytes=1k", &values, &err), 0);
    assert_true(values.bytes.set && values.bytes.value == 1024);
    assert_int_equal(parse("--duration=1.5s", &values, &err), 0);
    assert_int_equal(values.duration, 1500);
}

static void options_refuse_what_is_none(void **data)
{
    static const char *const words[] = {
        "--limit=1k",    "--limit=",    "--bytes=x",      "--bytes=",         "--duration=1",
        "--duration=0s", "--duration=", "--duration=-1s", "--duration=999us", "--duration=999999h",
    };

    (void)data;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct caisson_error err = {0};
        struct values values;

        if (parse(words[i], &values, &err) == 0)
            fail_msg("%s was read", words[i]);
        assert_int_equal(err.code, CAISSON_ERROR_USAGE);
        assert_non_null(strstr(err.message, "takes"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),
        cmocka_unit_test(bytes),
        cmocka_unit_test(durations),
        cmocka_unit_test(options_store_them),
        cmocka_unit_test(options_refuse_what_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
