/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/seccomp_rules.h"

#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

enum {
    ARGUMENTS = 6,
    /* libseccomp's numbers for calls that an architecture multiplexes: -101 is socketcall's call 1, -201 ipc's. */
    SOCKET_FIRST = -120,
    SOCKET_LAST = -101,
    SOCKET_BASE = -100,
    IPC_FIRST = -224,
    IPC_LAST = -201,
    IPC_BASE = -200,
    /* The same calls have numbers of their own, too, on kernels since 4.3 and 5.1: in this range on every one. */
    DIRECT_FIRST = 160,
    DIRECT_END = 450,
    DIRECT_ROOM = 64,
};

/* The own number of a multiplexed call. */
struct direct {
    char *name; /* to be freed */
    uint32_t number;
};

struct resolver {
    struct arena *arena;
    uint32_t token;
    int socketcall, ipc; /* negative: not multiplexed here */
    struct direct direct[DIRECT_ROOM];
    size_t direct_count;
    bool direct_known;
    struct seccomp_rules *rules;
    size_t room;
};

static void forget_direct(struct resolver *r)
{
    for (size_t i = 0; i < r->direct_count; i++)
        free(r->direct[i].name);
}

static bool is_multiplexed(const struct resolver *r, int number)
{
    return (r->socketcall >= 0 && number >= SOCKET_FIRST && number <= SOCKET_LAST) ||
           (r->ipc >= 0 && number >= IPC_FIRST && number <= IPC_LAST);
}

/*
 * libseccomp gives the multiplexed number by name, but the name by either number. The names are freed together: musl
 * maps a page for the first and unmaps it with the last, which would be for each.
 */
static void find_direct(struct resolver *r)
{
    int base = seccomp_syscall_resolve_name_arch(r->token, "exit") / 1000 * 1000; /* MIPS counts from 4000 */
    char *unused[DIRECT_END - DIRECT_FIRST];
    size_t unused_count = 0;

    r->direct_known = true;
    for (int number = base + DIRECT_FIRST; number < base + DIRECT_END && r->direct_count < DIRECT_ROOM;
         number++) {
        char *name = seccomp_syscall_resolve_num_arch(r->token, number);

        if (name && is_multiplexed(r, seccomp_syscall_resolve_name_arch(r->token, name)))
            r->direct[r->direct_count++] = (struct direct){name, (uint32_t)number};
        else
            unused[unused_count++] = name;
    }
    while (unused_count > 0)
        free(unused[--unused_count]);
}

static void add(struct resolver *r, uint32_t number, uint32_t order, uint32_t action,
                struct seccomp_conditions conditions)
{
    struct seccomp_rules *rules = r->rules;

    if (rules->count == r->room) {
        struct seccomp_entry *larger = arena_array(r->arena, r->room * 2, sizeof *larger);

        memcpy(larger, rules->entries, rules->count * sizeof *larger);
        rules->entries = larger;
        r->room *= 2;
    }
    rules->entries[rules->count++] = (struct seccomp_entry){number, order, action, conditions};
}

/*
 * The call's number stands in the first argument, so a condition on that cannot be kept. The other arguments are
 * in memory, where a filter cannot look: as in libseccomp, their conditions are put to what stands in their place.
 */
static struct seccomp_conditions multiplexed(struct resolver *r, struct seccomp_conditions original,
                                             uint32_t call)
{
    struct seccomp_conditions result = {arena_array(r->arena, original.count + 1, sizeof *result.items), 1};

    result.items[0] = (struct seccomp_condition){.test = SECCOMP_EQUAL, .mask = UINT64_MAX, .value = call};
    for (size_t i = 0; i < original.count; i++)
        if (original.items[i].arg != 0)
            result.items[result.count++] = original.items[i];
    return result;
}

static void add_name(struct resolver *r, const char *name, int number, uint32_t order, uint32_t action,
                     struct seccomp_conditions conditions)
{
    bool socket = number >= SOCKET_FIRST;

