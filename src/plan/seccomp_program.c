/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/seccomp_program.h"

#include <endian.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>

#include "plan/seccomp_writer.h"

/* From `start` up to the next range's start. */
struct range {
    uint32_t start;
    uint32_t action;                     /* when there are no entries */
    const struct seccomp_entry *entries; /* of one number, with conditions; behind them the default */
    size_t count;
};

enum { FIRST_RANGES = 256 };

struct compiler {
    struct seccomp_writer w;
    struct arena *arena;
    const struct seccomp_profile *profile;
    const struct seccomp_rule *prepared;
    struct seccomp_rules rules; /* of the architecture that is being written */
    struct range *ranges;
    size_t count, room;
};

/* ---- ranges ---- */

static void add_range(struct compiler *c, uint64_t start, uint32_t action,
                      const struct seccomp_entry *entries, size_t count)
{
    if (c->count > 0 && !entries) {
        const struct range *last = &c->ranges[c->count - 1];

        if (!last->entries && last->action == action)
            return;
    }
    if (c->count == c->room) {
        struct range *larger = arena_array(c->arena, c->room * 2, sizeof *larger);

        memcpy(larger, c->ranges, c->count * sizeof *larger);
        c->ranges = larger;
        c->room *= 2;
    }
    c->ranges[c->count++] = (struct range){(uint32_t)start, action, entries, count};
}

/* Numbers from `start` to `end` (not included) that no rule speaks of. */
static void add_gap(struct compiler *c, uint32_t token, uint64_t start, uint64_t end)
{
    /* Where numbers that are newer than the profile begin, and where they end. */
    uint64_t newer = c->profile->enosys && c->rules.any ? (uint64_t)c->rules.newest + 1 : end;
    uint64_t beyond = token == SCMP_ARCH_ARM && SECCOMP_ARM_PRIVATE < end ? SECCOMP_ARM_PRIVATE : end;

    if (newer < start)
        newer = start;
    if (start < (newer < beyond ? newer : end))
        add_range(c, start, c->profile->default_action, NULL, 0);
    if (newer >= beyond)
        return;
    add_range(c, newer, SECCOMP_RET_ERRNO | ENOSYS, NULL, 0);
    if (beyond < end)
        add_range(c, beyond, c->profile->default_action, NULL, 0);
}

/* Every number from `start` to `end` (not included), by what the profile says for one token. */
static void find_ranges(struct compiler *c, uint32_t token, uint32_t start, uint32_t end)
{
    const struct seccomp_rules *rules = &c->rules;
    uint64_t next = start;
    size_t same;

    seccomp_resolve(c->arena, c->profile, c->prepared, token, &c->rules);
    for (size_t i = 0; i < rules->count; i = same) {
        const struct seccomp_entry *entry = &rules->entries[i];

        for (same = i + 1; same < rules->count && rules->entries[same].number == entry->number;)
            same++;
        add_gap(c, token, next, entry->number);
        if (entry->conditions.count || entry->call)
            add_range(c, entry->number, 0, entry, same - i);
        else
            add_range(c, entry->number, entry->action, NULL, 0);
        next = (uint64_t)entry->number + 1;
    }
    add_gap(c, token, next, end);
}

static bool has_token(const struct seccomp_profile *profile, uint32_t token)
{
    for (size_t i = 0; i < profile->token_count; i++)
        if (profile->tokens[i] == token)
            return true;
    return false;
}

/* ---- instructions: each function returns where what it wrote begins ---- */

static size_t load(struct seccomp_writer *w, const struct seccomp_condition *c, bool high, size_t next)
{
    size_t offset = offsetof(struct seccomp_data, args) + c->arg * sizeof(uint64_t);
    bool second = high == (__BYTE_ORDER == __LITTLE_ENDIAN);
    uint32_t mask = (uint32_t)(high ? c->mask >> 32 : c->mask);

    if (mask != UINT32_MAX)
        next = seccomp_write_op(w, BPF_ALU | BPF_AND | BPF_K, mask, next);
    return seccomp_write_op(w, BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offset + (second ? sizeof(uint32_t) : 0)),
                            next);
}

/* Goes to `yes` when the condition holds, and to `no` otherwise. `wide`: all 64 bits of the argument are looked at. */
static size_t condition(struct seccomp_writer *w, const struct seccomp_condition *c, bool wide, size_t yes,
                        size_t no)
{
    static const uint16_t jumps[] = {
        [SECCOMP_EQUAL] = BPF_JEQ,
        [SECCOMP_AT_LEAST] = BPF_JGE,
        [SECCOMP_ABOVE] = BPF_JGT,
    };
    size_t holds = c->negated ? no : yes, fails = c->negated ? yes : no, next;
    uint32_t high = (uint32_t)(c->value >> 32), low = (uint32_t)c->value;

    next = load(w, c, false, seccomp_write_jump(w, jumps[c->test], low, holds, fails));
    /* What the mask leaves nothing of is as wanted. */
    if (!wide || (c->test == SECCOMP_EQUAL && c->mask <= UINT32_MAX))
        return next;
    next = seccomp_write_jump(w, BPF_JEQ, high, next, fails);
    if (c->test != SECCOMP_EQUAL)
        next = seccomp_write_jump(w, BPF_JGT, high, holds, next);
    return load(w, c, true, next);
}

