/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --regex of kill and delete. */
#ifndef CLI_MATCH_H
#define CLI_MATCH_H

#include "cli/cli.h"

/**
 * Calls `act` for every container whose id matches a POSIX extended regular expression. One that fails does not keep
 * the others from their turn: its failure is a warning, but for the last, which is the result.
 */
int match_each(struct cli *cli, const char *expression,
               int (*act)(struct cli *cli, const char *id, void *data, struct caisson_error *err), void *data,
               struct caisson_error *err);

#endif
