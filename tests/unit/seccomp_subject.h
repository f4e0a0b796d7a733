/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A seccomp profile with our program for it and libseccomp's, and their comparison, also with what the profile means. */
#ifndef SECCOMP_SUBJECT_H
#define SECCOMP_SUBJECT_H

#include "plan_config.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "bpf.h"
#include "plan/seccomp.h"
#include "plan/seccomp_tables.h"
#include "seccomp_meaning.h"

enum { TOKENS = 12, EDGES = 18, PROBES = 256, VECTORS = 64 };

/* One profile, our program for it, and libseccomp's. */
struct subject {
    struct arena arena;
    const char *name; /* for messages */
    const struct spec_seccomp *seccomp;
    struct plan_filter filter;
    uint32_t
        tokens[TOKENS]; /* libseccomp's of the architectures that are in the profile, the native one first */
    size_t token_count;
    struct sock_filter theirs[BPF_MAXINSNS];
    size_t their_length; /* 0: libseccomp is not asked */
    int newest[TOKENS];
    const struct meaning *known[TOKENS][MEANING_NUMBERS];
    uint64_t probes[PROBES]; /* with which every number is asked, in each argument and in all */
    size_t probe_count;
    uint64_t
        vectors[VECTORS]
               [6]; /* for each rule, arguments for which it holds: every number is asked with these, too */
    size_t vector_count;
    unsigned long asked;  /* how many answers were compared */
    unsigned differences; /* counted, when `counts` is set; otherwise the first ends the test */
    bool counts;
};

static void free_subject(struct subject *s)
{
    arena_free(&s->arena);
}

#define _cleanup_subject_ __attribute__((cleanup(free_subject)))

static bool has_token(const struct subject *s, uint32_t token)
{
    for (size_t i = 0; i < s->token_count; i++)
        if (s->tokens[i] == token)
            return true;
    return false;
}

static void prepare(struct subject *s, const struct spec *spec, const char *name)
{
    struct caisson_error err = {0};

    s->name = name;
    s->seccomp = spec->linux_->seccomp;
    if (plan_seccomp(&s->arena, spec, &s->filter, NULL, NULL, &err) < 0)
        fail_msg("%s: %s", name, err.message);
    assert_true(s->filter.length > 0 && s->filter.length <= BPF_MAXINSNS);
    s->tokens[s->token_count++] = seccomp_arch_native();
    for (size_t i = 0; i < s->seccomp->architectures.count; i++) {
        uint32_t token = seccomp_architecture_token(s->seccomp->architectures.items[i]);

        if (!has_token(s, token))
            s->tokens[s->token_count++] = token;
        assert_true(s->token_count < TOKENS);
    }
    for (size_t t = 0; t < s->token_count; t++)
        s->newest[t] = meaning_newest(s->seccomp, s->tokens[t]);
}

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

