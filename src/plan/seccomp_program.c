/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/seccomp_program.h"

#include <endian.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>

enum { FAR = 255 }; /* the longest conditional jump */

/* From `start` up to the next range's start. */
struct range {
    uint32_t start;
    uint32_t action;                     /* when there are no entries */
    const struct seccomp_entry *entries; /* of one number, with conditions; behind them the default */
    size_t count;
};

/* All numbers of one audit architecture. */
struct block {
    uint32_t architecture; /* AUDIT_ARCH_* */
    struct range *ranges;
    size_t count;
};

struct writer {
    struct sock_filter *code;
    size_t at;
    uint32_t default_action;
    bool wide; /* arguments are compared with all 64 bits */
};

/* ---- ranges ---- */

static void add_range(struct block *block, uint32_t start, uint32_t action,
                      const struct seccomp_entry *entries, size_t count)
{
    if (block->count > 0 && !entries) {
        const struct range *last = &block->ranges[block->count - 1];

        if (!last->entries && last->action == action)
            return;
    }
    block->ranges[block->count++] = (struct range){start, action, entries, count};
}

/* Numbers from `start` to `end` (not included) that no rule speaks of. */
static void add_gap(struct block *block, const struct seccomp_profile *profile,
                    const struct seccomp_rules *rules, uint32_t token, uint64_t start, uint64_t end)
{
    /* Where numbers that are newer than the profile begin, and where they end. */
    uint64_t newer = profile->enosys && rules->any ? (uint64_t)rules->newest + 1 : end;
    uint64_t beyond = token == SCMP_ARCH_ARM && SECCOMP_ARM_PRIVATE < end ? SECCOMP_ARM_PRIVATE : end;

    if (newer < start)
        newer = start;
    if (start < (newer < beyond ? newer : end))
        add_range(block, (uint32_t)start, profile->default_action, NULL, 0);
    if (newer >= beyond)
        return;
    add_range(block, (uint32_t)newer, SECCOMP_RET_ERRNO | ENOSYS, NULL, 0);
    if (beyond < end)
        add_range(block, (uint32_t)beyond, profile->default_action, NULL, 0);
}

/* Every number from `start` to `end` (not included), by what the profile says for one token. */
static void add_zone(struct arena *arena, struct block *block, const struct seccomp_profile *profile,
                     uint32_t token, uint32_t start, uint32_t end)
{
    struct seccomp_rules rules;
    struct range *ranges;
    uint64_t next = start;
    size_t same;

    seccomp_resolve(arena, profile->seccomp, token, profile->actions, profile->default_action, &rules);
    ranges = arena_array(arena, block->count + 3 * rules.count + 8, sizeof *ranges);
    if (block->count)
        memcpy(ranges, block->ranges, block->count * sizeof *ranges);
    block->ranges = ranges;
    for (size_t i = 0; i < rules.count; i = same) {
        const struct seccomp_entry *entry = &rules.entries[i];

        for (same = i + 1; same < rules.count && rules.entries[same].number == entry->number;)
            same++;
        add_gap(block, profile, &rules, token, next, entry->number);
        if (entry->conditions.count)
            add_range(block, entry->number, 0, entry, same - i);
        else
            add_range(block, entry->number, entry->action, NULL, 0);
        next = (uint64_t)entry->number + 1;
    }
    add_gap(block, profile, &rules, token, next, end);
}

static bool has_token(const struct seccomp_profile *profile, uint32_t token)
{
    for (size_t i = 0; i < profile->token_count; i++)
        if (profile->tokens[i] == token)
            return true;
    return false;
}

static void add_zone_or_kill(struct arena *arena, struct block *block, const struct seccomp_profile *profile,
                             uint32_t token, uint32_t start, uint32_t end)
{
    if (has_token(profile, token))
        add_zone(arena, block, profile, token, start, end);
    else
        add_range(block, start, SECCOMP_RET_KILL_THREAD, NULL, 0);
}

static void fill_block(struct arena *arena, struct block *block, const struct seccomp_profile *profile,
                       uint32_t token)
{
    block->architecture = token == SCMP_ARCH_X32 ? AUDIT_ARCH_X86_64 : token;
    block->ranges = arena_array(arena, 4, sizeof *block->ranges);
    if (block->architecture == AUDIT_ARCH_X86_64) {
        add_zone_or_kill(arena, block, profile, SCMP_ARCH_X86_64, 0, SECCOMP_X32_BIT);
        add_zone_or_kill(arena, block, profile, SCMP_ARCH_X32, SECCOMP_X32_BIT, UINT32_MAX);
    } else {
        add_zone(arena, block, profile, token, 0, UINT32_MAX);
    }
    /* A tracer sets the number to -1 to have a system call skipped: that is none, of any architecture. */
    add_range(block, UINT32_MAX, profile->default_action, NULL, 0);
}

/* ---- instructions ---- */

static void emit(struct writer *w, uint16_t code, uint32_t k, size_t jt, size_t jf)
{
    if (w->code)
        w->code[w->at] = (struct sock_filter){code, (uint8_t)jt, (uint8_t)jf, k};
    w->at++;
}

/* Jumps to absolute places that are near. */
static void emit_jump(struct writer *w, uint16_t test, uint32_t k, size_t yes, size_t no)
{
    emit(w, BPF_JMP | test | BPF_K, k, yes - w->at - 1, no - w->at - 1);
}

