/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux.readonlyPaths and linux.maskedPaths. */
#include <string.h>

#include "base/path.h"
#include "plan/builder.h"
#include "sys/mount.h"
#include "sys/weaken.h"

/* The mounts that there are steps for, in their order. */
struct mounts {
    struct mount {
        uint32_t body; /* offset in the steps */
        plan_ref target;
    } * items;
    size_t count;
};

static struct plan_mount *body_of(const struct plan_builder *b, const struct mount *mount,
                                  struct plan_mount *copy)
{
    return memcpy(copy, b->plan->steps.data + mount->body, sizeof *copy);
}

static void list_mounts(const struct plan_builder *b, struct mounts *mounts)
{
    const struct strbuf *steps = &b->plan->steps;
    struct plan_mount body;
    struct plan_step step;

    mounts->items = arena_array(b->plan->arena, b->plan->step_count + 1, sizeof *mounts->items);
    mounts->count = 0;
    for (size_t at = 0; at < steps->length; at += step.size) {
        memcpy(&step, steps->data + at, sizeof step);
        if (step.op != PLAN_OP_MOUNT)
            continue;
        memcpy(&body, steps->data + at + sizeof step, sizeof body);
        if (body.kind != PLAN_MOUNT_REMOUNT)
            mounts->items[mounts->count++] = (struct mount){(uint32_t)(at + sizeof step), body.target};
    }
}

/* The kernel's filesystems: nobody can change what a path below their mount leads to. */
static bool is_kernels(const struct plan_builder *b, const struct plan_mount *mount)
{
    const char *data = b->plan->data.data, *type = data + mount->type, *source = data + mount->source;

    if (mount->kind == PLAN_MOUNT_NEW)
        return strcmp(type, "proc") == 0 || strcmp(type, "sysfs") == 0;
    return mount->kind == PLAN_MOUNT_TREE && (strcmp(source, "/proc") == 0 || strcmp(source, "/sys") == 0);
}

/*
 * Whoever shares the root filesystem can rename the directory that procfs is mounted on, and put another in its
 * place: the path then leads to that, and the mount stays without its masks. So they are found from the mount
 * itself (CVE-2019-19921, CVE-2023-27561, CVE-2025-31133).
 * @return the target of the mount that the path is in; none when that is no filesystem of the kernel's.
 */
static plan_ref find_mount(struct plan_builder *b, const struct mounts *mounts, const char *path)
{
    size_t i = mounts->count;
    struct plan_mount body;

    if (!path_is_plain(path) || weakened("under"))
        return 0;
    /* The last one covers those before it. */
    while (i > 0 && !path_is_below(path, b->plan->data.data + mounts->items[i - 1].target))
        i--;
    if (i == 0 || !is_kernels(b, body_of(b, &mounts->items[i - 1], &body)))
        return 0;
    if (!(body.flags & PLAN_MOUNT_KEEP)) {
        b->plan->kept_mounts++;
        body.flags |= PLAN_MOUNT_KEEP;
        memcpy(b->plan->steps.data + mounts->items[i - 1].body, &body, sizeof body);
    }
    return body.target;
}

static int add_readonly(struct plan_builder *b, const struct mounts *mounts, size_t i,
                        struct caisson_error *err)
{
    const char *path = b->spec->linux_->readonly_paths.items[i];
    const char *origin = arena_numbered(b->plan->arena, "/linux/readonlyPaths/", i);
    struct plan_readonly step = {.path = builder_text(b, path), .under = find_mount(b, mounts, path)};

    if (plan_is_root(path)) {
        spec_error(b->spec, err, origin, "'%s' is the root filesystem itself", path);
        return error_hint(err, "root.readonly makes it read-only");
    }
    builder_step(b, PLAN_OP_READONLY, origin, &step);
    return 0;
}

static int add_mask(struct plan_builder *b, const struct mounts *mounts, size_t i, struct caisson_error *err)
{
    const char *path = b->spec->linux_->masked_paths.items[i];
    const char *origin = arena_numbered(b->plan->arena, "/linux/maskedPaths/", i);
    struct plan_mask step = {
        .path = builder_text(b, path),
        .under = find_mount(b, mounts, path),
        .null = -1,
        .context = builder_text(b, b->mount_label),
    };
    uint32_t where;

    if (plan_is_root(path))
        return spec_error(b->spec, err, origin, "'%s' is the root filesystem itself, which cannot be masked",
                          path);
    where = builder_step(b, PLAN_OP_MASK, origin, &step);
    if (plan_clones_mounts(b))
        builder_slot(b, PLAN_SLOT_NULL, where + offsetof(struct plan_mask, null), "/dev/null", origin);
    return 0;
}

int plan_paths(struct plan_builder *b, struct caisson_error *err)
{
    struct mounts mounts;

    list_mounts(b, &mounts);
    for (size_t i = 0; i < b->spec->linux_->readonly_paths.count; i++)
        if (add_readonly(b, &mounts, i, err) < 0)
            return -1;
    for (size_t i = 0; i < b->spec->linux_->masked_paths.count; i++)
        if (add_mask(b, &mounts, i, err) < 0)
            return -1;
    return 0;
}
