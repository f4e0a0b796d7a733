/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Programs in the kernel: a process loads one and makes every system call, by each of the ways that an x86-64 processor
 * has. Each rule answers with a number of its own, so that nothing happens but the answer.
 */
#include "seccomp_subject.h"

#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum {
    CALLS = 512,
    PROFILES = 24,
    FIRST_ERRNO = 200,
    /* uretprobe(2), uprobe(2): newer kernels ask no filter about them, for they make them themselves. */
    FIRST_PROBE = 335,
    LAST_PROBE = 336,
};

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* What the process itself needs. */
static bool is_needed(const char *name)
{
    return strcmp(name, "exit_group") == 0 || strcmp(name, "write") == 0;
}

static void add_conditions(struct strbuf *text, uint64_t *seed)
{
    static const char *const operators[] = {"NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"};
    unsigned count = (next_random(seed) >> 20) % 8 ? 0 : 1 + (unsigned)(next_random(seed) >> 20) % 2;

    for (unsigned i = 0; i < count; i++)
        strbuf_format(text, "%s{'index':%u,'value':%llu,'valueTwo':%llu,'op':'SCMP_CMP_%s'}", i ? "," : "",
                      2 * i, (unsigned long long)next_random(seed) >> (next_random(seed) % 64),
                      (unsigned long long)next_random(seed) >> (next_random(seed) % 64),
                      operators[(next_random(seed) >> 20) % 7]);
}

/* A rule for each system call. */
static const char *profile(struct arena *arena, uint64_t *seed)
{
    const struct meaning_names *names = meaning_names(seccomp_arch_native());
    struct strbuf text = STRBUF(arena);

    strbuf_text(&text, "'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':4000,"
                       "'architectures':['SCMP_ARCH_X86_64','SCMP_ARCH_X86','SCMP_ARCH_X32'],'syscalls':["
                       "{'names':['exit_group','write'],'action':'SCMP_ACT_ALLOW'}");
    for (int i = 0; i < MEANING_NUMBERS; i++) {
        if (!names->names[i] || is_needed(names->names[i]))
            continue;
        strbuf_format(&text, ",{'names':['%s'],'action':'SCMP_ACT_ERRNO','errnoRet':%d,'args':[",
                      names->names[i], FIRST_ERRNO + i);
        add_conditions(&text, seed);
        strbuf_text(&text, "]}");
    }
    strbuf_text(&text, "]}}");
    return strbuf_string(&text);
}

/* ---- in the process ---- */

/* @return the answer as the kernel gives it: 0, or a negative errno. */
static long call(const struct seccomp_data *data)
{
    const __u64 *a = data->args;
    long result;

#if defined(__x86_64__)
    if (data->arch == AUDIT_ARCH_I386) {
        __asm__ volatile("int $0x80"
                         : "=a"(result)
                         : "a"((long)data->nr), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4])
                         : "memory", "r8", "r9", "r10", "r11");
        return (int)result;
    }
#endif
    result = syscall((long)(uint32_t)data->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
    return result < 0 ? -errno : result;
}

/* Everything but what the program lets through: that would happen. */
static void compare(const struct subject *s, struct seccomp_data *data)
{
    bool broken = false;
    uint32_t expected = bpf_run(s->filter.code, s->filter.length, data, &broken);
    char text[160];
    long result;
    int n;

    if ((expected & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_ERRNO)
        return;
    result = call(data);
    if (result == -(long)(expected & SECCOMP_RET_DATA))
        return;
    n = snprintf(text, sizeof text,
                 "architecture %#x, number %#x, arguments %#llx %#llx: %ld, expected -%u\n", data->arch,
                 (unsigned)data->nr, (unsigned long long)data->args[0], (unsigned long long)data->args[2],
                 result, expected & SECCOMP_RET_DATA);
    if (write(STDERR_FILENO, text, (size_t)n) < 0)
        _exit(2);
    _exit(1);
}

static void compare_all(const struct subject *s, uint32_t architecture, uint32_t first)
{
    struct seccomp_data data = {.arch = architecture};

    for (uint32_t i = 0; i < CALLS; i++) {
        const struct spec_seccomp *seccomp = s->seccomp;

        data.nr = (int)(first + i);
        if (architecture == AUDIT_ARCH_X86_64 && data.nr >= FIRST_PROBE && data.nr <= LAST_PROBE)
            continue;
        memset(data.args, 0, sizeof data.args);
        compare(s, &data);
        for (size_t r = i; r < seccomp->syscalls.count; r += 97)
            for (size_t c = 0; c < seccomp->syscalls.items[r].args.count; c++) {
                uint64_t edges[EDGES];

                edges_of(&seccomp->syscalls.items[r].args.items[c], edges);
                for (size_t e = 0; e < EDGES; e++) {
                    data.args[0] = edges[e];
                    data.args[2] = edges[EDGES - 1 - e];
                    if (architecture == AUDIT_ARCH_I386) {
                        data.args[0] &= UINT32_MAX;
                        data.args[2] &= UINT32_MAX;
                    }
                    compare(s, &data);
                }
            }
    }
}

static void in_process(const struct subject *s, bool x86)
{
    struct sock_fprog program = {(unsigned short)s->filter.length, s->filter.code};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, s->filter.flags, &program) < 0)
        _exit(3);
    compare_all(s, AUDIT_ARCH_X86_64, 0);
    compare_all(s, AUDIT_ARCH_X86_64, MEANING_X32);
    if (x86)
        compare_all(s, AUDIT_ARCH_I386, 0);
    _exit(0);
}

/* @return the status with which the process ended. */
static int status_of(void (*body)(const struct subject *s, bool x86), const struct subject *s, bool x86)
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        body(s, x86);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

/* Not every kernel has the system calls of 32 bits. */
static void ask_for_x86(const struct subject *s, bool x86)
{
    const struct seccomp_data getpid_of_x86 = {.arch = AUDIT_ARCH_I386, .nr = 20};

    (void)s;
    (void)x86;
    _exit(call(&getpid_of_x86) == getpid() ? 0 : 1);
}

static void test_kernel(void **state)
{
    uint64_t seed = 0x9e3779b97f4a7c15ull;
    bool x86;

    (void)state;
    if (seccomp_arch_native() != SCMP_ARCH_X86_64)
        skip();
#ifdef __SANITIZE_ADDRESS__
    print_message(
        "the sanitizer makes system calls of its own when a process ends, which the programs forbid\n");
    skip();
#endif
    x86 = status_of(ask_for_x86, NULL, false) == 0;
    if (!x86)
        print_message("this kernel has no system calls of 32 bits\n");
    for (int i = 0; i < PROFILES; i++) {
        _cleanup_subject_ struct subject s = {0};
        const char *text = profile(&s.arena, &seed);

        prepare(&s, plan_config(&s.arena, text), "a rule for each system call");
        ask_everything(&s);
        assert_int_equal(status_of(in_process, &s, x86), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
