/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux.seccomp.syscalls with names turned into one architecture's numbers. */
#ifndef PLAN_SECCOMP_RULES_H
#define PLAN_SECCOMP_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "spec/spec.h"

enum seccomp_test { SECCOMP_EQUAL, SECCOMP_AT_LEAST, SECCOMP_ABOVE };

/* (argument & mask) TEST value, or the contrary of it. */
struct seccomp_condition {
    uint32_t arg;
    enum seccomp_test test;
    bool negated;
    uint64_t mask;
    uint64_t value;
};

struct seccomp_conditions {
    struct seccomp_condition *items; /* all of them must hold; in the order of their arguments */
    size_t count;
};

/* What one rule says about one number. */
struct seccomp_entry {
    uint32_t number;
    uint32_t order;  /* of the rule in the profile */
    uint32_t action; /* SECCOMP_RET_* with its data */
    struct seccomp_conditions conditions;
};

/* Everything that a profile says about one architecture, in the order in which it is decided. */
struct seccomp_rules {
    struct seccomp_entry *entries;
    size_t count;
    bool any;        /* the profile names a system call of this architecture, be it without effect */
    uint32_t newest; /* the largest number of those, special ranges left aside */
};

/* numbers of x32 have this bit, and x86-64's audit architecture */
#define SECCOMP_X32_BIT 0x40000000u

/* __ARM_NR_BASE: set_tls and its like, far above the numbers that grow with each kernel */
#define SECCOMP_ARM_PRIVATE 0x0f0000u

/**
 * Resolves the rules for one architecture. Names that it does not have are left out. Where socket and System V IPC
 * calls go through socketcall(2) and ipc(2), a rule for one of them is one for the multiplexed call, too.
 *
 * Entries of the same number stand in this order, and the first whose conditions hold decides: those without
 * conditions, then tests for equality before tests for ranges, then the order of the profile. The specification
 * says nothing about it; this is what libseccomp does in runc and crun.
 *
 * @param token          libseccomp's token of the architecture
 * @param actions        SECCOMP_RET_* with data, one for each rule of the profile
 * @param default_action rules with this action are left out, as they are by other runtimes
 */
void seccomp_resolve(struct arena *arena, const struct spec_seccomp *seccomp, uint32_t token,
                     const uint32_t *actions, uint32_t default_action, struct seccomp_rules *rules);

#endif
