/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/match.h"

#include <regex.h>

struct matches {
    struct arena *arena;
    const regex_t *expression;
    struct match {
        const char *id;
        struct match *next;
    } * first, **end;
};

/* Acting is left until the listing is done: what is deleted meanwhile would be missing from it. */
static void note_match(void *data, const struct caisson_container *container)
{
    struct matches *matches = data;
    struct match *match;

    if (regexec(matches->expression, container->id, 0, NULL, 0) != 0)
        return;
    match = arena_new(matches->arena, struct match);
    match->id = arena_string(matches->arena, container->id);
    *matches->end = match;
    matches->end = &match->next;
}

int match_each(struct cli *cli, const char *expression,
               int (*act)(struct cli *cli, const char *id, void *data, struct caisson_error *err), void *data,
               struct caisson_error *err)
{
    struct matches matches = {.arena = cli->arena, .end = &matches.first};
    regex_t compiled;
    int result = regcomp(&compiled, expression, REG_EXTENDED | REG_NOSUB);

    if (result != 0) {
        char reason[128];

        regerror(result, &compiled, reason, sizeof reason);
        return error_set(err, CAISSON_ERROR_USAGE, "'%s' is no regular expression: %s", expression, reason);
    }
    matches.expression = &compiled;
    result = caisson_list(&cli->context, CAISSON_LIST_IDS, note_match, &matches, err);
    regfree(&compiled);
    if (result < 0)
        return -1;
    for (const struct match *match = matches.first; match; match = match->next) {
        struct caisson_error failure = {0};

        if (act(cli, match->id, data, &failure) == 0)
            continue;
        if (result < 0)
            log_message(&cli->log, CAISSON_LOG_WARNING, err->message);
        *err = failure;
        result = -1;
    }
    return result;
}
