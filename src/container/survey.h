/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a table shows of many containers, from their records (state_pid.c) alone. */
#ifndef CONTAINER_SURVEY_H
#define CONTAINER_SURVEY_H

#include <caisson/caisson.h>

#include "base/arena.h"

enum { SURVEY_WORKERS = 4 };

struct survey {
    struct caisson_container *found; /* by the place of its id; `id` is NULL: it has to be asked in full */
    size_t *order;                   /* the places, by name, ascending */
    struct arena arenas[SURVEY_WORKERS];
};

/**
 * Looks at each container. Where there are many, several threads do, because what takes the time is the kernel's:
 * whether a process lives and whether a cgroup is frozen.
 * @param detail CAISSON_LIST_JSON: the records have not enough for that, nothing is looked at
 */
void survey_take(struct survey *survey, int root, char *const *ids, size_t count,
                 enum caisson_list_detail detail);

void survey_release(struct survey *survey);

#define _cleanup_survey_ __attribute__((cleanup(survey_release)))

#endif
