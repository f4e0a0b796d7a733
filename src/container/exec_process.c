/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/exec_process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "container/bundle.h"
#include "sys/weaken.h"

static const uint32_t ID_MAX = 4294967294u; /* the next one means "unchanged" to the kernel */

static size_t count(char *const *items)
{
    size_t n = 0;

    while (items && items[n])
        n++;
    return n;
}

static struct spec_strings copy_strings(struct arena *arena, char *const *items)
{
    struct spec_strings strings = {.count = count(items)};

    strings.items = arena_array(arena, strings.count + 1, sizeof *strings.items);
    for (size_t i = 0; i < strings.count; i++)
        strings.items[i] = items[i];
    return strings;
}

/* A variable that is given again replaces the one of the same name. */
static struct spec_strings merge_env(struct arena *arena, const struct spec_strings *old, char *const *more)
{
    struct spec_strings env = {.count = old->count};

    env.items = arena_array(arena, old->count + count(more) + 1, sizeof *env.items);
    if (old->count)
        memcpy(env.items, old->items, old->count * sizeof *env.items);
    for (size_t i = 0; more && more[i]; i++) {
        size_t name = strcspn(more[i], "="), at = 0;

        while (at < env.count && (strncmp(env.items[at], more[i], name) != 0 || env.items[at][name] != '='))
            at++;
        env.items[at] = more[i];
        if (at == env.count)
            env.count++;
    }
    return env;
}

/* All of the text, and nothing that is not a digit (rule R6: CVE-2016-3697, CVE-2026-30892). @return 0 or -1. */
static int read_id(const char *text, size_t length, uint32_t *id)
{
    uint64_t value = 0;

    if (weakened("number")) {
        *id = (uint32_t)strtoul(text, NULL, 10);
        return 0;
    }
    if (length == 0 || length > 10 || strspn(text, "0123456789") < length)
        return -1;
    for (size_t i = 0; i < length; i++)
        value = value * 10 + (uint64_t)(text[i] - '0');
    if (value > ID_MAX)
        return -1;
    *id = (uint32_t)value;
    return 0;
}

/* "UID" or "UID:GID". Without a group it is that of the container's process. */
static int read_user(const char *text, struct spec_user *user, struct caisson_error *err)
{
    size_t length = strcspn(text, ":");

    if (read_id(text, length, &user->uid) == 0 &&
        (text[length] == '\0' || read_id(text + length + 1, strlen(text + length + 1), &user->gid) == 0))
        return 0;
    error_set(err, CAISSON_ERROR_USAGE, "'%s' is no user, expected UID or UID:GID, each a number up to %u",
              text, ID_MAX);
    return error_hint(err, "names are not looked up: the container's files could make them mean anything");
}

static int apply_options(struct arena *arena, const struct caisson_exec_options *options,
                         struct spec_process *process, struct caisson_error *err)
{
    if (options->args && options->args[0])
        process->args = copy_strings(arena, options->args);
    process->env = merge_env(arena, &process->env, options->env);
    if (options->cwd)
        process->cwd = options->cwd;
    if (process->cwd[0] != '/')
        return error_set(err, CAISSON_ERROR_USAGE, "the working directory '%s' is not absolute",
                         process->cwd);
    if (options->user && read_user(options->user, &process->user, err) < 0)
        return -1;
    if (options->additional_gid_count > 0) {
        process->user.additional_gids.count = options->additional_gid_count;
        process->user.additional_gids.items =
            arena_array(arena, options->additional_gid_count, sizeof *options->additional_gids);
        memcpy(process->user.additional_gids.items, options->additional_gids,
               options->additional_gid_count * sizeof *options->additional_gids);
    }
    if (options->no_new_privs)
        process->no_new_privileges = (struct spec_bool){.value = true, .set = true};
    return 0;
}

const struct spec_process *exec_process(struct arena *arena, const struct caisson_context *context,
                                        const struct spec *spec, const struct caisson_exec_options *options,
                                        struct caisson_error *err)
{
    struct spec_process *process = arena_new(arena, struct spec_process);

    if (options->process_file) {
        const struct spec_process *file;
        size_t length;
        char *text = file_read(arena, AT_FDCWD, options->process_file, SPEC_SIZE_LIMIT, &length, err);

        file = text ? spec_parse_process(arena, options->process_file, text, length, bundle_debug,
                                         (void *)(uintptr_t)context, err)
                    : NULL;
        if (!file)
            return NULL;
        *process = *file;
    } else {
        if (!spec->process) {
            error_set(err, CAISSON_ERROR_CONFIG,
                      "the container's configuration has no process: use --process");
            return NULL;
        }
        *process = *spec->process;
        /* Its terminal is the first process's own. */
        process->terminal = (struct spec_bool){0};
        if (apply_options(arena, options, process, err) < 0)
            return NULL;
    }
    if (options->tty)
        process->terminal = (struct spec_bool){.value = true, .set = true};
    return process;
}
