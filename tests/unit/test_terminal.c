/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sending a terminal away, and the foreground: real terminals, processes and signals. */
#include "scratch.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>

#include "base/fd.h"
#include "container/terminal.h"
#include "sys/pidfd.h"

static struct caisson_error err;

/* ---- sockets ---- */

static int listen_at(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(chdir(scratch), 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", name);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(chdir("/"), 0);
    return fd;
}

/* Receives one message. @return the descriptor in it. */
static int receive(int fd, char *text, size_t size)
{
    char space[CMSG_SPACE(sizeof(int) * 4)];
    struct iovec part = {.iov_base = text, .iov_len = size - 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    ssize_t n = recvmsg(fd, &message, 0);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    int got;

    assert_true(n > 0);
    text[n] = '\0';
    assert_non_null(header);
    assert_int_equal(header->cmsg_len, CMSG_LEN(sizeof got));
    memcpy(&got, CMSG_DATA(header), sizeof got);
    return got;
}

static void do_nothing(int signal)
{
    (void)signal;
}

/* Longer than a path, and than what the socket takes at once: a signal cuts the call that waits for its reader short. */
static void sends_long_name(int sender, int receiver, int fd)
{
    enum { LENGTH = 1000000 };
    char *name = malloc(LENGTH + 1), *text = malloc(LENGTH + 1);
    const struct sigaction ignore = {.sa_handler = do_nothing};
    const struct itimerval often = {.it_interval = {.tv_usec = 1000}, .it_value = {.tv_usec = 1000}};
    size_t got = 0;
    pid_t pid;

    for (size_t i = 0; i < LENGTH; i++)
        name[i] = (char)('a' + i % 23);
    name[LENGTH] = '\0';
    pid = fork();
    if (pid == 0) {
        sigaction(SIGALRM, &ignore, NULL);
        setitimer(ITIMER_REAL, &often, NULL);
        _exit(terminal_send(sender, fd, name, &err) < 0);
    }
    close(receive(receiver, text, 2));
    for (got = 1; got < LENGTH;) {
        ssize_t n = read(receiver, text + got, LENGTH - got < 5000 ? LENGTH - got : 5000);

        assert_true(n > 0);
        got += (size_t)n;
        usleep(100);
    }
    text[got] = '\0';
    assert_string_equal(text, name);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    free(name);
    free(text);
}

static void test_descriptor_is_sent(void **data)
{
    int listener = listen_at("s"), sender, receiver, got, ends[2];
    char text[64];

    (void)data;
    assert_int_equal(pipe(ends), 0);
    sender = terminal_connect(scratch_path("s"), &err);
    assert_true(sender >= 0);
    receiver = accept(listener, NULL, NULL);
    assert_int_equal(terminal_send(sender, ends[1], "/dev/ptmx", &err), 0);
    got = receive(receiver, text, sizeof text);
    assert_string_equal(text, "/dev/ptmx");
    assert_int_equal(write(got, "x", 1), 1);
    assert_int_equal(read(ends[0], text, 1), 1);
    close(got);
    assert_int_equal(terminal_send(sender, ends[1], "", &err), 0);
    close(receive(receiver, text, sizeof text));
    sends_long_name(sender, receiver, ends[1]);
    close(receiver);
    assert_int_equal(terminal_send(sender, ends[1], "name", &err), -1); /* and no SIGPIPE */
    assert_int_equal(err.errnum, EPIPE);
    close(ends[0]);
    close(ends[1]);
    close(sender);
    close(listener);
}

static void test_long_socket_path(void **data)
{
    char name[NAME_MAX + 1] = "";
    int listener = listen_at("s"), fd;

    (void)data;
    memset(name, 'd', NAME_MAX);
    assert_int_equal(rename(scratch_path("s"), scratch_path(name)), 0);
    fd = terminal_connect(scratch_path(name), &err);
    assert_true(fd >= 0);
    close(fd);
    close(listener);
}

static void test_nobody_listens(void **data)
{
    (void)data;
    close(listen_at("s"));
    assert_int_equal(terminal_connect(scratch_path("s"), &err), -1);
    assert_int_equal(err.errnum, ECONNREFUSED);
    assert_true(*err.hint);
    assert_int_equal(terminal_connect(scratch_path("none"), &err), -1);
    assert_int_equal(err.errnum, ENOENT);
}

/* ---- the foreground: a process (the runtime's stand-in) that waits for a child of its own (the container's) ---- */

/* How the stand-in is set up, and what the container's process does. */
struct stage {
    int in, out;     /* the stand-in's standard input and output; -1: /dev/null */
    int outer;       /* the slave of a terminal that is its controlling one; -1: none */
    bool terminal;   /* the container's process gets a terminal of its own */
    bool no_session; /* it does not become that terminal's session leader */
    int (*body)(const char *slave);
};

static int ready[2] = {-1, -1}; /* the container's process says that it is set up */

static void say_ready(void)
{
    if (write(ready[1], "r", 1) != 1)
        _exit(90);
}

static void wait_ready(void)
{
    char byte;

    assert_int_equal(read(ready[0], &byte, 1), 1);
}

static void enter_slave(const char *slave, bool session)
{
    int fd;

    if (session)
        setsid();
    fd = open(slave, O_RDWR | O_NOCTTY);
    if (fd < 0 || (session && ioctl(fd, TIOCSCTTY, 0) < 0))
        _exit(91);
    for (int i = 0; i < 3; i++)
        dup2(fd, i);
    if (fd > 2)
        close(fd);
}

/* The container's process, started the way the runtime starts one. */
static pid_t perform(const struct stage *stage, int master, const char *slave, const sigset_t *mask)
{
    pid_t pid = scratch_fork();

    if (pid != 0)
        return pid;
    sigprocmask(SIG_SETMASK, mask, NULL);
    if (master >= 0) {
        close(master);
        enter_slave(slave, !stage->no_session);
    }
    _exit(stage->body(slave));
}

static _Noreturn void stand_in(const struct stage *stage)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), master = -1, status = 95;
    char slave[64] = "";
    sigset_t mask;
    pid_t pid;

    if (stage->outer >= 0) {
        setsid();
        ioctl(stage->outer, TIOCSCTTY, 0);
        tcsetpgrp(stage->outer, getpid());
    }
    dup2(stage->in >= 0 ? stage->in : null, 0);
    dup2(stage->out >= 0 ? stage->out : null, 1);
    for (int fd = 3; fd < 64; fd++)
        if (fd != ready[1])
            close(fd);
    if (stage->terminal) {
        master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        grantpt(master);
        unlockpt(master);
        ptsname_r(master, slave, sizeof slave);
    }
    sigprocmask(SIG_SETMASK, NULL, &mask);
    if (terminal_block_signals(&err) < 0)
        _exit(92);
    pid = perform(stage, master, slave, &mask);
    if (terminal_foreground(pid, master, &status, &err) < 0)
        _exit(93);
    if (waitpid(pid, NULL, WNOHANG) != -1) /* it must be reaped */
        _exit(94);
    _exit(status);
}

