/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hooks that run in the container: createContainer and startContainer. */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/clone.h"
#include "sys/memfd.h"
#include "sys/pidfd.h"

enum { ERRORS_SIZE = 65536 };

static size_t format_decimal(char *end, unsigned long value)
{
    char *p = end;

    do
        *--p = (char)('0' + value % 10);
    while (value /= 10);
    return (size_t)(end - p);
}

/* The state as a file to read from: a pipe would block on a hook that does not read it. */
static int open_state(struct init *init, const struct plan_hook *step)
{
    const char *head = init_text(init, step->state_head), *tail = init_text(init, step->state_tail);
    char digits[24];
    size_t n = format_decimal(digits + sizeof digits, (unsigned long)getpid());
    int fd = sys_memfd("state", 0);

    if (fd < 0)
        return -1;
    if (fd_write_all(fd, head, strlen(head)) < 0 || fd_write_all(fd, digits + sizeof digits - n, n) < 0 ||
        fd_write_all(fd, tail, strlen(tail)) < 0 || lseek(fd, 0, SEEK_SET) < 0)
        return fd_close(fd);
    return fd;
}

/*
 * Where a hook's standard error goes unless a file was named: a pipe would have to be emptied while it runs. It
 * cannot grow, and what does not fit is not written.
 */
static int open_errors(void)
{
    int fd = sys_memfd("errors", 0);

    if (fd >= 0 && (ftruncate(fd, ERRORS_SIZE) < 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SEAL) < 0))
        return fd_close(fd);
    return fd;
}

/* Makes the last line that has something in it the detail of the report; without one that is left as it is. */
static void report_last_line(struct init *init, int errors)
{
    char text[PLAN_DETAIL_SIZE];
    off_t end = lseek(errors, 0, SEEK_CUR); /* the hook has moved it: it is the same open file */
    off_t from = end > (off_t)sizeof text - 1 ? end - ((off_t)sizeof text - 1) : 0;
    ssize_t n = end > 0 ? pread(errors, text, (size_t)(end - from), from) : 0;
    char *line;

    while (n > 0 && (unsigned char)text[n - 1] <= ' ')
        n--;
    if (n <= 0)
        return;
    text[n] = '\0';
    line = strrchr(text, '\n');
    line = line ? line + 1 : text;
    for (char *p = line; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = ' ';
    init_doing(init, init->action, line);
}

static _Noreturn void run_child(struct init *init, const struct plan_hook *step, char **args, char **env,
                                int state, int errors)
{
    const char *path = init_text(init, step->path);

    umask(init->umask);
    if (dup2(state, STDIN_FILENO) < 0 || (step->output >= 0 && dup2(step->output, STDOUT_FILENO) < 0) ||
        dup2(errors, STDERR_FILENO) < 0)
        _exit(127);
    syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
    execve(path, args, env);
    _exit(errno == ENOENT ? 127 : 126);
}

/* @return 0, or -1 with errno ETIMEDOUT when the hook was killed for taking too long. */
static int wait_child(pid_t pid, uint32_t timeout_ms, int *status)
{
    _cleanup_close_ int pidfd = sys_pidfd_open(pid);
    struct pollfd poll_fd = {.fd = pidfd, .events = POLLIN};
    bool late = false;

    if (timeout_ms && pidfd >= 0) {
        int n;

        do
            n = poll(&poll_fd, 1, (int)timeout_ms);
        while (n < 0 && errno == EINTR);
        late = n == 0;
        if (late)
            sys_pidfd_send_signal(pidfd, SIGKILL);
    }
    while (waitpid(pid, status, 0) < 0)
        if (errno != EINTR)
            return -1;
    if (late) {
        errno = ETIMEDOUT;
        return -1;
    }
    return 0;
}

int init_HOOK(struct init *init, const struct plan_hook *step)
{
    static char *no_env[] = {NULL};
    const char *path = init_text(init, step->path);
    char *only_path[] = {(char *)(uintptr_t)path, NULL};
    char **args = init_vector(init, step->args), **env = init_vector(init, step->env);
    _cleanup_close_ int state = open_state(init, step);
    _cleanup_close_ int errors = step->errors >= 0 ? step->errors : open_errors();
    /* fork(2) without the locks and handlers that a C library keeps for threads. */
    struct clone_args clone = {.exit_signal = SIGCHLD};
    int status = 0;
    pid_t pid;

    init_doing(init, PLAN_ACTION_HOOK_SPAWN, path);
    if (state < 0 || errors < 0)
        return -1;
    pid = sys_clone3(&clone);
    if (pid < 0)
        return -1;
    if (pid == 0)
        run_child(init, step, args ? args : only_path, env ? env : no_env, state, errors);
    init_doing(init, PLAN_ACTION_HOOK_TIMEOUT, path);
    if (wait_child(pid, step->timeout_ms, &status) < 0) {
        int saved = errno;

        if (step->errors < 0)
            report_last_line(init, errors);
        errno = saved;
        return -1;
    }
    if (status == 0)
        return 0;
    init_doing(init, PLAN_ACTION_HOOK_STATUS, path);
    if (step->errors < 0)
        report_last_line(init, errors);
    if (step->flags & PLAN_HOOK_ONLY_WARN)
        return channel_send(init, PLAN_MESSAGE_WARNING, 0, status, -1);
    channel_send(init, PLAN_MESSAGE_FAILED, 0, status, -1);
    _exit(1);
}
