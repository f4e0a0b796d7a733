/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caisson_delete() */
#include "container/delete.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "cgroup/cgroup.h"
#include "container/hooks.h"
#include "container/intel_rdt.h"
#include "container/lock.h"
#include "sys/pidfd.h"

enum { END_MS = 10 * 1000 };

static void warn(void *data, const char *text)
{
    const struct caisson_context *const *context = data;

    context_log(*context, CAISSON_LOG_WARNING, "%s", text);
}

/* Its name and state are what tells why: "(name) D". */
static int still_there(const struct container *container, struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    char *stat = file_read(&arena, AT_FDCWD, arena_format(&arena, "/proc/%d/stat", (int)container->state.pid),
                           4096, NULL, NULL);
    char *name = stat ? strchr(stat, '(') : NULL, *end = name ? strrchr(name, ')') : NULL;

    if (end && strlen(end) > 2)
        end[3] = '\0'; /* behind the letter of the state */
    error_set(err, CAISSON_ERROR_TIMEOUT, "process %d %s of container '%s' has not ended %d s after SIGKILL",
              (int)container->state.pid, end ? name : "", container->id, END_MS / 1000);
    return error_hint(
        err, "a process in state D waits for a device or a filesystem; delete it again when that is over");
}

static int end_first(const struct container *container, int pidfd, struct caisson_error *err)
{
    struct pollfd ended = {.fd = pidfd, .events = POLLIN};
    int n;

    if (sys_pidfd_send_signal(pidfd, SIGKILL) < 0 && errno != ESRCH)
        return error_system(err, errno, "cannot kill process %d of container '%s'", (int)container->state.pid,
                            container->id);
    do
        n = poll(&ended, 1, END_MS);
    while (n < 0 && errno == EINTR);
    return n == 1 ? 0 : still_there(container, err);
}

/* Every process of the cgroup, be the first one alive or not: without a process namespace the others outlive it. */
static int end_cgroup(const struct container *container, struct caisson_error *err)
{
    struct caisson_error why = {0};
    _cleanup_close_ int cgroup = cgroup_open(container->state.cgroup, &why);

    if (cgroup < 0 && why.errnum == ENOENT)
        return 0;
    if (cgroup >= 0 && cgroup_kill(cgroup, &why) == 0 && cgroup_wait_empty(cgroup, END_MS, &why) == 0)
        return 0;
    if (err)
        *err = why;
    return error_prefix(err, "cannot end the processes of container '%s'", container->id);
}

static int undo(const struct container *container, int pidfd, struct caisson_error *err)
{
    const struct state *state = &container->state;
    /* As a rule nothing is in it any more: then one call ends this. A scope is systemd's to remove. */
    bool cgroup = state->cgroup && (state->systemd_scope || !cgroup_remove_empty(state->cgroup));

    if (cgroup && end_cgroup(container, err) < 0)
        return -1;
    if (pidfd >= 0 && end_first(container, pidfd, err) < 0)
        return -1;
    if (cgroup && (state->systemd_scope ? cgroup_remove_scope : cgroup_remove)(state->cgroup, err) < 0)
        return error_prefix(err, "cannot delete container '%s'", container->id);
    if (intel_rdt_remove(state->intel_rdt_monitor, err) < 0 || intel_rdt_remove(state->intel_rdt, err) < 0)
        return error_prefix(err, "cannot delete container '%s'", container->id);
    return 0;
}

static void run_poststop(const struct caisson_context *context, struct container *container)
{
    struct hook_place place _cleanup_hook_place_ = {0};
    struct caisson_error err = {0};
    const struct spec *spec = NULL;
    size_t length;
    char *text;

    if (!container->state.poststop)
        return;
    text = file_read(&container->arena, container->dir, "config.json", SPEC_SIZE_LIMIT, &length, &err);
    if (text)
        spec = spec_parse(&container->arena, "config.json", text, length, NULL, NULL, &err);
    if (!spec) {
        context_log(context, CAISSON_LOG_WARNING, "cannot run the poststop hooks of container '%s': %s",
                    container->id, err.message);
        return;
    }
    if (hook_place_open(spec, container->state.bundle, &place, &err) < 0)
        context_log(context, CAISSON_LOG_WARNING, "%s", err.message);
    text = state_json(&container->arena, &container->state, CAISSON_STOPPED, 0);
    hooks_run_all(&spec->hooks.poststop, "poststop", text, &place, warn, &context);
    context_log(context, CAISSON_LOG_DEBUG, "ran %zu poststop hooks", spec->hooks.poststop.count);
}