static pid_t start(const struct stage *stage)
{
    pid_t pid;

    if (ready[0] < 0)
        assert_int_equal(pipe(ready), 0);
    pid = scratch_fork();
    if (pid == 0)
        stand_in(stage);
    return pid;
}

static int exit_42(const char *slave)
{
    (void)slave;
    return 42;
}

static int die(const char *slave)
{
    (void)slave;
    kill(getpid(), SIGKILL);
    return 0;
}

static void test_status(void **data)
{
    struct stage stage = {.in = -1, .out = -1, .outer = -1, .body = exit_42};

    (void)data;
    assert_int_equal(scratch_wait(start(&stage)), 42);
    stage.terminal = true;
    assert_int_equal(scratch_wait(start(&stage)), 42);
    stage.body = die;
    assert_int_equal(scratch_wait(start(&stage)), 128 + SIGKILL);
    stage.terminal = false;
    assert_int_equal(scratch_wait(start(&stage)), 128 + SIGKILL);
}

static void remember(int signal)
{
    _exit(signal);
}

/* Ends with the first signal's number as status. */
static int name_signal(const char *slave)
{
    struct sigaction act = {.sa_handler = remember};

    (void)slave;
    sigfillset(&act.sa_mask);
    for (int i = 1; i <= SIGRTMAX; i++)
        if (i != SIGCHLD && i != SIGALRM)
            sigaction(i, &act, NULL);
    say_ready();
    for (;;)
        pause();
    return 0;
}

