/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * criu loses restrictions of mounts: before 4.2 those of the root (a read-only one can be written to), and those of all but
 * the first of several mounts from one source (the host's null device over masked files, whose owner and mode root
 * of the container could change then). So the mounts of the container are kept beside the images, and compared.
 */
#ifndef CONTAINER_CRIU_AMEND_H
#define CONTAINER_CRIU_AMEND_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/error.h"

/** Dump: keeps /proc/PID/mountinfo in the image directory. */
int criu_amend_record(struct arena *arena, pid_t pid, int images, struct caisson_error *err);

/**
 * Restore, while the processes stand still: takes from each mount what it did not allow. Gives nothing back.
 * @param readonly whether the configuration wants the root read-only: for images without a record
 * @return 0, or -1 with `err`: a mount that cannot be as it was
 */
int criu_amend(struct arena *arena, pid_t pid, int images, bool readonly, struct caisson_error *err);

#endif
