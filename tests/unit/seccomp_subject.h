/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A seccomp profile with our program for it, libseccomp's, and what it says in plain words; and their comparison. */
#ifndef SECCOMP_SUBJECT_H
#define SECCOMP_SUBJECT_H

#include "plan_config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "bpf.h"
#include "plan/seccomp.h"
#include "plan/seccomp_tables.h"

enum { NUMBERS = 600, PROBES = 64 };

/* One profile, our program for it, and libseccomp's. */
struct subject {
    struct arena arena;
    const struct spec_seccomp *seccomp;
    struct plan_filter filter;
    struct sock_filter theirs[BPF_MAXINSNS];
    size_t their_length;
    uint64_t probes[PROBES]; /* values that stand in its conditions, and their neighbours */
    size_t probe_count;
};

static void free_subject(struct subject *s)
{
    arena_free(&s->arena);
}

#define _cleanup_subject_ __attribute__((cleanup(free_subject)))

/* ---- libseccomp's program ---- */

static uint32_t their_action(enum spec_seccomp_action action, struct spec_u32 errno_ret)
{
    uint16_t value = (uint16_t)(errno_ret.set ? errno_ret.value : EPERM);

    switch (action) {
    case SPEC_ACT_KILL:
    case SPEC_ACT_KILL_THREAD:
        return SCMP_ACT_KILL;
    case SPEC_ACT_KILL_PROCESS:
        return SCMP_ACT_KILL_PROCESS;
    case SPEC_ACT_TRAP:
        return SCMP_ACT_TRAP;
    case SPEC_ACT_ERRNO:
        return SCMP_ACT_ERRNO(value);
    case SPEC_ACT_TRACE:
        return SCMP_ACT_TRACE(value);
    case SPEC_ACT_LOG:
        return SCMP_ACT_LOG;
    case SPEC_ACT_NOTIFY:
        return SCMP_ACT_NOTIFY;
    default:
        return SCMP_ACT_ALLOW;
    }
}

static void add_their_rule(scmp_filter_ctx library, const struct spec_seccomp_rule *rule, uint32_t action)
{
    static const enum scmp_compare operators[SPEC_CMP_COUNT] = {
        [SPEC_CMP_NE] = SCMP_CMP_NE,
        [SPEC_CMP_LT] = SCMP_CMP_LT,
        [SPEC_CMP_LE] = SCMP_CMP_LE,
        [SPEC_CMP_EQ] = SCMP_CMP_EQ,
        [SPEC_CMP_GE] = SCMP_CMP_GE,
        [SPEC_CMP_GT] = SCMP_CMP_GT,
        [SPEC_CMP_MASKED_EQ] = SCMP_CMP_MASKED_EQ,
    };
    struct scmp_arg_cmp comparisons[6];

    for (size_t i = 0; i < rule->args.count; i++)
        comparisons[i] = (struct scmp_arg_cmp){rule->args.items[i].index, operators[rule->args.items[i].op],
                                               rule->args.items[i].value, rule->args.items[i].value_two};
    for (size_t n = 0; n < rule->names.count; n++) {
        int number = seccomp_syscall_resolve_name(rule->names.items[n]);
        int rc = number == __NR_SCMP_ERROR ? 0
                                           : seccomp_rule_add_array(library, action, number,
                                                                    (unsigned)rule->args.count, comparisons);

        if (rc < 0 && rc != -EEXIST)
            fail_msg("libseccomp refuses %s: %s", rule->names.items[n], strerror(-rc));
    }
}

static void compile_theirs(struct subject *s)
{
    uint32_t standard = their_action(s->seccomp->default_action, s->seccomp->default_errno_ret);
    scmp_filter_ctx library = seccomp_init(standard);
    _cleanup_close_ int fd = memfd_create("theirs", MFD_CLOEXEC);
    ssize_t n;

    assert_non_null(library);
    for (size_t i = 0; i < s->seccomp->architectures.count; i++) {
        int rc = seccomp_arch_add(library, seccomp_architecture_token(s->seccomp->architectures.items[i]));

        assert_true(rc == 0 || rc == -EEXIST);
    }
    for (size_t i = 0; i < s->seccomp->syscalls.count; i++) {
        const struct spec_seccomp_rule *rule = &s->seccomp->syscalls.items[i];
        uint32_t action = their_action(rule->action, rule->errno_ret);

        if (action != standard)
            add_their_rule(library, rule, action);
    }
    assert_int_equal(seccomp_export_bpf(library, fd), 0);
    seccomp_release(library);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    n = fd_read_all(fd, s->theirs, sizeof s->theirs);
    assert_true(n > 0);
    s->their_length = (size_t)n / sizeof s->theirs[0];
}

/* ---- the profile in plain words ---- */