static void test_signals_are_forwarded(void **data)
{
    const int signals[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGUSR1,  SIGUSR2,     SIGTSTP,
                           SIGTTIN, SIGTTOU, SIGCONT, SIGPROF, SIGWINCH, SIGRTMIN + 1};
    struct stage stage = {.in = -1, .out = -1, .outer = -1, .body = name_signal};

    (void)data;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        pid_t pid = start(&stage);

        wait_ready();
        kill(pid, signals[i]);
        assert_int_equal(scratch_wait(pid), signals[i]);
    }
}

/* A signal that comes before the foreground waits is not lost: the mask was set before the process existed. */
static void test_sigpipe_and_sigchld_stay(void **data)
{
    struct stage stage = {.in = -1, .out = -1, .outer = -1, .body = name_signal};
    pid_t pid = start(&stage);

    (void)data;
    wait_ready();
    kill(pid, SIGPIPE);
    kill(pid, SIGCHLD);
    kill(pid, SIGUSR2);
    assert_int_equal(scratch_wait(pid), SIGUSR2);
}

/* ---- output ---- */

enum { MUCH = 3 * 1000 * 1000 };

static int write_much(const char *slave)
{
    char line[100];

    (void)slave;
    memset(line, '.', sizeof line);
    for (int i = 0; i < MUCH / (int)sizeof line; i++) {
        snprintf(line, sizeof line, "%098d", i);
        line[98] = '\r';
        line[99] = '\n';
        if (fd_write_all(1, line, sizeof line) < 0)
            return 1;
    }
    return 7;
}

static int raw_then_much(const char *slave)
{
    struct termios mode;

    tcgetattr(1, &mode);
    cfmakeraw(&mode);
    tcsetattr(1, TCSANOW, &mode);
    return write_much(slave);
}

static void read_much(int fd)
{
    char line[100], expected[100];

    for (int i = 0; i < MUCH / (int)sizeof line; i++) {
        assert_int_equal(fd_read_all(fd, line, sizeof line), sizeof line);
        snprintf(expected, sizeof expected, "%098d", i);
        assert_memory_equal(line, expected, 98);
    }
    assert_int_equal(read(fd, line, 1), 0);
}

static void test_no_byte_is_lost(void **data)
{
    struct stage stage = {.in = -1, .outer = -1, .terminal = true, .body = raw_then_much};
    int ends[2];
    pid_t pid;

    (void)data;
    assert_int_equal(pipe(ends), 0);
    stage.out = ends[1];
    pid = start(&stage);
    close(ends[1]);
    read_much(ends[0]);
    close(ends[0]);
    assert_int_equal(scratch_wait(pid), 7);

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    stage.out = ends[1];
    pid = start(&stage);
    close(ends[1]);
    read_much(ends[0]);
    close(ends[0]);
    assert_int_equal(scratch_wait(pid), 7);
}

static int last_words(const char *slave)
{
    (void)slave;
    return write(1, "the last words", 14) == 14 ? 0 : 1;
}

/* Short-lived processes: their output is in the terminal when they are gone. */
static void test_last_words(void **data)
{
    struct stage stage = {.in = -1, .outer = -1, .terminal = true, .body = last_words};

    (void)data;
    for (int i = 0; i < 200; i++) {
        char text[64] = "";
        int ends[2];
        pid_t pid;

        assert_int_equal(pipe(ends), 0);
        stage.out = ends[1];
        stage.no_session = i & 1;
        pid = start(&stage);
        close(ends[1]);
        assert_int_equal(fd_read_all(ends[0], text, sizeof text - 1), 14);
        assert_string_equal(text, "the last words");
        close(ends[0]);
        assert_int_equal(scratch_wait(pid), 0);
    }
}

