/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is allocated is zeroed, aligned, and nobody else's, wherever the arena takes it from; text that grows; paths. */
#include "scratch.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/path.h"
#include "base/strbuf.h"

enum { PIECES = 3000, LONGEST = 100000 };

/* Mostly small, at times larger than a block has left, at times larger than any block. */
static size_t size_of(size_t i)
{
    return i % 97 == 0 ? 20000 + i : i % 500 == 3 ? LONGEST : 1 + i * 7 % 300;
}

/* Fills each piece with its number, and looks at all of them in the end. */
static void use(struct arena *arena)
{
    static unsigned char *pieces[PIECES];

    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = arena_alloc(arena, size_of(i));
        assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < size_of(i); k++)
            assert_int_equal(pieces[i][k], 0);
        memset(pieces[i], (int)(i % 255) + 1, size_of(i));
    }
    for (size_t i = 0; i < PIECES; i++)
        for (size_t k = 0; k < size_of(i); k++)
            assert_int_equal(pieces[i][k], i % 255 + 1);
}

static void test_blocks(void **data)
{
    struct arena arena = {0};

    (void)data;
    use(&arena);
    arena_free(&arena);
    use(&arena); /* as new */
    arena_free(&arena);
}

/* What is in the owner's memory does not matter, and what is large leaves it to what is small. */
static void test_room_of_the_owner(void **data)
{
    ARENA_ROOM(room, 4096);
    struct arena arena = ARENA_IN(room);
    const char *small;

    (void)data;
    memset(room, 0xff, sizeof room);
    assert_int_equal(*(char *)arena_alloc(&arena, LONGEST), 0);
    small = arena_alloc(&arena, 16);
    assert_true(small >= room && small < room + sizeof room);
    assert_int_equal(*small, 0);
    use(&arena);
    arena_free(&arena);
}

static void test_text_that_grows(void **data)
{
    _cleanup_arena_ struct arena arena = {0};
    struct strbuf text = STRBUF(&arena);

    (void)data;
    strbuf_reserve(&text, 10000);
    assert_true(text.capacity > 10000 && text.capacity < 20000);
    for (size_t i = 0; i < LONGEST; i++) {
        strbuf_char(&text, (char)('a' + i % 26));
        assert_int_equal(text.data[text.length], '\0');
    }
    assert_int_equal(strlen(text.data), LONGEST);
    for (size_t i = 0; i < LONGEST; i++)
        assert_int_equal(text.data[i], 'a' + i % 26);
}

static void test_path_below(void **data)
{
    (void)data;
    assert_true(path_is_below("/dev/pts", "/dev"));
    assert_true(path_is_below("/dev/pts", "/dev/"));
    assert_true(path_is_below("/dev/pts", "/dev//"));
    assert_true(path_is_below("/dev//pts", "/dev/"));
    assert_true(path_is_below("/dev", "/"));
    assert_true(path_is_below("/dev", ""));
    assert_false(path_is_below("/dev", "/dev"));
    assert_false(path_is_below("/device", "/dev"));
    assert_false(path_is_below("/dev", "/dev/pts"));
    assert_false(path_is_below("/de", "/dev"));
    assert_false(path_is_below("/proc/a", "/dev/a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_room_of_the_owner),
        cmocka_unit_test(test_text_that_grows),
        cmocka_unit_test(test_path_below),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
