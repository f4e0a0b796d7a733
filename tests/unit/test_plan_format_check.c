/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan_check(): a right program passes, each kind of damage is seen, and what passes can be walked. */
#include "plan_sample.h"

#include <ctype.h>
#include <stdlib.h>

#include "plan/fields.h"
#include "plan/protocol.h"

/* A program in memory of its own, so that the sanitizer sees a read beyond its end. */
struct copy {
    char *bytes;
    size_t size;
};

static struct copy copy_of(const struct plan *plan)
{
    struct copy copy = {malloc(plan->program_size), plan->program_size};

    memcpy(copy.bytes, plan->program, plan->program_size);
    return copy;
}

static struct plan_header *header_of(struct copy *copy)
{
    return (struct plan_header *)(void *)copy->bytes;
}

static void test_sample_passes(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    const struct plan_step *step;
    bool seen[PLAN_OP_COUNT] = {false};
    const char *problem = NULL;
    struct plan plan;

    (void)state;
    plan_sample(&arena, &plan);
    if (plan_check(plan.program, plan.program_size, &problem) < 0)
        fail_msg("%s", problem);
    step = plan_first((const struct plan_header *)(const void *)plan.program);
    for (uint32_t i = 0; i < plan.step_count; i++, step = plan_next(step))
        seen[step->op] = true;
    for (unsigned op = PLAN_OP_NONE + 1; op < PLAN_OP_COUNT; op++)
        if (!seen[op])
            fail_msg("the sample has no step '%s'", plan_op_name(op));
}

/* The body of a step that is ours to damage. */
#define BODY_OF(type, step) ((struct type *)(void *)((step) + 1))

static size_t follow(struct copy *copy);

/* ---- damage to the header and to one step ---- */

static const struct {
    size_t offset;
    uint32_t value;
    const char *problem;
} header_damage[] = {
    {offsetof(struct plan_header, magic), 0, "it is not a program for the init"},
    {offsetof(struct plan_header, version), PLAN_VERSION + 1, "the program is of another version"},
    {offsetof(struct plan_header, size), 64, "the program is cut off"},
    {offsetof(struct plan_header, size), UINT32_MAX, "the program is cut off"},
    {offsetof(struct plan_header, flags), 1, "the program has an unknown flag"},
    {offsetof(struct plan_header, step_count), 0, "the program has no steps"},
    {offsetof(struct plan_header, step_count), 1, "something lies between the steps and the data"},
    {offsetof(struct plan_header, step_count), 1000, "the steps end in the middle of one"},
    {offsetof(struct plan_header, steps), 24, "the parts of the program overlap"},
    {offsetof(struct plan_header, steps), 33, "the parts of the program overlap"},
    {offsetof(struct plan_header, steps), UINT32_MAX & ~7u, "the parts of the program overlap"},
    {offsetof(struct plan_header, data), 0, "the parts of the program overlap"},
    {offsetof(struct plan_header, data), UINT32_MAX & ~7u, "the parts of the program overlap"},
};

static void test_header(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct plan plan;

    (void)state;
    plan_sample(&arena, &plan);
    for (size_t i = 0; i < sizeof header_damage / sizeof header_damage[0]; i++) {
        struct copy copy = copy_of(&plan);
        const char *problem = "";

        memcpy(copy.bytes + header_damage[i].offset, &header_damage[i].value, sizeof(uint32_t));
        assert_int_equal(plan_check(copy.bytes, copy.size, &problem), -1);
        assert_string_equal(problem, header_damage[i].problem);
        free(copy.bytes);
    }
}

static void test_sizes(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    const char *problem = "";
    struct plan plan;

    (void)state;
    plan_sample(&arena, &plan);
    for (size_t size = 0; size < plan.program_size; size++) {
        struct copy copy = {calloc(1, size + !size), size};

        memcpy(copy.bytes, plan.program, size);
        /* also one whose header says the length that it has */
        if (size >= sizeof(struct plan_header) && size % 2)
            header_of(&copy)->size = (uint32_t)size;
        /* What passes was cut in the data behind the last thing that is referred to. */
        if (plan_check(copy.bytes, size, &problem) == 0)
            assert_true(follow(&copy) > 0);
        free(copy.bytes);
    }
    assert_int_equal(plan_check(plan.program + 4, plan.program_size - 4, &problem), -1);
    assert_string_equal(problem, "the program is not aligned");
    plan.program[plan.program_size - 1] = 'x';
    assert_int_equal(plan_check(plan.program, plan.program_size, &problem), -1);
    assert_string_equal(problem, "the last text of the program has no end");
}

