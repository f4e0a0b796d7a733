/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "base/reach.h"
#include "sys/openat2.h"

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

typedef const struct spec *parser(struct arena *arena, const char *name, const char *text, size_t length,
                                  spec_notice *notice, void *notice_data, struct caisson_error *err);

static int parse(struct arena *arena, const struct caisson_context *context, const char *name, parser *decode,
                 struct bundle *bundle, struct caisson_error *err)
{
    bundle->spec =
        decode(arena, name, bundle->text, bundle->length, bundle_debug, (void *)(uintptr_t)context, err);
    return bundle->spec ? 0 : -1;
}

/* The kernel has resolved the path already when the directory is open. @return NULL with errno. */
static const char *path_of(struct arena *arena, int fd)
{
    char path[PATH_MAX];
    ssize_t n = readlinkat(AT_FDCWD, arena_numbered(arena, "/proc/self/fd/", (size_t)fd), path, sizeof path);

    if (n >= 0 && (size_t)n < sizeof path)
        return arena_copy(arena, path, (size_t)n);
    if (n >= 0)
        errno = ENAMETOOLONG;
    return NULL;
}

/*
 * Opens a bundle. Its path is the caller's where that has no symbolic link in it, as the kernel says on the way: what
 * procfs says of a descriptor takes several times as long.
 */
static int open_bundle(struct arena *arena, const char *directory, struct bundle *bundle)
{
    const int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;

    bundle->directory = -1;
    if (path_is_plain(directory))
        bundle->directory = sys_openat2(AT_FDCWD, directory, flags, 0, RESOLVE_NO_SYMLINKS);
    if (bundle->directory >= 0) {
        bundle->path = arena_string(arena, directory);
        return 0;
    }
    bundle->directory = openat(AT_FDCWD, directory, flags);
    bundle->path = bundle->directory < 0 ? NULL : path_of(arena, bundle->directory);
    return bundle->path ? 0 : -1;
}

int bundle_load(struct arena *arena, const struct caisson_context *context, const char *directory,
                const char *config, struct bundle *bundle, struct caisson_error *err)
{
    const char *name = config ? config : "config.json";
    const char *file = name;

    if (open_bundle(arena, directory && *directory ? directory : ".", bundle) < 0) {
        error_system(err, errno, "cannot open bundle '%s'", directory ? directory : ".");
        return reach_explain(err, directory);
    }
    bundle->text = file_read(arena, bundle->directory, name, SPEC_SIZE_LIMIT, &bundle->length, NULL);
    if (!bundle->text) {
        /* Once more, for a message with the whole path. */
        file = name[0] == '/' ? name : arena_format(arena, "%s/%s", bundle->path, name);
        bundle->text = file_read(arena, AT_FDCWD, file, SPEC_SIZE_LIMIT, &bundle->length, err);
    }
    if (!bundle->text) {
        if (err && err->errnum == ENOENT)
            error_hint(err,
                       "a bundle is a directory with a config.json: `caisson spec` writes one to start from");
        return reach_explain(err, file);
    }
    return parse(arena, context, name, spec_parse, bundle, err);
}

static int load_stored(struct arena *arena, const struct caisson_context *context, int dir, parser *decode,
                       struct bundle *bundle, struct caisson_error *err)
{
    bundle->directory = -1;
    bundle->text = file_read(arena, dir, "config.json", SPEC_SIZE_LIMIT, &bundle->length, err);
    if (!bundle->text)
        return error_prefix(err, "the container's stored configuration");
    return parse(arena, context, "config.json", decode, bundle, err);
}

int bundle_load_stored(struct arena *arena, const struct caisson_context *context, int dir,
                       struct bundle *bundle, struct caisson_error *err)
{
    return load_stored(arena, context, dir, spec_parse, bundle, err);
}

int bundle_load_for_process(struct arena *arena, const struct caisson_context *context, int dir,
                            struct bundle *bundle, struct caisson_error *err)
{
    return load_stored(arena, context, dir, spec_parse_for_process, bundle, err);
}
