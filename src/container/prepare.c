/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/prepare.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/reach.h"
#include "container/idmap.h"
#include "container/state.h"
#include "sys/mount.h"
#include "sys/weaken.h"

/* How a slot's failure is told: what could not be done, on what, why, and where the file asks for it. */
static int slot_error(const struct plan_slot *slot, const struct spec *spec, const char *what,
                      struct caisson_error *err)
{
    error_system(err, errno, "cannot %s '%s'", what, slot->path);
    reach_explain(err, slot->path);
    return slot->origin ? spec_error_at(spec, err, slot->origin) : -1;
}

static int set_attributes(int mount, uint64_t set, uint64_t clear, bool recursive)
{
    struct mount_attr attr = {.attr_set = set, .attr_clr = clear};

    if (!set && !clear)
        return 0;
    return sys_mount_setattr(mount, recursive ? AT_RECURSIVE : 0, &attr);
}

static int set_idmap(int mount, const struct plan_slot *slot, struct caisson_error *err)
{
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_IDMAP};
    _cleanup_close_ int ns = -1;

    if (!slot->uid_mappings)
        return 0;
    ns = idmap_user_namespace(slot->uid_mappings, slot->gid_mappings, err);
    if (ns < 0)
        return -1;
    attr.userns_fd = (unsigned)ns;
    if (sys_mount_setattr(mount, slot->idmap_recursive ? AT_RECURSIVE : 0, &attr) < 0)
        return error_system(err, errno, "cannot map the ids of '%s'", slot->path);
    return 0;
}

/* Tells the init whether a missing target is to be made as a file. */
static int check_file(struct plan *plan, const struct plan_slot *slot, const struct spec *spec, int mount,
                      struct caisson_error *err)
{
    struct stat st;

    if (file_stat(mount, &st) < 0)
        return slot_error(slot, spec, "look at", err);
    if (slot->is_root && !S_ISDIR(st.st_mode)) {
        errno = ENOTDIR;
        return slot_error(slot, spec, "use the root filesystem", err);
    }
    if (slot->device_type && ((st.st_mode & S_IFMT) != slot->device_type || st.st_rdev != slot->device)) {
        error_set(err, CAISSON_ERROR_UNSUPPORTED,
                  "'%s' of the host is not device %c %u:%u, and without CAP_MKNOD no other can be made",
                  slot->path, S_ISBLK(slot->device_type) ? 'b' : 'c', major(slot->device),
                  minor(slot->device));
        return slot->origin ? spec_error_at(spec, err, slot->origin) : -1;
    }
    if (slot->flags_where && !S_ISDIR(st.st_mode))
        plan_fill_flags(plan, slot, PLAN_MOUNT_FILE);
    return 0;
}

static int open_tree_slot(struct plan *plan, const struct plan_slot *slot, const struct spec *spec,
                          struct caisson_error *err)
{
    struct mount_attr attr = {.propagation = slot->propagation};
    unsigned flags = OPEN_TREE_CLONE;
    _cleanup_close_ int mount = -1;

    if (slot->recursive)
        flags |= AT_RECURSIVE;
    if (slot->no_follow || slot->device_type)
        flags |= AT_SYMLINK_NOFOLLOW;
    mount = slot->propagation ? sys_open_tree_attr(AT_FDCWD, slot->path, flags, &attr)
                              : sys_open_tree(AT_FDCWD, slot->path, flags);
    if (mount < 0)
        return slot_error(slot, spec, slot->is_root ? "open the root filesystem" : "open the source", err);
    if (check_file(plan, slot, spec, mount, err) < 0)
        return -1;
    if (set_attributes(mount, slot->attr_set_recursive, slot->attr_clear_recursive, true) < 0 ||
        set_attributes(mount, slot->attr_set, slot->attr_clear, false) < 0)
        return slot_error(slot, spec, "set the mount options of", err);
    if (set_idmap(mount, slot, err) < 0)
        return spec_error_at(spec, err, slot->origin);
    return TAKE_FD(mount);
}

/*
 * The host's null device and nothing that merely lies at its path. Read-only: what is written to it goes nowhere
 * still, but root of the container cannot change the owner and the mode of the host's file.
 */
static int open_null_slot(const struct plan_slot *slot, const struct spec *spec, struct caisson_error *err)
{
    _cleanup_close_ int mount = sys_open_tree(AT_FDCWD, slot->path, OPEN_TREE_CLONE | AT_SYMLINK_NOFOLLOW);
    struct mount_attr attr = {.attr_set = weakened("readonly") ? 0 : MOUNT_ATTR_RDONLY,
                              .propagation = MS_PRIVATE};
    struct stat st;

    if (mount < 0 || file_stat(mount, &st) < 0)
        return slot_error(slot, spec, "open", err);
    if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3)) {
        errno = ENODEV;
        return slot_error(slot, spec, "mask with", err);
    }
    if (sys_mount_setattr(mount, 0, &attr) < 0)
        return slot_error(slot, spec, "set the mount options of", err);
    return TAKE_FD(mount);
}