#define IN_BODY(type, member) (sizeof(struct plan_step) + offsetof(struct type, member))

static const struct {
    unsigned op, nth;
    size_t offset; /* from the step's beginning, to a uint32_t */
    uint32_t value;
    const char *problem;
} step_damage[] = {
    {PLAN_OP_CWD, 0, 0, PLAN_OP_NONE, "a step is of an unknown kind"},
    {PLAN_OP_CWD, 0, 0, PLAN_OP_COUNT, "a step is of an unknown kind"},
    {PLAN_OP_CWD, 0, 0, PLAN_OP_CWD | 1u << 16, "a step has an unknown flag"},
    {PLAN_OP_CWD, 0, offsetof(struct plan_step, reserved), 1, "a step has an unknown flag"},
    {PLAN_OP_CWD, 0, offsetof(struct plan_step, size), 0, "a step has the wrong size"},
    {PLAN_OP_CWD, 0, offsetof(struct plan_step, size), 32, "a step has the wrong size"},
    {PLAN_OP_EXEC, 0, offsetof(struct plan_step, size), UINT32_MAX & ~7u, "a step has the wrong size"},
    {PLAN_OP_CWD, 0, offsetof(struct plan_step, origin), UINT32_MAX,
     "a step's origin lies outside of the data"},
    {PLAN_OP_CWD, 0, IN_BODY(plan_cwd, path), 0, "a text is missing"},
    {PLAN_OP_CWD, 0, IN_BODY(plan_cwd, path), 1u << 30, "a text lies outside of the data"},
    {PLAN_OP_MOUNT, 0, IN_BODY(plan_mount, type), 1u << 30, "a text lies outside of the data"},
    {PLAN_OP_MOUNT, 0, IN_BODY(plan_mount, parameters), 9, "a vector lies outside of the data"},
    {PLAN_OP_MOUNT, 0, IN_BODY(plan_mount, parameters), UINT32_MAX & ~7u,
     "a vector lies outside of the data"},
    {PLAN_OP_HOOK, 0, IN_BODY(plan_hook, state_head), 0, "a text is missing"},
    {PLAN_OP_EXEC, 0, IN_BODY(plan_exec, args), 0, "a vector lies outside of the data"},
    {PLAN_OP_EXEC, 0, IN_BODY(plan_exec, listen_pid), 8, "LISTEN_PID is not where it should be"},
    {PLAN_OP_EXEC, 0, IN_BODY(plan_exec, listen_pid), UINT32_MAX,
     "there is no room for the value of LISTEN_PID"},
    {PLAN_OP_CREDENTIALS, 0, IN_BODY(plan_credentials, group_count), UINT32_MAX,
     "a list of a step lies outside of the data"},
    {PLAN_OP_CREDENTIALS, 0, IN_BODY(plan_credentials, groups), 0,
     "a list of a step lies outside of the data"},
    {PLAN_OP_CREDENTIALS, 0, IN_BODY(plan_credentials, groups), 9,
     "a list of a step lies outside of the data"},
    {PLAN_OP_AFFINITY, 0, IN_BODY(plan_affinity, length), UINT32_MAX,
     "a list of a step lies outside of the data"},
    {PLAN_OP_MEMPOLICY, 0, IN_BODY(plan_mempolicy, bits), UINT32_MAX,
     "a list of a step lies outside of the data"},
    {PLAN_OP_SECCOMP, 0, IN_BODY(plan_seccomp, filter), 0, "a list of a step lies outside of the data"},
    {PLAN_OP_SECCOMP, 0, IN_BODY(plan_seccomp, count), 0, "a filter is empty or too long"},
    {PLAN_OP_SECCOMP, 0, IN_BODY(plan_seccomp, count), BPF_MAXINSNS + 1, "a filter is empty or too long"},
    {PLAN_OP_SECCOMP, 0, IN_BODY(plan_seccomp, count), BPF_MAXINSNS,
     "a list of a step lies outside of the data"},
};

static void test_steps(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct plan plan;

    (void)state;
    plan_sample(&arena, &plan);
    for (size_t i = 0; i < sizeof step_damage / sizeof step_damage[0]; i++) {
        char *step = (char *)sample_step(&plan, step_damage[i].op, step_damage[i].nth);
        struct copy copy = copy_of(&plan);
        const char *problem = "nothing";

        memcpy(copy.bytes + (step - plan.program) + step_damage[i].offset, &step_damage[i].value,
               sizeof(uint32_t));
        assert_int_equal(plan_check(copy.bytes, copy.size, &problem), -1);
        if (strcmp(problem, step_damage[i].problem) != 0)
            fail_msg("%s + %zu = %u: %s", plan_op_name(step_damage[i].op), step_damage[i].offset,
                     step_damage[i].value, problem);
        free(copy.bytes);
    }
}

