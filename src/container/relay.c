/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"

enum { POLL_INPUT, POLL_MASTER, POLL_OUTPUT };
enum { TTYAUX_MAJOR = 5, PTMX_MINOR = 2 };

static size_t filled(const struct relay_buffer *buffer)
{
    return buffer->end - buffer->start;
}

/* Room at the end, after what is left was moved to the start. */
static size_t make_room(struct relay_buffer *buffer)
{
    if (buffer->start > 0) {
        memmove(buffer->bytes, buffer->bytes + buffer->start, filled(buffer));
        buffer->end -= buffer->start;
        buffer->start = 0;
    }
    return RELAY_BUFFER - buffer->end;
}

static bool has_room(const struct relay_buffer *buffer)
{
    return filled(buffer) < RELAY_BUFFER;
}

/*
 * A reader that is slow must not keep signals from being forwarded. O_NONBLOCK would change the file description
 * that the caller shares with us, so a terminal or pipe is opened anew; where that is not allowed, a write waits.
 */
static void open_output(struct relay *relay)
{
    struct stat st;
    int fd = -1;

    relay->out = STDOUT_FILENO;
    if (fstat(STDOUT_FILENO, &st) < 0)
        return;
    relay->out_is_socket = S_ISSOCK(st.st_mode);
    /* To open a multiplexer would be to make another terminal. */
    if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(TTYAUX_MAJOR, PTMX_MINOR))
        return;
    if (S_ISFIFO(st.st_mode) || (S_ISCHR(st.st_mode) && isatty(STDOUT_FILENO)))
        fd = openat(AT_FDCWD, "/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return;
    relay->out = fd;
    relay->out_is_ours = true;
}

int relay_open(struct relay *relay, int master, struct caisson_error *err)
{
    struct epoll_event events = {.events = EPOLLIN | EPOLLOUT | EPOLLET};
    int flags;

    *relay = (struct relay){.master = master, .events = -1, .out = -1};
    /* Not on the stack: there the compiler touches each page of them, also where there is no terminal. */
    relay->input.bytes = malloc((size_t)2 * RELAY_BUFFER);
    if (!relay->input.bytes)
        return error_system(err, errno, "cannot use the terminal's master");
    relay->output.bytes = relay->input.bytes + RELAY_BUFFER;
    flags = fcntl(master, F_GETFL);
    if (flags < 0 || fcntl(master, F_SETFL, flags | O_NONBLOCK) < 0)
        return error_system(err, errno, "cannot use the terminal's master");
    /*
     * Edge-triggered: while no process has the terminal open, it would say "hung up" without end; a process that
     * opens it again, as an init system does with its console, makes a new event.
     */
    relay->events = epoll_create1(EPOLL_CLOEXEC);
    if (relay->events < 0 || epoll_ctl(relay->events, EPOLL_CTL_ADD, master, &events) < 0)
        return error_system(err, errno, "cannot wait for the terminal's master");
    open_output(relay);
    relay->input_open = true;
    relay->readable = true;
    relay->writable = true;
    relay->left = SIZE_MAX;
    return 0;
}

void relay_close(struct relay *relay)
{
    free(relay->input.bytes);
    relay->input.bytes = relay->output.bytes = NULL;
    relay->events = fd_close(relay->events);
    if (relay->out_is_ours)
        relay->out = fd_close(relay->out);
    relay->out_is_ours = false;
}

bool relay_prepare(const struct relay *relay, struct pollfd fds[RELAY_POLLFDS])
{
    bool read_input = relay->input_open && !relay->input_paused && has_room(&relay->input);
    bool write_output = filled(&relay->output) > 0;

    fds[POLL_INPUT] = (struct pollfd){.fd = read_input ? STDIN_FILENO : -1, .events = POLLIN};
    fds[POLL_MASTER] = (struct pollfd){.fd = relay->events, .events = POLLIN};
    fds[POLL_OUTPUT] = (struct pollfd){.fd = write_output ? relay->out : -1, .events = POLLOUT};
    return (relay->readable && has_room(&relay->output)) ||
           (relay->writable && (filled(&relay->input) > 0 || relay->end_of_file));
}

