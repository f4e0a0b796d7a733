/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/reach.h"

static void say(const struct caisson_context *context, enum caisson_log_level level, const char *text)
{
    if (context->log && context->log_level >= level)
        context->log(context->log_data, level, text);
}

void bundle_debug(void *context, const char *text)
{
    say(context, CAISSON_LOG_DEBUG, text);
}

void bundle_warn(void *context, const char *text)
{
    say(context, CAISSON_LOG_WARNING, text);
}

static int parse(struct arena *arena, const struct caisson_context *context, const char *name,
                 struct bundle *bundle, struct caisson_error *err)
{
    bundle->spec =
        spec_parse(arena, name, bundle->text, bundle->length, bundle_debug, (void *)(uintptr_t)context, err);
    return bundle->spec ? 0 : -1;
}

int bundle_load(struct arena *arena, const struct caisson_context *context, const char *directory,
                const char *config, struct bundle *bundle, struct caisson_error *err)
{
    const char *name = config ? config : "config.json";
    const char *file;
    char *path = realpath(directory && *directory ? directory : ".", NULL);

    if (!path) {
        error_system(err, errno, "cannot open bundle '%s'", directory ? directory : ".");
        return reach_explain(err, directory);
    }
    bundle->path = arena_string(arena, path);
    free(path);
    file = name[0] == '/' ? name : arena_format(arena, "%s/%s", bundle->path, name);
    bundle->text = file_read(arena, AT_FDCWD, file, SPEC_SIZE_LIMIT, &bundle->length, err);
    if (!bundle->text) {
        if (err && err->errnum == ENOENT)
            error_hint(err,
                       "a bundle is a directory with a config.json: `caisson spec` writes one to start from");
        return reach_explain(err, file);
    }
    return parse(arena, context, name, bundle, err);
}

int bundle_load_stored(struct arena *arena, const struct caisson_context *context, int dir,
                       struct bundle *bundle, struct caisson_error *err)
{
    bundle->text = file_read(arena, dir, "config.json", SPEC_SIZE_LIMIT, &bundle->length, err);
    if (!bundle->text)
        return error_prefix(err, "the container's stored configuration");
    return parse(arena, context, "config.json", bundle, err);
}
