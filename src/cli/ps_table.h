/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The output of ps(1), with the lines of some processes alone. */
#ifndef CLI_PS_TABLE_H
#define CLI_PS_TABLE_H

#include <sys/types.h>

#include "base/error.h"
#include "base/strbuf.h"

/**
 * Runs ps(1) and keeps its header and the lines whose PID is in `pids`.
 * @param options its arguments, ended by NULL; none: "-ef"
 * @param pids    ascending
 */
int ps_table(char **options, const pid_t *pids, size_t count, struct strbuf *out, struct caisson_error *err);

/**
 * The filter by itself.
 * @param text what ps(1) printed; it is cut up
 * @return 0, or -1 with `err` when no column is called PID
 */
int ps_filter(char *text, const pid_t *pids, size_t count, struct strbuf *out, struct caisson_error *err);

#endif
