/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The numbers of system calls by their names. libseccomp has them all, and takes 700 instructions for each name and
 * architecture; a profile of Docker's size asks for a thousand. So those of common architectures stand in a table
 * here, which is libseccomp's own: a test compares the two, and prints it (test_plan_seccomp_numbers --print).
 */
#ifndef PLAN_SECCOMP_NUMBERS_H
#define PLAN_SECCOMP_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum seccomp_column {
    SECCOMP_COLUMN_X86,
    SECCOMP_COLUMN_X86_64,
    SECCOMP_COLUMN_X32,
    SECCOMP_COLUMN_ARM,
    SECCOMP_COLUMN_AARCH64,
    SECCOMP_COLUMN_COUNT,
};

enum {
    SECCOMP_NAME_ROOM = 30,
    /* Of `through`: socketcall(2) or ipc(2), with the call's number there. */
    SECCOMP_THROUGH_SOCKETCALL = 0x100,
    SECCOMP_THROUGH_IPC = 0x200,
    SECCOMP_THROUGH_CALL = 0xff,
    /* numbers of x32 have this bit, and x86-64's audit architecture */
    SECCOMP_X32_BIT = 0x40000000,
    SECCOMP_TABLE_MAJOR = 2, /* of libseccomp the version that the table is from */
    SECCOMP_TABLE_MINOR = 5,
    SECCOMP_TABLE_MICRO = 4,
};

/* One system call. */
struct seccomp_call {
    char name[SECCOMP_NAME_ROOM];
    uint16_t through;                      /* where an architecture multiplexes it; 0: nowhere */
    int16_t numbers[SECCOMP_COLUMN_COUNT]; /* -1: the architecture does not have it; x32's without its bit */
};

/* By name, in the order of strcmp(3). */
extern const struct seccomp_call seccomp_calls[];
extern const size_t seccomp_call_count;

/**
 * @param after where the search begins: what was found before, or NULL. Profiles are mostly in the table's order.
 * @return the row of that name; NULL: ask libseccomp.
 */
const struct seccomp_call *seccomp_call_find(const char *name, const struct seccomp_call *after);

/* One way to make a system call. */
struct seccomp_number {
    uint32_t number;
    uint32_t
        call; /* what the first argument has to be: `number` is that of a multiplexer; 0: of the call itself */
};

struct seccomp_architecture {
    uint32_t token;
    int column;          /* of the table; -1: it has none */
    bool newer;          /* this libseccomp is newer than the table: what that does not have, it may */
    int socketcall, ipc; /* negative: not multiplexed here */
};

void seccomp_architecture_prepare(struct seccomp_architecture *architecture, uint32_t token);

enum { SECCOMP_WAYS = 2 };

/**
 * Where socket and System V IPC calls go through socketcall(2) and ipc(2), they have numbers of their own, too, on
 * kernels since 4.3 and 5.1: there are two ways then.
 * @param call the row of `name`, or NULL
 * @return how many of `ways` were filled in; 0: the architecture does not have it
 */
size_t seccomp_numbers(const struct seccomp_architecture *architecture, const char *name,
                       const struct seccomp_call *call, struct seccomp_number ways[SECCOMP_WAYS]);

#endif
