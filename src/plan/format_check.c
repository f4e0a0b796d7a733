/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Walks a program once and looks at everything that a reader will follow. Part of the init as well as of the
 * runtime: it allocates nothing and calls nothing but memcmp(3).
 * Each length is one of 32 or 64 bits and is compared with the room that there is (rule R9: CVE-2021-43784).
 */
#include "plan/format.h"

#include <linux/filter.h>
#include <stdbool.h>
#include <string.h>

/* What a plan_ref in a step's body refers to. */
enum reference_kind {
    TEXT = 1,     /* a text */
    TEXT_MAYBE,   /* a text or none */
    VECTOR,       /* a plan_vector */
    VECTOR_MAYBE, /* a plan_vector or none */
    PAIRS,        /* a plan_vector with an even count, or none */
    FILTER,       /* `count` sock_filter, 8-byte aligned */
    NUMBERS,      /* `count` uint32_t, 4-byte aligned; none when the count is 0 */
    BYTES,        /* `count` bytes in whole 64-bit words, 8-byte aligned */
    BITS,         /* `count` bits in whole 64-bit words, 8-byte aligned; none when the count is 0 */
    LISTEN_PID,   /* "LISTEN_PID=" and room for ten digits and a NUL, or none */
};

struct reference {
    uint16_t op;
    uint16_t kind;
    uint16_t at;    /* offset of the plan_ref in the body */
    uint16_t count; /* offset of the uint32_t that counts the items */
};

#define REFERENCE(op, body, kind, member)                                                                    \
    {                                                                                                        \
        PLAN_OP_##op, kind, offsetof(struct body, member), 0                                                 \
    }
#define COUNTED(op, body, kind, member, count)                                                               \
    {                                                                                                        \
        PLAN_OP_##op, kind, offsetof(struct body, member), offsetof(struct body, count)                      \
    }

/* Every plan_ref of every body, in the order of the operations: first_reference() relies on that. */
static const struct reference references[] = {
    REFERENCE(JOIN, plan_join, TEXT_MAYBE, path),
    REFERENCE(PROC, plan_proc, TEXT, file),
    REFERENCE(PROC, plan_proc, TEXT, value),
    COUNTED(AFFINITY, plan_affinity, BYTES, mask, length),
    COUNTED(MEMPOLICY, plan_mempolicy, BITS, nodes, bits),
    REFERENCE(CWD, plan_cwd, TEXT, path),
    COUNTED(CREDENTIALS, plan_credentials, NUMBERS, groups, group_count),
    REFERENCE(LOOKUP, plan_lookup, TEXT, name),
    REFERENCE(LOOKUP, plan_lookup, TEXT, search),
    COUNTED(SECCOMP, plan_seccomp, FILTER, filter, count),
    REFERENCE(EXEC, plan_exec, VECTOR, args),
    REFERENCE(EXEC, plan_exec, VECTOR_MAYBE, env),
    REFERENCE(EXEC, plan_exec, LISTEN_PID, listen_pid),
    REFERENCE(TIME, plan_time, TEXT_MAYBE, offsets),
    REFERENCE(KEYRING, plan_keyring, TEXT_MAYBE, name),
    REFERENCE(HOSTNAME, plan_hostname, TEXT, name),
    REFERENCE(DOMAINNAME, plan_hostname, TEXT, name),
    REFERENCE(ROOT, plan_root, TEXT, path),
    REFERENCE(MOUNT, plan_mount, TEXT, target),
    REFERENCE(MOUNT, plan_mount, TEXT_MAYBE, type),
    REFERENCE(MOUNT, plan_mount, TEXT_MAYBE, source),
    REFERENCE(MOUNT, plan_mount, PAIRS, parameters),
    REFERENCE(MOUNT, plan_mount, TEXT_MAYBE, data),
    REFERENCE(MOUNT, plan_mount, TEXT_MAYBE, label),
    REFERENCE(MOUNT, plan_mount, TEXT_MAYBE, under),
    REFERENCE(NODE, plan_node, TEXT, path),
    REFERENCE(LINK, plan_link, TEXT, path),
    REFERENCE(LINK, plan_link, TEXT, target),
    REFERENCE(HOOK, plan_hook, TEXT, path),
    REFERENCE(HOOK, plan_hook, VECTOR_MAYBE, args),
    REFERENCE(HOOK, plan_hook, VECTOR_MAYBE, env),
    REFERENCE(HOOK, plan_hook, TEXT, state_head),
    REFERENCE(HOOK, plan_hook, TEXT, state_tail),
    REFERENCE(DIRECTORY, plan_path, TEXT, path),
    REFERENCE(SYSCTL, plan_sysctl, TEXT, file),
    REFERENCE(SYSCTL, plan_sysctl, TEXT, value),
    REFERENCE(READONLY, plan_readonly, TEXT, path),
    REFERENCE(READONLY, plan_readonly, TEXT_MAYBE, under),
    REFERENCE(MASK, plan_mask, TEXT, path),
    REFERENCE(MASK, plan_mask, TEXT_MAYBE, under),
    REFERENCE(MASK, plan_mask, TEXT_MAYBE, context),
    REFERENCE(UNMOUNT, plan_path, TEXT, path),
};

