/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This program is linked with glibc: error_text() has to have the words of its strerror(3). */
#include "scratch.h"

#include <string.h>

#include "base/error.h"

static void has_the_words_of_glibc(void **state)
{
    (void)state;
    for (int errnum = 0; errnum <= EHWPOISON; errnum++)
        assert_string_equal(error_text(errnum), strerror(errnum));
    assert_string_equal(error_text(-1), strerror(-1));
    assert_string_equal(error_text(4096), strerror(4096));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(has_the_words_of_glibc)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
