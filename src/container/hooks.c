/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/fd.h"
#include "container/helper.h"
#include "plan/plan.h"

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
               const struct hook_place *place, struct caisson_error *err)
{
    ARENA_ROOM(room, 4096); /* asks for no memory while a container is half made */
    _cleanup_arena_ struct arena arena = ARENA_IN(room);
    struct helper helper = {
        .path = hook->path,
        .args = vector(&arena, &hook->args, hook->path),
        .env = vector(&arena, &hook->env, NULL),
        .cwd = place->cwd,
        .output = place->output,
        .errors = place->errors,
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

static int open_file(const struct spec *spec, const char *annotation, int *fd, struct caisson_error *err)
{
    const char *path = spec_annotation(spec, annotation);
    _cleanup_arena_ struct arena arena = {0};

    *fd = 0;
    if (!path || !*path)
        return 0;
    *fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | O_CLOEXEC, 0600);
    if (*fd > 0)
        return 0;
    error_system(err, errno, "cannot open '%s' for the output of hooks", path);
    *fd = 0;
    return spec_error_at(spec, err, spec_pointer(&arena, "/annotations", annotation));
}

int hook_place_open(const struct spec *spec, const char *bundle, struct hook_place *place,
                    struct caisson_error *err)
{
    *place = (struct hook_place){.cwd = bundle};
    if (open_file(spec, PLAN_HOOKS_STDOUT, &place->output, err) < 0)
        return -1;
    return open_file(spec, PLAN_HOOKS_STDERR, &place->errors, err);
}

void hook_place_close(struct hook_place *place)
{
    if (place->output > 0)
        fd_close(place->output);
    if (place->errors > 0)
        fd_close(place->errors);
    place->output = place->errors = 0;
}

int hooks_run(const struct spec_hook_list *hooks, const char *kind, const char *state,
              const struct hook_place *place, struct caisson_error *err)
{
    for (size_t i = 0; i < hooks->count; i++)
        if (run(&hooks->items[i], kind, i, state, place, err) < 0)
            return -1;
    return 0;
}

void hooks_run_all(const struct spec_hook_list *hooks, const char *kind, const char *state,
                   const struct hook_place *place, void (*notice)(void *data, const char *text), void *data)
{
    for (size_t i = 0; i < hooks->count; i++) {
        struct caisson_error err = {0};

        if (run(&hooks->items[i], kind, i, state, place, &err) < 0 && notice)
            notice(data, err.message);
    }
}
