/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux.seccomp.syscalls with names turned into one architecture's numbers. */
#ifndef PLAN_SECCOMP_RULES_H
#define PLAN_SECCOMP_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "plan/seccomp_numbers.h"
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
    const struct seccomp_condition *items; /* all of them must hold; in the order of their arguments */
    size_t count;
};

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

/* What is the same for each architecture: the conditions of each rule, and the row of each name. */
struct seccomp_rule {
    struct seccomp_conditions conditions;
    bool apart; /* each condition is a rule of its own, one of them is enough */
    const struct seccomp_call **calls;
};

/* What one rule says about one number. */
struct seccomp_entry {
    uint32_t number;
    uint32_t call;   /* what the first argument of a multiplexer has to be; 0: it is none */
    uint32_t order;  /* of the rule in the profile */
    uint32_t action; /* SECCOMP_RET_* with its data */
    struct seccomp_conditions conditions;
};

/* Everything that a profile says about one architecture, in the order in which it is decided. */
struct seccomp_rules {
    struct seccomp_entry *entries, *spare;
    size_t count, room;
    bool any;        /* the profile names a system call of this architecture, be it without effect */
    uint32_t newest; /* the largest number of those, special ranges left aside */
};

/* __ARM_NR_BASE: set_tls and its like, far above the numbers that grow with each kernel */
#define SECCOMP_ARM_PRIVATE 0x0f0000u

/** @return one for each rule of the profile. */
const struct seccomp_rule *seccomp_prepare(struct arena *arena, const struct spec_seccomp *seccomp);

/**
 * Resolves the rules for one architecture. Names that it does not have are left out, and rules with the default's
 * action, as they are by other runtimes. Where socket and System V IPC calls go through socketcall(2) and ipc(2), a
 * rule for one of them is one for the multiplexed call, too.
 *
 * Entries of the same number stand in this order, and the first whose conditions hold decides: those of the number
 * itself before those of what goes through it; those without conditions; then by the first argument on which there is a
 * condition, and for the same one tests for equality before tests for ranges; then the order of the profile. The
 * specification says nothing about it; this is what libseccomp does in runc and crun.
 *
 * @param token libseccomp's token of the architecture
 * @param rules zeroed before the first architecture; its memory is used again for the next one
 */
void seccomp_resolve(struct arena *arena, const struct seccomp_profile *profile,
                     const struct seccomp_rule *prepared, uint32_t token, struct seccomp_rules *rules);

#endif
