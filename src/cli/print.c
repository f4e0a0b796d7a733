/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What commands print to standard output. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/cli.h"

int cli_print(const char *text, size_t length, struct caisson_error *err)
{
    if (fd_write_all(STDOUT_FILENO, text, length) < 0)
        return error_system(err, errno, "cannot write to standard output");
    return 0;
}

int cli_print_allocated(char *text, struct caisson_error *err)
{
    size_t length = strlen(text);
    char *line = realloc(text, length + 2);
    int result;

    if (!line) {
        free(text);
        return error_set(err, CAISSON_ERROR_SYSTEM, "out of memory");
    }
    if (length > 0 && line[length - 1] != '\n')
        line[length++] = '\n';
    result = cli_print(line, length, err);
    free(line);
    return result;
}
