/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of linux.seccomp with what they are to the kernel: compiled from, and listed by `features`. */
#ifndef PLAN_SECCOMP_TABLES_H
#define PLAN_SECCOMP_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "spec/spec.h"

struct seccomp_action {
    const char *name; /* "SCMP_ACT_ERRNO" */
    uint32_t kernel;  /* SECCOMP_RET_*, without data */
    bool has_errno;   /* an errnoRet may stand beside it (config-linux.md since 1.2.1) */
    bool permits;     /* the system call happens, or a tracer or supervisor decides */
};

extern const struct seccomp_action seccomp_actions[SPEC_ACT_COUNT];

/* "SCMP_CMP_EQ", ..., by enum spec_seccomp_op */
extern const char *const seccomp_operators[SPEC_CMP_COUNT];

struct seccomp_flag {
    const char *name; /* "SECCOMP_FILTER_FLAG_LOG" */
    unsigned kernel;
    unsigned companion; /* flags without which the kernel refuses it */
};

extern const struct seccomp_flag seccomp_flags[];
extern const unsigned seccomp_flag_count;

/** @return the flag of that name, or NULL. */
const struct seccomp_flag *seccomp_flag_find(const char *name);

/** @return whether this kernel takes the flag in seccomp(2). Changes nothing. */
bool seccomp_flag_available(const struct seccomp_flag *flag);

/** @return whether this kernel has the action. */
bool seccomp_action_available(enum spec_seccomp_action action);

/** @return the specification's name of architecture `i` ("SCMP_ARCH_X86"), NULL behind the last. */
const char *seccomp_architecture_name(unsigned i);

/** @return libseccomp's token of an architecture by the specification's name; 0: this libseccomp lacks it. */
uint32_t seccomp_architecture_token(const char *name);

#endif
