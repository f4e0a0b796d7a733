/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/seccomp_rules.h"

#include <seccomp.h>
#include <string.h>

/* ---- conditions ---- */

static struct seccomp_condition condition(const struct spec_seccomp_arg *arg)
{
    struct seccomp_condition result = {.arg = arg->index, .mask = UINT64_MAX, .value = arg->value};

    switch (arg->op) {
    case SPEC_CMP_NE:
    case SPEC_CMP_EQ:
        result.test = SECCOMP_EQUAL;
        result.negated = arg->op == SPEC_CMP_NE;
        break;
    case SPEC_CMP_LT:
    case SPEC_CMP_GE:
        result.test = SECCOMP_AT_LEAST;
        result.negated = arg->op == SPEC_CMP_LT;
        break;
    case SPEC_CMP_LE:
    case SPEC_CMP_GT:
        result.test = SECCOMP_ABOVE;
        result.negated = arg->op == SPEC_CMP_LE;
        break;
    default: /* SPEC_CMP_MASKED_EQ: "value" is the mask, "valueTwo" what must be left */
        result.test = SECCOMP_EQUAL;
        result.mask = arg->value;
        result.value = arg->value_two & arg->value;
        break;
    }
    return result;
}

/* @return whether two conditions look at the same argument. */
static bool repeats_argument(const struct spec_seccomp_rule *rule)
{
    unsigned seen = 0;

    for (size_t i = 0; i < rule->args.count; i++) {
        if (seen & 1u << rule->args.items[i].index)
            return true;
        seen |= 1u << rule->args.items[i].index;
    }
    return false;
}

static void prepare_conditions(struct arena *arena, const struct spec_seccomp_rule *rule,
                               struct seccomp_rule *prepared)
{
    struct seccomp_condition *items = arena_array(arena, rule->args.count, sizeof *items);

    /* As runc, and docker before it, always did: then each condition is a rule of its own. */
    prepared->apart = repeats_argument(rule);
    for (size_t i = 0; i < rule->args.count; i++) {
        struct seccomp_condition next = condition(&rule->args.items[i]);
        size_t at = i;

        for (; at > 0 && !prepared->apart && items[at - 1].arg > next.arg; at--)
            items[at] = items[at - 1];
        items[at] = next;
    }
    prepared->conditions = (struct seccomp_conditions){items, rule->args.count};
}

const struct seccomp_rule *seccomp_prepare(struct arena *arena, const struct spec_seccomp *seccomp)
{
    struct seccomp_rule *prepared = arena_array(arena, seccomp->syscalls.count, sizeof *prepared);
    const struct seccomp_call *last = NULL;

    for (size_t i = 0; i < seccomp->syscalls.count; i++) {
        const struct spec_seccomp_rule *rule = &seccomp->syscalls.items[i];

        prepare_conditions(arena, rule, &prepared[i]);
        prepared[i].calls = arena_array(arena, rule->names.count, sizeof(struct seccomp_call *));
        for (size_t n = 0; n < rule->names.count; n++) {
            prepared[i].calls[n] = seccomp_call_find(rule->names.items[n], last);
            if (prepared[i].calls[n])
                last = prepared[i].calls[n];
        }
    }
    return prepared;
}

/* ---- entries ---- */

static void add(struct arena *arena, struct seccomp_rules *rules, struct seccomp_entry entry)
{
    if (rules->count == rules->room) {
        size_t room = rules->room ? rules->room * 2 : 512;
        struct seccomp_entry *larger = arena_array(arena, room, sizeof *larger);

        if (rules->count)
            memcpy(larger, rules->entries, rules->count * sizeof *larger);
        rules->entries = larger;
        rules->spare = arena_array(arena, room, sizeof *larger);
        rules->room = room;
    }
    rules->entries[rules->count++] = entry;
}

/*
 * The call's number stands in the first argument, so a condition on that cannot be kept. The other arguments are
 * in memory, where a filter cannot look: as in libseccomp, their conditions are put to what stands in their place.
 */
static struct seccomp_conditions multiplexed(struct arena *arena, struct seccomp_conditions original)
{
    struct seccomp_condition *items = arena_array(arena, original.count, sizeof *items);
    size_t count = 0;

    for (size_t i = 0; i < original.count; i++)
        if (original.items[i].arg != 0)
            items[count++] = original.items[i];
    return (struct seccomp_conditions){items, count};
}

