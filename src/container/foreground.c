/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting for a process as if the caller had started it itself. */
#include "container/terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "container/console.h"
#include "container/relay.h"
#include "sys/pidfd.h"

struct foreground {
    int pidfd;
    int signals; /* signalfd */
    int master;
    bool ended;
    bool cut_short; /* a signal came that would have ended the process, which has ended */
    struct console console;
    struct relay relay;
};

/* All but those that tell of a fault of our own, and SIGCHLD, which is about processes and not for them. */
static void forwarded_signals(sigset_t *set)
{
    static const int own[] = {SIGCHLD, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT};

    sigfillset(set);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        sigdelset(set, own[i]);
}

int terminal_block_signals(struct caisson_error *err)
{
    sigset_t set;
    int errnum;

    forwarded_signals(&set);
    errnum = pthread_sigmask(SIG_BLOCK, &set, NULL);
    return errnum ? error_system(err, errnum, "cannot block signals") : 0;
}

static bool asks_to_end(int signal)
{
    return signal == SIGTERM || signal == SIGINT || signal == SIGHUP || signal == SIGQUIT;
}

static void handle_signal(struct foreground *fg, int signal)
{
    if (signal == SIGPIPE) /* our own output broke; a write says so, too */
        return;
    if (signal == SIGWINCH && fg->master >= 0) {
        console_copy_size(fg->master);
        return;
    }
    if (signal == SIGCONT && fg->master >= 0) {
        console_raw(&fg->console);
        console_copy_size(fg->master);
        relay_resume_input(&fg->relay);
    }
    if (fg->ended)
        fg->cut_short |= asks_to_end(signal);
    else
        sys_pidfd_send_signal(fg->pidfd,
                              signal); /* fails when it has ended just now, or may not be signalled */
}

static void read_signals(struct foreground *fg)
{
    struct signalfd_siginfo infos[8];
    ssize_t n = read(fg->signals, infos, sizeof infos);

    for (ssize_t i = 0; i < n / (ssize_t)sizeof *infos; i++)
        handle_signal(fg, (int)infos[i].ssi_signo);
}

/*
 * When the leader of a session ends, the kernel hangs its terminal up before it tells us of the end, and a read
 * of the master returns what was written before it fails with EIO. Where another process keeps the terminal open
 * without a hangup, a read fails with EAGAIN once everything that the ended process wrote has come: no timer.
 */
static int wait_for_end(struct foreground *fg, struct caisson_error *err)
{
    while (!fg->cut_short && (!fg->ended || relay_pending(&fg->relay))) {
        struct pollfd fds[2 + RELAY_POLLFDS] = {
            {.fd = fg->ended ? -1 : fg->pidfd, .events = POLLIN},
            {.fd = fg->signals, .events = POLLIN},
        };
        bool at_once = relay_prepare(&fg->relay, fds + 2);

        if (poll(fds, sizeof fds / sizeof *fds, at_once ? 0 : -1) < 0) {
            if (errno == EINTR)
                continue;
            return error_system(err, errno, "cannot wait for the process");
        }
        if (fds[1].revents)
            read_signals(fg);
        if (fds[0].revents) {
            fg->ended = true;
            relay_end_input(&fg->relay);
        }
        relay_move(&fg->relay, fds + 2);
    }
    return 0;
}

static int reap(int pidfd, int *status, struct caisson_error *err)
{
    siginfo_t info = {0};

    while (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) < 0)
        if (errno != EINTR)
            return error_system(err, errno, "cannot learn how the process ended");
    *status = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
    return 0;
}

static int run(struct foreground *fg, struct caisson_error *err)
{
    if (relay_open(&fg->relay, fg->master, err) < 0)
        return -1;
    if (fg->master >= 0) {
        console_copy_size(fg->master);
        if (console_is_ours())
            relay_take_lines(&fg->relay);
        console_raw(&fg->console);
    }
    return wait_for_end(fg, err);
}

int terminal_foreground(pid_t pid, int pidfd, int master, int *status, struct caisson_error *err)
{
    _cleanup_close_ int signals = -1;
    struct foreground fg = {.pidfd = pidfd, .master = master};
    sigset_t set;
    int result;

    forwarded_signals(&set);
    signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (signals < 0)
        return error_system(err, errno, "cannot wait for signals");
    fg.signals = signals;
    result = run(&fg, err);
    relay_close(&fg.relay);
    console_restore(&fg.console);
    if (result < 0)
        return error_prefix(err, "process %d is not waited for", (int)pid);
    return reap(pidfd, status, err);
}