/* ---- vectors ---- */

static const char *check_with(struct plan *plan, uint64_t *place, uint64_t value)
{
    uint64_t saved = *place;
    const char *problem = "nothing";

    *place = value;
    plan_check(plan->program, plan->program_size, &problem);
    *place = saved;
    return problem;
}

static void test_vectors(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct plan_header *header;
    struct plan_vector *vector;
    struct plan_exec *body;
    const char *problem = "nothing";
    struct plan plan;

    (void)state;
    plan_sample(&arena, &plan);
    header = (struct plan_header *)(void *)plan.program;
    body = BODY_OF(plan_exec, sample_step(&plan, PLAN_OP_EXEC, 0));
    vector = (struct plan_vector *)(void *)(plan.program + header->data + body->args);
    assert_int_equal(vector->count, 3);
    assert_string_equal(check_with(&plan, &vector->count, UINT64_MAX), "a vector is longer than the data");
    assert_string_equal(check_with(&plan, &vector->count, 2), "a vector has no end");
    assert_string_equal(check_with(&plan, &vector->items[0], 0),
                        "an item of a vector lies outside of the data");
    assert_string_equal(check_with(&plan, &vector->items[1], header->size - header->data),
                        "an item of a vector lies outside of the data");
    assert_string_equal(check_with(&plan, &vector->items[1], UINT64_MAX),
                        "an item of a vector lies outside of the data");
    assert_string_equal(check_with(&plan, &vector->items[3], 8), "a vector has no end");
    /* the init turns them into pointers: the same one twice would be wrong the second time */
    body->env = body->args;
    assert_int_equal(plan_check(plan.program, plan.program_size, &problem), -1);
    assert_string_equal(problem, "two vectors overlap");
}

/* A list that begins inside of the data and ends behind it. */
static void test_list_at_the_end(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct plan_header *header;
    struct plan_credentials *body;
    const char *problem = "nothing";
    struct plan plan;

    (void)state;
    plan_sample(&arena, &plan);
    header = (struct plan_header *)(void *)plan.program;
    body = BODY_OF(plan_credentials, sample_step(&plan, PLAN_OP_CREDENTIALS, 0));
    body->groups = (header->size - header->data - 4) & ~3u;
    body->group_count = 1;
    assert_int_equal(plan_check(plan.program, plan.program_size, &problem), 0);
    body->group_count = 3;
    assert_int_equal(plan_check(plan.program, plan.program_size, &problem), -1);
    assert_string_equal(problem, "a list of a step lies outside of the data");
}

static void test_pairs(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct plan_mount *mount;
    const struct plan_exec *exec;
    const char *problem = "nothing";
    struct plan plan;

    (void)state;
    plan_sample(&arena, &plan);
    mount = BODY_OF(plan_mount, sample_step(&plan, PLAN_OP_MOUNT, 0));
    exec = PLAN_BODY(plan_exec, sample_step(&plan, PLAN_OP_EXEC, 0));
    mount->parameters = exec->args; /* three items */
    assert_int_equal(plan_check(plan.program, plan.program_size, &problem), -1);
    assert_string_equal(problem, "a vector of pairs has an odd number of items");
}

/* ---- thousands of damaged programs: none may be read beyond its end, and what passes can be followed ---- */

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void damage(struct copy *copy, uint64_t *seed)
{
    static const uint32_t words[] = {0, 1, 7, 8, 16, 0x7fffffff, 0x80000000, 0xfffffff8, UINT32_MAX};
    size_t at = next_random(seed) % copy->size;
    uint32_t word = words[next_random(seed) % (sizeof words / sizeof words[0])];

    switch (next_random(seed) % 4) {
    case 0:
        copy->bytes[at] ^= (char)(1 << next_random(seed) % 8);
        break;
    case 1:
        copy->bytes[at] = (char)next_random(seed);
        break;
    case 2: /* a number, where numbers are */
        at &= ~(size_t)3;
        if (at + sizeof word <= copy->size)
            memcpy(copy->bytes + at, &word, sizeof word);
        break;
    default: /* a number that is nearly right */
        at &= ~(size_t)3;
        if (at + sizeof word <= copy->size) {
            memcpy(&word, copy->bytes + at, sizeof word);
            word += (uint32_t)(next_random(seed) % 64) - 32;
            memcpy(copy->bytes + at, &word, sizeof word);
        }
        break;
    }
}

