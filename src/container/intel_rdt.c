/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/intel_rdt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "container/rdt_schemata.h"

#define POINTER "/linux/intelRdt"

enum { FILE_LIMIT = 64 * 1024, RESCTRL_MAGIC = 0x7655821 };

int intel_rdt_open(struct caisson_error *err)
{
    _cleanup_close_ int root = openat(AT_FDCWD, INTEL_RDT_MOUNT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct statfs fs;

    if (root >= 0 && fstatfs(root, &fs) == 0 && fs.f_type == RESCTRL_MAGIC)
        return TAKE_FD(root);
    error_set(err, CAISSON_ERROR_UNSUPPORTED, "the resctrl filesystem is not mounted at %s", INTEL_RDT_MOUNT);
    return error_hint(
        err, "mount it: mount -t resctrl resctrl %s; the processor must have RDT (Intel) or QoS (AMD)",
        INTEL_RDT_MOUNT);
}

void intel_rdt_name(struct arena *arena, const struct spec *spec, const char *id, struct intel_rdt *groups)
{
    const struct spec_intel_rdt *config = spec->linux_->intel_rdt;

    *groups = (struct intel_rdt){.config = config};
    if (!config)
        return;
    groups->own = !config->clos_id;
    groups->control = !config->clos_id ? id : strcmp(config->clos_id, "/") == 0 ? "." : config->clos_id;
    if (config->enable_monitoring.value)
        groups->monitor = arena_format(arena, "%s/mon_groups/%s", groups->control, id);
}

/* The group of everybody is the root itself, which the configuration calls "/". */
static const char *label(const char *path)
{
    return strcmp(path, ".") == 0 ? "/" : path;
}

static bool exists(int root, const char *path)
{
    struct stat st;

    return fstatat(root, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool has_schemata(const struct spec_intel_rdt *config)
{
    return (config->l3_cache_schema && *config->l3_cache_schema) ||
           (config->mem_bw_schema && *config->mem_bw_schema) || config->schemata.count > 0;
}

static int group_exists(const struct spec *spec, const char *path, struct caisson_error *err)
{
    spec_error(spec, err, POINTER, "the resctrl group '%s' exists, and it would be the container's own",
               path);
    return error_hint(err, "if no container uses it any more, remove it: rmdir %s/%s", INTEL_RDT_MOUNT, path);
}

int intel_rdt_check(int root, const struct spec *spec, const struct intel_rdt *groups,
                    struct caisson_error *err)
{
    bool there = exists(root, groups->control);

    if (groups->own && there)
        return group_exists(spec, groups->control, err);
    if (!groups->own && !there && !has_schemata(groups->config)) {
        spec_error(spec, err, POINTER "/closID", "there is no resctrl group '%s'", groups->control);
        return error_hint(
            err, "without l3CacheSchema, memBwSchema or schemata the group must have been made before");
    }
    if (groups->monitor && exists(root, groups->monitor))
        return group_exists(spec, groups->monitor, err);
    return 0;
}

/* Puts the kernel's own words into the hint. They are about the last command of anybody. */
static int add_reason(struct arena *arena, int root, struct caisson_error *err)
{
    char *words = file_read(arena, root, "info/last_cmd_status", FILE_LIMIT, NULL, NULL);

    if (!words || !*words || strcmp(words, "ok\n") == 0)
        return -1;
    words[strcspn(words, "\n")] = '\0';
    return error_hint(err, "the kernel says: %s", words);
}

static int make_group(struct arena *arena, int root, const struct spec *spec, const char *path,
                      struct caisson_error *err)
{
    if (mkdirat(root, path, 0755) == 0)
        return 0;
    error_system(err, errno, "cannot make the resctrl group '%s'", path);
    if (errno == ENOSPC)
        error_hint(err,
                   "the processor has no class or monitor left: see num_closids and num_rmids in %s/info",
                   INTEL_RDT_MOUNT);
    else
        add_reason(arena, root, err);
    return spec_error_at(spec, err, POINTER);
}

static int open_file(struct arena *arena, int root, const char *group, const char *name, int flags,
                     struct caisson_error *err)
{
    int fd = openat(root, arena_format(arena, "%s/%s", group, name), flags | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0)
        error_system(err, errno, "cannot open '%s' of the resctrl group '%s'", name, label(group));
    return fd;
}

static int write_schemata(struct arena *arena, int root, const struct spec *spec, const char *group,
                          const struct rdt_schemata *schemata, struct caisson_error *err)
{
    _cleanup_close_ int fd = -1;

    if (schemata->count == 0)
        return 0;
    fd = open_file(arena, root, group, "schemata", O_WRONLY, err);
    if (fd < 0)
        return -1;
    for (size_t i = 0; i < schemata->count; i++) {
        const char *text = schemata->texts[i];
        size_t length = strlen(text);

        if (pwrite(fd, text, length, 0) == (ssize_t)length)
            continue;
        error_system(err, errno, "cannot write '%.*s' to the schemata of the resctrl group '%s'",
                     (int)length - 1, text, label(group));
        add_reason(arena, root, err);
        return spec_error_at(spec, err, POINTER);
    }
    return 0;
}

static int compare_schemata(struct arena *arena, int root, const struct spec *spec, const char *group,
                            const struct rdt_schemata *schemata, struct caisson_error *err)
{
    const char *problem = NULL;
    _cleanup_close_ int fd = -1;
    char *have;

    if (schemata->count == 0)
        return 0;
    fd = open_file(arena, root, group, "schemata", O_RDONLY, err);
    have = fd < 0 ? NULL : file_read_fd(arena, fd, "schemata", FILE_LIMIT, NULL, err);
    if (!have)
        return -1;
    if (rdt_schemata_equal(arena, schemata, have, &problem))
        return 0;
    spec_error(spec, err, POINTER "/closID", "the resctrl group '%s' exists and has another share: %s",
               label(group), problem);
    return error_hint(err,
                      "another closID makes another group; without any schema this one is taken as it is");
}

static int make_control(struct arena *arena, int root, const struct spec *spec, struct intel_rdt *groups,
                        struct caisson_error *err)
{
    struct rdt_schemata schemata;

    rdt_schemata_decide(arena, groups->config, &schemata);
    if (!groups->own && exists(root, groups->control))
        return compare_schemata(arena, root, spec, groups->control, &schemata, err);
    if (make_group(arena, root, spec, groups->control, err) < 0)
        return -1;
    groups->made_control = true;
    return write_schemata(arena, root, spec, groups->control, &schemata, err);
}

int intel_rdt_make(int root, const struct spec *spec, struct intel_rdt *groups, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};

    if (make_control(&arena, root, spec, groups, err) == 0) {
        if (!groups->monitor)
            return 0;
        if (make_group(&arena, root, spec, groups->monitor, err) == 0) {
            groups->made_monitor = true;
            return 0;
        }
    }
    intel_rdt_undo(root, groups);
    groups->made_control = false;
    return -1;
}

static int add_task(struct arena *arena, int root, const char *group, pid_t pid, struct caisson_error *err)
{
    _cleanup_close_ int fd = open_file(arena, root, group, "tasks", O_WRONLY, err);
    char number[16];
    int length = snprintf(number, sizeof number, "%d\n", (int)pid);

    if (fd < 0)
        return -1;
    if (write(fd, number, (size_t)length) == length)
        return 0;
    error_system(err, errno, "cannot put process %d into the resctrl group '%s'", (int)pid, label(group));
    add_reason(arena, root, err);
    return -1;
}

int intel_rdt_enter(int root, const struct intel_rdt *groups, pid_t pid, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};

    if (add_task(&arena, root, groups->control, pid, err) < 0)
        return -1;
    /* A task can be counted by a group of its own control group alone. */
    return groups->monitor ? add_task(&arena, root, groups->monitor, pid, err) : 0;
}

void intel_rdt_undo(int root, const struct intel_rdt *groups)
{
    if (groups->made_monitor)
        unlinkat(root, groups->monitor, AT_REMOVEDIR);
    if (groups->made_control)
        unlinkat(root, groups->control, AT_REMOVEDIR);
}

int intel_rdt_remove(const char *path, struct caisson_error *err)
{
    if (!path || rmdir(path) == 0 || errno == ENOENT)
        return 0;
    return error_system(err, errno, "cannot remove the resctrl group '%s'", path);
}