static size_t entry(struct seccomp_writer *w, const struct seccomp_entry *entry, bool wide, size_t otherwise)
{
    const struct seccomp_condition call = {.test = SECCOMP_EQUAL, .mask = UINT64_MAX, .value = entry->call};
    size_t next = seccomp_write_answer(w, entry->action);

    for (size_t i = entry->conditions.count; i > 0; i--)
        next = condition(w, &entry->conditions.items[i - 1], wide, next, otherwise);
    return entry->call ? condition(w, &call, wide, next, otherwise) : next;
}

static size_t range(struct compiler *c, const struct range *range, bool wide)
{
    size_t next = seccomp_write_answer(&c->w, range->entries ? c->profile->default_action : range->action);

    for (size_t i = range->count; i > 0; i--)
        next = entry(&c->w, &range->entries[i - 1], wide, next);
    return next;
}

static bool same_answer(const struct range *x, const struct range *y)
{
    return !x->entries && !y->entries && x->action == y->action;
}

/* Which range the accumulator lies in. */
static size_t tree(struct compiler *c, const struct range *ranges, size_t count, bool wide)
{
    size_t half = count / 2, upper, lower;

    if (count == 1)
        return range(c, ranges, wide);
    /* One number, and the same on both sides of it. */
    if (count == 3 && same_answer(&ranges[0], &ranges[2]) && ranges[2].start - ranges[1].start == 1) {
        upper = range(c, &ranges[1], wide);
        lower = range(c, &ranges[0], wide);
        return seccomp_write_jump(&c->w, BPF_JEQ, ranges[1].start, upper, lower);
    }
    upper = tree(c, ranges + half, count - half, wide);
    lower = tree(c, ranges, half, wide);
    return seccomp_write_jump(&c->w, BPF_JGE, ranges[half].start, upper, lower);
}

/* The numbers from `start` to `end` (not included) of one token. */
static size_t zone(struct compiler *c, uint32_t token, uint32_t start, uint32_t end, bool wide)
{
    c->count = 0;
    if (has_token(c->profile, token))
        find_ranges(c, token, start, end);
    else
        add_range(c, start, SECCOMP_RET_KILL_THREAD, NULL, 0);
    /* A tracer sets the number to -1 to have a system call skipped: that is none, of any architecture. */
    if (end == UINT32_MAX)
        add_range(c, UINT32_MAX, c->profile->default_action, NULL, 0);
    return tree(c, c->ranges, c->count, wide);
}

/* All numbers of one audit architecture; another is decided at `other`. */
static size_t block(struct compiler *c, uint32_t token, size_t other)
{
    uint32_t architecture = token == SCMP_ARCH_X32 ? AUDIT_ARCH_X86_64 : token;
    /* n32 and 32-bit ones have arguments of 32 bits; x32 is not told apart here and has those of x86-64. */
    bool wide = (architecture & __AUDIT_ARCH_64BIT) && !(architecture & __AUDIT_ARCH_CONVENTION_MIPS64_N32);
    size_t next;

    if (architecture == AUDIT_ARCH_X86_64) {
        size_t x32 = zone(c, SCMP_ARCH_X32, SECCOMP_X32_BIT, UINT32_MAX, wide);

        next = seccomp_write_jump(&c->w, BPF_JGE, SECCOMP_X32_BIT, x32,
                                  zone(c, SCMP_ARCH_X86_64, 0, SECCOMP_X32_BIT, wide));
    } else {
        next = zone(c, token, 0, UINT32_MAX, wide);
    }
    next = seccomp_write_op(&c->w, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), next);
    return seccomp_write_jump(&c->w, BPF_JEQ, architecture, next, other);
}

struct sock_filter *seccomp_program(struct arena *arena, const struct seccomp_profile *profile,
                                    size_t *length)
{
    struct compiler c = {
        .w = {.arena = arena},
        .arena = arena,
        .profile = profile,
        .prepared = seccomp_prepare(arena, profile->seccomp),
        .ranges = arena_array(arena, FIRST_RANGES, sizeof(struct range)),
        .room = FIRST_RANGES,
    };
    size_t next = seccomp_write_answer(&c.w, SECCOMP_RET_KILL_THREAD);

    for (size_t i = profile->token_count; i > 0; i--) {
        uint32_t token = profile->tokens[i - 1];

        if (token != SCMP_ARCH_X32 || !has_token(profile, SCMP_ARCH_X86_64))
            next = block(&c, token, next);
    }
    seccomp_write_op(&c.w, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), next);
    *length = c.w.count;
    return seccomp_written(&c.w);
}
