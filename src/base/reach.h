/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which part of a path is out of reach. */
#ifndef BASE_REACH_H
#define BASE_REACH_H

#include "base/error.h"

/**
 * When the failure in `err` is EACCES: the hint becomes which directory on the way to `path`, or what at its end, does
 * not let the caller's user through, and whose it is. Leaves `err` as it was when there is nothing of the kind.
 * @return -1 always.
 */
int reach_explain(struct caisson_error *err, const char *path);

#endif
