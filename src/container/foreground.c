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

struct foreground {
    pid_t pid;
    int signals; /* signalfd */
    int master;
    bool ended; /* and reaped, with this status */
    int status;
    bool cut_short; /* a signal came that would have ended the process, which has ended */
    struct console console;
    struct relay relay;
};

/* All but those that tell of a fault of our own. SIGCHLD is among them, and not passed on. */
static void waited_signals(sigset_t *set)
{
    static const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT};

    sigfillset(set);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        sigdelset(set, own[i]);
}

int terminal_block_signals(struct caisson_error *err)
{
    sigset_t set;
    int errnum;

    waited_signals(&set);
    errnum = pthread_sigmask(SIG_BLOCK, &set, NULL);
    return errnum ? error_system(err, errnum, "cannot block signals") : 0;
}

static bool asks_to_end(int signal)
{
    return signal == SIGTERM || signal == SIGINT || signal == SIGHUP || signal == SIGQUIT;
}

/* A child that was told of may be another one. @return 0, or -1 with `err`. */
static int reap(struct foreground *fg, struct caisson_error *err)
{
    siginfo_t info = {0};

    while (waitid(P_PID, (id_t)fg->pid, &info, WEXITED | WNOHANG) < 0)
        if (errno != EINTR)
            return error_system(err, errno, "cannot learn how the process ended");
    if (info.si_pid == 0)
        return 0;
    fg->ended = true;
    fg->status = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
    if (fg->master >= 0)
        relay_end_input(&fg->relay);
    return 0;
}

static int handle_signal(struct foreground *fg, int signal, struct caisson_error *err)
{
    if (signal == SIGCHLD)
        return fg->ended ? 0 : reap(fg, err);
    if (signal == SIGPIPE) /* our own output broke; a write says so, too */
        return 0;
    if (signal == SIGWINCH && fg->master >= 0) {
        console_copy_size(fg->master);
        return 0;
    }
    if (signal == SIGCONT && fg->master >= 0) {
        console_raw(&fg->console);
        console_copy_size(fg->master);
        relay_resume_input(&fg->relay);
    }
    if (fg->ended)
        fg->cut_short |= asks_to_end(signal);
    else
        kill(fg->pid, signal); /* it keeps its number until it is reaped; it may not be signalled */
    return 0;
}

static int read_signals(struct foreground *fg, struct caisson_error *err)
{
    struct signalfd_siginfo infos[8];
    ssize_t n = read(fg->signals, infos, sizeof infos);

    for (ssize_t i = 0; i < n / (ssize_t)sizeof *infos; i++)
        if (handle_signal(fg, (int)infos[i].ssi_signo, err) < 0)
            return -1;
    return 0;
}

/*
 * When the leader of a session ends, the kernel hangs its terminal up before it tells us of the end, and a read
 * of the master returns what was written before it fails with EIO. Where another process keeps the terminal open
 * without a hangup, a read fails with EAGAIN once everything that the ended process wrote has come: no timer.
 */
static int wait_for_end(struct foreground *fg, struct caisson_error *err)
{
    while (!fg->cut_short && (!fg->ended || relay_pending(&fg->relay))) {
        struct pollfd fds[1 + RELAY_POLLFDS] = {{.fd = fg->signals, .events = POLLIN}};
        bool at_once = relay_prepare(&fg->relay, fds + 1);

        if (poll(fds, sizeof fds / sizeof *fds, at_once ? 0 : -1) < 0) {
            if (errno == EINTR)
                continue;
            return error_system(err, errno, "cannot wait for the process");
        }
        if (fds[0].revents && read_signals(fg, err) < 0)
            return -1;
        relay_move(&fg->relay, fds + 1);
    }
    return 0;
}

/* Without a terminal there is nothing to copy: signals are all that is waited for. */
static int wait_for_signals(struct foreground *fg, const sigset_t *set, struct caisson_error *err)
{
    while (!fg->ended) {
        int signal = sigwaitinfo(set, NULL);

        if (signal < 0 && errno != EINTR)
            return error_system(err, errno, "cannot wait for signals");
        if (signal > 0 && handle_signal(fg, signal, err) < 0)
            return -1;
    }
    return 0;
}

static int run(struct foreground *fg, struct caisson_error *err)
{
    if (relay_open(&fg->relay, fg->master, err) < 0)
        return -1;
    console_copy_size(fg->master);
    if (console_is_ours())
        relay_take_lines(&fg->relay);
    console_raw(&fg->console);
    return wait_for_end(fg, err);
}

static int wait_with_terminal(struct foreground *fg, const sigset_t *set, struct caisson_error *err)
{
    _cleanup_close_ int signals = signalfd(-1, set, SFD_NONBLOCK | SFD_CLOEXEC);
    int result;

    if (signals < 0)
        return error_system(err, errno, "cannot wait for signals");
    fg->signals = signals;
    result = run(fg, err);
    relay_close(&fg->relay);
    console_restore(&fg->console);
    return result;
}

/* The end of the process is told by SIGCHLD, which is blocked since before it existed: see terminal_block_signals(). */
int terminal_foreground(pid_t pid, int master, int *status, struct caisson_error *err)
{
    struct foreground fg = {.pid = pid, .master = master};
    sigset_t set;

    waited_signals(&set);
    if ((master < 0 ? wait_for_signals(&fg, &set, err) : wait_with_terminal(&fg, &set, err)) < 0)
        return error_prefix(err, "process %d is not waited for", (int)pid);
    *status = fg.status;
    return 0;
}
