/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What commands print to standard output. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/strbuf.h"
#include "cli/cli.h"

int cli_print(const char *text, size_t length, struct caisson_error *err)
{
    if (fd_write_all(STDOUT_FILENO, text, length) < 0)
        return error_system(err, errno, "cannot write to standard output");
    return 0;
}

int cli_print_allocated(char *text, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    struct strbuf line = STRBUF(&arena);

    strbuf_text(&line, text);
    if (line.length > 0 && line.data[line.length - 1] != '\n')
        strbuf_char(&line, '\n');
    free(text);
    return cli_print(strbuf_string(&line), line.length, err);
}
