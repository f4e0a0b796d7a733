/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reader with a table that is not the specification's: what every file of ours can count on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "spec/reader.h"
#include "base/suggest.h"

struct item {
    const char *key;
    int32_t number;
};

struct object {
    const char *id;
    int small;
    int64_t large;
    uint32_t natural;
    uint64_t wide;
    struct spec_u32 optional;
    struct spec_bool optional_flag;
    bool flag, list_set;
    char letter;
    unsigned bits;
    uint64_t wide_bits;
    struct spec_strings words;
    struct {
        struct item *items;
        size_t count;
    } list, map;
    struct item inside;
    const struct item *outside;
};

static int check_even(struct reader *reader, const struct reader_node *node, void *value)
{
    if (*(int32_t *)value % 2)
        return reader_fail(reader, node, "odd, expected an even number");
    return 0;
}

static int check_list(struct reader *reader, const struct reader_node *node, void *value)
{
    const struct spec_strings *list = value; /* the same head */

    if (list->count == 3)
        return reader_fail(reader, reader_item(reader, node, 2), "one too many, expected two");
    if (list->count > 3)
        return reader_fail(reader, reader_item(reader, node, 99), "too many, expected two");
    return 0;
}

#define ITEM(member, json, type, ...) READER_FIELD(struct item, member, json, type, __VA_ARGS__)
static const struct reader_field item_fields[] = {
    ITEM(number, "number", READER_INTEGER, .check = check_even),
};
static const struct reader_shape item_shape =
    READER_SHAPE(struct item, item_fields, .key = READER_KEY(struct item, key));

static const struct reader_value letters[] = {{"first", 'a'}, {"second", 'b'}, {NULL, 0}};
static const struct reader_value bits[] = {{"one", 1}, {"two", 2}, {"top", UINT64_C(1) << 63}, {NULL, 0}};

#define F(member, json, type, ...) READER_FIELD(struct object, member, json, type, __VA_ARGS__)
static const struct reader_field fields[] = {
    F(id, "id", READER_STRING, .flags = READER_REQUIRED | READER_NONEMPTY),
    F(small, "small", READER_INTEGER),
    F(large, "large", READER_INTEGER),
    F(natural, "natural", READER_UNSIGNED),
    F(wide, "wide", READER_UNSIGNED, .min = 2),
    F(optional, "optional", READER_UNSIGNED, .flags = READER_OPTIONAL),
    F(optional_flag, "optionalFlag", READER_BOOL, .flags = READER_OPTIONAL),
    F(flag, "flag", READER_BOOL),
    F(letter, "letter", READER_ENUM, .values = letters),
    F(bits, "bits", READER_FLAGS, .values = bits),
    F(wide_bits, "wideBits", READER_FLAGS, .values = bits),
    F(words, "words", READER_STRINGS, .values = letters),
    F(list, "list", READER_ARRAY, .shape = &item_shape, .set = READER_SET(struct object, list_set),
      .check = check_list),
    F(map, "map", READER_MAP, .shape = &item_shape),
    F(inside, "inside", READER_OBJECT, .shape = &item_shape),
    F(outside, "outside", READER_POINTER, .shape = &item_shape),
};
static const struct reader_shape shape = READER_SHAPE(struct object, fields);

static int decode(struct arena *arena, const char *text, struct object *object, struct caisson_error *err)
{
    const struct reader_input input = {.arena = arena, .name = "f", .text = text, .length = strlen(text)};

    memset(object, 0xff, sizeof *object);
    memset(err, 0, sizeof *err);
    return reader_decode(&input, &shape, object, err);
}

static void every_type(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err;
    struct object o;

    (void)state;
    assert_int_equal(
        decode(&arena,
               "{\"id\":\"x\",\"small\":-2147483648,\"large\":-9223372036854775808,"
               "\"natural\":4294967295,\"wide\":18446744073709551615,\"optional\":0,"
               "\"optionalFlag\":false,\"flag\":true,\"letter\":\"second\",\"bits\":[\"one\",\"two\"],"
               "\"wideBits\":[\"top\",\"two\"],\"words\":[\"first\",\"first\"],"
               "\"list\":[{\"number\":2},{}],\"map\":{\"k\":{\"number\":-4}},"
               "\"inside\":{\"number\":-0},\"outside\":{\"number\":8}}",
               &o, &err),
        0);
    assert_string_equal(o.id, "x");
    assert_int_equal(o.small, INT32_MIN);
    assert_true(o.large == INT64_MIN);
    assert_int_equal(o.natural, UINT32_MAX);
    assert_true(o.wide == UINT64_MAX);
    assert_true(o.optional.set && o.optional.value == 0);
    assert_true(o.optional_flag.set && !o.optional_flag.value);
    assert_true(o.flag && o.list_set);
    assert_int_equal(o.letter, 'b');
    assert_int_equal(o.bits, 3);
    assert_true(o.wide_bits == (UINT64_C(1) << 63 | 2));
    assert_int_equal(o.words.count, 2);
    assert_int_equal(o.list.count, 2);
    assert_int_equal(o.list.items[0].number, 2);
    assert_int_equal(o.list.items[1].number, 0);
    assert_string_equal(o.map.items[0].key, "k");
    assert_int_equal(o.map.items[0].number, -4);
    assert_int_equal(o.inside.number, 0);
    assert_int_equal(o.outside->number, 8);
}

