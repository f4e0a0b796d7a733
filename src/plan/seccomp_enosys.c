/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/seccomp_enosys.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>

#include "plan/seccomp_tables.h"

enum {
    X32_BIT = 0x40000000,   /* x32 has x86-64's audit architecture, and this bit in its numbers */
    ARM_PRIVATE = 0x0f0000, /* __ARM_NR_BASE: set_tls and its like, far above the numbers that grow */
    LONGEST_BLOCK = 8,
};

/* The newest system call that a profile names on one architecture. */
struct newest {
    uint32_t architecture; /* AUDIT_ARCH_* */
    bool any;
    uint32_t number;
    uint32_t beyond; /* numbers from here on are left to the filter, or to `x32` */
    bool x32;
    uint32_t x32_number; /* with X32_BIT */
};

static uint32_t audit_architecture(uint32_t token)
{
    return token == SCMP_ARCH_X32 ? (uint32_t)SCMP_ARCH_X86_64 : token;
}

/* @return the largest number below `beyond` that a rule names on the architecture of `token`, or -1. */
static int64_t largest_number(const struct spec_seccomp *seccomp, uint32_t token, uint32_t beyond)
{
    int64_t largest = -1;

    for (size_t i = 0; i < seccomp->syscalls.count; i++) {
        const struct spec_strings *names = &seccomp->syscalls.items[i].names;

        for (size_t n = 0; n < names->count; n++) {
            int number = seccomp_syscall_resolve_name_arch(token, names->items[n]);

            /* Negative ones are libseccomp's own, for what this architecture does not have. */
            if (number >= 0 && (uint32_t)number < beyond && number > largest)
                largest = number;
        }
    }
    return largest;
}

static struct newest *find_newest(struct newest *all, size_t *count, uint32_t architecture)
{
    for (size_t i = 0; i < *count; i++)
        if (all[i].architecture == architecture)
            return &all[i];
    all[*count] = (struct newest){.architecture = architecture, .beyond = UINT32_MAX};
    return &all[(*count)++];
}

static size_t collect(const struct spec_seccomp *seccomp, const uint32_t *tokens, size_t token_count,
                      struct newest *all)
{
    size_t count = 0;

    for (size_t i = 0; i < token_count; i++) {
        struct newest *newest = find_newest(all, &count, audit_architecture(tokens[i]));
        int64_t number;

        if (tokens[i] == SCMP_ARCH_ARM)
            newest->beyond = ARM_PRIVATE;
        if (newest->architecture == SCMP_ARCH_X86_64)
            newest->beyond = X32_BIT;
        number = largest_number(seccomp, tokens[i], tokens[i] == SCMP_ARCH_X32 ? UINT32_MAX : newest->beyond);
        if (number < 0)
            continue;
        if (tokens[i] == SCMP_ARCH_X32) {
            newest->x32 = true;
            newest->x32_number = (uint32_t)number;
        } else {
            newest->any = true;
            newest->number = (uint32_t)number;
        }
    }
    return count;
}

/*
 * The instructions for one architecture. The accumulator holds the architecture when they begin and when they are
 * left at their end; everything else leaves to the filter, which begins by loading what it looks at.
 *
 *      jeq ARCHITECTURE, else end
 *      ld  number
 *      jge BEYOND, to x32 or the filter           (where there is a BEYOND)
 *      jgt NUMBER, to enosys, else the filter     (where the profile names a system call)
 * x32: jgt X32_NUMBER, to enosys, else the filter (where the profile names one of x32)
 *      ja  filter
 * enosys:
 *      ret ENOSYS
 * end:
 */
static size_t write_block(struct sock_filter *out, const struct newest *newest)
{
    bool beyond = newest->beyond != UINT32_MAX;
    /* Where things stand in the block. */
    unsigned x32 = 2u + beyond + newest->any;
    unsigned leave = x32 + newest->x32;
    unsigned enosys = leave + 1, end = enosys + 1;
    unsigned at = 0;

    out[at++] =
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, newest->architecture, 0, (uint8_t)(end - 1));
    out[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    if (beyond) {
        out[at] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, newest->beyond,
                                               (uint8_t)((newest->x32 ? x32 : leave) - at - 1), 0);
        at++;
    }
    if (newest->any) {
        out[at] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, newest->number,
                                               (uint8_t)(enosys - at - 1), (uint8_t)(leave - at - 1));
        at++;
    }
    if (newest->x32) {
        out[at] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, newest->x32_number,
                                               (uint8_t)(enosys - at - 1), (uint8_t)(leave - at - 1));
        at++;
    }
    out[at++] =
        (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 0); /* to the filter: its place is not known yet */
    out[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
    return at;
}

static bool is_needed(const struct spec_seccomp *seccomp)
{
    if (seccomp_actions[seccomp->default_action].permits)
        return false;
    return seccomp->default_action != SPEC_ACT_ERRNO || !seccomp->default_errno_ret.set ||
           seccomp->default_errno_ret.value != ENOSYS;
}

struct sock_filter *seccomp_enosys(struct arena *arena, const struct spec_seccomp *seccomp,
                                   const uint32_t *tokens, size_t token_count, size_t *length)
{
    struct newest *all = arena_array(arena, token_count, sizeof *all);
    struct sock_filter *code = arena_array(arena, 1 + token_count * LONGEST_BLOCK, sizeof *code);
    size_t count, at = 0;

    *length = 0;
    if (!is_needed(seccomp))
        return NULL;
    count = collect(seccomp, tokens, token_count, all);
    code[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    for (size_t i = 0; i < count; i++)
        if (all[i].any || all[i].x32)
            at += write_block(code + at, &all[i]);
    for (size_t i = 0; i < at; i++)
        if (code[i].code == (BPF_JMP | BPF_JA))
            code[i].k = (uint32_t)(at - i - 1);
    *length = at > 1 ? at : 0;
    return code;
}