static void add_way(struct arena *arena, struct seccomp_rules *rules, const struct seccomp_rule *prepared,
                    struct seccomp_entry entry)
{
    size_t alternatives = prepared->apart ? prepared->conditions.count : 1;

    for (size_t i = 0; i < alternatives; i++) {
        entry.conditions = prepared->conditions;
        if (prepared->apart)
            entry.conditions = (struct seccomp_conditions){&prepared->conditions.items[i], 1};
        if (entry.call && entry.conditions.count)
            entry.conditions = multiplexed(arena, entry.conditions);
        add(arena, rules, entry);
    }
}

static void note_newest(struct seccomp_rules *rules, uint32_t token, const struct seccomp_number *way)
{
    if (token == SCMP_ARCH_ARM && way->number >= SECCOMP_ARM_PRIVATE)
        return;
    if (!rules->any || way->number > rules->newest)
        rules->newest = way->number;
    rules->any = true;
}

/* ---- their order ---- */

static bool comes_before(const struct seccomp_entry *x, const struct seccomp_entry *y)
{
    const struct seccomp_condition *p, *q;

    if (!x->call != !y->call)
        return !x->call;
    if (!x->conditions.count != !y->conditions.count)
        return !x->conditions.count;
    if (x->conditions.count) {
        p = &x->conditions.items[0];
        q = &y->conditions.items[0];
        if (p->arg != q->arg)
            return p->arg < q->arg;
        if (p->test != q->test)
            return p->test < q->test;
    }
    return x->order < y->order;
}

/* By one byte of the number; what has the same keeps its order. @return whether anything was moved. */
static bool sort_by_byte(const struct seccomp_entry *from, struct seccomp_entry *to, size_t count,
                         unsigned shift)
{
    size_t places[256] = {0}, at = 0;

    for (size_t i = 0; i < count; i++)
        places[from[i].number >> shift & 0xff]++;
    if (places[from[0].number >> shift & 0xff] == count)
        return false;
    for (size_t i = 0; i < 256; i++) {
        size_t here = places[i];

        places[i] = at;
        at += here;
    }
    for (size_t i = 0; i < count; i++)
        to[places[from[i].number >> shift & 0xff]++] = from[i];
    return true;
}

/* Numbers byte by byte, for there are hundreds; then the few entries of one number among themselves. */
static void sort(struct seccomp_rules *rules)
{
    for (unsigned shift = 0; shift < 32 && rules->count > 0; shift += 8)
        if (sort_by_byte(rules->entries, rules->spare, rules->count, shift)) {
            struct seccomp_entry *sorted = rules->spare;

            rules->spare = rules->entries;
            rules->entries = sorted;
        }
    for (size_t i = 1; i < rules->count; i++) {
        struct seccomp_entry entry = rules->entries[i];
        size_t at = i;

        for (; at > 0 && rules->entries[at - 1].number == entry.number &&
               comes_before(&entry, &rules->entries[at - 1]);
             at--)
            rules->entries[at] = rules->entries[at - 1];
        if (at != i)
            rules->entries[at] = entry;
    }
}

void seccomp_resolve(struct arena *arena, const struct seccomp_profile *profile,
                     const struct seccomp_rule *prepared, uint32_t token, struct seccomp_rules *rules)
{
    struct seccomp_architecture architecture;

    seccomp_architecture_prepare(&architecture, token);
    rules->count = 0;
    rules->any = false;
    for (size_t i = 0; i < profile->seccomp->syscalls.count; i++) {
        const struct spec_strings *names = &profile->seccomp->syscalls.items[i].names;

        for (size_t n = 0; n < names->count; n++) {
            struct seccomp_number ways[SECCOMP_WAYS];
            size_t count = seccomp_numbers(&architecture, names->items[n], prepared[i].calls[n], ways);

            for (size_t w = 0; w < count; w++) {
                note_newest(rules, token, &ways[w]);
                if (profile->actions[i] != profile->default_action)
                    add_way(arena, rules, &prepared[i],
                            (struct seccomp_entry){.number = ways[w].number,
                                                   .call = ways[w].call,
                                                   .order = (uint32_t)i,
                                                   .action = profile->actions[i]});
            }
        }
    }
    sort(rules);
}