static void test_reader_that_left(void **data)
{
    struct stage stage = {.in = -1, .outer = -1, .terminal = true, .body = write_much};
    int ends[2];
    pid_t pid;

    (void)data;
    assert_int_equal(pipe(ends), 0);
    stage.out = ends[1];
    close(ends[0]);
    pid = start(&stage);
    close(ends[1]);
    assert_int_equal(scratch_wait(pid), 7);
}

/* A process that outlives the container's, and keeps its terminal open. */
static int leave_one_behind(const char *slave)
{
    pid_t pid;

    (void)slave;
    signal(SIGHUP, SIG_IGN);
    pid = fork();
    if (pid == 0) {
        int fifo = open(scratch_path("fifo"), O_RDONLY); /* whose other end the test holds */
        char byte;

        say_ready();
        _exit(read(fifo, &byte, 1) < 0);
    }
    say_ready();
    return write(1, "done", 4) == 4 ? 5 : 1;
}

static void test_terminal_stays_open(void **data)
{
    (void)data;
    for (int session = 0; session < 2; session++) {
        struct stage stage = {
            .in = -1, .outer = -1, .terminal = true, .no_session = !session, .body = leave_one_behind};
        char text[16] = "";
        int ends[2], fifo;
        pid_t pid;

        unlink(scratch_path("fifo"));
        assert_int_equal(mkfifo(scratch_path("fifo"), 0600), 0);
        fifo = open(scratch_path("fifo"), O_RDWR | O_CLOEXEC);
        assert_int_equal(pipe(ends), 0);
        stage.out = ends[1];
        pid = start(&stage);
        close(ends[1]);
        /* both have what they need before we wait: the one that stays is still there */
        wait_ready();
        wait_ready();
        assert_int_equal(scratch_wait(pid), 5);
        assert_int_equal(fd_read_all(ends[0], text, 4), 4);
        assert_string_equal(text, "done");
        close(ends[0]);
        close(fifo);
    }
}

/* Closes its terminal and opens it again, as an init system does with its console. */
static int reopen(const char *slave)
{
    for (int i = 0; i < 100; i++) {
        int fd;

        close(0);
        close(1);
        close(2);
        fd = open(slave, O_RDWR | O_NOCTTY);
        if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0 || write(1, "again;", 6) != 6)
            return 1;
    }
    return 0;
}

static void test_terminal_is_opened_again(void **data)
{
    struct stage stage = {.in = -1, .outer = -1, .terminal = true, .body = reopen};
    char text[1024] = "";
    int ends[2];
    pid_t pid;

    (void)data;
    assert_int_equal(pipe(ends), 0);
    stage.out = ends[1];
    pid = start(&stage);
    close(ends[1]);
    assert_int_equal(fd_read_all(ends[0], text, sizeof text - 1), 600);
    close(ends[0]);
    assert_int_equal(scratch_wait(pid), 0);
}

/* ---- input ---- */

static int cat(const char *slave)
{
    (void)slave;
    execl("/bin/sh", "sh", "-c", "stty -echo; printf R; exec cat", (char *)NULL);
    return 127;
}

/* @return what comes out of `cat` on a terminal when `input` goes in and then ends. */
static const char *through_cat(const char *input)
{
    static char text[64 * 1024];
    struct stage stage = {.outer = -1, .terminal = true, .body = cat};
    int in[2], out[2];
    ssize_t n;
    pid_t pid;

    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    stage.in = in[0];
    stage.out = out[1];
    pid = start(&stage);
    close(in[0]);
    close(out[1]);
    /* wait until it does not echo any more */
    assert_int_equal(fd_read_all(out[0], text, 1), 1);
    assert_int_equal(text[0], 'R');
    assert_int_equal(fd_write_all(in[1], input, strlen(input)), 0);
    close(in[1]);
    n = fd_read_all(out[0], text, sizeof text - 1);
    assert_true(n >= 0);
    text[n] = '\0';
    close(out[0]);
    assert_int_equal(scratch_wait(pid), 0);
    return text;
}

