/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lock of a container's directory: held by whoever changes the container. */
#ifndef CONTAINER_LOCK_H
#define CONTAINER_LOCK_H

#include "base/error.h"

enum { LOCK_WAIT_MS = 10 * 1000 }; /* how long a command waits for another one on the same container */

/**
 * Takes the lock, made when missing; waits for another holder.
 * @param id      for messages alone
 * @param wait_ms the longest wait in milliseconds
 * @param lock    receives the descriptor that holds it; closing it lets go
 * @return 0; 1 when the directory was removed meanwhile; -1 with `err` (CAISSON_ERROR_TIMEOUT names the holder).
 */
int lock_take(int dir, const char *id, int wait_ms, int *lock, struct caisson_error *err);

/** Lets the lock go, and keeps the descriptor for lock_take_again(). */
void lock_let_go(int lock);

/** Takes the lock that this descriptor held before. @return as lock_take() */
int lock_take_again(int lock, const char *id, int wait_ms, struct caisson_error *err);

#endif