/* From here on libseccomp's answers are compared, too. */
static inline void ask_libseccomp(struct subject *s)
{
    uint32_t standard = their_action(s->seccomp->default_action, s->seccomp->default_errno_ret);
    scmp_filter_ctx library = seccomp_init(standard);
    _cleanup_close_ int fd = memfd_create("theirs", MFD_CLOEXEC);
    ssize_t n;

    assert_non_null(library);
    for (size_t i = 0; i < s->token_count; i++) {
        int rc = seccomp_arch_add(library, s->tokens[i]);

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

/* ---- one answer ---- */

static void differs(struct subject *s, const struct seccomp_data *data, uint32_t ours, uint32_t expected,
                    const char *whose)
{
    s->differences++;
    if (!s->counts)
        fail_msg(
            "architecture %#x, number %d, arguments %#llx %#llx %#llx %#llx %#llx %#llx: %#x, %s %#x: %s",
            data->arch, data->nr, (unsigned long long)data->args[0], (unsigned long long)data->args[1],
            (unsigned long long)data->args[2], (unsigned long long)data->args[3],
            (unsigned long long)data->args[4], (unsigned long long)data->args[5], ours, whose, expected,
            s->name);
}

/* @return whether the difference to libseccomp is the answer that it does not know. */
static bool is_newer(const struct subject *s, uint32_t ours, uint32_t theirs)
{
    return ours == (SECCOMP_RET_ERRNO | ENOSYS) && theirs == meaning_default(s->seccomp);
}

/* libseccomp takes x32's arguments for ones of 32 bits. The kernel hands over whole registers there. */
static bool is_beyond_them(const struct subject *s, const struct seccomp_data *data)
{
    if (data->arch != AUDIT_ARCH_X86_64 || !(data->nr & MEANING_X32))
        return false;
    for (size_t i = 0; i < s->seccomp->syscalls.count; i++)
        for (size_t n = 0; n < s->seccomp->syscalls.items[i].args.count; n++)
            if ((s->seccomp->syscalls.items[i].args.items[n].value |
                 s->seccomp->syscalls.items[i].args.items[n].value_two) > UINT32_MAX)
                return true;
    for (size_t i = 0; i < 6; i++)
        if (data->args[i] > UINT32_MAX)
            return true;
    return false;
}

static void ask(struct subject *s, const struct seccomp_data *data, uint32_t expected)
{
    bool broken = false;
    uint32_t ours = bpf_run(s->filter.code, s->filter.length, data, &broken), theirs;

    s->asked++;
    if (broken || ours != expected)
        differs(s, data, ours, expected,
                broken ? "a program that the kernel would not take; meant" : "meant");
    if (s->their_length == 0 || is_beyond_them(s, data))
        return;
    theirs = bpf_run(s->theirs, s->their_length, data, &broken);
    if (ours != theirs && !is_newer(s, ours, theirs))
        differs(s, data, ours, theirs, "libseccomp");
}

/* ---- the arguments that matter ---- */

/* The values at which a condition changes its answer, and what differs from them in one half or one bit. */
static void edges_of(const struct spec_seccomp_arg *arg, uint64_t edges[EDGES])
{
    uint64_t v = arg->op == SPEC_CMP_MASKED_EQ ? arg->value_two & arg->value : arg->value;
    uint64_t mask = arg->op == SPEC_CMP_MASKED_EQ ? arg->value : UINT64_MAX;
    const uint64_t all[] = {
        v,
        v - 1,
        v + 1,
        0,
        UINT64_MAX,
        v ^ 1,
        v ^ 1ull << 31,
        v ^ 1ull << 32,
        v ^ 1ull << 63,
        v & UINT32_MAX,
        v & ~(uint64_t)UINT32_MAX,
        v << 32,
        v >> 32,
        v | ~mask,
        v ^ (mask & -mask),
        v ^ (mask & ~(mask >> 1)),
        arg->value_two,
        arg->value ^ arg->value_two,
    };

    _Static_assert(sizeof all / sizeof all[0] == EDGES, "room for all");
    memcpy(edges, all, sizeof all);
}

/* A vector for which the rule holds, where there is one. */
static void fulfil(const struct meaning *m, const struct meaning_rule *rule, uint64_t args[6])
{
    memset(args, 0, 6 * sizeof args[0]);
    args[0] = rule->call;
    for (size_t i = 0; i < rule->count; i++) {
        uint64_t edges[EDGES];

        edges_of(rule->args[i], edges);
        for (size_t e = 0; e < EDGES; e++)
            if (meaning_condition(rule->args[i], edges[e], m->width))
                args[rule->args[i]->index] = edges[e];
    }
}

static void ask_vector(struct subject *s, const struct meaning *m, struct seccomp_data *data)
{
    /* The kernel hands over no more bits than an argument has. */
    for (size_t i = 0; i < 6; i++)
        data->args[i] &= m->width;
    ask(s, data, meaning_answer(m, data->args));
}

/* From the fulfilled rule each argument is moved over the edges of all rules' conditions on it. */
static void ask_around(struct subject *s, const struct meaning *m, const struct meaning_rule *rule,
                       struct seccomp_data *data)
{
    uint64_t fulfilled[6], edges[EDGES];

    fulfil(m, rule, fulfilled);
    memcpy(data->args, fulfilled, sizeof data->args);
    ask_vector(s, m, data);
    for (size_t other = 0; other < m->count; other++)
        for (size_t i = 0; i < m->rules[other].count; i++) {
            edges_of(m->rules[other].args[i], edges);
            for (size_t e = 0; e < EDGES; e++) {
                memcpy(data->args, fulfilled, sizeof data->args);
                data->args[m->rules[other].args[i]->index] = edges[e];
                ask_vector(s, m, data);
            }
        }
}

static void ask_number(struct subject *s, const struct meaning *m, struct seccomp_data *data)
{
    if (s->differences)
        return; /* one is enough */
    memset(data->args, 0, sizeof data->args);
    ask_vector(s, m, data);
    memset(data->args, 0xff, sizeof data->args);
    ask_vector(s, m, data);
    for (size_t r = 0; r < m->count; r++)
        ask_around(s, m, &m->rules[r], data);
    for (size_t v = 0; v < s->vector_count; v++) {
        memcpy(data->args, s->vectors[v], sizeof data->args);
        ask_vector(s, m, data);
    }
    for (size_t p = 0; p < s->probe_count; p++)
        for (unsigned i = 0; i <= 6; i++) {
            for (unsigned arg = 0; arg < 6; arg++)
                data->args[arg] = i == 6 || i == arg ? s->probes[p] : 0;
            ask_vector(s, m, data);
        }
}

/* ---- every number ---- */

/* What a number with a name means is worked out once. */
static const struct meaning *find_meaning(struct subject *s, size_t t, uint32_t number, struct meaning *m)
{
    uint32_t index = number - (uint32_t)meaning_names(s->tokens[t])->base;
    size_t size;
    void *copy;

    if (index < MEANING_NUMBERS && s->known[t][index])
        return s->known[t][index];
    meaning_of(s->seccomp, s->tokens[t], number, s->newest[t], m);
    if (index >= MEANING_NUMBERS)
        return m;
    size = offsetof(struct meaning, rules) + m->count * sizeof m->rules[0];
    copy = arena_alloc(&s->arena, size);
    memcpy(copy, m, size);
    return s->known[t][index] = copy;
}

static void ask_range(struct subject *s, size_t t, uint32_t first, uint32_t count)
{
    uint32_t token = s->tokens[t];
    struct seccomp_data data = {.arch = token == SCMP_ARCH_X32 ? AUDIT_ARCH_X86_64 : token};
    struct meaning m;

    for (uint32_t i = 0; i < count; i++) {
        data.nr = (int)(first + i);
        ask_number(s, find_meaning(s, t, first + i, &m), &data);
    }
}

/* Numbers that are not the architecture's own get one answer, whatever the arguments. */
static void ask_constant(struct subject *s, uint32_t architecture, uint32_t first, uint32_t count,
                         uint32_t expected)
{
    struct meaning m = {.otherwise = expected, .width = UINT64_MAX};
    struct seccomp_data data = {.arch = architecture};

    for (uint32_t i = 0; i < count; i++) {
        data.nr = (int)(first + i);
        ask_number(s, &m, &data);
    }
}

/* Every number of one architecture, around the ends of where numbers can lie, and -1, which is none. */
static void ask_architecture(struct subject *s, size_t t)
{
    static const uint32_t ends[] = {2048,     4000,     5000,       6000,       7000,       8191,
                                    0x0efff0, 0x0f0000, 0x3ffffff8, 0x7ffffff8, 0x80000000, 0xfffffff0};
    uint32_t token = s->tokens[t];
    uint32_t architecture = token == SCMP_ARCH_X32 ? AUDIT_ARCH_X86_64 : token;
    uint32_t base = token == SCMP_ARCH_X32 ? MEANING_X32 : 0;

    ask_range(s, t, base, MEANING_NUMBERS);
    if (meaning_names(token)->base > (int)base)
        ask_range(s, t, (uint32_t)meaning_names(token)->base, MEANING_NUMBERS);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (token != SCMP_ARCH_X86_64 || ends[i] < MEANING_X32)
            ask_range(s, t, base | ends[i], 8);
    ask_constant(s, architecture, UINT32_MAX, 1, meaning_default(s->seccomp));
    if (architecture == AUDIT_ARCH_X86_64 && !has_token(s, SCMP_ARCH_X32)) {
        ask_constant(s, architecture, MEANING_X32, MEANING_NUMBERS, SECCOMP_RET_KILL_THREAD);
        ask_constant(s, architecture, 0xfffffff0, 15, SECCOMP_RET_KILL_THREAD);
    }
}

/* Everything: the architectures of the profile, and one that is not in it. */
static void ask_everything(struct subject *s)
{
    static const uint32_t others[] = {AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64, AUDIT_ARCH_S390X, 0, UINT32_MAX};

    for (size_t i = 0; i < s->token_count; i++)
        ask_architecture(s, i);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (!has_token(s, others[i]))
            ask_constant(s, others[i], 0, 512, SECCOMP_RET_KILL_THREAD);
}

#endif
