/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a seccomp profile means, worked out from its text for one system call at a time, without any of the code that
 * compiles it: names by libseccomp, multiplexed calls by the kernel's headers, conditions by C's operators.
 */
#ifndef SECCOMP_MEANING_H
#define SECCOMP_MEANING_H

#include <errno.h>
#include <linux/audit.h>
#include <linux/ipc.h>
#include <linux/net.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "spec/spec.h"

enum {
    MEANING_NUMBERS = 1024, /* no architecture has as many system calls yet */
    MEANING_RULES = 64,
    MEANING_X32 = 0x40000000,
    MEANING_ARM_PRIVATE = 0x0f0000, /* cacheflush(2), set_tls(2), ... */
    MEANING_PRIVATE_NUMBERS = 16,
};

/* ---- names ---- */

/* The system calls of one architecture. */
struct meaning_names {
    uint32_t token;
    int base; /* MIPS counts from 4000, 5000 and 6000, x32 from its bit */
    char *names[MEANING_NUMBERS];
    char *private_names[MEANING_PRIVATE_NUMBERS];
};

/* libseccomp looks through its whole list for each number: that is done once. */
static const struct meaning_names *meaning_names(uint32_t token)
{
    static struct meaning_names known[24];
    struct meaning_names *names = known;

    while (names->token != token && names->token != 0)
        names++;
    if (names->token == token)
        return names;
    names->token = token;
    names->base =
        token == SCMP_ARCH_X32 ? MEANING_X32 : seccomp_syscall_resolve_name_arch(token, "exit") / 1000 * 1000;
    for (int i = 0; i < MEANING_NUMBERS; i++)
        names->names[i] = seccomp_syscall_resolve_num_arch(token, names->base + i);
    for (int i = 0; token == SCMP_ARCH_ARM && i < MEANING_PRIVATE_NUMBERS; i++)
        names->private_names[i] = seccomp_syscall_resolve_num_arch(token, MEANING_ARM_PRIVATE + i);
    return names;
}

/* @return the name of a system call, or NULL. */
static const char *meaning_name(uint32_t token, int number)
{
    const struct meaning_names *names = meaning_names(token);

    if (number >= MEANING_ARM_PRIVATE && number < MEANING_ARM_PRIVATE + MEANING_PRIVATE_NUMBERS)
        return names->private_names[number - MEANING_ARM_PRIVATE];
    return number >= names->base && number < names->base + MEANING_NUMBERS
               ? names->names[number - names->base]
               : NULL;
}

/* What goes through socketcall(2) and ipc(2): its first argument says which. */
static uint32_t meaning_call(const char *through, const char *name)
{
    static const struct {
        const char *through;
        const char *name;
        uint32_t call;
    } calls[] = {
        {"socketcall", "socket", SYS_SOCKET},
        {"socketcall", "bind", SYS_BIND},
        {"socketcall", "connect", SYS_CONNECT},
        {"socketcall", "listen", SYS_LISTEN},
        {"socketcall", "accept", SYS_ACCEPT},
        {"socketcall", "getsockname", SYS_GETSOCKNAME},
        {"socketcall", "getpeername", SYS_GETPEERNAME},
        {"socketcall", "socketpair", SYS_SOCKETPAIR},
        {"socketcall", "send", SYS_SEND},
        {"socketcall", "recv", SYS_RECV},
        {"socketcall", "sendto", SYS_SENDTO},
        {"socketcall", "recvfrom", SYS_RECVFROM},
        {"socketcall", "shutdown", SYS_SHUTDOWN},
        {"socketcall", "setsockopt", SYS_SETSOCKOPT},
        {"socketcall", "getsockopt", SYS_GETSOCKOPT},
        {"socketcall", "sendmsg", SYS_SENDMSG},
        {"socketcall", "recvmsg", SYS_RECVMSG},
        {"socketcall", "accept4", SYS_ACCEPT4},
        {"socketcall", "recvmmsg", SYS_RECVMMSG},
        {"socketcall", "sendmmsg", SYS_SENDMMSG},
        {"ipc", "semop", SEMOP},
        {"ipc", "semget", SEMGET},
        {"ipc", "semctl", SEMCTL},
        {"ipc", "semtimedop", SEMTIMEDOP},
        {"ipc", "msgsnd", MSGSND},
        {"ipc", "msgrcv", MSGRCV},
        {"ipc", "msgget", MSGGET},
        {"ipc", "msgctl", MSGCTL},
        {"ipc", "shmat", SHMAT},
        {"ipc", "shmdt", SHMDT},
        {"ipc", "shmget", SHMGET},
        {"ipc", "shmctl", SHMCTL},
    };

    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (strcmp(through, calls[i].through) == 0 && strcmp(name, calls[i].name) == 0)
            return calls[i].call;
    return 0;
}

