/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/resctrl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file.h"
#include "container/bundle.h"
#include "container/intel_rdt.h"

enum { SCHEMATA_LIMIT = 64 * 1024 };

/* @return the schemata file of the container's group, open for reading and writing; -1 with `err`. */
static int open_schemata(struct container *container, const struct caisson_context *context,
                         struct caisson_error *err)
{
    _cleanup_close_ int root = -1;
    struct intel_rdt groups;
    struct bundle bundle;
    const char *path;
    int fd;

    root = intel_rdt_open(err);
    if (root < 0 || bundle_load_stored(&container->arena, context, container->dir, &bundle, err) < 0)
        return -1;
    intel_rdt_name(&container->arena, bundle.spec, container->id, &groups);
    if (!groups.config) {
        error_set(err, CAISSON_ERROR_STATE, "container '%s' has no resctrl group", container->id);
        return error_hint(err, "one is made when its configuration has linux.intelRdt");
    }
    path = arena_format(&container->arena, "%s/schemata", groups.control);
    fd = openat(root, path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? error_system(err, errno, "cannot open '%s/%s'", INTEL_RDT_MOUNT, path) : fd;
}

static int write_schema(struct resctrl_update *update, struct arena *arena, const char *schema,
                        struct caisson_error *err)
{
    /* The file wants the newline behind each line. */
    const char *line = arena_format(arena, "%s\n", schema);
    int errnum;

    if (pwrite(update->schemata, line, strlen(line), 0) >= 0)
        return 0;
    errnum = errno;
    error_system(err, errnum, "cannot write '%s' to the schemata of the resctrl group", schema);
    return error_hint(err, "%s/info/last_cmd_status says why", INTEL_RDT_MOUNT);
}

int resctrl_change(const struct caisson_context *context, struct container *container,
                   const struct caisson_update_options *options, struct resctrl_update *update,
                   struct caisson_error *err)
{
    struct arena *arena = &container->arena;

    if (!options->l3_cache_schema && !options->mem_bw_schema)
        return 0;
    update->schemata = open_schemata(container, context, err);
    if (update->schemata < 0)
        return error_prefix(err, "cannot change the cache or memory bandwidth");
    update->old = file_read_fd(arena, update->schemata, "schemata", SCHEMATA_LIMIT, NULL, err);
    if (update->old &&
        (!options->l3_cache_schema || write_schema(update, arena, options->l3_cache_schema, err) == 0) &&
        (!options->mem_bw_schema || write_schema(update, arena, options->mem_bw_schema, err) == 0))
        return 0;
    resctrl_end(update, false, err);
    return -1;
}

void resctrl_end(struct resctrl_update *update, bool keep, struct caisson_error *err)
{
    if (update->schemata < 0)
        return;
    if (!keep && update->old && pwrite(update->schemata, update->old, strlen(update->old), 0) < 0)
        error_hint(err, "the schemata of its resctrl group could not be put back: %s", error_text(errno));
    update->schemata = fd_close(update->schemata);
}
