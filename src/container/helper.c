/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/pidfd.h"

enum { CHILD_STACK = 32 * 1024, SIGNALS = 64, TAIL = 1024, LEFT_OVER_READS = 64 };

/* What the child needs; it shares the caller's memory until it executes the program. */
struct launch {
    const struct helper *helper;
    int input, output, messages;
    int errnum;
};

/* Not instrumented: its frames lie in a stack that is the caller's variable, and are left without a return. */
__attribute__((no_sanitize("address"))) static int child(void *data)
{
    struct launch *launch = data;
    const struct helper *helper = launch->helper;
    struct sigaction act = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int i = 1; i <= SIGNALS; i++)
        sigaction(i, &act, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (helper->cwd && chdir(helper->cwd) < 0 && chdir("/") < 0)
        goto failed;
    if (dup2(launch->input, 0) < 0 || dup2(launch->output, 1) < 0 || dup2(launch->messages, 2) < 0)
        goto failed;
    if (syscall(SYS_close_range, 3, ~0U, 0) < 0)
        goto failed;
    execve(helper->path, helper->args, helper->env);
failed:
    launch->errnum = errno;
    _exit(127);
}

/*
 * As vfork(2): the caller's memory is shared, not copied, and the caller waits until the program is executed. All
 * signals are blocked meanwhile, so that no handler of the caller's runs in the child.
 */
static int launch_child(struct launch *launch, int *pidfd, struct caisson_error *err)
{
    _Alignas(16) char stack[CHILD_STACK];
    sigset_t all, before;
    pid_t pid;
    int errnum;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid = clone(child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, launch, pidfd);
    errnum = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (pid < 0)
        return error_system(err, errnum, "cannot make a process for '%s'", launch->helper->path);
    if (launch->errnum == 0)
        return 0;
    waitid(P_PIDFD, (id_t)*pidfd, &(siginfo_t){0}, WEXITED);
    *pidfd = fd_close(*pidfd);
    return error_system(err, launch->errnum, "cannot execute '%s'", launch->helper->path);
}

/* The end of what was written to standard error. */
struct tail {
    char bytes[TAIL];
    size_t length;
};

static void tail_add(struct tail *tail, const char *bytes, size_t length)
{
    size_t keep;

    if (length > sizeof tail->bytes) {
        bytes += length - sizeof tail->bytes;
        length = sizeof tail->bytes;
    }
    keep = sizeof tail->bytes - length < tail->length ? sizeof tail->bytes - length : tail->length;
    memmove(tail->bytes, tail->bytes + tail->length - keep, keep);
    memcpy(tail->bytes + keep, bytes, length);
    tail->length = keep + length;
}

/* Copies the last line that has something in it. What a program wrote is not trusted with a terminal. */
static void last_line(const struct tail *tail, char *line, size_t size)
{
    const char *start, *end = tail->bytes + tail->length;
    size_t length = 0;

    while (end > tail->bytes && strchr(" \t\r\n", end[-1]))
        end--;
    for (start = end; start > tail->bytes && start[-1] != '\n';)
        start--;
    if ((size_t)(end - start) >= size)
        start = end - (size - 1);
    for (; start < end; start++)
        line[length++] = (unsigned char)*start < ' ' || *start == 0x7f ? ' ' : *start;
    line[length] = '\0';
}

/* The parent's side of the pipes. */
struct talk {
    int pidfd;
    int input;        /* writing end, nonblocking; -1: everything is written */
    int input_reader; /* our own copy of the reading end: as long as it is open, no write raises SIGPIPE */
    const char *unsent;
    size_t unsent_length;
    int messages; /* reading end, nonblocking; -1: closed by the program */
    struct tail tail;
};

static void talk_close(struct talk *talk)
{
    talk->pidfd = fd_close(talk->pidfd);
    talk->input = fd_close(talk->input);
    talk->input_reader = fd_close(talk->input_reader);
    talk->messages = fd_close(talk->messages);
}

static void feed(struct talk *talk)
{
    while (talk->unsent_length > 0) {
        ssize_t n = write(talk->input, talk->unsent, talk->unsent_length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n < 0)
            break;
        talk->unsent += n;
        talk->unsent_length -= (size_t)n;
    }
    talk->input = fd_close(talk->input);
    talk->input_reader = fd_close(talk->input_reader);
}