static void what_is_absent_is_zero(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err;
    struct object o, expected;

    (void)state;
    assert_int_equal(decode(&arena, "{\"id\": \"x\"}", &o, &err), 0);
    memset(&expected, 0, sizeof expected);
    expected.id = o.id;
    assert_memory_equal(&o, &expected, sizeof o);
}

static void messages(void **state)
{
    static const struct {
        const char *text, *message;
    } wrong[] = {
        {"{}", "f:1:1: /id: missing, expected a string: the member is required"},
        {"{\"id\":\"\"}", "f:1:7: /id: an empty string, expected some text"},
        {"{\"small\":2147483648}",
         "f:1:10: /small: 2147483648 is out of range, expected an integer from -2147483648 to 2147483647"},
        {"{\"small\":-2147483649}",
         "f:1:10: /small: -2147483649 is out of range, expected an integer from -2147483648 to 2147483647"},
        {"{\"natural\":4294967296}",
         "f:1:12: /natural: 4294967296 is out of range, expected an integer from 0 to 4294967295"},
        {"{\"wide\":1}",
         "f:1:9: /wide: 1 is out of range, expected an integer from 2 to 18446744073709551615"},
        {"{\"optional\":4294967296}",
         "f:1:13: /optional: 4294967296 is out of range, expected an integer from 0 to 4294967295"},
        {"{\"letter\":\"frist\"}", "f:1:11: /letter: unknown value \"frist\", did you mean \"first\"?"},
        {"{\"words\":[\"first\",\"third\"]}",
         "f:1:19: /words/1: unknown value \"third\", expected one of first, second"},
        {"{\"bits\":[true]}", "f:1:10: /bits/0: the wrong type: true, expected a string"},
        {"{\"inside\":{\"number\":3}}", "f:1:21: /inside/number: odd, expected an even number"},
        {"{\"map\":{\"a\":{},\"b\":{\"number\":3}}}", "f:1:30: /map/b/number: odd, expected an even number"},
        {"{\"list\":[{},{},{}]}", "f:1:16: /list/2: one too many, expected two"},
        {"{\"list\":[{},{},{},{}]}", "f:1:19: /list/3: too many, expected two"},
        {"{\"outside\":[]}", "f:1:12: /outside: the wrong type: an array, expected an object"},
    };
    struct caisson_error err;
    struct object o;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        _cleanup_arena_ struct arena arena = {0};

        assert_int_equal(decode(&arena, wrong[i].text, &o, &err), -1);
        assert_string_equal(err.message, wrong[i].message);
    }
}

/* What was read does not need the text any more. */
static void the_text_can_go(void **state)
{
    char text[] = "{\"id\": \"name\", \"map\": {\"key\": {}}, \"words\": [\"f\\u0069rst\"]}";
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err;
    struct object o;

    (void)state;
    assert_int_equal(decode(&arena, text, &o, &err), 0);
    memset(text, 'X', sizeof text);
    assert_string_equal(o.id, "name");
    assert_string_equal(o.map.items[0].key, "key");
    assert_string_equal(o.words.items[0], "first");
}

static const char *nearest(const char *text, const char *const *names)
{
    struct suggest suggest = {.text = text, .length = strlen(text)};

    for (; *names; names++)
        suggest_try(&suggest, *names);
    return suggest.best ? suggest.best : "";
}

static void suggestions(void **state)
{
    static const char *const names[] = {"hostname",     "domainname",    "mounts", "root",
                                        "SCMP_ACT_LOG", "SCMP_ACT_KILL", NULL};
    char longest[512];

    (void)state;
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_string_equal(nearest("hostName", names), "hostname");
    assert_string_equal(nearest("HOSTNAME", names), "hostname");
    assert_string_equal(nearest("hotsname", names), "hostname"); /* exchanged */
    assert_string_equal(nearest("hostnam", names), "hostname");
    assert_string_equal(nearest("mount", names), "mounts");
    assert_string_equal(nearest("domain", names), "");
    assert_string_equal(nearest("SCMP_ACT_LOGS", names), "SCMP_ACT_LOG");
    assert_string_equal(nearest("SCMP_ACT_ALLOW", names), ""); /* nine letters in common say nothing */
    assert_string_equal(nearest("", names), "");
    assert_string_equal(nearest(longest, names), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type),  cmocka_unit_test(what_is_absent_is_zero),
        cmocka_unit_test(messages),    cmocka_unit_test(the_text_can_go),
        cmocka_unit_test(suggestions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