/* `width` has the bits that an argument of the architecture has. */
static bool holds(const struct spec_seccomp_arg *arg, uint64_t value, uint64_t width)
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

static bool rule_holds(const struct spec_seccomp_rule *rule, const struct seccomp_data *data, uint64_t width)
{
    for (size_t i = 0; i < rule->args.count; i++)
        if (!holds(&rule->args.items[i], data->args[rule->args.items[i].index], width))
            return false;
    return true;
}

static bool names(const struct spec_seccomp_rule *rule, const char *name)
{
    for (size_t i = 0; i < rule->names.count; i++)
        if (strcmp(rule->names.items[i], name) == 0)
            return true;
    return false;
}

static uint32_t kernel_action(enum spec_seccomp_action action, struct spec_u32 errno_ret)
{
    uint32_t value = errno_ret.set ? errno_ret.value : EPERM;

    return seccomp_actions[action].kernel | (seccomp_actions[action].has_errno ? value : 0);
}

/* The largest number of this machine's that a profile names: what is above is newer than the profile. */
static int newest(const struct spec_seccomp *seccomp, uint32_t token)
{
    int largest = -1;

    for (int number = 0; number < NUMBERS; number++) {
        char *name = seccomp_syscall_resolve_num_arch(token, number);

        for (size_t i = 0; name && i < seccomp->syscalls.count; i++)
            if (names(&seccomp->syscalls.items[i], name))
                largest = number;
        free(name);
    }
    return largest;
}

/* The rules that name one system call and change something, in the profile's order. */
struct named {
    const struct spec_seccomp_rule *rules[64];
    size_t count;
};

static void find_named(const struct spec_seccomp *seccomp, const struct seccomp_data *data,
                       struct named *named)
{
    char *name = seccomp_syscall_resolve_num_arch(data->arch, data->nr);

    named->count = 0;
    for (size_t i = 0; name && i < seccomp->syscalls.count; i++) {
        const struct spec_seccomp_rule *rule = &seccomp->syscalls.items[i];

        if (!names(rule, name) || kernel_action(rule->action, rule->errno_ret) ==
                                      kernel_action(seccomp->default_action, seccomp->default_errno_ret))
            continue;
        assert_true(named->count < sizeof named->rules / sizeof named->rules[0]);
        named->rules[named->count++] = rule;
    }
    free(name);
}

/* For a profile whose rules about one system call do not contradict each other, or the first of which counts. */
static uint32_t meaning(const struct spec_seccomp *seccomp, const struct named *named, int largest,
                        const struct seccomp_data *data)
{
    uint64_t width = data->arch & __AUDIT_ARCH_64BIT ? UINT64_MAX : UINT32_MAX;
    bool refuses = seccomp->default_action != SPEC_ACT_ALLOW && seccomp->default_action != SPEC_ACT_LOG &&
                   seccomp->default_action != SPEC_ACT_TRACE;

    for (size_t i = 0; i < named->count; i++)
        if (rule_holds(named->rules[i], data, width))
            return kernel_action(named->rules[i]->action, named->rules[i]->errno_ret);
    if (refuses && data->nr > largest && largest >= 0)
        return SECCOMP_RET_ERRNO | ENOSYS;
    return kernel_action(seccomp->default_action, seccomp->default_errno_ret);
}

/* ---- running ---- */

static void add_probe(struct subject *s, uint64_t value)
{
    for (size_t i = 0; i < s->probe_count; i++)
        if (s->probes[i] == value)
            return;
    if (s->probe_count < PROBES)
        s->probes[s->probe_count++] = value;
}

static void collect_probes(struct subject *s)
{
    add_probe(s, 0);
    add_probe(s, UINT64_MAX);
    for (size_t i = 0; i < s->seccomp->syscalls.count; i++) {
        const struct spec_seccomp_rule *rule = &s->seccomp->syscalls.items[i];

        for (size_t n = 0; n < rule->args.count; n++) {
            uint64_t value = rule->args.items[n].value, other = rule->args.items[n].value_two;

            add_probe(s, value);
            add_probe(s, value - 1);
            add_probe(s, value + 1);
            add_probe(s, other);
            add_probe(s, value | other);
            add_probe(s, value ^ 1ull << 40);
            add_probe(s, value ^ 1ull << 31);
            add_probe(s, value + (1ull << 32));
        }
    }
}

static uint32_t run(const struct sock_filter *code, size_t length, const struct seccomp_data *data)
{
    bool broken = false;
    uint32_t result = bpf_run(code, length, data, &broken);

    if (broken)
        fail_msg("the program is broken for number %#x", (unsigned)data->nr);
    return result;
}

