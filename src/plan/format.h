/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The program of the init: a flat, position-independent list of steps that src/plan writes and src/init
 * carries out in order. This file, with the steps' bodies in steps.h, is all that the two share.
 *
 *   header | steps ... | data: texts, vectors, filters
 *
 * A step is a plan_step, then the body of its kind (the plan_* structures of steps.h), padded to 8 bytes. A member
 * of type plan_ref is an offset into the data: 0 says "none", otherwise it finds a text that is ended by a NUL,
 * or what the member's comment says. A member of type plan_fd is a descriptor's number, or -1 while none is
 * open: the runtime opens what it stands for (struct plan_slot) and fills it in before the program is sealed.
 *
 * The reader trusts nothing: see plan_check().
 */
#ifndef PLAN_FORMAT_H
#define PLAN_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "plan/steps.h"

#define PLAN_MAGIC   0x53494143u /* "CAIS" */
#define PLAN_VERSION 2u

enum { PLAN_SIZE_LIMIT = 64 * 1024 * 1024, PLAN_ALIGNMENT = 8 };

struct plan_header {
    uint32_t magic;
    uint32_t version;
    uint32_t size; /* of the whole program in bytes */
    uint32_t step_count;
    uint32_t steps; /* offset of the first step */
    uint32_t data;  /* offset of the data; its last byte is NUL */
    plan_fd
        channel;    /* to the runtime: struct plan_message up, one byte down; a pipe where nothing is asked */
    uint32_t flags; /* none yet: 0 */
};

struct plan_step {
    uint16_t op;     /* enum plan_op */
    uint16_t flags;  /* none yet: 0 */
    uint32_t size;   /* of this step with its body and padding */
    plan_ref origin; /* JSON pointer of the value that asked for it */
    uint32_t reserved;
};

/* ---- reading: used by the init, and by the printer and the tests ---- */

/**
 * Checks that a program can be walked safely: header, sizes and order of the steps, every reference, vector,
 * filter and list within the data, every text ended.
 * @return 0, or -1 with `*problem` set to words without a variable part.
 */
int plan_check(const void *program, size_t size, const char **problem);

static inline const struct plan_step *plan_first(const struct plan_header *plan)
{
    return (const struct plan_step *)(const void *)((const char *)plan + plan->steps);
}

static inline const struct plan_step *plan_next(const struct plan_step *step)
{
    return (const struct plan_step *)(const void *)((const char *)step + step->size);
}

/* The body behind a step. */
#define PLAN_BODY(type, step) ((const struct type *)(const void *)((step) + 1))

/** @return the bytes at a reference that plan_check() asks for: format_check.c says which those are. */
static inline __attribute__((returns_nonnull)) const char *plan_text(const struct plan_header *plan,
                                                                     plan_ref ref)
{
    return (const char *)plan + plan->data + ref;
}

/** @return the bytes at a reference, NULL for none. */
static inline const char *plan_text_maybe(const struct plan_header *plan, plan_ref ref)
{
    return ref ? plan_text(plan, ref) : NULL;
}

/*
 * A vector is 8-byte aligned: plan_vector, then `count` 64-bit items and one that is 0, each an offset into
 * the data. The init turns the items into pointers where they stand, in its private copy.
 */
struct plan_vector {
    uint64_t count;
    uint64_t items[];
};

static inline const struct plan_vector *plan_vector(const struct plan_header *plan, plan_ref ref)
{
    return ref ? (const struct plan_vector *)(const void *)((const char *)plan + plan->data + ref) : NULL;
}

/** @return item `i` of a vector as a text. */
static inline const char *plan_item(const struct plan_header *plan, const struct plan_vector *v, uint64_t i)
{
    return (const char *)plan + plan->data + v->items[i];
}

/** @return the words for a kind of step, or NULL. */
const char *plan_op_words(unsigned op);

/** @return the enumeration's name of a kind of step in lower case with dashes ("root-attr"), or NULL. */
const char *plan_op_name(unsigned op);

#endif
