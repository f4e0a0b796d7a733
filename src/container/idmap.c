/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/idmap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "container/helper.h"
#include "sys/clone.h"
#include "sys/pidfd.h"

/* The two maps differ in these words alone. */
struct map_kind {
    const char *file;
    const char *helper;
    const char *ranges; /* where the administrator grants ids */
};

static const struct map_kind UIDS = {"uid_map", "newuidmap", "/etc/subuid"};
static const struct map_kind GIDS = {"gid_map", "newgidmap", "/etc/subgid"};

/* As execvp(3) looks, with /usr/bin last: callers may give no PATH at all. @return NULL when it is nowhere. */
static char *find_program(struct arena *arena, const char *name)
{
    const char *path = getenv("PATH");

    path = arena_format(arena, "%s:/usr/bin", path ? path : "");
    while (*path) {
        size_t length = strcspn(path, ":");
        char *candidate = arena_format(arena, "%.*s/%s", (int)length, path, name);

        if (*path == '/' && access(candidate, X_OK) == 0)
            return candidate;
        path += length + strspn(path + length, ":");
    }
    return NULL;
}

/* "NAME PID CONTAINER HOST SIZE CONTAINER HOST SIZE ..." */
static char *const *helper_args(struct arena *arena, const char *name, pid_t pid, const char *map)
{
    char *rest = arena_string(arena, map), *word;
    char **args = arena_array(arena, strlen(map) + 4, sizeof *args);
    size_t count = 0;

    args[count++] = arena_string(arena, name);
    args[count++] = arena_format(arena, "%d", (int)pid);
    while ((word = strsep(&rest, " \n")))
        if (*word)
            args[count++] = word;
    return args;
}

static int write_by_helper(const struct map_kind *kind, pid_t pid, const char *map, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    struct helper helper = {.path = find_program(&arena, kind->helper), .env = (char *const[]){NULL}};
    struct helper_end end;
    char ended[512];

    if (!helper.path) {
        error_system(err, EPERM, "cannot write the %s, and %s is not installed", kind->file, kind->helper);
        if (geteuid() == 0)
            return error_hint(
                err,
                "uid 0 of a user namespace needs CAP_SETUID and CAP_SETGID in it, and CAP_SETFCAP to "
                "map id 0; and each range must be in one line of /proc/self/%s",
                kind->file);
        return error_hint(err,
                          "install %s (package uidmap or shadow-utils) and grant the ids in %s, or map this "
                          "user's own id alone",
                          kind->helper, kind->ranges);
    }
    helper.args = helper_args(&arena, kind->helper, pid, map);
    if (helper_run(&helper, &end, err) < 0)
        return error_prefix(err, "cannot write the %s", kind->file);
    if (helper_succeeded(&end))
        return 0;
    helper_describe(&helper, &end, ended, sizeof ended);
    error_set(err, CAISSON_ERROR_SYSTEM, "cannot write the %s: '%s' %s", kind->file, helper.path, ended);
    return error_hint(err,
                      "the ids must be granted to this user in %s: usermod --add-sub%cids FIRST-LAST USER",
                      kind->ranges, kind->file[0]);
}

/* The kernel decides who may write a map (user_namespaces(7)); EPERM leaves it unwritten. */
static int write_map(const struct map_kind *kind, int proc, pid_t pid, const char *map,
                     struct caisson_error *err)
{
    if (file_put(proc, kind->file, map) == 0)
        return 0;
    if (errno == EPERM)
        return write_by_helper(kind, pid, map, err);
    error_system(err, errno, "cannot write the %s of process %d", kind->file, (int)pid);
    if (err && err->errnum == EINVAL)
        error_hint(err, "ranges may not overlap, must be mapped in this namespace, and can be 340 at most");
    return -1;
}

int idmap_write(pid_t pid, const char *uid_map, const char *gid_map, bool deny_setgroups,
                struct caisson_error *err)
{
    _cleanup_close_ int proc = -1;
    char path[32];

    snprintf(path, sizeof path, "/proc/%d", (int)pid);
    proc = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (proc < 0)
        return error_system(err, errno, "cannot open '%s'", path);
    if (deny_setgroups && file_put(proc, "setgroups", "deny") < 0)
        return error_system(err, errno, "cannot deny setgroups to process %d", (int)pid);
    if (gid_map && write_map(&GIDS, proc, pid, gid_map, err) < 0)
        return -1;
    if (uid_map && write_map(&UIDS, proc, pid, uid_map, err) < 0)
        return -1;
    return 0;
}

/* A process that does nothing: it keeps the namespace until somebody has opened it. */
static _Noreturn void hold_namespace(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* that died before prctl */
        _exit(0);
    syscall(SYS_close_range, 0, ~0U, 0);
    for (;;)
        pause();
}

static char *map_text(struct arena *arena, const struct spec_id_mappings *mappings)
{
    struct strbuf text = STRBUF(arena);

    for (size_t i = 0; i < mappings->count; i++)
        strbuf_format(&text, "%u %u %u\n", mappings->items[i].container_id, mappings->items[i].host_id,
                      mappings->items[i].size);
    return text.data;
}

static int open_namespace(pid_t pid, struct caisson_error *err)
{
    char path[48];
    int fd;

    snprintf(path, sizeof path, "/proc/%d/ns/user", (int)pid);
    fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        error_system(err, errno, "cannot open the user namespace '%s'", path);
    return fd;
}

int idmap_user_namespace(const struct spec_id_mappings *uids, const struct spec_id_mappings *gids,
                         struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    _cleanup_close_ int pidfd = -1;
    struct clone_args args = {
        .flags = CLONE_NEWUSER | CLONE_PIDFD | CLONE_CLEAR_SIGHAND,
        .pidfd = (uint64_t)(uintptr_t)&pidfd,
        .exit_signal = SIGCHLD,
    };
    pid_t parent = getpid(), pid = sys_clone3(&args);
    int result = -1;

    if (pid == 0)
        hold_namespace(parent);
    if (pid < 0) {
        error_system(err, errno, "cannot make a user namespace for an idmapped mount");
        return error_hint(err, "/proc/sys/user/max_user_namespaces limits their number");
    }
    if (idmap_write(pid, map_text(&arena, uids), map_text(&arena, gids), false, err) == 0)
        result = open_namespace(pid, err);
    sys_pidfd_send_signal(pidfd, SIGKILL);
    while (waitid(P_PIDFD, (id_t)pidfd, &(siginfo_t){0}, WEXITED) < 0 && errno == EINTR)
        ;
    return result;
}