/* A rule about a multiplexed call is one about its multiplexer. */
static bool meaning_mentions(const struct spec_seccomp_rule *rule, const char *name)
{
    for (size_t i = 0; i < rule->names.count; i++)
        if (strcmp(rule->names.items[i], name) == 0 || meaning_call(name, rule->names.items[i]))
            return true;
    return false;
}

/* The largest number that a profile names, or -1: what is above is newer than the profile. */
static int meaning_newest(const struct spec_seccomp *seccomp, uint32_t token)
{
    const struct meaning_names *names = meaning_names(token);

    for (int i = MEANING_NUMBERS - 1; i >= 0; i--)
        for (size_t r = 0; names->names[i] && r < seccomp->syscalls.count; r++)
            if (meaning_mentions(&seccomp->syscalls.items[r], names->names[i]))
                return names->base + i;
    return -1;
}

/* ---- rules ---- */

/* What one rule says about one number: nothing, unless all of these hold. */
struct meaning_rule {
    const struct spec_seccomp_arg *args[6];
    size_t count;
    uint32_t call; /* the first argument has to be this; 0: the number is that of the system call itself */
    uint32_t action;
};

/* All that a profile says about one number of an architecture. */
struct meaning {
    uint32_t otherwise;
    uint64_t width; /* the bits that an argument has */
    size_t count;
    struct meaning_rule rules[MEANING_RULES]; /* in the profile's order */
};

static uint32_t meaning_action(enum spec_seccomp_action action, struct spec_u32 errno_ret)
{
    uint32_t value = errno_ret.set ? errno_ret.value : EPERM;

    switch (action) {
    case SPEC_ACT_KILL:
    case SPEC_ACT_KILL_THREAD:
        return SECCOMP_RET_KILL_THREAD;
    case SPEC_ACT_KILL_PROCESS:
        return SECCOMP_RET_KILL_PROCESS;
    case SPEC_ACT_TRAP:
        return SECCOMP_RET_TRAP;
    case SPEC_ACT_ERRNO:
        return SECCOMP_RET_ERRNO | value;
    case SPEC_ACT_TRACE:
        return SECCOMP_RET_TRACE | value;
    case SPEC_ACT_LOG:
        return SECCOMP_RET_LOG;
    case SPEC_ACT_NOTIFY:
        return SECCOMP_RET_USER_NOTIF;
    default:
        return SECCOMP_RET_ALLOW;
    }
}

static uint32_t meaning_default(const struct spec_seccomp *seccomp)
{
    return meaning_action(seccomp->default_action, seccomp->default_errno_ret);
}

static void meaning_add_rule(struct meaning *m, const struct spec_seccomp_rule *rule, uint32_t call)
{
    struct meaning_rule all = {.call = call, .action = meaning_action(rule->action, rule->errno_ret)};
    unsigned seen = 0, twice = 0;

    for (size_t i = 0; i < rule->args.count; i++) {
        twice |= seen & 1u << rule->args.items[i].index;
        seen |= 1u << rule->args.items[i].index;
    }
    for (size_t i = 0; i < rule->args.count; i++) {
        const struct spec_seccomp_arg *arg = &rule->args.items[i];
        struct meaning_rule one = {.call = call, .action = all.action};

        /* The multiplexer's first argument is not the call's. */
        if (!call || arg->index != 0)
            all.args[twice ? 0 : all.count++] = arg;
        if (!twice)
            continue;
        /* An argument that is there twice makes each condition a rule of its own. */
        one.args[0] = arg;
        one.count = !call || arg->index != 0;
        m->rules[m->count++] = one;
    }
    if (!twice)
        m->rules[m->count++] = all;
}

