/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Programs for thousands of profiles that nobody wrote, against what these mean; and whether that comparison would
 * notice a program with one wrong instruction.
 */
#include "seccomp_subject.h"

#include <dirent.h>

#include "base/file.h"

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static unsigned below(uint64_t *seed, unsigned end)
{
    return (unsigned)(next_random(seed) >> 20) % end;
}

#define PICK(seed, list) (list)[below(seed, sizeof(list) / sizeof((list)[0]))]

/* ---- profiles ---- */

static const char *const calls[] = {
    "read",         "pread64",    "open",       "close",       "stat",
    "mmap",         "ioctl",      "clone",      "clone3",      "statx",
    "socket",       "bind",       "connect",    "accept",      "accept4",
    "shmget",       "semtimedop", "msgctl",     "personality", "landlock_create_ruleset",
    "execve",       "futex",      "exit",       "kill",        "io_uring_setup",
    "no_such_call", "ipc",        "socketcall", "chown32",     "rt_sigaction",
    "cacheflush",   "openat",     "umount2"};

static const uint64_t values[] = {0,
                                  1,
                                  2,
                                  5,
                                  16,
                                  0xff,
                                  0x7fffffff,
                                  0x80000000,
                                  0xfffffffe,
                                  0xffffffff,
                                  0x100000000,
                                  0x100000001,
                                  0x1ffffffff,
                                  0x7e020000,
                                  0x7fffffffffffffff,
                                  0x8000000000000000,
                                  0xffffffff00000000,
                                  0xfffffffffffffffe,
                                  0xffffffffffffffff};

static uint64_t random_value(uint64_t *seed)
{
    switch (below(seed, 8)) {
    case 0:
        return next_random(seed);
    case 1:
        return next_random(seed) & 0xffff00ff00ff;
    default:
        return PICK(seed, values);
    }
}

/* An action and the number beside it: `suffix` is "Action" of the default, or "". */
static void add_action(struct strbuf *text, uint64_t *seed, bool is_default)
{
    static const char *const actions[] = {"ALLOW", "ERRNO",        "ERRNO",       "KILL",  "TRAP",
                                          "LOG",   "KILL_PROCESS", "KILL_THREAD", "TRACE", "NOTIFY"};
    const char *action;

    do
        action = PICK(seed, actions);
    while (is_default && strcmp(action, "NOTIFY") == 0);
    strbuf_format(text, "'%s':'SCMP_ACT_%s'", is_default ? "defaultAction" : "action", action);
    if ((strcmp(action, "ERRNO") == 0 || strcmp(action, "TRACE") == 0) && below(seed, 3) > 0)
        strbuf_format(text, ",'%s':%u", is_default ? "defaultErrnoRet" : "errnoRet",
                      below(seed, action[0] == 'E' ? 4096 : 65536));
}

static void add_rule(struct strbuf *text, uint64_t *seed, unsigned most_args, uint64_t mask)
{
    static const char *const operators[] = {"NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"};
    unsigned names = 1 + below(seed, 3), args = below(seed, 3) ? below(seed, most_args + 1) : 0;

    strbuf_text(text, "{'names':[");
    for (unsigned i = 0; i < names; i++)
        strbuf_format(text, "%s'%s'", i ? "," : "", PICK(seed, calls));
    strbuf_text(text, "],");
    add_action(text, seed, false);
    strbuf_text(text, ",'args':[");
    for (unsigned i = 0; i < args; i++)
        strbuf_format(text, "%s{'index':%u,'value':%llu,'valueTwo':%llu,'op':'SCMP_CMP_%s'}", i ? "," : "",
                      below(seed, 6), (unsigned long long)(random_value(seed) & mask),
                      (unsigned long long)(random_value(seed) & mask), PICK(seed, operators));
    strbuf_text(text, "]}");
}

/* linux.seccomp with up to so many rules, which may contradict each other, each with up to so many conditions. */
static const char *random_profile(struct arena *arena, uint64_t *seed, unsigned most_rules,
                                  unsigned most_args, uint64_t mask)
{
    /* Of the byte order of who runs this most likely; others are refused. */
    static const char *const architectures[] = {"X86",     "X86_64",  "X32",        "ARM",
                                                "AARCH64", "RISCV64", "MIPSEL64N32"};
    struct strbuf text = STRBUF(arena);
    unsigned count = below(seed, most_rules + 1), first = 1;

    strbuf_text(&text, "'linux':{'seccomp':{");
    add_action(&text, seed, true);
    strbuf_text(&text, ",'listenerPath':'/s','architectures':[");
    for (size_t i = 0; i < sizeof architectures / sizeof architectures[0]; i++)
        if (below(seed, 3) == 0) {
            strbuf_format(&text, "%s'SCMP_ARCH_%s'", first ? "" : ",", architectures[i]);
            first = 0;
        }
    strbuf_text(&text, "],'syscalls':[");
    for (unsigned i = 0; i < count; i++) {
        if (i > 0)
            strbuf_char(&text, ',');
        add_rule(&text, seed, most_args, mask);
    }
    strbuf_text(&text, "]}}");
    return strbuf_string(&text);
}

/*
 * @return whether no two rules name the same system call, and all architectures have each of them by a number of its
 * own: where the first one of a program is missing, libseccomp 2.5.4 forgets to load the number.
 */
static bool is_simple(const struct subject *s)
{
    const char *seen[64];
    size_t count = 0;

    for (size_t i = 0; i < s->seccomp->syscalls.count; i++)
        for (size_t n = 0; n < s->seccomp->syscalls.items[i].names.count; n++) {
            const char *name = s->seccomp->syscalls.items[i].names.items[n];

            for (size_t t = 0; t < s->token_count; t++)
                if (seccomp_syscall_resolve_name_arch(s->tokens[t], name) < 0)
                    return false;
            for (size_t k = 0; k < count; k++)
                if (strcmp(seen[k], name) == 0)
                    return false;
            seen[count++] = name;
        }
    return true;
}

static void test_random_profiles(void **state)
{
    uint64_t seed = 0x853c49e6748fea9bull;
    unsigned long asked = 0;

    (void)state;
    for (unsigned i = 0; i < 3000; i++) {
        _cleanup_subject_ struct subject s = {0};
        const char *profile = random_profile(&s.arena, &seed, 1 + i % 12, i % 5, UINT64_MAX);

        prepare(&s, plan_config(&s.arena, profile), profile);
        ask_everything(&s);
        asked += s.asked;
    }
    print_message("%lu answers\n", asked);
    assert_true(asked > 10000000);
}

/*
 * With one condition a rule and one rule a name, libseccomp is asked, too. With more it cannot be: version 2.5.4 makes
 * programs that say something else than its own pseudo code.
 */
static void test_random_profiles_with_libseccomp(void **state)
{
    uint64_t seed = 0x2545f4914f6cdd1dull;
    unsigned compared = 0;

    (void)state;
    for (unsigned i = 0; i < 3000; i++) {
        _cleanup_subject_ struct subject s = {0};
        const char *profile = random_profile(&s.arena, &seed, 3, 1, UINT32_MAX);

        prepare(&s, plan_config(&s.arena, profile), profile);
        if (!is_simple(&s))
            continue;
        ask_libseccomp(&s);
        ask_everything(&s);
        compared++;
    }
    assert_true(compared > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_profiles),
        cmocka_unit_test(test_random_profiles_with_libseccomp),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