/* The file is not ours, or holds something else: reading it once more does not help. */
static bool is_spoilt(const struct caisson_error *why)
{
    return why->errnum == 0 || why->errnum == ELOOP || why->errnum == EISDIR || why->errnum == ENXIO;
}

/* What is left when state.json is spoilt: the process whose number is known. */
static int delete_unreadable(const struct caisson_context *context, struct container *container,
                             const struct caisson_error *why, struct caisson_error *err)
{
    _cleanup_close_ int pidfd = -1;

    context_log(context, CAISSON_LOG_WARNING, "%s: its cgroup, if it has one, is left as it is",
                why->message);
    if (state_read_pid(container->dir, &container->state, err) < 0 ||
        state_process(&container->state, &pidfd, err) < 0)
        return -1;
    if (pidfd >= 0 && end_first(container, pidfd, err) < 0)
        return -1;
    return state_remove(container->root, container->id, container->dir, err);
}

static int undo_and_remove(const struct caisson_context *context, struct container *container, int pidfd,
                           struct caisson_error *err)
{
    if (undo(container, pidfd, err) < 0)
        return -1;
    context_log(context, CAISSON_LOG_DEBUG, "ended the processes and removed the cgroup");
    run_poststop(context, container);
    if (state_remove(container->root, container->id, container->dir, err) < 0)
        return -1;
    context_log(context, CAISSON_LOG_DEBUG, "removed container '%s'", container->id);
    return 0;
}

int delete_ended(const struct caisson_context *context, struct container *container,
                 struct caisson_error *err)
{
    int gone = lock_take_again(container->lock, container->id, LOCK_WAIT_MS, err);

    if (gone != 0)
        return gone < 0 ? -1 : 0;
    return undo_and_remove(context, container, -1, err);
}

int delete_container(const struct caisson_context *context, struct container *container, bool force,
                     struct caisson_error *err)
{
    _cleanup_close_ int pidfd = -1;
    struct caisson_error why = {0};
    enum caisson_status status;

    if (container_read(container, &why) < 0) {
        /* No state.json: nothing was made yet, or all of it is undone; and the lock says that nobody is at it. */
        if (why.code == CAISSON_ERROR_STATE)
            return state_remove(container->root, container->id, container->dir, err);
        /* Want of memory or of descriptors passes: what is forgotten for it is left on the host for ever. */
        if (force && is_spoilt(&why))
            return delete_unreadable(context, container, &why, err);
        if (err)
            *err = why;
        return -1;
    }
    if (state_status(container->dir, &container->state, &status, &pidfd, err) < 0)
        return error_prefix(err, "cannot delete container '%s'", container->id);
    if (!force && status != CAISSON_STOPPED && status != CAISSON_CREATED) {
        error_set(err, CAISSON_ERROR_STATE, "cannot delete container %s that is not stopped: %s",
                  container->id, caisson_status_name(status));
        return error_hint(err, "kill it first, or use --force");
    }
    return undo_and_remove(context, container, pidfd, err);
}

int caisson_delete(const struct caisson_context *context, const char *id, bool force,
                   struct caisson_error *err)
{
    ARENA_ROOM(room, ROOM_STATE);
    struct container container _cleanup_container_ = CONTAINER_CLOSED(room);
    struct caisson_error why = {0};

    if (container_open(context, id, true, &container, &why) < 0) {
        if (force && why.code == CAISSON_ERROR_NOT_FOUND)
            return 0;
        if (err)
            *err = why;
        return -1;
    }
    return delete_container(context, &container, force, err);
}
