/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * caisson_restore(): a container as create makes it, whose process comes from criu instead of from our init. criu makes
 * it a child of ours, in the container's cgroup, and asks at each step that is ours to do.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/reach.h"
#include "container/create.h"
#include "container/criu_amend.h"
#include "container/criu_descriptors.h"
#include "container/criu_mounts.h"
#include "container/criu_namespaces.h"
#include "container/criu_options.h"
#include "container/delete.h"
#include "container/lock.h"
#include "container/terminal.h"
#include "sys/mount.h"
#include "sys/pidfd.h"

enum { CGROUP_LIMIT = 64 * 1024, STREAMS = 3, FIRST_FD = 4 };

static const char log_name[] = "restore.log";

struct restore {
    const struct caisson_restore_options *options;
    struct creation *creation;
    struct criu_directories directories;
    int root;                         /* the root filesystem, detached */
    const char *target;               /* where criu finds it */
    int fds[STREAMS + SPEC_NS_COUNT]; /* criu's from FIRST_FD on: our streams, and namespaces */
    size_t fd_count;
    int null;
};

/* ---- what criu is told ---- */

/*
 * Lines "9:name=systemd:/" and "0::/PATH" of /proc/PID/cgroup: the processes go to where criu is, which was born in the
 * container's cgroup, and of version 1 stay with the runtime.
 */
static int add_cgroup_roots(pid_t pid, struct strbuf *message, struct caisson_error *err)
{
    const char *path = arena_format(message->arena, "/proc/%d/cgroup", (int)pid);
    char *text = file_read(message->arena, AT_FDCWD, path, CGROUP_LIMIT, NULL, err), *line;

    if (!text)
        return -1;
    while ((line = strsep(&text, "\n"))) {
        char *controllers = strchr(line, ':');
        char *where = controllers ? strchr(controllers + 1, ':') : NULL;

        if (!where)
            continue;
        *where++ = '\0';
        criu_put_pair(message, CRIU_CG_ROOT, controllers + 1, where);
    }
    return 0;
}

static int build(struct restore *r, struct strbuf *message, struct caisson_error *err)
{
    const struct caisson_restore_options *options = r->options;
    const struct decision *d = &r->creation->decision;
    const struct criu_mounts mounts = {
        .spec = d->bundle.spec,
        .bundle = d->bundle.path,
        .rootfs = d->plan.rootfs,
        .cgroup = d->cgroup.absolute,
    };

    criu_options_add(message, &options->criu, &r->directories, d->bundle.spec, log_name);
    criu_put_flag(message, CRIU_RST_SIBLING, true);
    criu_put_flag(message, CRIU_EVASIVE_DEVICES, true);
    criu_put_flag(message, CRIU_TCP_CLOSE, options->tcp_close);
    criu_put_text(message, CRIU_LSM_PROFILE, options->lsm_profile);
    criu_put_text(message, CRIU_LSM_MOUNT_CONTEXT, options->lsm_mount_context);
    if (criu_mounts_restore(&mounts, message, err) < 0)
        return -1;
    return criu_mounts_make_targets(&mounts, message->arena, err);
}

static int open_streams(struct restore *r, struct strbuf *message, struct caisson_error *err)
{
    r->null = openat(AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);
    if (r->null < 0)
        return error_system(err, errno, "cannot open '/dev/null'");
    for (; r->fd_count < STREAMS; r->fd_count++)
        r->fds[r->fd_count] = (int)r->fd_count;
    return criu_descriptors_read(r->directories.images, FIRST_FD, r->null, r->fds, message, err);
}

/* ---- the root filesystem ---- */

/*
 * criu wants a mount point. It gets one in a mount namespace of its own, so that none is left, whatever happens; the
 * directory goes with the state directory.
 */
static int open_root(struct restore *r, struct strbuf *message, struct caisson_error *err)
{
    const struct decision *d = &r->creation->decision;
    enum spec_propagation propagation = d->bundle.spec->linux_->rootfs_propagation;
    bool slave = propagation == SPEC_PROPAGATION_SLAVE || propagation == SPEC_PROPAGATION_SHARED;
    struct mount_attr attr = {.propagation = slave ? MS_SLAVE : MS_PRIVATE};
    int dir = r->creation->container.dir;
    char path[PATH_MAX];
    ssize_t n;

    r->root = sys_open_tree(AT_FDCWD, d->plan.rootfs, OPEN_TREE_CLONE | AT_RECURSIVE);
    if (r->root < 0 || sys_mount_setattr(r->root, AT_RECURSIVE, &attr) < 0) {
        error_system(err, errno, "cannot open the root filesystem '%s'", d->plan.rootfs);
        return reach_explain(err, d->plan.rootfs);
    }
    if (mkdirat(dir, "root", 0700) < 0)
        return error_system(err, errno, "cannot make a directory for the root filesystem");
    n = readlink(arena_format(message->arena, "/proc/self/fd/%d", dir), path, sizeof path - 1);
    if (n < 0)
        return error_system(err, errno, "cannot learn the path of the state directory");
    r->target = arena_format(message->arena, "%.*s/root", (int)n, path);
    criu_put_text(message, CRIU_ROOT, r->target);
    return 0;
}

/* ---- what criu asks ---- */

