/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The root filesystem: where it comes from, how it is entered, what is hidden in it. */
#include <linux/sched.h>
#include <string.h>
#include <sys/stat.h>

#include "plan/builder.h"
#include "sys/mount.h"

int plan_root(struct plan_builder *b, struct caisson_error *err)
{
    const struct spec_root *root = b->spec->root;
    struct plan_root step = {.fd = -1};
    bool slave = b->spec->linux_->rootfs_propagation == SPEC_PROPAGATION_SLAVE;
    /* What the init clones itself can be a slave of the host's mounts only if it is one where it is cloned. */
    uint64_t own = plan_clones_mounts(b) ? MS_PRIVATE : MS_SLAVE;
    struct plan_slot *slot;
    uint32_t where;
    struct stat st;

    if (!root || !root->path || !*root->path)
        return spec_error(b->spec, err, "/root/path", "missing: a container needs a root filesystem");
    b->plan->rootfs =
        root->path[0] == '/' ? root->path : builder_format(b, "%s/%s", b->request->bundle, root->path);
    if (spec_new_namespace(b->spec, SPEC_NS_MOUNT))
        builder_step(b, PLAN_OP_PROPAGATION, NULL, &(struct plan_propagation){.propagation = own});
    step.path = builder_text(b, b->plan->rootfs);
    /* The init compares what it finds at the path with what was seen here. */
    if (b->request->rootfs >= 0 && fstat(b->request->rootfs, &st) == 0) {
        step.dev = st.st_dev;
        step.ino = st.st_ino;
    }
    step.propagation = slave ? MS_SLAVE : MS_PRIVATE;
    where = builder_step(b, PLAN_OP_ROOT, "/root/path", &step);
    if (!plan_clones_mounts(b))
        return 0;
    slot = builder_slot(b, PLAN_SLOT_TREE, where + offsetof(struct plan_root, fd), b->plan->rootfs,
                        "/root/path");
    slot->is_root = true;
    slot->recursive = true;
    /*
     * Never a peer of the host's mount while the container is built: what is mounted below it would appear on
     * the host. As a slave it still sees what the host mounts later; "shared" makes a new group at the end.
     */
    slot->propagation = slave ? MS_SLAVE : MS_PRIVATE;
    return 0;
}

/* MS_* of a propagation, recursion left aside; 0 for unset. */
static uint64_t propagation_flag(enum spec_propagation propagation)
{
    switch (propagation) {
    case SPEC_PROPAGATION_SHARED:
        return MS_SHARED;
    case SPEC_PROPAGATION_SLAVE:
        return MS_SLAVE;
    case SPEC_PROPAGATION_PRIVATE:
        return MS_PRIVATE;
    case SPEC_PROPAGATION_UNBINDABLE:
        return MS_UNBINDABLE;
    case SPEC_PROPAGATION_UNSET:
        break;
    }
    return 0;
}

int plan_root_options(struct plan_builder *b, struct caisson_error *err)
{
    const struct spec_linux *config = b->spec->linux_;
    uint64_t propagation = propagation_flag(config->rootfs_propagation);
    struct plan_root_attr step = {.attr_set = b->spec->root->readonly.value ? MOUNT_ATTR_RDONLY : 0};
    struct plan_pivot pivot = {.how = b->request->no_pivot ? PLAN_PIVOT_CHROOT : PLAN_PIVOT_ROOT};

    (void)err;
    /* Made now: by the time it is entered, the root may be read-only. exec makes none. */
    if (b->process && b->process->cwd[0] && b->process->cwd[1])
        builder_step(b, PLAN_OP_DIRECTORY, "/process/cwd",
                     &(struct plan_path){.path = builder_text(b, b->process->cwd)});
    if (propagation == MS_SHARED || propagation == MS_UNBINDABLE) {
        if (config->rootfs_propagation_recursive)
            step.propagation_recursive = propagation;
        else
            step.propagation = propagation;
    }
    if (step.attr_set)
        builder_step(b, PLAN_OP_ROOT_ATTR, "/root/readonly",
                     &(struct plan_root_attr){.attr_set = step.attr_set});
    builder_step(b, PLAN_OP_PIVOT, "/root/path", &pivot);
    step.attr_set = 0;
    /* After pivot_root(2), which refuses a shared root. */
    if (step.propagation || step.propagation_recursive)
        builder_step(b, PLAN_OP_ROOT_ATTR, "/linux/rootfsPropagation", &step);
    return 0;
}

bool plan_is_root(const char *path)
{
    size_t depth = 0;

    for (path += strspn(path, "/"); *path; path += strspn(path, "/")) {
        size_t length = strcspn(path, "/");

        if (length == 2 && strncmp(path, "..", 2) == 0)
            depth -= depth > 0;
        else if (length != 1 || *path != '.')
            depth++;
        path += length;
    }
    return depth == 0;
}
