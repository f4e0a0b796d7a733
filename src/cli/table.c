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

void table_print(const struct table *table, struct strbuf *out)
{
    size_t *widths = arena_array(table->arena, table->columns, sizeof *widths);

    for (size_t i = 0; i < table->columns; i++)
        widths[i] = LEAST_WIDTH;
    for (size_t i = 0; i < table->count; i++) {
        size_t width = strlen(table->cells[i]) + GAP;

        if (width > widths[i % table->columns])
            widths[i % table->columns] = width;
    }
    for (size_t i = 0; i < table->count; i++) {
        size_t column = i % table->columns;

        if (column + 1 == table->columns)
            strbuf_format(out, "%s\n", table->cells[i]);
        else
            strbuf_format(out, "%-*s", (int)widths[column], table->cells[i]);
    }
}
