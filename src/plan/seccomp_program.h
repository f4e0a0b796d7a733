/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A seccomp profile as a filter program. libseccomp knows the numbers of the system calls; the program is ours: its own
 * takes 10 ms and more to make, longer than everything else that a container's creation needs.
 */
#ifndef PLAN_SECCOMP_PROGRAM_H
#define PLAN_SECCOMP_PROGRAM_H

#include <linux/filter.h>

#include "plan/seccomp_rules.h"

/**
 * Writes the program: by architecture, then a binary search over ranges of numbers that share an answer, then the
 * conditions on arguments. An architecture that is not in the profile is answered by killing the thread, as
 * libseccomp's default is; so is x32 where the profile has x86-64 alone.
 * @param length receives the number of instructions, which may be more than the kernel takes
 */
struct sock_filter *seccomp_program(struct arena *arena, const struct seccomp_profile *profile,
                                    size_t *length);

#endif
