/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the bodies of the steps consist of, for the printers: one line a member. A member that a printer does
 * not know is one that nobody would see in `caisson plan`: the unit test asks that every byte of every body
 * belongs to a member here, is a descriptor, or is called reserved.
 */
#ifndef PLAN_FIELDS_H
#define PLAN_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/format.h"

enum field_kind {
    FIELD_TEXT,    /* plan_ref of a text; none is left out */
    FIELD_TEXTS,   /* plan_ref of a vector; none is left out */
    FIELD_PAIRS,   /* plan_ref of a vector of keys and values; none is left out */
    FIELD_NUMBERS, /* plan_ref of uint32_t, counted by the member behind it */
    FIELD_CPUS,    /* plan_ref of a mask in bytes, counted by the member behind it */
    FIELD_NODES,   /* plan_ref of a mask in bits, counted by the member behind it */
    FIELD_FILTER,  /* uint32_t: the number of instructions */
    FIELD_U16,
    FIELD_U32,
    FIELD_I32,
    FIELD_U64,
    FIELD_BOOL,         /* uint32_t */
    FIELD_WORD,         /* uint32_t: one of `words` */
    FIELD_FLAGS,        /* uint32_t: bits, called as in `words` */
    FIELD_MEMPOLICY,    /* uint32_t: MPOL_* with MPOL_F_* */
    FIELD_RLIMIT,       /* uint32_t: RLIMIT_* */
    FIELD_NAMESPACES32, /* uint32_t: CLONE_NEW* */
    FIELD_NAMESPACES,   /* uint64_t: CLONE_NEW* */
    FIELD_PROPAGATION,  /* uint64_t: MS_*; 0 is left out */
    FIELD_CAPABILITIES, /* uint64_t */
    FIELD_SET,          /* uint64_t: MOUNT_ATTR_* that are set */
    FIELD_CLEAR,        /* uint64_t: MOUNT_ATTR_* that are cleared */
    FIELD_FD,           /* plan_fd: filled in when the plan is carried out, so not shown */
};

struct field_word {
    uint32_t value;
    const char *word;
};

struct field {
    uint16_t op;
    uint16_t kind;
    uint16_t at; /* offset in the body */
    uint16_t size;
    const char *name;               /* the member's */
    const struct field_word *words; /* ended by a NULL word */
};

extern const struct field plan_fields[];
extern const unsigned plan_field_count;

/** @return the word of a value, or NULL. */
const char *field_word(const struct field_word *words, uint32_t value);

#endif
