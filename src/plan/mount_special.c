/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mounts that come to something else than their type says. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plan/mount_case.h"
#include "sys/mount.h"
#include "sys/weaken.h"

bool mount_case_is_link(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

/* copy-symlink: a source that is a symbolic link is made again in the container, and nothing is mounted. */
int mount_case_link(struct plan_builder *b, const struct mount_case *m, const char *source,
                    struct caisson_error *err)
{
    struct plan_link step = {.path = builder_text(b, m->mount->destination), .flags = PLAN_LINK_SAME};
    char text[PATH_MAX];
    ssize_t n = readlink(source, text, sizeof text - 1);

    if (n < 0) {
        error_system(err, errno, "cannot read the symbolic link '%s'", source);
        return spec_error_at(b->spec, err, builder_format(b, "%s/source", m->pointer));
    }
    text[n] = '\0';
    step.target = builder_text(b, text);
    builder_step(b, PLAN_OP_LINK, m->pointer, &step);
    return 0;
}

/* Without a cgroup namespace of its own the container sees its own cgroup, bound; config-linux.md, "cgroups". */
int mount_case_cgroup(struct plan_builder *b, struct mount_case *m, struct caisson_error *err)
{
    const char *source = b->request->cgroup_path;

    if (plan_has_namespace(b, SPEC_NS_CGROUP)) {
        m->step.type = builder_text(b, "cgroup2");
        m->step.source = builder_text(b, "cgroup");
        m->step.kind = PLAN_MOUNT_NEW;
        m->step.propagation = m->options.propagation;
        m->step.propagation_recursive = m->options.propagation_recursive;
        builder_step(b, PLAN_OP_MOUNT, m->pointer, &m->step);
        return 0;
    }
    if (!source) {
        const uint64_t readonly = weakened("cgroup") ? 0 : MOUNT_ATTR_RDONLY;

        source = "/sys/fs/cgroup";
        m->options.attr_set |= readonly; /* CVE-2023-25809: it is the host's */
        m->options.recursive = true;
        m->options.attr_set_recursive |= readonly;
    }
    m->options.bind = true;
    return mount_case_tree(b, m, source, err);
}

/*
 * In a user namespace that does not own the network a new sysfs is refused by the kernel: the container gets the
 * host's instead, and none of it can be written to.
 */
int mount_case_foreign_sysfs(struct plan_builder *b, struct mount_case *m, struct caisson_error *err)
{
    struct mount_options *options = &m->options;

    options->bind = options->recursive = true;
    options->attr_set_recursive |= options->attr_set | MOUNT_ATTR_RDONLY;
    options->attr_clear_recursive |= options->attr_clear & MOUNT_ATTR__ATIME;
    options->attr_set = options->attr_clear = 0;
    return mount_case_tree(b, m, "/sys", err);
}
