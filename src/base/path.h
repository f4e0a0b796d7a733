/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Absolute paths, by their text alone. */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include <stdbool.h>

/** @return whether an absolute path says nothing twice and nothing back: "//", "." and "..". */
bool path_is_plain(const char *path);

/** @return whether `path` is below `directory`. */
bool path_is_below(const char *path, const char *directory);

#endif
