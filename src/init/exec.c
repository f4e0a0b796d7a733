/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of the way: the program is found, start is waited for, the program is executed. */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/weaken.h"

/* @return whether `path` is a file that this process may execute; errno says why not. */
static bool is_program(const char *path)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return false;
    if (!S_ISREG(st.st_mode)) {
        errno = S_ISDIR(st.st_mode) ? EISDIR : EACCES;
        return false;
    }
    /* Not the C library's: that brings a way for kernels before 5.8 along, a process of its own. */
    return syscall(SYS_faccessat2, AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
}

/* Joins one directory of PATH and the name; an empty one is the working directory. */
static bool join(char *out, size_t size, const char *dir, size_t length, const char *name)
{
    size_t n = strlen(name);

    if (length == 0) {
        dir = ".";
        length = 1;
    }
    if (length + 1 + n >= size)
        return false;
    memcpy(out, dir, length);
    out[length] = '/';
    memcpy(out + length + 1, name, n + 1);
    return true;
}

static int search_path(struct init *init, const char *name, const char *search)
{
    /* Not on the stack: what a process that waits for `start` has touched there, it keeps. */
    static char path[PATH_MAX];
    int best = ENOENT;

    for (const char *dir = search;; dir++) {
        size_t length = strcspn(dir, ":");

        if (join(path, sizeof path, dir, length, name)) {
            if (is_program(path)) {
                init->program = path;
                return 0;
            }
            /* As execvp(3): a file that may not be executed is remembered, and the search goes on. */
            if (errno == EACCES)
                best = EACCES;
        }
        dir += length;
        if (!*dir)
            break;
    }
    errno = best;
    return -1;
}

int init_LOOKUP(struct init *init, const struct plan_lookup *step)
{
    const char *name = init_text(init, step->name);

    init_doing(init, PLAN_ACTION_EXECVE, name);
    if (!strchr(name, '/'))
        return search_path(init, name, init_text(init, step->search));
    init->program = name;
    return is_program(name) ? 0 : -1;
}

int init_SYNC(struct init *init, const struct plan_sync *step)
{
    (void)step;
    if (channel_send(init, PLAN_MESSAGE_SYNC, 0, 0, -1) < 0)
        return -1;
    return channel_wait(init);
}

/* A peer that connects and goes away without a byte did not mean it: wait for the next. */
static int wait_on_socket(struct init *init, int listener)
{
    fd_close(init->channel);
    for (;;) {
        init->channel = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (init->channel < 0) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            return -1;
        }
        if (channel_wait(init) == 0)
            return 0;
        fd_close(init->channel);
    }
}

/* Closed before the word is given: from then on anybody may look at what the process holds. */
int init_READY(struct init *init, const struct plan_ready *step)
{
    (void)step;
    init_doing(init, PLAN_ACTION_CLOSE_RANGE, NULL);
    if (close_unneeded(init, init->step) < 0)
        return -1;
    init_doing(init, PLAN_ACTION_STEP, NULL);
    return channel_send(init, PLAN_MESSAGE_READY, 0, 0, -1);
}

static void write_decimal(char *text, pid_t pid)
{
    char digits[12];
    size_t n = 0;

    do
        digits[n++] = (char)('0' + pid % 10);
    while (pid /= 10);
    while (n > 0)
        *text++ = digits[--n];
    *text = '\0';
}

/* Here, for the filter may forbid getpid(2). */
static void write_listen_pid(const struct init *init)
{
    const struct plan_step *step = plan_first(init->plan);

    for (uint32_t i = 0; i < init->plan->step_count; i++, step = plan_next(step)) {
        const struct plan_exec *exec = PLAN_BODY(plan_exec, step);

        if (step->op == PLAN_OP_EXEC && exec->listen_pid)
            write_decimal(strchr((char *)(uintptr_t)init_text(init, exec->listen_pid), '=') + 1, getpid());
    }
}

int init_START(struct init *init, const struct plan_start *step)
{
    if (step->how == PLAN_START_SOCKET && wait_on_socket(init, step->socket) < 0)
        return -1;
    if (step->how == PLAN_START_CHANNEL && channel_wait(init) < 0)
        return -1;
    write_listen_pid(init);
    umask(init->umask);
    init_doing(init, PLAN_ACTION_CLOSE_RANGE, NULL);
    /* The program's path must not lead through it. */
    if (!weakened("close") && !procfs_needed(init, init->step))
        init->proc = fd_close(init->proc);
    return (int)syscall(SYS_close_range, 3 + step->keep_fds, ~0U, CLOSE_RANGE_CLOEXEC);
}

int init_EXEC(struct init *init, const struct plan_exec *step)
{
    char **args = init_vector(init, step->args), **env = init_vector(init, step->env);

    init_doing(init, PLAN_ACTION_EXECVE, init->program);
    return execve(init->program, args, env);
}
