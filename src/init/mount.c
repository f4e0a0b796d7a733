/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux mounts: each is complete before it is attached, and attached by descriptor. */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "sys/mount.h"
#include "sys/openat2.h"
#include "sys/weaken.h"

/* Puts the kernel's own words about a failed fsconfig(2) or fsmount(2) behind the detail. errno stays. */
static void add_kernel_words(struct init *init, int fs)
{
    size_t have = strlen(init->detail), room = sizeof init->detail - have;
    int saved = errno;
    ssize_t n;

    if (room < 8)
        return;
    memcpy(init->detail + have, " (", 2);
    n = read(fs, init->detail + have + 2, room - 4);
    errno = saved;
    if (n <= 2) {
        init->detail[have] = '\0';
        return;
    }
    /* "e tmpfs: Bad value for 'size'\n": the letter is the message's level. */
    memmove(init->detail + have + 2, init->detail + have + 4, (size_t)n - 2);
    n -= 2;
    while (n > 0 && init->detail[have + 2 + (size_t)n - 1] == '\n')
        n--;
    memcpy(init->detail + have + 2 + (size_t)n, ")", 2);
}

static int configure(struct init *init, int fs, plan_ref parameters)
{
    const struct plan_vector *vector = plan_vector(init->plan, parameters);

    for (uint64_t i = 0; vector && i + 1 < vector->count; i += 2) {
        const char *key = plan_item(init->plan, vector, i);
        const char *value = plan_item(init->plan, vector, i + 1);

        init_doing(init, PLAN_ACTION_FSCONFIG, key);
        if (sys_fsconfig(fs, *value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key, *value ? value : NULL) <
            0) {
            add_kernel_words(init, fs);
            return -1;
        }
    }
    return 0;
}

/* For a filesystem that knows no mount option for it. fsetxattr(2) wants a descriptor that is open for real. */
static int set_label(struct init *init, int mount, const char *label)
{
    _cleanup_close_ int root = openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    init_doing(init, PLAN_ACTION_WRITE, label);
    if (root < 0)
        return -1;
    return fsetxattr(root, "security.selinux", label, strlen(label), 0);
}

/* @return a detached mount of a new filesystem. `*context` is the descriptor that it was made with. */
static int new_filesystem(struct init *init, const struct plan_mount *step, int *context)
{
    const char *type = init_text_maybe(init, step->type);
    const char *source = init_text_maybe(init, step->source);
    int fs, mount;

    init_doing(init, PLAN_ACTION_FSOPEN, type);
    fs = *context = sys_fsopen(type);
    if (fs < 0)
        return -1;
    if (source) {
        init_doing(init, PLAN_ACTION_FSCONFIG, "source");
        if (sys_fsconfig(fs, FSCONFIG_SET_STRING, "source", source) < 0)
            return -1;
    }
    if (configure(init, fs, step->parameters) < 0)
        return -1;
    init_doing(init, PLAN_ACTION_FSCREATE, type);
    if (sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL) < 0) {
        add_kernel_words(init, fs);
        return -1;
    }
    init_doing(init, PLAN_ACTION_FSMOUNT, type);
    mount = sys_fsmount(fs, (unsigned)step->attr_set);
    if (mount < 0)
        add_kernel_words(init, fs);
    if (mount >= 0 && step->label && set_label(init, mount, init_text(init, step->label)) < 0)
        return fd_close(mount);
    return mount;
}

static int set_attributes(struct init *init, const struct plan_mount *step, int mount)
{
    struct mount_attr attr = {.attr_set = step->attr_set, .attr_clr = step->attr_clear};
    unsigned recursive = step->flags & PLAN_MOUNT_ATTR_RECURSIVE ? AT_RECURSIVE : 0;

    init_doing(init, PLAN_ACTION_SETATTR, NULL);
    if (!attr.attr_set && !attr.attr_clr)
        return 0;
    return sys_mount_setattr(mount, recursive, &attr);
}

static int set_propagation(struct init *init, const struct plan_mount *step, int mount)
{
    struct mount_attr tree = {.propagation = step->propagation_recursive};
    struct mount_attr top = {.propagation = step->propagation};

    init_doing(init, PLAN_ACTION_PROPAGATE, NULL);
    if (tree.propagation && sys_mount_setattr(mount, AT_RECURSIVE, &tree) < 0)
        return -1;
    if (top.propagation && sys_mount_setattr(mount, 0, &top) < 0)
        return -1;
    return 0;
}

/* @return a detached tree that this process clones itself, for a runtime without rights over the host's mounts. */
static int own_tree(struct init *init, const struct plan_mount *step)
{
    const char *source = init_text_maybe(init, step->source);
    unsigned flags = OPEN_TREE_CLONE;
    int mount;

    if (step->flags & PLAN_MOUNT_RECURSIVE)
        flags |= AT_RECURSIVE;
    if (step->flags & PLAN_MOUNT_SOURCE_NOFOLLOW)
        flags |= AT_SYMLINK_NOFOLLOW;
    init_doing(init, PLAN_ACTION_OPEN_SOURCE, source);
    mount = sys_open_tree(AT_FDCWD, source, flags);
    if (mount >= 0 && set_attributes(init, step, mount) < 0)
        return fd_close(mount);
    return mount;
}

static int check_target(struct init *init, const struct plan_mount *step, int target)
{
    struct statfs fs;

    /*
     * A mount that the configuration puts elsewhere must not land on procfs: files of the container could have
     * led it there, to hide what the runtime writes to or reads from (CVE-2019-19921, CVE-2023-27561).
     */
    if ((step->flags & PLAN_MOUNT_ON_PROC) || weakened("proc"))
        return 0;
    init_doing(init, PLAN_ACTION_CHECK_TARGET, init_text(init, step->target));
    if (fstatfs(target, &fs) < 0)
        return -1;
    if (fs.f_type == PROC_SUPER_MAGIC) {
        errno = EPERM;
        return -1;
    }
    return 0;
}