enum { REFERENCES = sizeof references / sizeof references[0] };

/* @return the index of the first reference of an operation, or of one behind it. */
static size_t first_reference(unsigned op)
{
    size_t low = 0, high = REFERENCES;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (references[middle].op < op)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const uint16_t body_sizes[PLAN_OP_COUNT] = {
#define X(name, body, words) [PLAN_OP_##name] = sizeof(struct body),
    PLAN_OPS(X)
#undef X
};

/* The data of the program. Its last byte is NUL, so that every text that begins in it ends in it. */
struct data {
    const char *bytes;
    uint32_t size;
};

static int fail(const char **problem, const char *words)
{
    *problem = words;
    return -1;
}

/* @return whether `length` bytes at `ref` are in the data and begin at a multiple of `alignment`. */
static bool is_inside(const struct data *data, plan_ref ref, uint64_t length, uint32_t alignment)
{
    return ref % alignment == 0 && ref < data->size && length <= data->size - ref;
}

static int check_vector(const struct data *data, plan_ref ref, bool pairs, const char **problem)
{
    const struct plan_vector *vector;

    if (ref == 0 ||
        !is_inside(data, ref, sizeof *vector + sizeof vector->items[0], _Alignof(struct plan_vector)))
        return fail(problem, "a vector lies outside of the data");
    vector = (const struct plan_vector *)(const void *)(data->bytes + ref);
    if (vector->count > (data->size - ref - sizeof *vector) / sizeof vector->items[0] - 1)
        return fail(problem, "a vector is longer than the data");
    if (pairs && vector->count % 2 != 0)
        return fail(problem, "a vector of pairs has an odd number of items");
    for (uint64_t i = 0; i < vector->count; i++)
        if (vector->items[i] == 0 || vector->items[i] >= data->size)
            return fail(problem, "an item of a vector lies outside of the data");
    if (vector->items[vector->count] != 0)
        return fail(problem, "a vector has no end");
    return 0;
}

static int check_listen_pid(const struct data *data, plan_ref ref, const char **problem)
{
    static const char name[] = "LISTEN_PID=";
    enum { DIGITS = 10 };

    if (ref == 0)
        return 0;
    if (!is_inside(data, ref, sizeof name - 1 + DIGITS + 1, 1))
        return fail(problem, "there is no room for the value of LISTEN_PID");
    if (memcmp(data->bytes + ref, name, sizeof name - 1) != 0)
        return fail(problem, "LISTEN_PID is not where it should be");
    return 0;
}

/* Items that are counted by a member beside the reference. */
static int check_counted(const struct data *data, unsigned kind, plan_ref ref, uint32_t count,
                         const char **problem)
{
    uint64_t length = count;
    uint32_t alignment = 8;

    switch (kind) {
    case FILTER:
        if (count == 0 || count > BPF_MAXINSNS)
            return fail(problem, "a filter is empty or too long");
        length = (uint64_t)count * sizeof(struct sock_filter);
        break;
    case NUMBERS:
        length = (uint64_t)count * sizeof(uint32_t);
        alignment = _Alignof(uint32_t);
        break;
    case BITS:
        length = ((uint64_t)count + 63) / 64 * 8;
        break;
    default:
        length = ((uint64_t)count + 7) / 8 * 8;
        break;
    }
    if (ref == 0 && count == 0 && kind != BYTES)
        return 0;
    if (ref == 0 || !is_inside(data, ref, length, alignment))
        return fail(problem, "a list of a step lies outside of the data");
    return 0;
}

static int check_reference(const struct data *data, const struct reference *reference, const char *body,
                           const char **problem)
{
    plan_ref ref;
    uint32_t count;

    memcpy(&ref, body + reference->at, sizeof ref);
    switch (reference->kind) {
    case TEXT:
    case TEXT_MAYBE:
        if (ref >= data->size)
            return fail(problem, "a text lies outside of the data");
        return ref == 0 && reference->kind == TEXT ? fail(problem, "a text is missing") : 0;
    case VECTOR:
        return check_vector(data, ref, false, problem);
    case VECTOR_MAYBE:
    case PAIRS:
        return ref == 0 ? 0 : check_vector(data, ref, reference->kind == PAIRS, problem);
    case LISTEN_PID:
        return check_listen_pid(data, ref, problem);
    default:
        memcpy(&count, body + reference->count, sizeof count);
        return check_counted(data, reference->kind, ref, count, problem);
    }
}

static int check_step(const struct data *data, const struct plan_step *step, uint32_t room,
                      const char **problem)
{
    uint32_t size;

    if (room < sizeof *step)
        return fail(problem, "the steps end in the middle of one");
    if (step->op == PLAN_OP_NONE || step->op >= PLAN_OP_COUNT)
        return fail(problem, "a step is of an unknown kind");
    size = (uint32_t)(sizeof *step + body_sizes[step->op] + 7) & ~7u;
    if (step->size != size || size > room)
        return fail(problem, "a step has the wrong size");
    if (step->flags != 0 || step->reserved != 0)
        return fail(problem, "a step has an unknown flag");
    if (step->origin >= data->size)
        return fail(problem, "a step's origin lies outside of the data");
    for (size_t i = first_reference(step->op); i < REFERENCES && references[i].op == step->op; i++)
        if (check_reference(data, &references[i], (const char *)(step + 1), problem) < 0)
            return -1;
    return 0;
}

static int check_header(const struct plan_header *plan, size_t size, const char **problem)
{
    if (size < sizeof *plan || size > PLAN_SIZE_LIMIT)
        return fail(problem, "the program is too short or too long");
    if ((uintptr_t)plan % _Alignof(struct plan_vector) != 0)
        return fail(problem, "the program is not aligned");
    if (plan->magic != PLAN_MAGIC)
        return fail(problem, "it is not a program for the init");
    if (plan->version != PLAN_VERSION)
        return fail(problem, "the program is of another version");
    if (plan->size != size)
        return fail(problem, "the program is cut off");
    if (plan->flags != 0)
        return fail(problem, "the program has an unknown flag");
    if (plan->steps < sizeof *plan || plan->steps % 8 != 0 || plan->data % 8 != 0 ||
        plan->steps > plan->data || plan->data >= plan->size)
        return fail(problem, "the parts of the program overlap");
    if (plan->step_count == 0)
        return fail(problem, "the program has no steps");
    if (((const char *)plan)[plan->size - 1] != '\0')
        return fail(problem, "the last text of the program has no end");
    return 0;
}

/* Where a vector is in the data. */
struct extent {
    uint64_t begin;
    uint64_t end;
};

static bool overlap(const struct extent *a, const struct extent *b)
{
    return a->begin < b->end && b->begin < a->end;
}

/* Calls `visit` for each vector of the steps, which have been checked, until it returns something else than 0. */
static int each_vector(const struct plan_header *plan,
                       int (*visit)(void *argument, const struct extent *extent), void *argument)
{
    const struct plan_step *step = plan_first(plan);

    for (uint32_t n = 0; n < plan->step_count; n++, step = plan_next(step)) {
        for (size_t i = first_reference(step->op); i < REFERENCES && references[i].op == step->op; i++) {
            const struct reference *reference = &references[i];
            struct extent extent;
            plan_ref ref;

            if (reference->kind != VECTOR && reference->kind != VECTOR_MAYBE && reference->kind != PAIRS)
                continue;
            memcpy(&ref, (const char *)(step + 1) + reference->at, sizeof ref);
            if (ref == 0)
                continue;
            extent.begin = ref;
            extent.end = ref + (plan_vector(plan, ref)->count + 2) * sizeof(uint64_t);
            if (visit(argument, &extent) != 0)
                return 1;
        }
    }
    return 0;
}

struct search {
    const struct plan_header *plan;
    struct extent wanted;
    uint64_t end; /* of the last vector so far */
    unsigned hits;
};

static int count_overlap(void *argument, const struct extent *extent)
{
    struct search *search = argument;

    search->hits += overlap(&search->wanted, extent);
    return search->hits > 1; /* the first is the vector itself */
}

/* In the order in which a plan is written no vector begins before the end of those before it. */
static int check_extent(void *argument, const struct extent *extent)
{
    struct search *search = argument;

    if (extent->begin >= search->end) {
        search->end = extent->end;
        return 0;
    }
    search->wanted = *extent;
    search->hits = 0;
    return each_vector(search->plan, count_overlap, search);
}

/* The init turns the items of a vector into pointers where they stand: no other vector may be there. */
static int check_vectors_apart(const struct plan_header *plan, const char **problem)
{
    struct search search = {.plan = plan};

    if (each_vector(plan, check_extent, &search) != 0)
        return fail(problem, "two vectors overlap");
    return 0;
}

int plan_check(const void *program, size_t size, const char **problem)
{
    const struct plan_header *plan = program;
    const struct plan_step *step;
    struct data data;
    uint32_t at;

    if (check_header(plan, size, problem) < 0)
        return -1;
    data = (struct data){(const char *)program + plan->data, plan->size - plan->data};
    at = plan->steps;
    for (uint32_t i = 0; i < plan->step_count; i++) {
        step = (const struct plan_step *)(const void *)((const char *)program + at);
        if (check_step(&data, step, plan->data - at, problem) < 0)
            return -1;
        at += step->size;
    }
    if (at != plan->data)
        return fail(problem, "something lies between the steps and the data");
    return check_vectors_apart(plan, problem);
}
