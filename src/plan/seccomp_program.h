/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A seccomp profile as a filter program. libseccomp gives the numbers of the system calls; the program is ours:
 * its own takes 10 ms and more to make, longer than everything else that a container's creation needs.
 */
#ifndef PLAN_SECCOMP_PROGRAM_H
#define PLAN_SECCOMP_PROGRAM_H

#include <linux/filter.h>

#include "plan/seccomp_rules.h"

struct seccomp_profile {
    const struct spec_seccomp *seccomp;
    uint32_t default_action; /* SECCOMP_RET_* with its data */
    const uint32_t *actions; /* the same for each rule */
    const uint32_t *tokens;  /* libseccomp's architecture tokens, each once */
    size_t token_count;
    /*
     * A system call with a larger number than any that the profile names is answered with ENOSYS, not with the
     * default. C libraries ask a kernel for a new system call and fall back to an old one on ENOSYS, but take
     * EPERM for an answer. A profile that was written before the system call existed says EPERM (or kills)
     * without meaning it. runc does this since 1.0.0-rc93.
     */
    bool enosys;
};

/**
 * Writes the program: by architecture, then a binary search over ranges of numbers that share an answer, then the
 * conditions on arguments. An architecture that is not in the profile is answered by killing the thread, as
 * libseccomp's default is; so is x32 where the profile has x86-64 alone.
 * @param length receives the number of instructions, which may be more than the kernel takes
 */
struct sock_filter *seccomp_program(struct arena *arena, const struct seccomp_profile *profile,
                                    size_t *length);

#endif