static void note_events(struct relay *relay)
{
    struct epoll_event event;

    if (epoll_wait(relay->events, &event, 1, 0) != 1)
        return;
    if (event.events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        relay->readable = true;
    if (event.events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
        relay->writable = true;
}

/* A terminal has no end: its reader sees one when the end-of-file character is typed at a line's start. */
static void type_end_of_file(struct relay *relay)
{
    struct termios mode;

    relay->end_of_file = false;
    if (tcgetattr(relay->master, &mode) < 0)
        return;
    relay->told_in = mode.c_lflag & ICANON;
    make_room(&relay->input);
    relay->input.bytes[relay->input.end++] = (char)mode.c_cc[VEOF];
    if (relay->told_in && relay->line_open) /* the first one only hands over the line */
        relay->input.bytes[relay->input.end++] = (char)mode.c_cc[VEOF];
    relay->line_open = false;
}

/*
 * A shell that edits its line itself leaves that mode for each program that it runs; an end that was typed in the
 * other mode and not read is lost with the change. A prompt tells that somebody is about to read.
 */
static void tell_again(struct relay *relay)
{
    struct termios mode;

    if (tcgetattr(relay->master, &mode) == 0 && (mode.c_lflag & ICANON) != relay->told_in)
        relay->end_of_file = true;
}

static void read_master(struct relay *relay)
{
    size_t room = make_room(&relay->output);
    ssize_t n = room > 0 ? read(relay->master, relay->output.bytes + relay->output.end, room) : -1;

    if (room == 0 || (n < 0 && errno == EINTR))
        return;
    if (n > 0 && relay->left != SIZE_MAX)
        relay->left -= (size_t)n < relay->left ? (size_t)n : relay->left;
    if (n <= 0 || relay->left == 0)
        relay->readable = false; /* nothing now (EAGAIN), or nobody has the terminal open (EIO) */
    if (n > 0 && !relay->out_broken)
        relay->output.end += (size_t)n;
    if (n > 0 && relay->input_ended)
        tell_again(relay);
}

static void write_output(struct relay *relay)
{
    const char *bytes = relay->output.bytes + relay->output.start;
    size_t length = filled(&relay->output);
    ssize_t n = relay->out_is_socket ? send(relay->out, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL)
                                     : write(relay->out, bytes, length);

    if (n >= 0) {
        relay->output.start += (size_t)n;
    } else if (errno != EAGAIN && errno != EINTR) {
        /* The process goes on, as it would with a terminal whose window nobody looks at. */
        relay->out_broken = true;
        relay->output.start = relay->output.end;
    }
}

static void add_input(struct relay *relay, ssize_t n)
{
    relay->input.end += (size_t)n;
    relay->line_open = !strchr("\r\n", relay->input.bytes[relay->input.end - 1]);
}

void relay_take_lines(struct relay *relay)
{
    struct pollfd line = {.fd = STDIN_FILENO, .events = POLLIN};
    size_t room;

    while ((room = make_room(&relay->input)) >= 2 && poll(&line, 1, 0) == 1) { /* 2: what tells of an end */
        ssize_t n = read(STDIN_FILENO, relay->input.bytes + relay->input.end, room);

        if (n == 0)
            type_end_of_file(relay);
        if (n <= 0)
            return;
        add_input(relay, n);
    }
}

static void read_input(struct relay *relay)
{
    size_t room = make_room(&relay->input);
    ssize_t n = read(STDIN_FILENO, relay->input.bytes + relay->input.end, room);

    if (n > 0) {
        add_input(relay, n);
    } else if (n < 0 && errno == EIO && isatty(STDIN_FILENO)) {
        relay->input_paused = true; /* SIGTTIN is blocked, so reading from the background fails */
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
        relay->input_open = false;
        relay->input_ended = n == 0;
        relay->end_of_file = n == 0;
    }
}

static void write_master(struct relay *relay)
{
    ssize_t n;

    if (filled(&relay->input) == 0)
        type_end_of_file(relay);
    if (filled(&relay->input) == 0)
        return;
    n = write(relay->master, relay->input.bytes + relay->input.start, filled(&relay->input));
    if (n > 0)
        relay->input.start += (size_t)n;
    else if (n == 0 || errno == EAGAIN)
        relay->writable = false;
    else if (errno != EINTR)
        relay->input.start = relay->input.end; /* nobody has the terminal open */
}

void relay_move(struct relay *relay, const struct pollfd fds[RELAY_POLLFDS])
{
    if (fds[POLL_MASTER].revents)
        note_events(relay);
    if (fds[POLL_OUTPUT].revents)
        write_output(relay);
    if (relay->readable)
        read_master(relay);
    if (fds[POLL_INPUT].revents)
        read_input(relay);
    if (relay->writable && (filled(&relay->input) > 0 || relay->end_of_file))
        write_master(relay);
}

void relay_end_input(struct relay *relay)
{
    relay->input_open = false;
    relay->input_ended = false;
    relay->end_of_file = false;
    relay->input.start = relay->input.end;
    relay->readable = true;
    relay->left = RELAY_LAST_WORDS;
}

void relay_resume_input(struct relay *relay)
{
    relay->input_paused = false;
}

bool relay_pending(const struct relay *relay)
{
    return relay->readable || filled(&relay->output) > 0;
}