static size_t follow_vector(struct plan_header *plan, plan_ref ref)
{
    char *data = (char *)plan + plan->data;
    struct plan_vector *vector = (struct plan_vector *)(void *)(data + ref);
    const char *text;
    size_t sum = 0;

    if (!ref)
        return 0;
    for (uint64_t i = 0; i < vector->count; i++) {
        vector->items[i] = (uint64_t)(uintptr_t)(data + vector->items[i]); /* as the init does */
        memcpy(&text, &vector->items[i], sizeof text);
        sum += strlen(text);
    }
    return sum + vector->items[vector->count];
}

static size_t text_length(const struct plan_header *plan, plan_ref ref)
{
    const char *text = plan_text_maybe(plan, ref);

    return text ? strlen(text) : 0;
}

static size_t bytes_sum(const struct plan_header *plan, plan_ref ref, size_t length)
{
    size_t sum = 0;

    for (size_t i = 0; ref && i < length; i++)
        sum += (unsigned char)plan_text(plan, ref)[i];
    return sum;
}

/* Reads what the init would read of the steps with lists. */
static size_t follow_step(struct plan_header *plan, const struct plan_step *step)
{
    const struct plan_mount *mount = PLAN_BODY(plan_mount, step);
    const struct plan_hook *hook = PLAN_BODY(plan_hook, step);
    const struct plan_exec *exec = PLAN_BODY(plan_exec, step);
    const struct plan_credentials *credentials = PLAN_BODY(plan_credentials, step);
    const struct plan_seccomp *seccomp = PLAN_BODY(plan_seccomp, step);
    const struct plan_mempolicy *policy = PLAN_BODY(plan_mempolicy, step);
    const struct plan_affinity *affinity = PLAN_BODY(plan_affinity, step);
    size_t sum = text_length(plan, step->origin);

    switch (step->op) {
    case PLAN_OP_MOUNT:
        return sum + strlen(plan_text(plan, mount->target)) + text_length(plan, mount->type) +
               text_length(plan, mount->source) + text_length(plan, mount->data) +
               follow_vector(plan, mount->parameters);
    case PLAN_OP_HOOK:
        return sum + strlen(plan_text(plan, hook->path)) + strlen(plan_text(plan, hook->state_head)) +
               strlen(plan_text(plan, hook->state_tail)) + follow_vector(plan, hook->args) +
               follow_vector(plan, hook->env);
    case PLAN_OP_EXEC:
        if (exec->listen_pid)
            memset(strchr((char *)plan + plan->data + exec->listen_pid, '=') + 1, '9', 10);
        return sum + follow_vector(plan, exec->args) + follow_vector(plan, exec->env);
    case PLAN_OP_CREDENTIALS:
        return sum + bytes_sum(plan, credentials->groups, (size_t)credentials->group_count * 4);
    case PLAN_OP_SECCOMP:
        return sum + bytes_sum(plan, seccomp->filter, (size_t)seccomp->count * sizeof(struct sock_filter));
    case PLAN_OP_MEMPOLICY:
        return sum + bytes_sum(plan, policy->nodes, ((size_t)policy->bits + 63) / 64 * 8);
    case PLAN_OP_AFFINITY:
        return sum + bytes_sum(plan, affinity->mask, affinity->length);
    case PLAN_OP_LOOKUP:
        return sum + strlen(plan_text(plan, PLAN_BODY(plan_lookup, step)->name)) +
               strlen(plan_text(plan, PLAN_BODY(plan_lookup, step)->search));
    default:
        return sum;
    }
}

static size_t follow(struct copy *copy)
{
    struct plan_header *plan = header_of(copy);
    const struct plan_step *step = plan_first(plan);
    size_t sum = 0;

    for (uint32_t i = 0; i < plan->step_count; i++, step = plan_next(step))
        sum += follow_step(plan, step);
    return sum;
}

static void test_damaged(void **state)
{
    enum { PROGRAMS = 40000 };
    _cleanup_arena_ struct arena arena = {0};
    uint64_t seed = 0x9e3779b97f4a7c15u;
    unsigned passed = 0, refused = 0;
    struct plan plan;

    (void)state;
    plan_sample(&arena, &plan);
    for (unsigned i = 0; i < PROGRAMS; i++) {
        struct copy copy = copy_of(&plan);
        const char *problem = NULL;

        for (uint64_t n = 1 + next_random(&seed) % 3; n > 0; n--)
            damage(&copy, &seed);
        if (plan_check(copy.bytes, copy.size, &problem) == 0) {
            passed++;
            assert_true(follow(&copy) > 0);
        } else {
            refused++;
            assert_non_null(problem);
        }
        free(copy.bytes);
    }
    /* Both must happen a lot, or the damage was not of the right kind. */
    assert_true(passed > PROGRAMS / 20);
    assert_true(refused > PROGRAMS / 20);
}

