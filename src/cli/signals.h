/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signals by name and number. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include "base/error.h"

/**
 * Reads a signal: a number from 0 to 64, or a name in any case with or without SIG: "KILL", "sigterm", "RTMIN+3",
 * "RTMAX-1". RTMIN is 34 and RTMAX 64 whatever C library this is built with: callers count from glibc's.
 * @return 0, or -1 with CAISSON_ERROR_USAGE
 */
int signal_parse(const char *text, int *number, struct caisson_error *err);

#endif