    if (number >= 0) {
        add(r, (uint32_t)number, order, action, conditions);
        return;
    }
    if (!is_multiplexed(r, number))
        return;
    add(r, (uint32_t)(socket ? r->socketcall : r->ipc), order, action,
        multiplexed(r, conditions, (uint32_t)((socket ? SOCKET_BASE : IPC_BASE) - number)));
    if (!r->direct_known)
        find_direct(r);
    for (size_t i = 0; i < r->direct_count; i++)
        if (strcmp(r->direct[i].name, name) == 0)
            add(r, r->direct[i].number, order, action, conditions);
}

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

static int compare_conditions(const void *a, const void *b)
{
    const struct seccomp_condition *x = a, *y = b;

    return (x->arg > y->arg) - (x->arg < y->arg);
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

static int compare_entries(const void *a, const void *b)
{
    const struct seccomp_entry *x = a, *y = b;
    const struct seccomp_condition *p, *q;

    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    if (!x->conditions.count != !y->conditions.count)
        return x->conditions.count ? 1 : -1;
    if (x->conditions.count) {
        p = &x->conditions.items[0];
        q = &y->conditions.items[0];
        if (p->arg != q->arg)
            return p->arg < q->arg ? -1 : 1;
        if (p->test != q->test)
            return p->test < q->test ? -1 : 1;
    }
    return (x->order > y->order) - (x->order < y->order);
}

static void note_newest(struct seccomp_rules *rules, uint32_t token, int number)
{
    if (number < 0 || (token == SCMP_ARCH_ARM && (uint32_t)number >= SECCOMP_ARM_PRIVATE))
        return;
    if (!rules->any || (uint32_t)number > rules->newest)
        rules->newest = (uint32_t)number;
    rules->any = true;
}

static void resolve_rule(struct resolver *r, const struct spec_seccomp_rule *rule, uint32_t order,
                         uint32_t action, bool effective)
{
    struct seccomp_conditions all = {arena_array(r->arena, rule->args.count, sizeof *all.items),
                                     rule->args.count};
    /* As runc, and docker before it, always did: then each condition is a rule of its own, one of them is enough. */
    bool apart = repeats_argument(rule);

    for (size_t i = 0; i < all.count; i++)
        all.items[i] = condition(&rule->args.items[i]);
    if (!apart && all.count > 1)
        qsort(all.items, all.count, sizeof *all.items, compare_conditions);
    for (size_t n = 0; n < rule->names.count; n++) {
        int number = seccomp_syscall_resolve_name_arch(r->token, rule->names.items[n]);

        note_newest(r->rules, r->token, number);
        for (size_t i = 0; effective && apart && i < all.count; i++)
            add_name(r, rule->names.items[n], number, order, action,
                     (struct seccomp_conditions){&all.items[i], 1});
        if (effective && !apart)
            add_name(r, rule->names.items[n], number, order, action, all);
    }
}

void seccomp_resolve(struct arena *arena, const struct spec_seccomp *seccomp, uint32_t token,
                     const uint32_t *actions, uint32_t default_action, struct seccomp_rules *rules)
{
    __attribute__((cleanup(forget_direct))) struct resolver r = {
        .arena = arena,
        .token = token,
        .socketcall = seccomp_syscall_resolve_name_arch(token, "socketcall"),
        .ipc = seccomp_syscall_resolve_name_arch(token, "ipc"),
        .rules = rules,
        .room = 512,
    };

    *rules = (struct seccomp_rules){.entries = arena_array(arena, r.room, sizeof *rules->entries)};
    for (size_t i = 0; i < seccomp->syscalls.count; i++)
        resolve_rule(&r, &seccomp->syscalls.items[i], (uint32_t)i, actions[i], actions[i] != default_action);
    qsort(rules->entries, rules->count, sizeof *rules->entries, compare_entries);
}
