/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text in columns. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stddef.h>

#include "base/strbuf.h"

struct table {
    struct arena *arena;
    size_t columns;
    const char **cells; /* row after row */
    size_t count, capacity;
};

/** Adds the next cell; the text must live until the table is printed. NULL is an empty cell. */
void table_cell(struct table *table, const char *text);

/** Prints the rows: a column is three blanks wider than its widest cell and at least 12 wide, as runc's are. */
void table_print(const struct table *table, struct strbuf *out);

#endif
