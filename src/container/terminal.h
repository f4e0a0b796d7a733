/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The container's terminal, seen from the runtime, and waiting for a process in the foreground. */
#ifndef CONTAINER_TERMINAL_H
#define CONTAINER_TERMINAL_H

#include <sys/types.h>

#include "base/error.h"

/** Connects to an AF_UNIX stream socket by path (longer than 107 bytes too). @return descriptor, or -1 with `err`. */
int terminal_connect(const char *path, struct caisson_error *err);

/** Sends one descriptor with `name` as payload, whatever its length: in one sendmsg(2), as conmon and containerd expect
 *  it, unless it is too long for that. */
int terminal_send(int socket, int fd, const char *name, struct caisson_error *err);

/**
 * Waits in the foreground until the process has ended: forwards every signal that the runtime gets to it, copies
 * between standard input and output and the terminal's master (with the caller's terminal in raw mode, and its
 * size passed on now and at each SIGWINCH), and returns when the process has ended and every byte it wrote was
 * copied.
 * @param pid    a child of this process; it is reaped
 * @param master the terminal's master, or -1: the process has the caller's own descriptors
 * @param status receives the exit status, or 128 + n for signal n
 */
int terminal_foreground(pid_t pid, int master, int *status, struct caisson_error *err);

/**
 * Blocks the signals that terminal_foreground() waits for. Called before the process exists, so that none is lost;
 * the mask before it is for the child.
 */
int terminal_block_signals(struct caisson_error *err);

#endif
