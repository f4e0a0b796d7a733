/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/stats_format.h"

enum stats_format { STATS_TABLE, STATS_JSON, STATS_OPENMETRICS };

struct stats_values {
    int format;
    bool no_stream;
};

#define AT(member) offsetof(struct stats_values, member)

static const struct option_choice formats[] = {
    {"table", STATS_TABLE}, {"json", STATS_JSON}, {"openmetrics", STATS_OPENMETRICS}, {0}};

static const struct option options[] = {
    {"format", 'f', OPTION_CHOICE, AT(format), "FORMAT", "table (the default), json or openmetrics", formats},
    {"no-stream", 0, OPTION_FLAG, AT(no_stream), NULL, "print the table once", NULL},
    {0},
};

struct round {
    struct cli *cli;
    struct arena *arena;
    const struct arguments *arguments; /* the containers that were asked for; none: all */
    bool alive;                        /* of all, those that have not ended */
    struct stats_rows rows;
    size_t capacity;
};

static bool is_asked_for(const struct arguments *arguments, const char *id)
{
    for (size_t i = 0; i < arguments->count; i++)
        if (strcmp(arguments->items[i], id) == 0)
            return true;
    return arguments->count == 0;
}

static void add_container(void *data, const struct caisson_container *container)
{
    struct round *round = data;
    struct stats_rows *rows = &round->rows;

    if (!is_asked_for(round->arguments, container->id) ||
        (round->alive && round->arguments->count == 0 && container->status == CAISSON_STOPPED))
        return;
    if (rows->count == round->capacity) {
        size_t capacity = round->capacity ? round->capacity * 2 : 16;
        struct stats_row *larger = arena_array(round->arena, capacity, sizeof *larger);

        if (rows->count)
            memcpy(larger, rows->items, rows->count * sizeof *larger);
        rows->items = larger;
        round->capacity = capacity;
    }
    rows->items[rows->count++] =
        (struct stats_row){.id = arena_string(round->arena, container->id), .status = container->status};
}

static void ignore_state(void *data, const char *json)
{
    (void)data;
    (void)json;
}

/* A name that was given and is no container's is an error; caisson_state() says which. */
static int check_names(const struct round *round, struct caisson_error *err)
{
    for (size_t i = 0; i < round->arguments->count; i++)
        if (caisson_state(&round->cli->context, round->arguments->items[i], ignore_state, NULL, err) < 0)
            return -1;
    return 0;
}

static const struct caisson_statistics *find_before(const struct stats_rows *before, const char *id)
{
    for (size_t i = 0; i < before->count; i++)
        if (before->items[i].has_statistics && strcmp(before->items[i].id, id) == 0)
            return &before->items[i].now;
    return NULL;
}

/* @param before the round before, empty in the first */
static int look(struct round *round, const struct stats_rows *before, struct caisson_error *err)
{
    struct stats_rows *rows = &round->rows;

    if (caisson_list(&round->cli->context, CAISSON_LIST_TABLE, add_container, round, err) < 0)
        return -1;
    for (size_t i = 0; i < rows->count; i++) {
        struct stats_row *row = &rows->items[i];

        /* One that has no cgroup, or ended just now, is shown without numbers. */
        row->has_statistics = caisson_statistics(&round->cli->context, row->id, &row->now, NULL) == 0;
        row->before = find_before(before, row->id);
    }
    return 0;
}

static uint64_t host_memory(void)
{
    struct sysinfo info;

    return sysinfo(&info) < 0 ? UINT64_MAX : (uint64_t)info.totalram * info.mem_unit;
}

static void print_round(const struct stats_rows *rows, int format, struct strbuf *out)
{
    if (format == STATS_JSON)
        stats_print_json(rows, out);
    else if (format == STATS_OPENMETRICS)
        stats_print_metrics(rows, out);
    else
        stats_print_table(rows, host_memory(), out);
}

/* Draws over the old table and clears what it had more: lines do not blink. */
static int print_screen(const struct stats_rows *rows, struct arena *arena, struct caisson_error *err)
{
    static const char home[] = "\033[H", clear_line[] = "\033[K\n", clear_rest[] = "\033[J";
    struct strbuf table = STRBUF(arena), out = STRBUF(arena);
    char *lines, *line;

    stats_print_table(rows, host_memory(), &table);
    strbuf_text(&out, home);
    lines = table.data;
    while ((line = strsep(&lines, "\n")) && lines) {
        strbuf_text(&out, line);
        strbuf_text(&out, clear_line);
    }
    strbuf_text(&out, clear_rest);
    return cli_print(out.data, out.length, err);
}

static bool any_alive(const struct stats_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        if (rows->items[i].status != CAISSON_STOPPED)
            return true;
    return false;
}

static int stream(struct cli *cli, const struct arguments *arguments, struct caisson_error *err)
{
    struct arena arenas[2] = {0};
    struct stats_rows before = {0};
    int result = 0;

    /* Two arenas: a round's numbers are needed in the next one. */
    for (unsigned i = 0; result == 0; i = !i) {
        struct round round = {.cli = cli, .arena = &arenas[i], .arguments = arguments, .alive = true};

        arena_free(&arenas[i]);
        result = look(&round, &before, err);
        if (result == 0)
            result = print_screen(&round.rows, &arenas[i], err);
        if (arguments->count > 0 && !any_alive(&round.rows))
            break;
        before = round.rows;
        sleep(1);
    }
    arena_free(&arenas[0]);
    arena_free(&arenas[1]);
    return result;
}

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    const struct stats_values *given = values;
    struct round round = {
        .cli = cli,
        .arena = cli->arena,
        .arguments = arguments,
        .alive = given->format == STATS_TABLE,
    };
    const struct stats_rows none = {0};
    struct strbuf out = STRBUF(cli->arena);

    if (check_names(&round, err) < 0)
        return -1;
    if (given->format == STATS_TABLE && !given->no_stream && isatty(STDOUT_FILENO))
        return stream(cli, arguments, err);
    if (look(&round, &none, err) < 0)
        return -1;
    print_round(&round.rows, given->format, &out);
    return cli_print(strbuf_string(&out), out.length, err);
}

const struct command command_stats = {
    .name = "stats",
    .arguments = "[ID...]",
    .summary = "Show what containers use: for people, as JSON, or as OpenMetrics for a monitor.",
    .options = options,
    .values_size = sizeof(struct stats_values),
    .maximum = ANY_NUMBER,
    .run = run,
};
