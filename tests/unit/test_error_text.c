/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This program is linked with glibc: error_text() has to have the words of its strerror(3). */
#include "scratch.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

/* What strerror(3) makes up for a number without words of its own lasts until its next call: hence the copy. */
static void has_words_of(int errnum)
{
    char words[128];

    snprintf(words, sizeof words, "%s", strerror(errnum));
    assert_string_equal(error_text(errnum), words);
}

static void has_the_words_of_glibc(void **state)
{
    (void)state;
    for (int errnum = 0; errnum <= EHWPOISON; errnum++)
        has_words_of(errnum);
    has_words_of(-1);
    has_words_of(4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(has_the_words_of_glibc)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
