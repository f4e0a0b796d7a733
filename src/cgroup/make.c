/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making the cgroup. What was made is removed again when a later step fails. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/contract.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "cgroup/internal.h"
#include "cgroup/unit.h"

enum { MODE = 0755 };
#define RUNTIME_CGROUP "caisson"

/* @param made how long the path of the first cgroup is that did not exist; 0: all did */
static void unmake(const char *absolute, size_t made)
{
    _cleanup_arena_ struct arena arena = {0};
    char *path = arena_string(&arena, absolute);

    while (made > 0 && strlen(path) >= made && (rmdir(path) == 0 || errno == ENOENT))
        *strrchr(path, '/') = '\0';
}

static int fail_make(const struct cgroup_plan *plan, const char *path, struct caisson_error *err)
{
    error_system(err, errno, "cannot make the cgroup '%s'", path);
    if (err && err->errnum == EACCES)
        error_hint(err, "the cgroup above is not delegated to this user");
    else if (err && err->errnum == EROFS)
        error_hint(err, "%s is mounted read-only", plan->mount);
    else if (err && err->errnum == EAGAIN)
        error_hint(err, "cgroup.max.depth or cgroup.max.descendants of a cgroup above forbids more");
    return -1;
}

static int make_parents(const struct cgroup_plan *plan, size_t *made, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    char *path = arena_string(&arena, plan->absolute);

    for (char *slash = path + strlen(plan->mount);; *slash = '/') {
        slash = strchr(slash + 1, '/');
        if (!slash)
            return 0;
        *slash = '\0';
        if (mkdir(path, MODE) == 0)
            *made = *made ? *made : strlen(path);
        else if (errno != EEXIST)
            return fail_make(plan, path, err);
    }
}

/* One system call when the cgroup above exists, which it does for all but the first container of a kind. */
static int make_path(const struct cgroup_plan *plan, size_t *made, bool *existed, struct caisson_error *err)
{
    *existed = false;
    *made = 0;
    if (mkdir(plan->absolute, MODE) == 0) {
        *made = strlen(plan->absolute);
        return 0;
    }
    if (errno == ENOENT) {
        if (make_parents(plan, made, err) < 0)
            return -1;
        if (mkdir(plan->absolute, MODE) == 0) {
            *made = *made ? *made : strlen(plan->absolute);
            return 0;
        }
    }
    if (errno != EEXIST)
        return fail_make(plan, plan->absolute, err);
    *existed = true;
    return 0;
}

static int check_existing(const struct cgroup_plan *plan, int fd, struct caisson_error *err)
{
    char events[256];

    if (cgroup_read(fd, "cgroup.events", events, sizeof events) < 0)
        return error_system(err, errno, "cannot read cgroup.events of '%s'", plan->absolute);
    if (flat_value(events, "frozen") == 1) {
        error_set(err, CAISSON_ERROR_STATE, CONTRACT_CGROUP_FROZEN ": %s", plan->absolute);
        return error_hint(
            err, "a process in it would never start: write 0 to its cgroup.freeze, or to the one above");
    }
    if (flat_value(events, "populated") == 1) {
        error_set(err, CAISSON_ERROR_STATE, CONTRACT_CGROUP_NOT_EMPTY ": %s", plan->absolute);
        return error_hint(err, "each container has a cgroup of its own: give another cgroupsPath");
    }
    return 0;
}

