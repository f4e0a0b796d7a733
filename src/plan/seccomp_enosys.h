/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System calls that are newer than a seccomp profile. */
#ifndef PLAN_SECCOMP_ENOSYS_H
#define PLAN_SECCOMP_ENOSYS_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "spec/spec.h"

/**
 * Makes instructions that stand in front of a filter and answer ENOSYS to every system call with a larger number
 * than any that the profile names, on each of its architectures.
 *
 * C libraries ask a kernel for a new system call and fall back to an old one on ENOSYS, but take EPERM for an
 * answer. A profile that was written before the system call existed says EPERM (or kills) without meaning it.
 * runc does the same since 1.0.0-rc93; a profile whose default is ENOSYS, or lets unknown ones pass, needs none.
 *
 * @param tokens libseccomp's architecture tokens in the filter
 * @param length receives the number of instructions, which may be 0
 */
struct sock_filter *seccomp_enosys(struct arena *arena, const struct spec_seccomp *seccomp,
                                   const uint32_t *tokens, size_t token_count, size_t *length);

#endif