/* @return what plan_check() says about a step whose member refers to `ref`. */
static int check_with_reference(const struct plan *plan, const struct plan_step *step,
                                const struct field *field, plan_ref ref, const char **problem)
{
    struct copy copy = copy_of(plan);
    int result;

    memcpy(copy.bytes + ((const char *)(step + 1) - plan->program) + field->at, &ref, sizeof ref);
    result = plan_check(copy.bytes, copy.size, problem);
    free(copy.bytes);
    return result;
}

/* What a step can do without; the init looks at whatever else there is without asking. */
static const struct {
    unsigned op;
    const char *name;
} optional[] = {
    {PLAN_OP_JOIN, "path"},       {PLAN_OP_TIME, "offsets"}, {PLAN_OP_KEYRING, "name"},
    {PLAN_OP_MOUNT, "type"},      {PLAN_OP_MOUNT, "source"}, {PLAN_OP_MOUNT, "parameters"},
    {PLAN_OP_MOUNT, "data"},      {PLAN_OP_MOUNT, "label"},  {PLAN_OP_MOUNT, "under"},
    {PLAN_OP_HOOK, "args"},       {PLAN_OP_HOOK, "env"},     {PLAN_OP_READONLY, "under"},
    {PLAN_OP_MASK, "under"},      {PLAN_OP_MASK, "context"}, {PLAN_OP_EXEC, "env"},
    {PLAN_OP_EXEC, "listen_pid"},
};

static bool is_optional(const struct field *field)
{
    for (size_t i = 0; i < sizeof optional / sizeof optional[0]; i++)
        if (optional[i].op == field->op && strcmp(optional[i].name, field->name) == 0)
            return true;
    return false;
}

/* Of every kind of step each member that refers to data: it may not lead out of the program, nor be missing. */
static void test_every_reference(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    struct plan plan;

    (void)state;
    plan_sample(&arena, &plan);
    for (unsigned i = 0; i < plan_field_count; i++) {
        const struct field *field = &plan_fields[i];
        const struct plan_step *step = sample_step(&plan, field->op, 0);
        const char *problem = "nobody sees it";

        if (field->kind > FIELD_NODES)
            continue;
        if (check_with_reference(&plan, step, field, 0x7ffffff0, &problem) == 0)
            fail_msg("%s: %s leads outside, and nobody sees it", plan_op_name(field->op), field->name);
        problem = "nobody sees it";
        if ((check_with_reference(&plan, step, field, 0, &problem) == 0) != is_optional(field))
            fail_msg("%s without %s: %s", plan_op_name(field->op), field->name, problem);
    }
}

/* ---- names.c ---- */

static void test_names(void **state)
{
    static const char *const enumeration[] = {
#define X(name, body, words) [PLAN_OP_##name] = #name,
        PLAN_OPS(X)
#undef X
    };

    (void)state;
    for (unsigned op = PLAN_OP_NONE + 1; op < PLAN_OP_COUNT; op++) {
        char name[32] = "";

        for (size_t i = 0; enumeration[op][i]; i++)
            name[i] = (char)(enumeration[op][i] == '_' ? '-' : tolower((unsigned char)enumeration[op][i]));
        assert_non_null(plan_op_name(op));
        assert_string_equal(plan_op_name(op), name);
        assert_non_null(plan_op_words(op));
    }
    assert_string_equal(plan_op_words(PLAN_OP_MOUNT), "mount");
    assert_null(plan_op_name(PLAN_OP_NONE));
    assert_null(plan_op_name(PLAN_OP_COUNT));
    assert_null(plan_op_words(PLAN_OP_COUNT));
    assert_string_equal(plan_action_words(PLAN_ACTION_MKNOD), "make the node");
    assert_null(plan_action_words(PLAN_ACTION_COUNT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sample_passes),   cmocka_unit_test(test_header),  cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_steps),           cmocka_unit_test(test_vectors), cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_list_at_the_end), cmocka_unit_test(test_damaged), cmocka_unit_test(test_names),
        cmocka_unit_test(test_every_reference),

    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