int cgroup_check_free(const struct cgroup_plan *plan, struct caisson_error *err)
{
    _cleanup_close_ int fd = -1;

    if (!plan->absolute)
        return 0;
    fd = openat(AT_FDCWD, plan->absolute, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? 0 : error_system(err, errno, "cannot open the cgroup '%s'", plan->absolute);
    return check_existing(plan, fd, err);
}

static int fail_enable(const struct cgroup_plan *plan, const char *path, const char *text,
                       struct caisson_error *err)
{
    error_system(err, errno, "cannot enable the controllers '%s' in the cgroup '%s'", text, path);
    if (!err)
        return -1;
    for (size_t i = 0; i < plan->write_count; i++) {
        const char *name = plan->writes[i].controller;
        const char *found = name ? strstr(text, name) : NULL;

        if (!found || found[-1] != '+' || (found[strlen(name)] && found[strlen(name)] != ' '))
            continue;
        error_prefix(err, "%s", plan->writes[i].origin);
        snprintf(err->pointer, sizeof err->pointer, "%s", plan->writes[i].origin);
        break;
    }
    if (err->errnum == EBUSY)
        return error_hint(err,
                          "processes are in that cgroup itself: move them to one below it, version 2 gives "
                          "controllers to the cgroups below an empty one only");
    if (err->errnum == EACCES || err->errnum == EPERM)
        return error_hint(err, "its owner must write that to its cgroup.subtree_control");
    if (err->errnum == ENOENT || err->errnum == EINVAL)
        return error_hint(err, "the cgroup above it did not hand the controller down");
    return -1;
}

/*
 * Of a cgroup with processes in itself the kernel refuses to hand down memory and io. cpu and pids it lets pass, and
 * then no process can enter those below any more: to be refused as well. The root of the hierarchy is free of this.
 */
static bool holds_processes(int fd)
{
    char first[16];

    return cgroup_read(fd, "cgroup.procs", first, sizeof first) > 0 &&
           faccessat(fd, "cgroup.type", F_OK, 0) == 0;
}

/*
 * `systemd-run --scope -p Delegate=yes caisson run` puts the runtime into the very cgroup that is to hand controllers
 * down. When nothing else is in it, it goes to one inside, as systemd wants it of whom a cgroup is delegated to; that
 * one goes with the scope. Others are not moved.
 * @return whether nothing is in the cgroup any more
 */
static bool make_room(int fd)
{
    _cleanup_close_ int inside = -1;
    char procs[64], alone[16];

    snprintf(alone, sizeof alone, "%d\n", (int)getpid());
    if (cgroup_read(fd, "cgroup.procs", procs, sizeof procs) < 0 || strcmp(procs, alone) != 0)
        return false;
    if (mkdirat(fd, RUNTIME_CGROUP, MODE) < 0 && errno != EEXIST)
        return false;
    inside = openat(fd, RUNTIME_CGROUP, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return inside >= 0 && file_put(inside, "cgroup.procs", "0") == 0;
}

/* The way back, when it was of no use. */
static void leave_room(int fd)
{
    file_put(fd, "cgroup.procs", "0");
    unlinkat(fd, RUNTIME_CGROUP, AT_REMOVEDIR);
}

/* Enables in the cgroup at `path` what the cgroups below it lack. */
static int enable_here(const struct cgroup_plan *plan, const char *path, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    _cleanup_close_ int fd = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct strbuf wanted = STRBUF(&arena);
    bool full, moved;
    char enabled[512];

    if (fd < 0 || cgroup_read(fd, "cgroup.subtree_control", enabled, sizeof enabled) < 0)
        return error_system(err, errno, "cannot read cgroup.subtree_control of '%s'", path);
    for (const char **name = plan->controllers; *name; name++)
        if (!controllers_have(enabled, *name))
            strbuf_format(&wanted, "%s+%s", wanted.length ? " " : "", *name);
    if (wanted.length == 0)
        return 0;
    full = holds_processes(fd);
    moved = full && make_room(fd);
    if (full && !moved)
        errno = EBUSY;
    else if (file_put(fd, "cgroup.subtree_control", strbuf_string(&wanted)) == 0)
        return 0;
    fail_enable(plan, path, strbuf_string(&wanted), err);
    if (moved)
        leave_room(fd);
    return -1;
}

int cgroup_enable_controllers(const struct cgroup_plan *plan, int fd, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    char *path, *slash, have[512];
    bool complete = true;

    if (!*plan->controllers)
        return 0;
    if (cgroup_read(fd, "cgroup.controllers", have, sizeof have) < 0)
        return error_system(err, errno, "cannot read cgroup.controllers of '%s'", plan->absolute);
    for (const char **name = plan->controllers; *name; name++)
        complete &= controllers_have(have, *name);
    if (complete)
        return 0;
    path = arena_string(&arena, plan->absolute);
    for (slash = path + strlen(plan->mount); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (enable_here(plan, path, err) < 0)
            return -1;
        *slash = '/';
    }
    return 0;
}

int cgroup_hand_over(const struct cgroup_plan *plan, int fd, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    uid_t uid = (uid_t)strtoul(plan->delegate_uid, NULL, 10);
    struct stat st;
    char *files, *save = NULL;

    if (fstat(fd, &st) == 0 && st.st_uid == uid)
        return 0;
    files = file_read(&arena, AT_FDCWD, "/sys/kernel/cgroup/delegate", CGROUP_FILE_LIMIT, NULL, NULL);
    if (!files)
        files = arena_string(&arena, "cgroup.procs\ncgroup.subtree_control\ncgroup.threads\n");
    if (fchown(fd, uid, (gid_t)-1) < 0)
        return error_system(err, errno, "cannot hand the cgroup '%s' over to user %u", plan->absolute, uid);
    for (char *name = strtok_r(files, "\n", &save); name; name = strtok_r(NULL, "\n", &save))
        if (fchownat(fd, name, uid, (gid_t)-1, AT_SYMLINK_NOFOLLOW) < 0 && errno != ENOENT)
            return error_system(err, errno, "cannot hand '%s/%s' over to user %u", plan->absolute, name, uid);
    return 0;
}

static int prepare(const struct cgroup_plan *plan, int fd, bool existed, struct caisson_error *err)
{
    if (existed && check_existing(plan, fd, err) < 0)
        return -1;
    if (cgroup_enable_controllers(plan, fd, err) < 0)
        return -1;
    return plan->delegate_uid ? cgroup_hand_over(plan, fd, err) : 0;
}

/* systemd makes it; what fails later makes it go with the helper, which is the only process in it. */
static int make_scope(const struct cgroup_plan *plan, int *fd, struct caisson_error *err)
{
    _cleanup_close_ int opened = -1;

    if (unit_start(plan->unit, plan->absolute, plan->mount, err) < 0)
        return -1;
    opened = cgroup_open(plan->absolute, err);
    if (opened < 0 || prepare(plan, opened, false, err) < 0) {
        unit_release(plan->unit);
        return -1;
    }
    *fd = TAKE_FD(opened);
    return 0;
}

int cgroup_make(const struct cgroup_plan *plan, int *fd, struct caisson_error *err)
{
    _cleanup_close_ int opened = -1;
    size_t made;
    bool existed;

    *fd = -1;
    if (!plan->absolute)
        return 0;
    if (plan->unit)
        return make_scope(plan, fd, err);
    if (make_path(plan, &made, &existed, err) < 0) {
        unmake(plan->absolute, made);
        return -1;
    }
    opened = cgroup_open(plan->absolute, err);
    if (opened < 0 || prepare(plan, opened, existed, err) < 0) {
        unmake(plan->absolute, made);
        return -1;
    }
    *fd = TAKE_FD(opened);
    return 0;
}
