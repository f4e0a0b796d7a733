/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What follows the execution of the program, for start and run. */
#ifndef CONTAINER_START_H
#define CONTAINER_START_H

#include "container/launch.h"

/**
 * Runs the poststart hooks. config.md: they run after the program was executed and before start returns; when one
 * fails, the container is to be stopped and deleted.
 */
int start_run_poststart(struct launch *launch, struct caisson_error *err);

#endif