static void test_end_of_input(void **data)
{
    (void)data;
    assert_string_equal(through_cat(""), "");
    assert_string_equal(through_cat("one\ntwo\n"), "one\r\ntwo\r\n");
    assert_string_equal(through_cat("no newline"), "no newline");
}

/* As a shell that edits its line: what was typed before is read in another mode than it was typed in. */
static int edit_line(const char *slave)
{
    struct pollfd typed = {.fd = 0, .events = POLLIN};
    struct termios mode;
    char byte = 0;

    (void)slave;
    poll(&typed, 1, -1); /* the end, which is lost now */
    tcgetattr(0, &mode);
    cfmakeraw(&mode);
    tcsetattr(0, TCSANOW, &mode);
    if (write(1, "$ ", 2) != 2)
        return 1;
    while (byte != 4)
        if (read(0, &byte, 1) != 1)
            return 1;
    return 6;
}

static void test_end_of_input_for_a_shell(void **data)
{
    struct stage stage = {.in = -1, .out = -1, .outer = -1, .terminal = true, .body = edit_line};

    (void)data;
    assert_int_equal(scratch_wait(start(&stage)), 6);
}

static void test_much_input(void **data)
{
    char line[] = "a line of input, one of many\n";
    static char input[sizeof line * 1000];
    size_t length = 0;

    (void)data;
    while (length + sizeof line < sizeof input) {
        memcpy(input + length, line, sizeof line);
        length += sizeof line - 1;
    }
    assert_int_equal(strlen(through_cat(input)), length / (sizeof line - 1) * sizeof line);
}

/* ---- the caller's own terminal ---- */

struct outer {
    int master, slave;
};

static struct outer make_outer(void)
{
    struct outer outer = {.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};

