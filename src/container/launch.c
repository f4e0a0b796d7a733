/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "container/bundle.h"
#include "container/console.h"
#include "container/context.h"
#include "container/hooks.h"
#include "container/idmap.h"
#include "container/listener.h"
#include "container/terminal.h"
#include "sys/pidfd.h"

static bool fork_is_to_come(const struct launch *launch)
{
    return launch->plan && launch->plan->forks && !launch->forked;
}

/* What came, and a descriptor beside it, or -1. */
struct received {
    struct plan_message message;
    int fd;
};

static void close_received(struct received *received)
{
    fd_close(received->fd);
}

/* The channel is a pipe then, see spawn.c. (The plan that `start` reads again tells nothing of it, and that has a socket.) */
static bool hears_only(const struct launch *launch)
{
    return launch->plan && launch->plan->tells_only;
}

static ssize_t receive_packet(const struct launch *launch, struct received *received)
{
    if (hears_only(launch))
        return fd_read_all(launch->process.channel, &received->message, sizeof received->message);
    return fd_receive(launch->process.channel, &received->message, sizeof received->message, 0,
                      &received->fd);
}

/* @return 1 with a message, 0 at the stream's end, -1 with errno. */
static int receive(const struct launch *launch, struct received *received)
{
    struct plan_message *message = &received->message;
    ssize_t n = receive_packet(launch, received);

    /* Of a peer that ended with our byte unread the reset is told first, and its last words after that. */
    if (n < 0 && errno == ECONNRESET)
        n = receive_packet(launch, received);
    if (n == 0 || (n < 0 && errno == ECONNRESET))
        return 0;
    if (n < 0)
        return -1;
    if (n != sizeof *message) {
        errno = EPROTO;
        return -1;
    }
    message->detail[sizeof message->detail - 1] = '\0';
    return 1;
}

int launch_go(const struct launch *launch, struct caisson_error *err)
{
    ssize_t n;

    do
        n = send(launch->process.channel, "", 1, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n == 1)
        return 0;
    return error_system(err, errno, "cannot reach the container's first process");
}

static int write_maps(struct launch *launch, struct caisson_error *err)
{
    const struct plan *plan = launch->plan;

    if (idmap_write(launch->process.pid, plan->uid_map, plan->gid_map, plan->deny_setgroups, err) < 0)
        return -1;
    context_log(launch->context, CAISSON_LOG_DEBUG, "mapped the ids");
    return 0;
}

int launch_write_oom_score(const struct launch *launch, struct caisson_error *err)
{
    const char *value = launch->plan->oom_score_adj;
    char path[48];

    /* Everybody else has set it before the exec: see spawn.c. */
    if (!value || !(launch->plan->clone_flags & CLONE_NEWUSER))
        return 0;
    snprintf(path, sizeof path, "/proc/%d/oom_score_adj", launch->process.pid);
    if (file_put(AT_FDCWD, path, value) == 0)
        return 0;
    return spawn_oom_score_error(launch->plan, launch->spec, errno, err);
}

/*
 * The init goes on in a new process, a child of this one: the one that started it has ended or is about to. It is among the
 * container's processes: that it is our own child is asked, and not believed.
 */