static int remount(struct init *init, const struct plan_mount *step, int target)
{
    _cleanup_close_ int fs = -1;

    if (set_attributes(init, step, target) < 0)
        return -1;
    if (!(step->flags & PLAN_MOUNT_SUPERBLOCK))
        return set_propagation(init, step, target);
    init_doing(init, PLAN_ACTION_FSOPEN, init_text(init, step->target));
    fs = sys_fspick(target);
    if (fs < 0 || configure(init, fs, step->parameters) < 0)
        return -1;
    init_doing(init, PLAN_ACTION_FSCREATE, init_text(init, step->target));
    if (sys_fsconfig(fs, FSCONFIG_CMD_RECONFIGURE, NULL, NULL) < 0) {
        add_kernel_words(init, fs);
        return -1;
    }
    return set_propagation(init, step, target);
}

/* mount(2) takes a path: the target becomes the working directory and "." names it. */
static int classic(struct init *init, const struct plan_mount *step, int target)
{
    _cleanup_close_ int here = openat(AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    _cleanup_close_ int mount = -1;

    init_doing(init, PLAN_ACTION_FSMOUNT, init_text_maybe(init, step->type));
    if (here < 0 || fchdir(target) < 0)
        return -1;
    if (sys_mount(init_text_maybe(init, step->source), ".", init_text_maybe(init, step->type),
                  step->classic_flags, init_text_maybe(init, step->data)) < 0)
        return -1;
    if (fchdir(here) < 0)
        return -1;
    mount = target_open(init, init_text(init, step->target), PLAN_MOUNT_MUST_EXIST);
    return mount < 0 ? -1 : set_propagation(init, step, mount);
}

/* What the options say about the new root itself is not the target's to change. */
static unsigned copy_up_keeps(const struct init *init, const struct plan_mount *step)
{
    const struct plan_vector *vector = plan_vector(init->plan, step->parameters);
    unsigned keep = 0;

    for (uint64_t i = 0; vector && i + 1 < vector->count; i += 2) {
        const char *key = plan_item(init->plan, vector, i);

        if (strcmp(key, "mode") == 0)
            keep |= COPY_UP_KEEP_MODE;
        if (strcmp(key, "uid") == 0 || strcmp(key, "gid") == 0)
            keep |= COPY_UP_KEEP_OWNER;
    }
    return keep;
}

static int attach(struct init *init, const struct plan_mount *step, int mount, int target)
{
    const char *path = init_text(init, step->target);

    if (step->flags & PLAN_MOUNT_COPY_UP) {
        _cleanup_close_ int from = sys_open_in_root(init->root, path, O_RDONLY | O_DIRECTORY);
        _cleanup_close_ int to = openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        init_doing(init, PLAN_ACTION_COPY_UP, path);
        if (from < 0 || to < 0 || copy_up(from, to, copy_up_keeps(init, step)) < 0)
            return -1;
    }
    init_doing(init, PLAN_ACTION_ATTACH, path);
    if (sys_move_mount(mount, target) < 0) {
        if (errno == EINVAL)
            errno = target_mismatch(mount, target);
        return -1;
    }
    return 0;
}

static int open_target(struct init *init, const struct plan_mount *step)
{
    int target = step->flags & PLAN_MOUNT_KEPT
                     ? mount_take_kept(init, step->target)
                     : target_open(init, init_text(init, step->target), step->flags);

    return target >= 0 && check_target(init, step, target) < 0 ? fd_close(target) : target;
}

/* What a step opens. */
struct opened {
    const struct init *init;
    int target, context, mount;
};

static void close_opened(struct opened *opened)
{
    int fds[] = {opened->target, opened->context, opened->mount};

    close_later(opened->init, fds, sizeof fds / sizeof fds[0]);
}

static int put(struct init *init, const struct plan_mount *step, struct opened *opened, int inside,
               int beside)
{
    if (inside >= 0)
        return entry_attach_inside(init, step, opened->mount, inside);
    if (beside >= 0) {
        if (entry_attach_beside(init, step, opened->mount, beside) == 0)
            return 0;
        opened->target = open_target(init, step);
    }
    return opened->target < 0 ? -1 : attach(init, step, opened->mount, opened->target);
}

int init_MOUNT(struct init *init, const struct plan_mount *step)
{
    __attribute__((cleanup(close_opened))) struct opened opened = {init, -1, -1, -1};
    int inside = entry_inside(init, step);
    int beside = inside < 0 ? entry_beside(init, step) : -1;

    if (inside < 0 && beside < 0) {
        opened.target = open_target(init, step);
        if (opened.target < 0)
            return -1;
    }
    switch (step->kind) {
    case PLAN_MOUNT_NEW:
        opened.mount = new_filesystem(init, step, &opened.context);
        break;
    case PLAN_MOUNT_TREE:
        opened.mount = step->fd >= 0 ? step->fd : own_tree(init, step);
        break;
    case PLAN_MOUNT_REMOUNT:
        return remount(init, step, opened.target);
    case PLAN_MOUNT_CLASSIC:
        return classic(init, step, opened.target);
    default:
        errno = EINVAL;
        return -1;
    }
    if (opened.mount < 0)
        return -1;
    if (put(init, step, &opened, inside, beside) < 0 || set_propagation(init, step, opened.mount) < 0)
        return -1;
    if (step->flags & PLAN_MOUNT_KEEP)
        mount_keep(step, TAKE_FD(opened.mount));
    return 0;
}
