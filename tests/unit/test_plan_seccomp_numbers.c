/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The numbers of system calls: our table against libseccomp, number by number and name by name.
 * test_plan_seccomp_numbers --print writes the table anew, from the libseccomp that there is.
 */
#include "plan_config.h"

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>

#include "plan/seccomp_numbers.h"

enum { NUMBERS = 1024, NAMES = 2048 };

static const uint32_t tokens[SECCOMP_COLUMN_COUNT] = {
    [SECCOMP_COLUMN_X86] = SCMP_ARCH_X86,         [SECCOMP_COLUMN_X86_64] = SCMP_ARCH_X86_64,
    [SECCOMP_COLUMN_X32] = SCMP_ARCH_X32,         [SECCOMP_COLUMN_ARM] = SCMP_ARCH_ARM,
    [SECCOMP_COLUMN_AARCH64] = SCMP_ARCH_AARCH64,
};

static int base_of(unsigned column)
{
    return column == SECCOMP_COLUMN_X32 ? SECCOMP_X32_BIT : 0;
}

/* The number by which the call itself is made, though libseccomp gives the multiplexer's by its name. */
static int direct_number(unsigned column, const char *name)
{
    for (int i = 0; i < NUMBERS; i++) {
        char *other = seccomp_syscall_resolve_num_arch(tokens[column], base_of(column) + i);
        bool same = other && strcmp(other, name) == 0;

        free(other);
        if (same)
            return i;
    }
    return -1;
}

static int library_number(unsigned column, const char *name)
{
    int number = seccomp_syscall_resolve_name_arch(tokens[column], name);

    return number >= 0 ? number - base_of(column) : direct_number(column, name);
}

/* Which call of socketcall(2) or ipc(2) it is on 32 bits of x86. */
static unsigned library_through(const char *name)
{
    int number = seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86, name);

    if (number <= -101 && number >= -120)
        return SECCOMP_THROUGH_SOCKETCALL | (unsigned)(-100 - number);
    if (number <= -201 && number >= -224)
        return SECCOMP_THROUGH_IPC | (unsigned)(-200 - number);
    return 0;
}

/* ---- the table ---- */

static void test_rows(void **state)
{
    struct seccomp_architecture architecture;

    (void)state;
    seccomp_architecture_prepare(&architecture, SCMP_ARCH_X86);
    for (size_t i = 0; i < seccomp_call_count; i++) {
        const struct seccomp_call *call = &seccomp_calls[i];

        assert_true(i == 0 || strcmp(seccomp_calls[i - 1].name, call->name) < 0);
        assert_int_equal(call->through, library_through(call->name));
        for (unsigned column = 0; column < SECCOMP_COLUMN_COUNT; column++)
            /* A newer library may have more. */
            if (call->numbers[column] != library_number(column, call->name) &&
                (call->numbers[column] >= 0 || !architecture.newer))
                fail_msg("%s in column %u: %d, libseccomp %d", call->name, column, call->numbers[column],
                         library_number(column, call->name));
    }
}

/* Whatever libseccomp knows of an architecture is found, be it by asking it. */
static void test_every_number(void **state)
{
    (void)state;
    for (unsigned column = 0; column < SECCOMP_COLUMN_COUNT; column++) {
        struct seccomp_architecture architecture;

        seccomp_architecture_prepare(&architecture, tokens[column]);
        for (int i = 0; i < NUMBERS; i++) {
            char *name = seccomp_syscall_resolve_num_arch(tokens[column], base_of(column) + i);
            struct seccomp_number ways[SECCOMP_WAYS];
            size_t count;

            if (!name)
                continue;
            count = seccomp_numbers(&architecture, name, seccomp_call_find(name, NULL), ways);
            assert_in_range(count, 1, SECCOMP_WAYS);
            if (ways[0].call != 0)
                assert_int_equal(count, 2);
            if (ways[ways[0].call != 0].number != (uint32_t)(base_of(column) + i))
                fail_msg("%s in column %u: %u, libseccomp %d", name, column, ways[0].number, i);
            free(name);
        }
    }
}

