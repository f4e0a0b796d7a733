/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/resctrl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "container/bundle.h"

static const char mount_point[] = "/sys/fs/resctrl";

enum { SCHEMATA_LIMIT = 64 * 1024, RESCTRL_MAGIC = 0x7655821 };

/* closID names the group, "/" is that of everybody; without it the container has one of its own. */
static const char *group_path(struct container *container, const struct caisson_context *context,
                              struct caisson_error *err)
{
    struct bundle bundle;
    const struct spec_intel_rdt *rdt;
    const char *name;

    if (bundle_load_stored(&container->arena, context, container->dir, &bundle, err) < 0)
        return NULL;
    rdt = bundle.spec->linux_->intel_rdt;
    if (!rdt) {
        error_set(err, CAISSON_ERROR_STATE,
                  "cannot change the cache or memory bandwidth of container '%s': it has no resctrl group",
                  container->id);
        error_hint(err, "one is made when its configuration has linux.intelRdt");
        return NULL;
    }
    name = rdt->clos_id ? rdt->clos_id : container->id;
    return arena_format(&container->arena, "%s/%s", mount_point, strcmp(name, "/") == 0 ? "." : name);
}

static int check_mount(struct caisson_error *err)
{
    struct statfs fs;

    if (statfs(mount_point, &fs) == 0 && fs.f_type == RESCTRL_MAGIC)
        return 0;
    error_set(err, CAISSON_ERROR_UNSUPPORTED,
              "cannot change the cache or memory bandwidth: the resctrl filesystem is not mounted at %s",
              mount_point);
    return error_hint(
        err, "mount it: mount -t resctrl resctrl %s; the processor must have RDT (Intel) or QoS (AMD)",
        mount_point);
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
    return error_hint(err, "%s/info/last_cmd_status says why", mount_point);
}

int resctrl_change(const struct caisson_context *context, struct container *container,
                   const struct caisson_update_options *options, struct resctrl_update *update,
                   struct caisson_error *err)
{
    struct arena *arena = &container->arena;
    const char *path;

    if (!options->l3_cache_schema && !options->mem_bw_schema)
        return 0;
    if (check_mount(err) < 0)
        return -1;
    path = group_path(container, context, err);
    if (!path)
        return -1;
    path = arena_format(arena, "%s/schemata", path);
    update->schemata = open(path, O_RDWR | O_CLOEXEC);
    if (update->schemata < 0)
        return error_system(err, errno, "cannot open '%s'", path);
    update->old = file_read_fd(arena, update->schemata, path, SCHEMATA_LIMIT, NULL, err);
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
        error_hint(err, "the schemata of its resctrl group could not be put back: %s", strerror(errno));
    update->schemata = fd_close(update->schemata);
}