/* @return whether there may be more. */
static bool listen(struct talk *talk)
{
    char bytes[TAIL];
    ssize_t n = read(talk->messages, bytes, sizeof bytes);

    if (n > 0) {
        tail_add(&talk->tail, bytes, (size_t)n);
        return true;
    }
    if (n == 0)
        talk->messages = fd_close(talk->messages);
    return n < 0 && errno == EINTR;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* @return milliseconds for poll(2) until `deadline`, -1 when there is none. */
static int remaining(int64_t deadline)
{
    int64_t left;

    if (deadline == INT64_MAX)
        return -1;
    left = deadline - now_ms();
    if (left < 0)
        return 0;
    return left > INT_MAX ? INT_MAX : (int)left;
}

/* @return whether the program has ended before the deadline. */
static bool converse(struct talk *talk, int64_t timeout_s)
{
    int64_t deadline = INT64_MAX;

    if (timeout_s > 0 && timeout_s < INT64_MAX / 2000)
        deadline = now_ms() + timeout_s * 1000;
    for (;;) {
        struct pollfd fds[] = {
            {.fd = talk->pidfd, .events = POLLIN},
            {.fd = talk->messages, .events = POLLIN},
            {.fd = talk->input, .events = POLLOUT},
        };
        int left = remaining(deadline);

        if (poll(fds, sizeof fds / sizeof *fds, left) < 0)
            continue; /* interrupted */
        if (fds[1].revents)
            listen(talk);
        if (fds[2].revents)
            feed(talk);
        if (fds[0].revents)
            return true;
        if (left == 0)
            return false;
    }
}

/* What stands in the pipe belongs to the program; what its children write from now on does not. */
static void read_left_over(struct talk *talk)
{
    for (int i = 0; i < LEFT_OVER_READS && talk->messages >= 0 && listen(talk);)
        i++;
}

/* A descriptor below 3 (the caller has none of its own there) would be overwritten on the way into the child. */
static int above_standard(int fd)
{
    int high;

    if (fd < 0 || fd > 2)
        return fd;
    high = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    fd_close(fd);
    return high;
}

static int make_pipe(int *reader, int *writer)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    *reader = above_standard(ends[0]);
    *writer = above_standard(ends[1]);
    return *reader < 0 || *writer < 0 ? -1 : 0;
}

static int start(struct talk *talk, const struct helper *helper, struct caisson_error *err)
{
    _cleanup_close_ int null = above_standard(openat(AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC));
    _cleanup_close_ int messages = -1;
    struct launch launch = {.helper = helper};

    if (null < 0)
        return error_system(err, errno, "cannot open '/dev/null'");
    if (make_pipe(&talk->messages, &messages) < 0 || fcntl(talk->messages, F_SETFL, O_NONBLOCK) < 0)
        return error_system(err, errno, "cannot make a pipe for '%s'", helper->path);
    launch.input = null;
    if (helper->input) {
        if (make_pipe(&talk->input_reader, &talk->input) < 0 || fcntl(talk->input, F_SETFL, O_NONBLOCK) < 0)
            return error_system(err, errno, "cannot make a pipe for '%s'", helper->path);
        launch.input = talk->input_reader;
    }
    launch.output = helper->output > 0 ? helper->output : null;
    launch.messages = helper->errors > 0 ? helper->errors : messages;
    return launch_child(&launch, &talk->pidfd, err);
}

int helper_run(const struct helper *helper, struct helper_end *end, struct caisson_error *err)
{
    struct talk talk __attribute__((cleanup(talk_close))) = {
        .pidfd = -1, .input = -1, .input_reader = -1, .messages = -1, .unsent = helper->input};
    siginfo_t info = {0};

    memset(end, 0, sizeof *end);
    talk.unsent_length = helper->input ? strlen(helper->input) : 0;
    if (start(&talk, helper, err) < 0)
        return -1;
    if (talk.input >= 0)
        feed(&talk);
    end->timed_out = !converse(&talk, helper->timeout_s);
    if (end->timed_out)
        sys_pidfd_send_signal(talk.pidfd, SIGKILL);
    while (waitid(P_PIDFD, (id_t)talk.pidfd, &info, WEXITED) < 0)
        if (errno != EINTR)
            return error_system(err, errno, "cannot wait for '%s'", helper->path);
    read_left_over(&talk);
    last_line(&talk.tail, end->last_line, sizeof end->last_line);
    if (info.si_code == CLD_EXITED)
        end->status = info.si_status;
    else
        end->signal = info.si_status;
    return 0;
}

void helper_describe(const struct helper *helper, const struct helper_end *end, char *text, size_t size)
{
    const char *before = *end->last_line ? ": " : "";

    if (end->timed_out)
        snprintf(text, size, "did not end within %lld s and was killed%s%s", (long long)helper->timeout_s,
                 before, end->last_line);
    else if (end->signal)
        snprintf(text, size, "was ended by signal %d (%s)%s%s", end->signal, strsignal(end->signal), before,
                 end->last_line);
    else
        snprintf(text, size, "ended with status %d%s%s", end->status, before, end->last_line);
}
