/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CGROUP_STATISTICS_H
#define CGROUP_STATISTICS_H

#include "base/arena.h"
#include "base/json.h"

/** Each writes one member of the statistics: "blkio", "hugetlb". */
void statistics_print_io(struct arena *arena, struct json *json, int fd);
void statistics_print_hugetlb(struct json *json, int fd);

/** Writes "psi" from a pressure file, nothing when there is none. */
void statistics_print_pressure(struct json *json, int fd, const char *file);

#endif