    assert_true(outer.master >= 0);
    assert_int_equal(grantpt(outer.master), 0);
    assert_int_equal(unlockpt(outer.master), 0);
    outer.slave = open(ptsname(outer.master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(outer.slave >= 0);
    return outer;
}

static int wait_for_end(const char *slave)
{
    char byte;

    (void)slave;
    say_ready();
    while (read(0, &byte, 1) == 1 && byte != 'q')
        ;
    return 0;
}

/* Reads a line and then the end. */
static int line_and_end(const char *slave)
{
    char text[16] = "";

    (void)slave;
    if (read(0, text, sizeof text) != 6 || strcmp(text, "typed\n") != 0)
        return 1;
    return read(0, text, sizeof text) == 0 ? 8 : 2;
}

static void test_typed_before(void **data)
{
    struct outer outer = make_outer();
    struct stage stage = {
        .in = outer.slave, .out = outer.slave, .outer = outer.slave, .terminal = true, .body = line_and_end};

    (void)data;
    assert_int_equal(write(outer.master, "typed\n\004", 7), 7);
    assert_int_equal(scratch_wait(start(&stage)), 8);
    close(outer.master);
    close(outer.slave);
}

static bool is_raw(int fd)
{
    struct termios mode;

    assert_int_equal(tcgetattr(fd, &mode), 0);
    return !(mode.c_lflag & (ICANON | ECHO | ISIG)) && !(mode.c_oflag & OPOST);
}

/* A child sets the inner terminal to raw itself, so that single keys arrive. */
static int keys(const char *slave)
{
    struct termios mode;

    tcgetattr(0, &mode);
    cfmakeraw(&mode);
    tcsetattr(0, TCSANOW, &mode);
    return wait_for_end(slave);
}

static void test_raw_mode_and_back(void **data)
{
    struct outer outer = make_outer();
    struct stage stage = {
        .in = outer.slave, .out = outer.slave, .outer = outer.slave, .terminal = true, .body = keys};
    struct termios before, after;
    pid_t pid;

    (void)data;
    memset(&before, 0, sizeof before);
    memset(&after, 0, sizeof after);
    tcgetattr(outer.slave, &before);
    pid = start(&stage);
    wait_ready();
    while (!is_raw(outer.slave)) /* the process may be quicker than the one that waits for it */
        sched_yield();
    assert_int_equal(write(outer.master, "\003\032q", 3), 3); /* neither ^C nor ^Z is for the runtime */
    assert_int_equal(scratch_wait(pid), 0);
    tcgetattr(outer.slave, &after);
    assert_memory_equal(&before, &after, sizeof before);
    close(outer.master);
    close(outer.slave);
}

static int speak_and_wait(const char *slave)
{
    (void)slave;
    if (write(1, "x", 1) != 1)
        return 1;
    for (;;)
        pause();
    return 0;
}

static void test_background_leaves_the_terminal(void **data)
{
    struct outer outer = make_outer();
    /* the terminal is nobody's controlling one, so the stand-in is not in its foreground */
    struct stage stage = {
        .in = outer.slave, .out = outer.slave, .outer = -1, .terminal = true, .body = speak_and_wait};
    char byte;
    pid_t pid;

    (void)data;
    pid = start(&stage);
    assert_int_equal(read(outer.master, &byte, 1), 1); /* it copies already: all is set up */
    assert_false(is_raw(outer.slave));
    kill(pid, SIGTERM);
    assert_int_equal(scratch_wait(pid), 128 + SIGTERM);
    close(outer.master);
    close(outer.slave);
}

static int report_size(const char *slave)
{
    struct winsize size;
    sigset_t set;
    int signal;

    (void)slave;
    sigemptyset(&set);
    sigaddset(&set, SIGWINCH);
    sigprocmask(SIG_BLOCK, &set, NULL);
    do
        ioctl(0, TIOCGWINSZ, &size); /* the first size may be set before or after we look */
    while (size.ws_row != 33);
    say_ready();
    do {
        sigwait(&set, &signal);
        ioctl(0, TIOCGWINSZ, &size);
    } while (size.ws_row == 33);
    return size.ws_row == 44 && size.ws_col == 111 ? 9 : 1;
}

static void test_size_follows(void **data)
{
    struct outer outer = make_outer();
    struct stage stage = {
        .in = outer.slave, .out = outer.slave, .outer = outer.slave, .terminal = true, .body = report_size};
    pid_t pid;

    (void)data;
    ioctl(outer.master, TIOCSWINSZ, &(struct winsize){.ws_row = 33, .ws_col = 99});
    pid = start(&stage);
    wait_ready();
    ioctl(outer.master, TIOCSWINSZ, &(struct winsize){.ws_row = 44, .ws_col = 111});
    assert_int_equal(scratch_wait(pid), 9);
    close(outer.master);
    close(outer.slave);
}

/* A signal ends the wait for a reader that does not read, once the process is gone. */
static int fill_and_leave(const char *slave)
{
    int result = raw_then_much(slave);

    say_ready();
    return result;
}

static void test_slow_reader_does_not_hold_signals(void **data)
{
    struct stage stage = {.in = -1, .outer = -1, .terminal = true, .body = fill_and_leave};
    int ends[2];
    pid_t pid;

    (void)data;
    assert_int_equal(pipe(ends), 0);
    stage.out = ends[1];
    pid = start(&stage);
    close(ends[1]);
    /* nobody reads: the process cannot get rid of its output, and must still get this */
    kill(pid, SIGTERM);
    assert_int_equal(scratch_wait(pid), 128 + SIGTERM);
    close(ends[0]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_descriptor_is_sent),
        TEST(test_long_socket_path),
        TEST(test_nobody_listens),
        TEST(test_status),
        TEST(test_signals_are_forwarded),
        TEST(test_sigpipe_and_sigchld_stay),
        TEST(test_no_byte_is_lost),
        TEST(test_last_words),
        TEST(test_reader_that_left),
        TEST(test_terminal_stays_open),
        TEST(test_terminal_is_opened_again),
        TEST(test_end_of_input),
        TEST(test_end_of_input_for_a_shell),
        TEST(test_much_input),
        TEST(test_typed_before),
        TEST(test_raw_mode_and_back),
        TEST(test_background_leaves_the_terminal),
        TEST(test_size_follows),
        TEST(test_slow_reader_does_not_hold_signals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
