/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of a directory of tests/data, each for a check. */
#ifndef TESTS_DATA_FILES_H
#define TESTS_DATA_FILES_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static inline bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), n = strlen(end);

    return length >= n && strcmp(text + length - n, end) == 0;
}

/** Calls `check` with the name of each file whose name ends in ".json". @return for how many it said true. */
static inline unsigned each_json_file(const char *directory, bool (*check)(const char *name))
{
    DIR *dir = opendir(directory);
    struct dirent *entry;
    unsigned count = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir)))
        if (ends_with(entry->d_name, ".json"))
            count += check(entry->d_name);
    closedir(dir);
    return count;
}

#endif
