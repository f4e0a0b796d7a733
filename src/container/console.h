/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The terminal that the runtime itself was started on. */
#ifndef CONTAINER_CONSOLE_H
#define CONTAINER_CONSOLE_H

#include <stdbool.h>
#include <termios.h>

struct console {
    bool raw; /* `saved` is to be put back */
    struct termios saved;
};

/** @return whether standard input is a terminal, and this process is in its foreground. */
bool console_is_ours(void);

/**
 * Puts the terminal on standard input into raw mode, so that every key reaches the container. Does nothing when
 * there is none, or while this process is in its background: it is a shell's then.
 */
void console_raw(struct console *console);

/** Puts the terminal back as it was. */
void console_restore(struct console *console);

/** Passes the terminal's size on to the container's. */
void console_copy_size(int master);

#endif
