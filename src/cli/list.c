/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/strbuf.h"
#include "cli/commands.h"
#include "cli/table.h"

enum list_format { LIST_TABLE, LIST_JSON };

struct list_options {
    int format;
    bool quiet;
};

struct listing {
    struct table table;
    struct strbuf text; /* of --quiet and of JSON */
    const struct list_options *options;
};

#define AT(member) offsetof(struct list_options, member)

static const struct option_choice formats[] = {{"table", LIST_TABLE}, {"json", LIST_JSON}, {0}};

static const struct option options[] = {
    {"format", 'f', OPTION_CHOICE, AT(format), "FORMAT", "table (the default) or json", formats},
    {"quiet", 'q', OPTION_FLAG, AT(quiet), NULL, "print the ids alone", NULL},
    {0},
};

static void add_container(void *data, const struct caisson_container *container)
{
    struct listing *listing = data;
    struct arena *arena = listing->text.arena;

    if (listing->options->quiet) {
        strbuf_text(&listing->text, container->id);
        strbuf_char(&listing->text, '\n');
    } else if (listing->options->format == LIST_JSON) {
        strbuf_text(&listing->text, listing->text.length ? "," : "[");
        strbuf_text(&listing->text, container->json);
    } else {
        table_cell(&listing->table, arena_string(arena, container->id));
        table_cell(&listing->table, arena_numbered(arena, "", (size_t)container->pid));
        table_cell(&listing->table, caisson_status_name(container->status));
        table_cell(&listing->table, arena_string(arena, container->bundle));
        table_cell(&listing->table, arena_string(arena, container->created));
        table_cell(&listing->table, arena_string(arena, container->owner));
    }
}

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    static const char *const titles[] = {"ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"};
    enum { COLUMNS = sizeof titles / sizeof *titles };
    struct listing listing = {
        .table = {.arena = cli->arena, .columns = COLUMNS}, .text = STRBUF(cli->arena), .options = values};
    enum caisson_list_detail detail = listing.options->quiet                 ? CAISSON_LIST_IDS
                                      : listing.options->format == LIST_JSON ? CAISSON_LIST_JSON
                                                                             : CAISSON_LIST_TABLE;

    (void)arguments;
    for (size_t i = 0; i < COLUMNS; i++)
        table_cell(&listing.table, titles[i]);
    if (caisson_list(&cli->context, detail, add_container, &listing, err) < 0)
        return -1;
    if (detail == CAISSON_LIST_JSON)
        strbuf_text(&listing.text, listing.text.length ? "]\n" : "[]\n");
    else if (detail == CAISSON_LIST_TABLE)
        table_print(&listing.table, &listing.text);
    return cli_print(strbuf_string(&listing.text), listing.text.length, err);
}

const struct command command_list = {
    .name = "list",
    .arguments = "",
    .summary = "Print the containers below the state root.",
    .options = options,
    .values_size = sizeof(struct list_options),
    .run = run,
};
