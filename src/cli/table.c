/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/table.h"

#include <string.h>

enum { LEAST_WIDTH = 12, GAP = 3, FIRST_CELLS = 64 };

void table_cell(struct table *table, const char *text)
{
    if (table->count == table->capacity) {
        size_t capacity = table->capacity ? table->capacity * 2 : FIRST_CELLS;
        const char **cells = arena_array(table->arena, capacity, sizeof *cells);

        if (table->count)
            memcpy(cells, table->cells, table->count * sizeof *cells);
        table->cells = cells;
        table->capacity = capacity;
    }
    table->cells[table->count++] = text ? text : "";
}

/* Many times faster than "%-*s". */
static void add_padded(struct strbuf *out, const char *text, size_t width)
{
    static const char spaces[] = "                                ";
    size_t length = strlen(text);

    strbuf_add(out, text, length);
    for (size_t n; length < width; length += n) {
        n = width - length < sizeof spaces - 1 ? width - length : sizeof spaces - 1;
        strbuf_add(out, spaces, n);
    }
}

void table_print(const struct table *table, struct strbuf *out)
{
    size_t *widths = arena_array(table->arena, table->columns, sizeof *widths), line = 0;

    for (size_t i = 0; i < table->columns; i++)
        widths[i] = LEAST_WIDTH;
    for (size_t row = 0; row + table->columns <= table->count; row += table->columns)
        for (size_t i = 0; i < table->columns; i++) {
            size_t width = strlen(table->cells[row + i]) + GAP;

            if (width > widths[i])
                widths[i] = width;
        }
    for (size_t i = 0; i < table->columns; i++)
        line += widths[i];
    strbuf_reserve(out, line * (table->count / table->columns));
    for (size_t row = 0; row + table->columns <= table->count; row += table->columns) {
        for (size_t i = 0; i + 1 < table->columns; i++)
            add_padded(out, table->cells[row + i], widths[i]);
        strbuf_text(out, table->cells[row + table->columns - 1]);
        strbuf_char(out, '\n');
    }
}