/* Where the search begins is no matter. */
static void test_find(void **state)
{
    static const char *const unknown[] = {"", "a", "no_such_call", "zzz", "read0", "rea"};

    (void)state;
    for (size_t i = 0; i < seccomp_call_count; i++)
        for (size_t after = 0; after < seccomp_call_count; after += after < 450 ? 7 : 1)
            assert_ptr_equal(seccomp_call_find(seccomp_calls[i].name, &seccomp_calls[after]),
                             &seccomp_calls[i]);
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        assert_null(seccomp_call_find(unknown[i], NULL));
        for (size_t after = 0; after < seccomp_call_count; after++)
            assert_null(seccomp_call_find(unknown[i], &seccomp_calls[after]));
    }
}

/* ---- architectures without a column, and names without a row, by libseccomp ---- */

static void check_way(const char *name, uint32_t token, bool in_table, size_t n, uint32_t number,
                      uint32_t call)
{
    struct seccomp_architecture architecture;
    struct seccomp_number ways[SECCOMP_WAYS];
    size_t count;

    seccomp_architecture_prepare(&architecture, token);
    count = seccomp_numbers(&architecture, name, in_table ? seccomp_call_find(name, NULL) : NULL, ways);
    for (size_t i = 0; i < count; i++)
        if (ways[i].number == number && ways[i].call == call && count == n)
            return;
    fail_msg("%s of %#x: %zu ways, none of them %u with call %u", name, token, count, number, call);
}

static void test_ways(void **state)
{
    (void)state;
    for (int in_table = 0; in_table < 2; in_table++) {
        check_way("socket", SCMP_ARCH_X86, in_table, 2, 359, 0);
        check_way("socket", SCMP_ARCH_X86, in_table, 2, 102, 1);
        check_way("accept", SCMP_ARCH_X86, in_table, 1, 102, 5);
        check_way("shmget", SCMP_ARCH_X86, in_table, 2, 395, 0);
        check_way("shmget", SCMP_ARCH_X86, in_table, 2, 117, 23);
        check_way("socket", SCMP_ARCH_X86_64, in_table, 1, 41, 0);
        check_way("read", SCMP_ARCH_X32, in_table, 1, SECCOMP_X32_BIT, 0);
        check_way("ioctl", SCMP_ARCH_X32, in_table, 1, SECCOMP_X32_BIT | 514, 0);
    }
    check_way("cacheflush", SCMP_ARCH_ARM, true, 1, 0xf0002, 0);
    check_way("socket", SCMP_ARCH_S390X, true, 2, 359, 0);
    check_way("socket", SCMP_ARCH_S390X, true, 2, 102, 1);
    check_way("read", SCMP_ARCH_MIPSEL64N32, true, 1, 6000, 0);
}

/* ---- writing it ---- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t all_names(char *names[NAMES])
{
    size_t count = 0, unique = 0;

    for (unsigned column = 0; column < SECCOMP_COLUMN_COUNT; column++)
        for (int i = 0; i < NUMBERS && count < NAMES; i++) {
            names[count] = seccomp_syscall_resolve_num_arch(tokens[column], base_of(column) + i);
            count += names[count] != NULL;
        }
    /* What only goes through another call. */
    for (const char *const *p = (const char *const[]){"accept", "send", "recv", "semtimedop", NULL}; *p; p++)
        names[count++] = strdup(*p);
    qsort(names, count, sizeof names[0], compare_names);
    for (size_t i = 0; i < count; i++) {
        if (unique == 0 || strcmp(names[unique - 1], names[i]) != 0)
            names[unique++] = names[i];
        else
            free(names[i]);
    }
    return unique;
}

static int print(void)
{
    static char *names[NAMES];
    size_t count = all_names(names);

    for (size_t i = 0; i < count; i++) {
        unsigned through = library_through(names[i]);
        char by[32] = "0";

        if (through)
            snprintf(by, sizeof by, "%s(%u)", through & SECCOMP_THROUGH_IPC ? "IPC" : "SOCKET",
                     through & SECCOMP_THROUGH_CALL);
        printf("    {\"%s\", %s, {", names[i], by);
        for (unsigned column = 0; column < SECCOMP_COLUMN_COUNT; column++)
            printf("%s%d", column ? ", " : "", library_number(column, names[i]));
        printf("}},\n");
        free(names[i]);
    }
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_every_number),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_ways),
    };

    if (argc > 1 && strcmp(argv[1], "--print") == 0)
        return print();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