/* All of a number of the architecture with libseccomp's token `token`. */
static void meaning_of(const struct spec_seccomp *seccomp, uint32_t token, uint32_t number, int newest,
                       struct meaning *m)
{
    const char *name = meaning_name(token, (int)number);
    enum spec_seccomp_action standard = seccomp->default_action;
    bool refuses = standard != SPEC_ACT_ALLOW && standard != SPEC_ACT_LOG && standard != SPEC_ACT_TRACE;

    m->count = 0;
    m->width = token == SCMP_ARCH_X32 || (token & __AUDIT_ARCH_64BIT) ? UINT64_MAX : UINT32_MAX;
    if (token & __AUDIT_ARCH_CONVENTION_MIPS64_N32)
        m->width = UINT32_MAX;
    m->otherwise = meaning_default(seccomp);
    if (refuses && newest >= 0 && number > (uint32_t)newest && number != UINT32_MAX &&
        (token != SCMP_ARCH_ARM || number < MEANING_ARM_PRIVATE))
        m->otherwise = SECCOMP_RET_ERRNO | ENOSYS;
    for (size_t i = 0; name && i < seccomp->syscalls.count; i++) {
        const struct spec_seccomp_rule *rule = &seccomp->syscalls.items[i];

        if (meaning_action(rule->action, rule->errno_ret) == meaning_default(seccomp))
            continue; /* as in other runtimes, it says nothing */
        for (size_t n = 0; n < rule->names.count && m->count < MEANING_RULES - 6; n++) {
            uint32_t call = meaning_call(name, rule->names.items[n]);

            if (call || strcmp(rule->names.items[n], name) == 0)
                meaning_add_rule(m, rule, call);
        }
    }
}

/* ---- asking ---- */

static bool meaning_condition(const struct spec_seccomp_arg *arg, uint64_t value, uint64_t width)
{
    uint64_t first = arg->value & width, second = arg->value_two & width;

    value &= width;
    switch (arg->op) {
    case SPEC_CMP_NE:
        return value != first;
    case SPEC_CMP_LT:
        return value < first;
    case SPEC_CMP_LE:
        return value <= first;
    case SPEC_CMP_EQ:
        return value == first;
    case SPEC_CMP_GE:
        return value >= first;
    case SPEC_CMP_GT:
        return value > first;
    default:
        return (value & first) == (second & first);
    }
}

static bool meaning_holds(const struct meaning *m, const struct meaning_rule *rule, const __u64 args[6])
{
    if (rule->call && (args[0] & m->width) != rule->call)
        return false;
    for (size_t i = 0; i < rule->count; i++)
        if (!meaning_condition(rule->args[i], args[rule->args[i]->index], m->width))
            return false;
    return true;
}

/* Where rules contradict each other: a smaller number decides (plan/seccomp_rules.h). */
static unsigned meaning_rank(const struct meaning_rule *rule)
{
    unsigned through = rule->call ? 1000 : 0;
    const struct spec_seccomp_arg *first = rule->args[0];

    if (rule->count == 0)
        return through;
    for (size_t i = 1; i < rule->count; i++)
        if (rule->args[i]->index < first->index)
            first = rule->args[i];
    return through + 1 + first->index * 10 +
           (first->op == SPEC_CMP_LT || first->op == SPEC_CMP_GE   ? 1
            : first->op == SPEC_CMP_LE || first->op == SPEC_CMP_GT ? 2
                                                                   : 0);
}

/* @return the answer to a system call with these arguments: SECCOMP_RET_* with its data. */
static uint32_t meaning_answer(const struct meaning *m, const __u64 args[6])
{
    const struct meaning_rule *best = NULL;

    for (size_t i = 0; i < m->count; i++)
        if (meaning_holds(m, &m->rules[i], args) &&
            (!best || meaning_rank(&m->rules[i]) < meaning_rank(best)))
            best = &m->rules[i];
    return best ? best->action : m->otherwise;
}

#endif
