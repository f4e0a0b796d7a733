/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copies between standard input and output and the master of the container's terminal. */
#ifndef CONTAINER_RELAY_H
#define CONTAINER_RELAY_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "base/error.h"

/*
 * RELAY_LAST_WORDS is more than a terminal holds: what comes beyond it after a process has ended was not written by
 * that process.
 */
enum { RELAY_BUFFER = 16 * 1024, RELAY_POLLFDS = 3, RELAY_LAST_WORDS = 256 * 1024 };

struct relay_buffer {
    size_t start, end; /* what is not written yet */
    char *bytes;       /* RELAY_BUFFER of them */
};

struct relay {
    int master;
    int events; /* epoll descriptor with the master, edge-triggered */
    int out;    /* standard output, or a nonblocking description of it */
    bool out_is_socket, out_is_ours;
    bool out_broken;   /* nobody reads it any more: the process's output is thrown away */
    bool input_open;   /* standard input has not ended */
    bool input_paused; /* it is another process group's terminal for the time being */
    bool input_ended;  /* standard input came to its end, which the process is to see as such */
    bool end_of_file;  /* the process has yet to be told */
    tcflag_t told_in;  /* ICANON when it was told while the terminal collected lines */
    bool line_open;    /* the last byte of input did not end a line */
    bool readable;     /* the master may have something */
    bool writable;     /* the master may take something */
    size_t left;       /* bytes of output that are still to be taken */
    struct relay_buffer input, output;
};

/** Starts copying. `relay` must be closed whatever the outcome. @param master is made nonblocking */
int relay_open(struct relay *relay, int master, struct caisson_error *err);
void relay_close(struct relay *relay);

/**
 * Reads the lines that were typed before the terminal is put into raw mode. An end of file among them can be seen
 * now alone: afterwards it would be a NUL.
 */
void relay_take_lines(struct relay *relay);

/** Fills in what to wait for. @return whether to poll without waiting. */
bool relay_prepare(const struct relay *relay, struct pollfd fds[RELAY_POLLFDS]);

/** Moves what can be moved without waiting. */
void relay_move(struct relay *relay, const struct pollfd fds[RELAY_POLLFDS]);

/** The process has ended: no input any more, and all of its output stands ready. */
void relay_end_input(struct relay *relay);

/** Reads standard input again after it belonged to another process group. */
void relay_resume_input(struct relay *relay);

/** @return whether output is still to be read or written. */
bool relay_pending(const struct relay *relay);

#endif
