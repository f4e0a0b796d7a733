/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The process of an exec: from a file, or from the container's own with what the command line changes. */
#ifndef CONTAINER_EXEC_PROCESS_H
#define CONTAINER_EXEC_PROCESS_H

#include <caisson/caisson.h>

#include "base/arena.h"
#include "spec/spec.h"

/** @return the process, or NULL with `err`. */
const struct spec_process *exec_process(struct arena *arena, const struct caisson_context *context,
                                        const struct spec *spec, const struct caisson_exec_options *options,
                                        struct caisson_error *err);

#endif
