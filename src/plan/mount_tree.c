/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bind mounts: a tree of the host's that the runtime clones, or the init where the runtime has no right to. */
#include <fcntl.h>
#include <sys/stat.h>

#include "plan/mount_case.h"
#include "sys/mount.h"

/* What a clone of the host's mounts keeps of its ties to the host, before the mount's own options. */
static uint64_t inherited_propagation(const struct plan_builder *b, const struct mount_options *options)
{
    enum spec_propagation root = b->spec->linux_->rootfs_propagation;

    if (options->propagation || options->propagation_recursive || root == SPEC_PROPAGATION_SHARED)
        return 0;
    return root == SPEC_PROPAGATION_SLAVE ? MS_SLAVE : MS_PRIVATE;
}

static int decide_idmap(struct plan_builder *b, struct mount_case *m, struct plan_slot *slot,
                        struct caisson_error *err)
{
    const struct spec_linux *config = b->spec->linux_;
    bool own = m->mount->uid_mappings.count > 0;

    if (!m->options.idmap && !m->options.idmap_recursive && !own)
        return 0;
    slot->idmap_recursive = m->options.idmap_recursive;
    slot->uid_mappings = m->options.idmap_uids ? m->options.idmap_uids
                         : own                 ? &m->mount->uid_mappings
                                               : &config->uid_mappings;
    slot->gid_mappings = m->options.idmap_gids ? m->options.idmap_gids
                         : own                 ? &m->mount->gid_mappings
                                               : &config->gid_mappings;
    if (slot->uid_mappings->count == 0 || slot->gid_mappings->count == 0)
        return spec_error(
            b->spec, err, builder_format(b, "%s/options", m->pointer),
            "an idmapped mount needs uidMappings and gidMappings of its own or of the container");
    return 0;
}

/* @return PLAN_MOUNT_FILE for a source that is no directory, as far as can be told by its path. */
static uint32_t file_flag(const char *source, bool no_follow)
{
    struct stat st;

    if (fstatat(AT_FDCWD, source, &st, no_follow ? AT_SYMLINK_NOFOLLOW : 0) < 0 || S_ISDIR(st.st_mode))
        return 0;
    return PLAN_MOUNT_FILE;
}

void plan_look_at_sources(struct plan *plan)
{
    for (size_t i = 0; i < plan->slot_count; i++) {
        const struct plan_slot *slot = &plan->slots[i];

        if (slot->flags_where)
            plan_fill_flags(plan, slot, file_flag(slot->path, slot->no_follow));
    }
}

/* The tree is cloned by the init, which applies what the runtime would have. */
static int add_own_tree(struct plan_builder *b, struct mount_case *m, struct caisson_error *err)
{
    const struct mount_options *options = &m->options;
    struct plan_mount again = {0};

    if (options->idmap || options->idmap_recursive || m->mount->uid_mappings.count > 0)
        return spec_error(b->spec, err, builder_format(b, "%s/options", m->pointer),
                          "an idmapped mount needs CAP_SYS_ADMIN, which the runtime does not have here");
    /* In the new mount namespace the clone is a slave of the host's mount as that itself is. */
    if (!m->step.propagation && !m->step.propagation_recursive)
        m->step.propagation_recursive = inherited_propagation(b, options);
    m->step.attr_set = options->attr_set;
    m->step.attr_clear = options->attr_clear;
    if (options->attr_set_recursive || options->attr_clear_recursive) {
        m->step.flags |= PLAN_MOUNT_ATTR_RECURSIVE;
        m->step.attr_set = options->attr_set_recursive;
        m->step.attr_clear = options->attr_clear_recursive;
    }
    if ((m->step.flags & PLAN_MOUNT_ATTR_RECURSIVE) && (options->attr_set || options->attr_clear)) {
        m->step.flags |= PLAN_MOUNT_KEEP;
        again = (struct plan_mount){
            .kind = PLAN_MOUNT_REMOUNT,
            .flags = PLAN_MOUNT_MUST_EXIST | PLAN_MOUNT_KEPT,
            .fd = -1,
            .target = m->step.target,
            .attr_set = options->attr_set,
            .attr_clear = options->attr_clear,
        };
    }
    builder_step(b, PLAN_OP_MOUNT, m->pointer, &m->step);
    if (again.kind)
        builder_step(b, PLAN_OP_MOUNT, m->pointer, &again);
    return 0;
}

int mount_case_tree(struct plan_builder *b, struct mount_case *m, const char *source,
                    struct caisson_error *err)
{
    const struct mount_options *options = &m->options;
    struct plan_slot *slot;
    uint32_t where;

    m->step.kind = PLAN_MOUNT_TREE;
    m->step.source = builder_text(b, source);
    m->step.propagation = options->propagation;
    m->step.propagation_recursive = options->propagation_recursive;
    if (options->recursive)
        m->step.flags |= PLAN_MOUNT_RECURSIVE;
    if (options->source_nofollow)
        m->step.flags |= PLAN_MOUNT_SOURCE_NOFOLLOW;
    /* In a container that is there, the init would look for the source among the container's files. */
    if (!plan_clones_mounts(b) && b->request->purpose == PLAN_FOR_MOUNT)
        return spec_error(
            b->spec, err, m->pointer,
            "what the host has can be bound into a container that is there only with CAP_SYS_ADMIN "
            "over the host's mounts");
    if (!plan_clones_mounts(b)) {
        m->step.flags |= file_flag(source, options->source_nofollow);
        return add_own_tree(b, m, err);
    }
    where = builder_step(b, PLAN_OP_MOUNT, m->pointer, &m->step);
    slot = builder_slot(b, PLAN_SLOT_TREE, where + offsetof(struct plan_mount, fd), source,
                        builder_format(b, "%s/source", m->pointer));
    slot->flags_where = where + offsetof(struct plan_mount, flags);
    slot->recursive = options->recursive;
    slot->no_follow = m->step.flags & PLAN_MOUNT_SOURCE_NOFOLLOW;
    slot->attr_set = options->attr_set;
    slot->attr_clear = options->attr_clear;
    slot->attr_set_recursive = options->attr_set_recursive;
    slot->attr_clear_recursive = options->attr_clear_recursive;
    slot->propagation = inherited_propagation(b, options);
    return decide_idmap(b, m, slot, err);
}