static void prepare(struct subject *s, const struct spec *spec, const char *name)
{
    struct caisson_error err = {0};

    s->seccomp = spec->linux_->seccomp;
    if (plan_seccomp(&s->arena, spec, &s->filter, NULL, NULL, &err) < 0)
        fail_msg("%s: %s", name, err.message);
    assert_true(s->filter.length > 0 && s->filter.length <= BPF_MAXINSNS);
    collect_probes(s);
}

/* @return whether the difference to libseccomp is the answer that it does not know. */
static bool is_newer(const struct subject *s, const uint32_t ours, uint32_t theirs)
{
    return ours == (SECCOMP_RET_ERRNO | ENOSYS) &&
           theirs == kernel_action(s->seccomp->default_action, s->seccomp->default_errno_ret);
}

static void compare(const struct subject *s, const char *name, const struct seccomp_data *data)
{
    uint32_t ours = run(s->filter.code, s->filter.length, data),
             theirs = run(s->theirs, s->their_length, data);

    if (ours != theirs && !is_newer(s, ours, theirs))
        fail_msg("architecture %#x, number %d, arguments %#llx %#llx %#llx: %#x, libseccomp %#x: %s",
                 data->arch, data->nr, (unsigned long long)data->args[0], (unsigned long long)data->args[1],
                 (unsigned long long)data->args[2], ours, theirs, name);
}

/* Every number with the values of the conditions in every argument, and the ends of the numbers' ranges. */
static void compare_architecture(const struct subject *s, const char *name, uint32_t architecture, int first,
                                 bool wide)
{
    static const int ends[] = {-1, -2, INT32_MIN, INT32_MAX, 0x0f0000, 0x0f0005, 0x3fffffff, 0x40000000};
    struct seccomp_data data = {.arch = architecture};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        data.nr = ends[i];
        compare(s, name, &data);
    }
    for (data.nr = first; data.nr < first + NUMBERS; data.nr++) {
        memset(data.args, 0, sizeof data.args);
        compare(s, name, &data);
        for (size_t p = 0; p < s->probe_count; p++) {
            for (unsigned arg = 0; arg < 6; arg++) {
                uint64_t value = wide ? s->probes[p] : (uint32_t)s->probes[p];

                memset(data.args, 0, sizeof data.args);
                data.args[arg] = value;
                compare(s, name, &data);
                data.args[(arg + 1) % 6] = data.args[(arg + 2) % 6] = value;
                compare(s, name, &data);
            }
        }
    }
}

static void compare_all(struct subject *s, const char *name)
{
    compile_theirs(s);
    compare_architecture(s, name, AUDIT_ARCH_X86_64, 0, true);
    compare_architecture(s, name, AUDIT_ARCH_X86_64, 0x40000000, false);
    compare_architecture(s, name, AUDIT_ARCH_I386, 0, false);
    compare_architecture(s, name, AUDIT_ARCH_AARCH64, 0, true);
}

static void check_one_meaning(const struct subject *s, const char *profile, const struct named *named,
                              int largest, const struct seccomp_data *data)
{
    uint32_t ours = run(s->filter.code, s->filter.length, data),
             expected = meaning(s->seccomp, named, largest, data);

    if (ours != expected)
        fail_msg(
            "architecture %#x, number %d, arguments %#llx %#llx %#llx %#llx %#llx %#llx: %#x, meant %#x: %s",
            data->arch, data->nr, (unsigned long long)data->args[0], (unsigned long long)data->args[1],
            (unsigned long long)data->args[2], (unsigned long long)data->args[3],
            (unsigned long long)data->args[4], (unsigned long long)data->args[5], ours, expected, profile);
}

/* One number with the values of the conditions in every argument, and in two at once. */
static void check_number(const struct subject *s, const char *profile, int largest, struct seccomp_data *data)
{
    struct named named;

    find_named(s->seccomp, data, &named);
    for (size_t p = 0; p < s->probe_count; p++) {
        uint64_t value = data->arch & __AUDIT_ARCH_64BIT ? s->probes[p] : (uint32_t)s->probes[p];

        for (unsigned arg = 0; arg < 6; arg++) {
            memset(data->args, 0, sizeof data->args);
            data->args[arg] = value;
            check_one_meaning(s, profile, &named, largest, data);
            data->args[(arg + 2) % 6] = value;
            check_one_meaning(s, profile, &named, largest, data);
        }
    }
}

static void check_meaning(const struct subject *s, const char *profile, uint32_t architecture)
{
    enum { I386_SOCKETCALL = 102, I386_IPC = 117 };
    int largest = newest(s->seccomp, architecture);
    struct seccomp_data data = {.arch = architecture};

    for (data.nr = 0; data.nr < NUMBERS; data.nr++) {
        /* What goes through these is compared with libseccomp. */
        if (architecture != AUDIT_ARCH_I386 || (data.nr != I386_SOCKETCALL && data.nr != I386_IPC))
            check_number(s, profile, largest, &data);
    }
}

#endif