/* From now on the process can be found and killed by others. */
static int adopt(struct creation *c, pid_t pid, struct caisson_error *err)
{
    if (pid <= 0 || c->launch.process.pid > 0)
        return 0;
    c->launch.process.pidfd = sys_pidfd_open(pid);
    if (c->launch.process.pidfd < 0)
        return error_system(err, errno, "cannot open process %d", (int)pid);
    c->launch.process.pid = pid;
    return create_record_process(c, err);
}

/* The processes are there, and stand still. */
static int complete(const struct restore *r, struct caisson_error *err)
{
    struct creation *c = r->creation;
    const struct spec_root *root = c->decision.bundle.spec->root;

    if (c->launch.process.pid <= 0)
        return error_set(err, CAISSON_ERROR_SYSTEM, "criu does not say which process it made");
    if (criu_namespaces_check(c->decision.bundle.spec, c->launch.process.pid, err) < 0)
        return -1;
    if (c->cgroup_fd >= 0 && cgroup_restrict_devices(&c->decision.cgroup, c->cgroup_fd, err) < 0)
        return -1;
    if (criu_amend(&c->container.arena, c->launch.process.pid, r->directories.images,
                   root && root->readonly.set && root->readonly.value, err) < 0)
        return -1;
    return create_limit(c, err);
}

static int notice(void *data, const char *script, pid_t pid, int *fd, struct caisson_error *err)
{
    const struct restore *r = data;
    struct creation *c = r->creation;

    context_log(c->launch.context, CAISSON_LOG_DEBUG, "criu: %s", script);
    if (strcmp(script, "orphan-pts-master") == 0 && *fd >= 0)
        return launch_take_terminal(&c->launch, fd, err);
    if (adopt(c, pid, err) < 0)
        return -1;
    if (strcmp(script, "setup-namespaces") == 0)
        return launch_run_hooks(&c->launch, err);
    return strcmp(script, "post-restore") == 0 ? complete(r, err) : 0;
}

/* ---- the whole ---- */

static int run_criu(struct restore *r, struct caisson_error *err)
{
    struct creation *c = r->creation;
    struct arena *arena = &c->container.arena;
    struct strbuf message = STRBUF(arena);
    struct criu criu _cleanup_criu_ = CRIU_INIT;
    struct criu_place place = {.cgroup = c->cgroup_fd, .streams = r->options->criu.shell_job, .fds = r->fds};
    struct criu_response response;

    if (open_streams(r, &message, err) < 0 ||
        criu_namespaces_restore(c->decision.bundle.spec, r->fds, &r->fd_count, FIRST_FD, &message, err) < 0 ||
        open_root(r, &message, err) < 0)
        return -1;
    place.root = r->root;
    place.target = r->target;
    place.fd_count = r->fd_count;
    if (criu_start(arena, &place, &criu, err) < 0 ||
        criu_directories_enter(&r->directories, criu.pid, err) < 0 ||
        add_cgroup_roots(criu.pid, &message, err) < 0 || build(r, &message, err) < 0)
        return -1;
    if (criu_request(&criu, CRIU_RESTORE, &message, notice, r, &response, err) < 0)
        return criu_explain(&criu, &r->directories, log_name, err);
    return adopt(c, response.pid, err);
}

static int make(struct restore *r, struct caisson_error *err)
{
    struct creation *c = r->creation;
    int result;

    c->launch.status = CAISSON_CREATING;
    c->created_fd = state_hold_created(c->container.dir, err);
    if (c->created_fd < 0 || create_surroundings(c, &r->options->create, err) < 0)
        return -1;
    result = run_criu(r, err);
    for (size_t i = STREAMS; i < r->fd_count; i++)
        fd_close(r->fds[i]);
    fd_close(r->root);
    fd_close(r->null);
    if (result < 0)
        return -1;
    unlinkat(c->container.dir, "root", AT_REMOVEDIR);
    /* Without it, and without a lock on it, the container is running. */
    unlinkat(c->container.dir, "created", 0);
    c->created_fd = fd_close(c->created_fd);
    return create_announce(c, &r->options->create, err);
}

static int restore(struct restore *r, const struct caisson_context *context, struct caisson_error *err)
{
    if (criu_directories_open(&r->options->criu, 0, &r->directories, err) < 0)
        return -1;
    if (create_begin(context, &r->options->create, PLAN_FOR_RUN, r->creation, err) == 0 && make(r, err) == 0)
        return 0;
    create_undo(r->creation);
    return -1;
}

int caisson_restore(const struct caisson_context *context, const struct caisson_restore_options *options,
                    int *exit_status, struct caisson_error *err)
{
    ARENA_ROOM(room, ROOM_CONTAINER);
    struct creation creation _cleanup_creation_ = CREATION_INIT(room);
    struct restore r = {
        .options = options,
        .creation = &creation,
        .directories = {.images = -1, .work = -1},
        .root = -1,
        .null = -1,
    };
    struct launch *launch = &creation.launch;
    int result;

    *exit_status = 0;
    if (criu_check_root("restore", err) < 0 || (!options->create.detach && terminal_block_signals(err) < 0))
        return -1;
    result = restore(&r, context, err);
    criu_directories_close(&r.directories);
    if (result < 0)
        return error_prefix(err, "cannot restore container '%s'", options->create.id);
    if (options->create.detach)
        return 0;
    lock_let_go(creation.container.lock);
    if (terminal_foreground(launch->process.pid, launch->master, exit_status, err) < 0) {
        caisson_delete(context, options->create.id, true, NULL);
        return -1;
    }
    return options->create.keep ? 0 : delete_ended(context, &creation.container, err);
}