static int follow_fork(struct launch *launch, pid_t pid, struct caisson_error *err)
{
    struct spawned *process = &launch->process;
    siginfo_t info;

    if (pid <= 0 || pid == process->pid || waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
        return error_set(err, CAISSON_ERROR_SYSTEM,
                         "the init says that it goes on as process %d, which is none of its kind", (int)pid);
    waitpid(process->pid, NULL, 0);
    launch->forked = true;
    process->pid = pid;
    if (process->pidfd >= 0) {
        fd_close(process->pidfd);
        process->pidfd = sys_pidfd_open(process->pid);
        if (process->pidfd < 0)
            return error_system(err, errno, "cannot find the container's first process");
    }
    /* It may have been there before the other one's score was set. */
    return launch_write_oom_score(launch, err);
}

static int move_net_devices(struct launch *launch, struct caisson_error *err)
{
    _cleanup_close_ int netns = -1;
    char path[48];

    if (launch->spec->linux_->net_devices.count == 0)
        return 0;
    snprintf(path, sizeof path, "/proc/%d/ns/net", launch->process.pid);
    netns = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (netns < 0)
        return error_system(err, errno, "cannot open the container's network namespace");
    return net_devices_move(launch->arena, launch->spec, netns, &launch->net_devices, err);
}

int launch_run_hooks(struct launch *launch, struct caisson_error *err)
{
    const struct spec_hooks *hooks = &launch->spec->hooks;
    const char *state = state_json(launch->arena, launch->state, CAISSON_CREATING, launch->process.pid);
    struct hook_place place _cleanup_hook_place_ = {0};

    if (hook_place_open(launch->spec, launch->state->bundle, &place, err) < 0 ||
        hooks_run(&hooks->prestart, "prestart", state, &place, err) < 0 ||
        hooks_run(&hooks->create_runtime, "createRuntime", state, &place, err) < 0)
        return -1;
    if (hooks->prestart.count + hooks->create_runtime.count > 0)
        context_log(launch->context, CAISSON_LOG_DEBUG, "ran %zu prestart and %zu createRuntime hooks",
                    hooks->prestart.count, hooks->create_runtime.count);
    return 0;
}

int launch_take_terminal(struct launch *launch, int *fd, struct caisson_error *err)
{
    if (launch->console >= 0)
        return terminal_send(launch->console, *fd, "/dev/ptmx", err);
    launch->master = TAKE_FD(*fd);
    /* Before the process looks at it. */
    console_copy_size(launch->master);
    return 0;
}

static void warn(const struct launch *launch, const struct plan_message *message)
{
    struct caisson_error text = {0};

    if (launch->plan)
        plan_message_error(launch->plan, launch->spec, message, &text);
    bundle_warn((void *)(uintptr_t)launch->context, text.message);
}

static int send_listener(const struct launch *launch, int fd, struct caisson_error *err)
{
    /* `start` knows the plan's steps alone. */
    const char *path = launch->plan && launch->plan->listener_path ? launch->plan->listener_path
                                                                   : launch->state->seccomp_listener;

    /* `start` has no process of its own. */
    struct listener_state state = {
        .state = launch->state,
        .status = launch->status,
        .pid = launch->process.pid > 0 ? launch->process.pid : launch->state->pid,
    };

    return listener_send(launch->arena, launch->spec, &state, path, fd, err);
}

/* Answers one message. @return 0, or -1 with `err`. */
static int answer(struct launch *launch, struct received *received, struct caisson_error *err)
{
    const struct plan_message *message = &received->message;
    int result = 0;

    switch (message->kind) {
    case PLAN_MESSAGE_FAILED:
        return plan_message_error(launch->plan, launch->spec, message, err);
    case PLAN_MESSAGE_WARNING:
        warn(launch, message);
        return 0;
    case PLAN_MESSAGE_MAPS:
        result = write_maps(launch, err);
        break;
    case PLAN_MESSAGE_FORKED:
        return follow_fork(launch, message->status, err);
    case PLAN_MESSAGE_SYNC:
        /* The interfaces first: a hook may have something to do with them. */
        result = move_net_devices(launch, err) < 0 ? -1 : launch_run_hooks(launch, err);
        break;
    case PLAN_MESSAGE_CONSOLE:
        result = launch_take_terminal(launch, &received->fd, err);
        break;
    case PLAN_MESSAGE_LISTENER:
        result = send_listener(launch, received->fd, err);
        break;
    default:
        return error_set(err, CAISSON_ERROR_SYSTEM, "the container's first process sent an unknown message");
    }
    return result < 0 ? -1 : launch_go(launch, err);
}

/* The stream ended before the goal: the process says nothing any more, but its end may. */
static int ended_early(struct launch *launch, struct caisson_error *err)
{
    siginfo_t info = {0};

    if (launch->process.pid > 0 && waitid(P_PID, (id_t)launch->process.pid, &info, WEXITED) == 0) {
        launch->process.pid = 0;
        if (info.si_code == CLD_EXITED)
            return error_set(err, CAISSON_ERROR_SYSTEM,
                             "the container's first process ended with status %d before it was ready",
                             info.si_status);
        error_set(err, CAISSON_ERROR_SYSTEM,
                  "the container's first process was killed by signal %d (%s) before it was ready",
                  info.si_status, strsignal(info.si_status));
        if (info.si_status == SIGKILL)
            error_hint(err, "is memory.max of its cgroup too small? The kernel kills what exceeds it");
        return -1;
    }
    return error_set(err, CAISSON_ERROR_SYSTEM, "the container's first process ended before it was ready");
}

int launch_accompany(struct launch *launch, enum launch_goal goal, struct caisson_error *err)
{
    for (;;) {
        struct received received __attribute__((cleanup(close_received))) = {.fd = -1};
        int n = receive(launch, &received);

        if (n < 0)
            return error_system(err, errno, "cannot hear the container's first process");
        if (n == 0)
            return goal == LAUNCH_EXECUTED && !fork_is_to_come(launch) ? 0 : ended_early(launch, err);
        if (received.message.kind == PLAN_MESSAGE_READY) {
            if (goal == LAUNCH_READY)
                return 0;
            continue;
        }
        if (answer(launch, &received, err) < 0)
            return -1;
    }
}

void launch_kill(struct launch *launch)
{
    if (launch->process.pid <= 0)
        return;
    /* A child that is not waited for keeps its number. */
    kill(launch->process.pid, SIGKILL);
    while (waitid(P_PID, (id_t)launch->process.pid, NULL, WEXITED) < 0 && errno == EINTR)
        continue;
    launch->process.pid = 0;
}

void launch_release(struct launch *launch)
{
    int fds[] = {launch->process.pidfd, launch->process.channel, launch->console, launch->master};

    fd_close_all(fds, sizeof fds / sizeof fds[0]);
    net_devices_release(&launch->net_devices);
    launch->process.pidfd = launch->process.channel = launch->console = launch->master = -1;
}

int launch_write_pid_file(const char *path, pid_t pid, struct caisson_error *err)
{
    char number[16], copy[PATH_MAX], *name;
    _cleanup_close_ int dir = -1;
    int length = snprintf(number, sizeof number, "%d", pid);

    if (snprintf(copy, sizeof copy, "%s", path) >= (int)sizeof copy)
        return error_system(err, ENAMETOOLONG, "cannot write the pid file '%s'", path);
    name = strrchr(copy, '/');
    if (name)
        *name++ = '\0';
    else
        name = copy;
    dir = openat(AT_FDCWD, name == copy ? "." : *copy ? copy : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return error_system(err, errno, "cannot write the pid file '%s'", path);
    return file_replace(dir, name, number, (size_t)length, 0644, err);
}
