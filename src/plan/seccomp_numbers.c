/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/seccomp_numbers.h"

#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* libseccomp's numbers for calls that an architecture multiplexes: -101 is socketcall's call 1, -201 ipc's. */
    SOCKET_FIRST = -120,
    SOCKET_LAST = -101,
    SOCKET_BASE = -100,
    IPC_FIRST = -224,
    IPC_LAST = -201,
    IPC_BASE = -200,
    /* The own numbers of these calls lie in this range on every architecture. */
    DIRECT_FIRST = 160,
    DIRECT_END = 450,
};

/* ---- the table ---- */

const struct seccomp_call *seccomp_call_find(const char *name, const struct seccomp_call *after)
{
    size_t low = 0, high = seccomp_call_count;

    /* Most names are the next or one of the next. */
    if (after) {
        size_t at = (size_t)(after - seccomp_calls), step = 1;
        int order = strcmp(name, after->name);

        if (order == 0)
            return after;
        if (order < 0) {
            high = at;
        } else {
            for (low = at + 1; low + step < high && strcmp(name, seccomp_calls[low + step - 1].name) > 0;
                 step *= 2)
                low += step;
            if (low + step < high)
                high = low + step;
        }
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, seccomp_calls[middle].name);

        if (order == 0)
            return &seccomp_calls[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static int column_of(uint32_t token)
{
    switch (token) {
    case SCMP_ARCH_X86:
        return SECCOMP_COLUMN_X86;
    case SCMP_ARCH_X86_64:
        return SECCOMP_COLUMN_X86_64;
    case SCMP_ARCH_X32:
        return SECCOMP_COLUMN_X32;
    case SCMP_ARCH_ARM:
        return SECCOMP_COLUMN_ARM;
    case SCMP_ARCH_AARCH64:
        return SECCOMP_COLUMN_AARCH64;
    default:
        return -1;
    }
}

/* @return whether libseccomp is newer than the table. */
static bool is_newer(void)
{
    const struct scmp_version *v = seccomp_version();

    if (v->major != SECCOMP_TABLE_MAJOR)
        return v->major > SECCOMP_TABLE_MAJOR;
    if (v->minor != SECCOMP_TABLE_MINOR)
        return v->minor > SECCOMP_TABLE_MINOR;
    return v->micro > SECCOMP_TABLE_MICRO;
}

void seccomp_architecture_prepare(struct seccomp_architecture *architecture, uint32_t token)
{
    *architecture = (struct seccomp_architecture){
        .token = token,
        .column = column_of(token),
        .newer = is_newer(),
        .socketcall = seccomp_syscall_resolve_name_arch(token, "socketcall"),
        .ipc = seccomp_syscall_resolve_name_arch(token, "ipc"),
    };
}

/* ---- libseccomp ---- */

/*
 * It gives the multiplexed number by name, but the name by either number. The names are freed together: musl maps a
 * page for the first and unmaps it with the last, which would be for each.
 */
static size_t find_direct(uint32_t token, const char *name, struct seccomp_number *way)
{
    int base = seccomp_syscall_resolve_name_arch(token, "exit") / 1000 * 1000; /* MIPS counts from 4000 */
    char *seen[DIRECT_END - DIRECT_FIRST];
    size_t count = 0, found = 0;

    for (int number = base + DIRECT_FIRST; number < base + DIRECT_END && !found; number++) {
        seen[count] = seccomp_syscall_resolve_num_arch(token, number);
        found = seen[count] && strcmp(seen[count], name) == 0;
        if (found)
            *way = (struct seccomp_number){.number = (uint32_t)number};
        count++;
    }
    while (count > 0)
        free(seen[--count]);
    return found;
}

static size_t ask_library(const struct seccomp_architecture *a, const char *name,
                          struct seccomp_number ways[SECCOMP_WAYS])
{
    int number = seccomp_syscall_resolve_name_arch(a->token, name);

    if (number >= 0)
        ways[0] = (struct seccomp_number){.number = (uint32_t)number};
    else if (a->socketcall >= 0 && number >= SOCKET_FIRST && number <= SOCKET_LAST)
        ways[0] = (struct seccomp_number){(uint32_t)a->socketcall, (uint32_t)(SOCKET_BASE - number)};
    else if (a->ipc >= 0 && number >= IPC_FIRST && number <= IPC_LAST)
        ways[0] = (struct seccomp_number){(uint32_t)a->ipc, (uint32_t)(IPC_BASE - number)};
    else
        return 0;
    return 1 + (number < 0 ? find_direct(a->token, name, &ways[1]) : 0);
}

/* ---- both ---- */

size_t seccomp_numbers(const struct seccomp_architecture *a, const char *name,
                       const struct seccomp_call *call, struct seccomp_number ways[SECCOMP_WAYS])
{
    int multiplexer;
    size_t count = 0;

    if (!call || a->column < 0)
        return ask_library(a, name, ways);
    multiplexer = call->through & SECCOMP_THROUGH_SOCKETCALL ? a->socketcall
                  : call->through & SECCOMP_THROUGH_IPC      ? a->ipc
                                                             : -1;
    if (call->numbers[a->column] >= 0)
        ways[count++] = (struct seccomp_number){
            .number = (uint32_t)call->numbers[a->column] | (a->token == SCMP_ARCH_X32 ? SECCOMP_X32_BIT : 0),
        };
    if (multiplexer >= 0)
        ways[count++] = (struct seccomp_number){(uint32_t)multiplexer, call->through & SECCOMP_THROUGH_CALL};
    return count == 0 && a->newer ? ask_library(a, name, ways) : count;
}
