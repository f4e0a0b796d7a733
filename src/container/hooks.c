/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/hooks.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "container/helper.h"

/* The members of struct helper want arrays that end with NULL; the configuration's know their length. */
static char *const *vector(struct arena *arena, const struct spec_strings *strings, const char *instead)
{
    char **items = arena_array(arena, strings->count + 2, sizeof *items);

    for (size_t i = 0; i < strings->count; i++)
        items[i] = arena_string(arena, strings->items[i]);
    if (strings->count == 0 && instead)
        items[0] = arena_string(arena, instead);
    return items;
}

static int run(const struct spec_hook *hook, const char *kind, size_t index, const char *state,
               const char *cwd, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    struct helper helper = {
        .path = hook->path,
        .args = vector(&arena, &hook->args, hook->path),
        .env = vector(&arena, &hook->env, NULL),
        .cwd = cwd,
        .input = state,
        .timeout_s = hook->timeout.set ? hook->timeout.value : 0,
    };
    struct caisson_error cause = {0};
    struct helper_end end;
    char ended[512];

    if (helper_run(&helper, &end, &cause) == 0) {
        if (helper_succeeded(&end))
            return 0;
        helper_describe(&helper, &end, ended, sizeof ended);
        error_set(err, CAISSON_ERROR_HOOK, "%s hook %zu '%s' %s", kind, index, hook->path, ended);
    } else {
        error_set(err, CAISSON_ERROR_HOOK, "%s hook %zu: %s", kind, index, cause.message);
    }
    if (err) {
        err->errnum = cause.errnum;
        snprintf(err->pointer, sizeof err->pointer, "/hooks/%s/%zu", kind, index);
    }
    return -1;
}

int hooks_run(const struct spec_hook_list *hooks, const char *kind, const char *state, const char *cwd,
              struct caisson_error *err)
{
    for (size_t i = 0; i < hooks->count; i++)
        if (run(&hooks->items[i], kind, i, state, cwd, err) < 0)
            return -1;
    return 0;
}

void hooks_run_all(const struct spec_hook_list *hooks, const char *kind, const char *state, const char *cwd,
                   void (*notice)(void *data, const char *text), void *data)
{
    for (size_t i = 0; i < hooks->count; i++) {
        struct caisson_error err = {0};

        if (run(&hooks->items[i], kind, i, state, cwd, &err) < 0 && notice)
            notice(data, err.message);
    }
}