static void emit_load(struct writer *w, const struct seccomp_condition *c, bool high)
{
    size_t offset = offsetof(struct seccomp_data, args) + c->arg * sizeof(uint64_t);
    bool second = high == (__BYTE_ORDER == __LITTLE_ENDIAN);
    uint32_t mask = (uint32_t)(high ? c->mask >> 32 : c->mask);

    emit(w, BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offset + (second ? sizeof(uint32_t) : 0)), 0, 0);
    if (mask != UINT32_MAX)
        emit(w, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
}

static size_t load_size(const struct seccomp_condition *c, bool high)
{
    return (uint32_t)(high ? c->mask >> 32 : c->mask) == UINT32_MAX ? 1 : 2;
}

static size_t condition_size(const struct writer *w, const struct seccomp_condition *c)
{
    size_t low = load_size(c, false) + 1;

    if (!w->wide)
        return low;
    return low + load_size(c, true) + (c->test == SECCOMP_EQUAL ? 1 : 2);
}

/* Goes on behind the condition when it holds, and to `no` otherwise. */
static void emit_condition(struct writer *w, const struct seccomp_condition *c, size_t no)
{
    size_t end = w->at + condition_size(w, c);
    size_t holds = c->negated ? no : end, fails = c->negated ? end : no;
    uint32_t high = (uint32_t)(c->value >> 32), low = (uint32_t)c->value;

    if (w->wide) {
        emit_load(w, c, true);
        if (c->test != SECCOMP_EQUAL)
            emit_jump(w, BPF_JGT, high, holds, w->at + 1);
        emit_jump(w, BPF_JEQ, high, w->at + 1, fails);
    }
    emit_load(w, c, false);
    emit_jump(w,
              c->test == SECCOMP_EQUAL   ? BPF_JEQ
              : c->test == SECCOMP_ABOVE ? BPF_JGT
                                         : BPF_JGE,
              low, holds, fails);
}

static size_t entry_size(const struct writer *w, const struct seccomp_entry *entry)
{
    size_t size = 1;

    for (size_t i = 0; i < entry->conditions.count; i++)
        size += condition_size(w, &entry->conditions.items[i]);
    return size;
}

static void emit_entry(struct writer *w, const struct seccomp_entry *entry)
{
    size_t end = w->at + entry_size(w, entry);

    for (size_t i = 0; i < entry->conditions.count; i++)
        emit_condition(w, &entry->conditions.items[i], end);
    emit(w, BPF_RET | BPF_K, entry->action, 0, 0);
}

static size_t range_size(const struct writer *w, const struct range *range)
{
    size_t size = 1;

    for (size_t i = 0; i < range->count; i++)
        size += entry_size(w, &range->entries[i]);
    return size;
}

static void emit_range(struct writer *w, const struct range *range)
{
    for (size_t i = 0; i < range->count; i++)
        emit_entry(w, &range->entries[i]);
    emit(w, BPF_RET | BPF_K, range->entries ? w->default_action : range->action, 0, 0);
}

static size_t tree_size(const struct writer *w, const struct range *ranges, size_t count)
{
    size_t half = count / 2, left;

    if (count == 1)
        return range_size(w, ranges);
    left = tree_size(w, ranges, half);
    return (left > FAR ? 2u : 1u) + left + tree_size(w, ranges + half, count - half);
}

/* Which range the accumulator lies in: lower numbers stand first. */
static void emit_tree(struct writer *w, const struct range *ranges, size_t count)
{
    size_t half = count / 2, left;

    if (count == 1) {
        emit_range(w, ranges);
        return;
    }
    left = tree_size(w, ranges, half);
    if (left <= FAR) {
        emit(w, BPF_JMP | BPF_JGE | BPF_K, ranges[half].start, left, 0);
    } else {
        emit(w, BPF_JMP | BPF_JGE | BPF_K, ranges[half].start, 0, 1);
        emit(w, BPF_JMP | BPF_JA, (uint32_t)left, 0, 0);
    }
    emit_tree(w, ranges, half);
    emit_tree(w, ranges + half, count - half);
}

static void emit_block(struct writer *w, const struct block *block)
{
    /* n32 and 32-bit ones have arguments of 32 bits; x32 is not told apart here and has those of x86-64. */
    w->wide = (block->architecture & __AUDIT_ARCH_64BIT) &&
              !(block->architecture & __AUDIT_ARCH_CONVENTION_MIPS64_N32);
    emit(w, BPF_JMP | BPF_JEQ | BPF_K, block->architecture, 1, 0);
    emit(w, BPF_JMP | BPF_JA, (uint32_t)(1 + tree_size(w, block->ranges, block->count)), 0, 0);
    emit(w, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
    emit_tree(w, block->ranges, block->count);
}

static void emit_all(struct writer *w, const struct block *blocks, size_t count)
{
    emit(w, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0, 0);
    for (size_t i = 0; i < count; i++)
        emit_block(w, &blocks[i]);
    emit(w, BPF_RET | BPF_K, SECCOMP_RET_KILL_THREAD, 0, 0);
}

struct sock_filter *seccomp_program(struct arena *arena, const struct seccomp_profile *profile,
                                    size_t *length)
{
    struct block *blocks = arena_array(arena, profile->token_count, sizeof *blocks);
    struct writer w = {.default_action = profile->default_action};
    size_t count = 0;

    for (size_t i = 0; i < profile->token_count; i++) {
        uint32_t token = profile->tokens[i];

        if (token == SCMP_ARCH_X32 && has_token(profile, SCMP_ARCH_X86_64))
            continue; /* in the block of x86-64 */
        fill_block(arena, &blocks[count++], profile, token);
    }
    emit_all(&w, blocks, count); /* counts */
    *length = w.at;
    w.code = arena_array(arena, w.at, sizeof *w.code);
    w.at = 0;
    emit_all(&w, blocks, count);
    return w.code;
}
