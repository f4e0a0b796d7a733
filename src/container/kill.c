/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caisson_kill() */
#include <errno.h>
#include <signal.h>

#include "base/contract.h"
#include "base/fd.h"
#include "cgroup/cgroup.h"
#include "container/context.h"
#include "container/members.h"
#include "sys/pidfd.h"

enum { LAST_SIGNAL = 64 };

static int not_running(const char *id, struct caisson_error *err)
{
    return error_set(err, CAISSON_ERROR_NOT_RUNNING, "cannot signal container '%s': " CONTRACT_NOT_RUNNING,
                     id);
}

/* Reads the pid file alone: callers that stop containers do this more than anything else. */
static int signal_first(struct container *container, int signal, struct caisson_error *err)
{
    _cleanup_close_ int pidfd = -1;

    if (state_read_pid(container->dir, &container->state, err) < 0)
        return -1;
    if (container->state.pid == 0) {
        if (container_read(container, err) < 0) /* says so when there is no state.json either */
            return -1;
        return container_wrong_status(container, "signal", CAISSON_CREATING, "created, running or paused",
                                      err);
    }
    if (state_process(&container->state, &pidfd, err) < 0)
        return -1;
    if (pidfd < 0)
        return not_running(container->id, err);
    if (sys_pidfd_send_signal(pidfd, signal) == 0)
        return 0;
    if (errno == ESRCH)
        return not_running(container->id, err);
    return error_system(err, errno, "cannot send signal %d to process %d of container '%s'", signal,
                        (int)container->state.pid, container->id);
}

/*
 * Processes may be left when the first one has ended, if it had no process namespace of its own; and none may be
 * left, which is what the caller wants.
 */
static int signal_all(struct container *container, int signal, struct caisson_error *err)
{
    struct caisson_error why = {0};
    _cleanup_close_ int cgroup = -1;
    int result;

    if (container_read(container, err) < 0)
        return -1;
    if (!container->state.cgroup) {
        _cleanup_close_ int pidfd = -1;

        if (state_process(&container->state, &pidfd, err) < 0)
            return -1;
        if (pidfd < 0)
            return 0;
        /* The end of the first one takes its process namespace along. */
        if (signal == SIGKILL)
            return signal_first(container, signal, err);
        if (members_known(container))
            return members_signal(container, signal, err);
        return container_cgroup(container, "signal all processes of", err);
    }
    cgroup = container_cgroup(container, "signal all processes of", &why);
    if (cgroup >= 0)
        result = signal == SIGKILL ? cgroup_kill(cgroup, &why) : cgroup_signal(cgroup, signal, &why);
    else
        result = why.errnum == ENOENT ? 0 : -1;
    if (result < 0 && err)
        *err = why;
    return result;
}

int caisson_kill(const struct caisson_context *context, const char *id, int signal, bool all,
                 struct caisson_error *err)
{
    /* Without memory of its own: the record of the first process is all that is read most often. */
    struct container container _cleanup_container_ = {.root = -1, .dir = -1, .lock = -1};

    if (signal < 0 || signal > LAST_SIGNAL)
        return error_set(err, CAISSON_ERROR_USAGE, "there is no signal %d: they go from 1 to %d", signal,
                         LAST_SIGNAL);
    /* Without the lock: a container must be killable while another command waits for it. */
    if (container_open(context, id, false, &container, err) < 0)
        return -1;
    return all ? signal_all(&container, signal, err) : signal_first(&container, signal, err);
}
