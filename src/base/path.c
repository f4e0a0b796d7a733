/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/path.h"

#include <string.h>

bool path_is_plain(const char *path)
{
    while (*path == '/') {
        size_t n = strcspn(++path, "/");

        if (n == 0 || (n == 1 && path[0] == '.') || (n == 2 && path[0] == '.' && path[1] == '.'))
            return false;
        path += n;
    }
    return *path == '\0';
}

/* Most paths that are compared differ near their beginning. */
bool path_is_below(const char *path, const char *directory)
{
    size_t n = 0;

    while (directory[n] && path[n] == directory[n])
        n++;
    if (directory[n] && (directory[n] != '/' || directory[n + strspn(directory + n, "/")]))
        return false;
    while (n > 0 && directory[n - 1] == '/')
        n--;
    return path[n] == '/';
}