/* setns(2) would take any type that fits the flags; what the configuration calls it must be what it is. */
static int open_namespace_slot(const struct plan_slot *slot, const struct spec *spec,
                               struct caisson_error *err)
{
    _cleanup_close_ int fd = openat(AT_FDCWD, slot->path, O_RDONLY | O_CLOEXEC);
    int type;

    if (fd < 0)
        return slot_error(slot, spec, "open the namespace", err);
    type = ioctl(fd, NS_GET_NSTYPE);
    if (type < 0) {
        error_set(err, CAISSON_ERROR_CONFIG, "'%s' is not a namespace file", slot->path);
        return spec_error_at(spec, err, slot->origin);
    }
    if ((uint32_t)type != slot->types) {
        const char *is = "other", *wanted = "other";

        for (int i = 0; i < SPEC_NS_COUNT; i++) {
            enum spec_namespace_type candidate = (enum spec_namespace_type)i;

            if (spec_namespace_flag(candidate) == (uint64_t)type)
                is = spec_namespace_name(candidate);
            if (spec_namespace_flag(candidate) == slot->types)
                wanted = spec_namespace_name(candidate);
        }
        error_set(err, CAISSON_ERROR_CONFIG, "'%s' is a namespace of type %s, expected one of type %s",
                  slot->path, is, wanted);
        return spec_error_at(spec, err, slot->origin);
    }
    return TAKE_FD(fd);
}

/* In the state directory: who may enter it may start the container. */
static int open_start_socket(int dir, struct caisson_error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    _cleanup_close_ int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    /* By descriptor: the directory's own path may be longer than a socket address. */
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/start", dir);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 1) < 0)
        return error_system(err, errno, "cannot make the socket that start connects to");
    return TAKE_FD(fd);
}

static int open_append_slot(const struct plan_slot *slot, const struct spec *spec, struct caisson_error *err)
{
    int fd = openat(AT_FDCWD, slot->path, O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | O_CLOEXEC, 0600);

    return fd < 0 ? slot_error(slot, spec, "open", err) : fd;
}

/* A configuration with many mounts holds as many descriptors, here and in the init, until it is done with them. */
static void allow_descriptors(struct prepared *prepared, size_t count)
{
    struct rlimit limit;

    if (count < 64 || getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= count + 64)
        return;
    prepared->nofile = limit;
    limit.rlim_cur = limit.rlim_max;
    prepared->raised_nofile = setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

static int open_slot(struct plan *plan, const struct plan_slot *slot, const struct spec *spec, int dir,
                     int *pidfd, struct caisson_error *err)
{
    switch (slot->kind) {
    case PLAN_SLOT_TREE:
        return open_tree_slot(plan, slot, spec, err);
    case PLAN_SLOT_NULL:
        return open_null_slot(slot, spec, err);
    case PLAN_SLOT_NAMESPACE:
        return open_namespace_slot(slot, spec, err);
    case PLAN_SLOT_PROCESS:
        return TAKE_FD(*pidfd);
    case PLAN_SLOT_START:
        return open_start_socket(dir, err);
    case PLAN_SLOT_LOCK:
        return state_hold_created(dir, err);
    case PLAN_SLOT_APPEND:
        return open_append_slot(slot, spec, err);
    }
    return -1;
}

int prepare(struct plan *plan, const struct spec *spec, int dir, int *pidfd, struct prepared *prepared,
            struct caisson_error *err)
{
    int null = -1;

    *prepared = (struct prepared){.start = -1, .lock = -1};
    prepared->fds = arena_array(plan->arena, plan->slot_count + 1, sizeof *prepared->fds);
    allow_descriptors(prepared, plan->slot_count + plan->kept_mounts);
    for (size_t i = 0; i < plan->slot_count; i++) {
        const struct plan_slot *slot = &plan->slots[i];
        int fd = slot->kind == PLAN_SLOT_NULL ? null : -1;

        if (fd < 0) {
            fd = open_slot(plan, slot, spec, dir, pidfd, err);
            if (fd < 0)
                return -1;
            prepared->fds[prepared->count++] = fd;
        }
        if (slot->kind == PLAN_SLOT_NULL)
            null = fd;
        if (slot->kind == PLAN_SLOT_START)
            prepared->start = fd;
        if (slot->kind == PLAN_SLOT_LOCK)
            prepared->lock = fd;
        plan_fill(plan, slot, fd);
    }
    return 0;
}

int prepare_take_lock(struct prepared *prepared)
{
    for (size_t i = 0; i < prepared->count; i++)
        if (prepared->fds[i] == prepared->lock)
            prepared->fds[i] = -1;
    return TAKE_FD(prepared->lock);
}

void prepare_release(struct prepared *prepared)
{
    fd_close_all(prepared->fds, prepared->count);
    prepared->count = 0;
}
