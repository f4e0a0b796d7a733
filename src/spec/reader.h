/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * JSON objects into structures, by tables: one row for each member says what it is called, what it may hold and
 * where it goes. The configuration is read by such tables (fields_*.c); so is every other JSON file of ours.
 *
 * Example:
 *
 *     struct state { const char *id; uid_t owner_uid; bool terminal; struct spec_pairs annotations; };
 *
 *     #define F(member, json, type, ...) READER_FIELD(struct state, member, json, type, __VA_ARGS__)
 *     static const struct reader_field state_fields[] = {
 *         F(id, "id", READER_STRING, .flags = READER_REQUIRED | READER_NONEMPTY),
 *         F(owner_uid, "ownerUid", READER_UNSIGNED, .max = READER_ID_MAX, .flags = READER_REQUIRED),
 *         F(terminal, "terminal", READER_BOOL),
 *         F(annotations, "annotations", READER_PAIRS),
 *     };
 *     static const struct reader_shape state_shape = READER_SHAPE(struct state, state_fields);
 *
 *     struct state state;
 *     struct reader_input input = {.arena = arena, .name = "state.json", .text = text, .length = length};
 *     if (reader_decode(&input, &state_shape, &state, err) < 0)
 *         return -1; // "state.json:1:7: /id: the wrong type: a number, expected a string"
 *
 * What every table gets without asking: the limits of spec.h, syntax and UTF-8 checks, no member twice, types,
 * ranges, `null` for an optional member taken as absence, unknown members handed to `notice`.
 */
#ifndef SPEC_READER_H
#define SPEC_READER_H

#include <stddef.h>
#include <stdint.h>

#include "spec/spec.h"

struct tree_passed;
struct reader;      /* one reading of one file */
struct reader_node; /* one value in it */

/* What a member holds in JSON, and the C type that it is stored as. */
enum reader_type {
    READER_STRING,   /* string: const char * */
    READER_BOOL,     /* true or false: bool, or struct spec_bool */
    READER_INTEGER,  /* signed integer: int, int32_t, int64_t, or struct spec_i64 */
    READER_UNSIGNED, /* integer from 0: uint32_t, uint64_t, or struct spec_u32, struct spec_u64 */
    READER_ENUM,     /* string of a table of names: an enum, or char */
    READER_FLAGS,    /* array of such strings: unsigned or uint64_t, their values or'ed */
    READER_STRINGS,  /* array of strings: struct spec_strings; with `values` each must stand in the table */
    READER_NUMBERS,  /* array of integers from 0: struct { uint32_t *items; size_t count; } */
    READER_PAIRS,    /* object whose members are strings: struct spec_pairs */
    READER_OBJECT,   /* object: the structure itself */
    READER_POINTER,  /* object: const struct ... *; NULL when absent */
    READER_ARRAY,    /* array of objects: struct { struct ... *items; size_t count; } */
    READER_MAP,      /* object of objects: the same; the key goes where shape->key says */
    READER_IGNORED,  /* known, of whatever type, and not for us: other platforms' members */
};

enum reader_flags {
    READER_REQUIRED = 1 << 0, /* must be there, and not null */
    READER_NONEMPTY = 1 << 1, /* a string has a character, an array an item, a map's key a character */
    READER_ABSOLUTE = 1 << 2, /* each string is an absolute path */
    READER_EMPTY_OK = 1 << 3, /* with READER_ABSOLUTE: or "" */
    READER_OPTIONAL = 1 << 4, /* stored as struct spec_bool, spec_i64, spec_u32, spec_u64 */
};

/** One name of a READER_ENUM, READER_FLAGS or READER_STRINGS; the table ends with a NULL name. */
struct reader_value {
    const char *name;
    uint64_t value;
};

/**
 * A rule that a table cannot express, or a member that follows from others. `value` is the address of what was
 * stored; of READER_STRINGS and READER_PAIRS each item is checked by itself: const char *, struct spec_pair.
 * @return 0, or what reader_fail() returned
 */
typedef int reader_check(struct reader *reader, const struct reader_node *node, void *value);

struct reader_shape;

struct reader_field {
    const char *name; /* the member's name in JSON */
    enum reader_type type;
    unsigned flags;      /* enum reader_flags */
    size_t offset, size; /* of the C member; set by READER_FIELD */
    size_t set;          /* READER_SET(): a bool that tells whether the member stands in the file */
    const struct reader_shape *shape;  /* of READER_OBJECT, _POINTER, _ARRAY, _MAP */
    const struct reader_value *values; /* of READER_ENUM, _FLAGS; may be given to _STRINGS */
    int64_t min;                       /* READER_INTEGER, _UNSIGNED, _NUMBERS: least value; without min and */
    uint64_t max;                      /*   max the whole range of the C type is allowed */
    const char *unit;                  /* of the number, for messages: "bytes", "microseconds" */
    const char *what;                  /* what the value is, for messages: "seccomp action"; may be NULL */
    const char *since;                 /* version of the specification that brought it; NULL: 1.0 */
    reader_check *check;
};

struct reader_shape {
    const struct reader_field *fields;
    size_t count;
    size_t size;         /* of the structure */
    size_t key;          /* READER_KEY(): where READER_MAP stores the key, a const char * */
    reader_check *check; /* for the whole object, after its members */
};

/* The largest user or group id: (uid_t)-1 means "leave as it is" to the kernel (the class of CVE-2016-3697). */
#define READER_ID_MAX 4294967294u

#define READER_FIELD(structure, member, json, kind, ...)                                                     \
    {                                                                                                        \
        .name = (json), .type = (kind), .offset = offsetof(structure, member),                               \
        .size = sizeof(typeof(((structure *)0)->member)), __VA_ARGS__                                        \
    }
/* Offsets that may be absent are stored plus one. */
#define READER_SET(structure, member) (offsetof(structure, member) + 1)
#define READER_KEY(structure, member) (offsetof(structure, member) + 1)
#define READER_SHAPE(structure, table, ...)                                                                  \
    {                                                                                                        \
        .fields = (table), .count = sizeof(table) / sizeof(table)[0], .size = sizeof(structure), __VA_ARGS__ \
    }

struct reader_input {
    struct arena *arena; /* gets everything that is read */
    struct arena
        scratch;      /* begins in memory of the caller's, which is free again when reader_decode() returns */
    const char *name; /* what messages call the file */
    const char *text; /* its bytes, no NUL needed; not used any more when reader_decode() returns */
    size_t length;
    const struct tree_passed *passed; /* members that are not read: see tree_parse(); or NULL */
    spec_notice *notice;              /* may be NULL */
    void *notice_data;
};

/**
 * Reads an object. `object` is filled with zeros first.
 * @return 0, or -1 with CAISSON_ERROR_CONFIG: "NAME:LINE:COLUMN: /json/pointer: what is wrong, what was expected",
 *         and err->line, column and pointer set.
 */
int reader_decode(const struct reader_input *input, const struct reader_shape *shape, void *object,
                  struct caisson_error *err);

/* ---- for checks ---- */

/** Records that the value at `node` is wrong, with its place. @return -1 always. */
int reader_fail(struct reader *reader, const struct reader_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Says something about the value at `node` that is no error, with its place. */
void reader_notice(struct reader *reader, const struct reader_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** @return the value of a member of the object `node`; `node` itself where it is absent or null: the place to blame. */
const struct reader_node *reader_member(struct reader *reader, const struct reader_node *node,
                                        const char *name);

/** @return item `index` of the array `node`, or member value `index` of an object. */
const struct reader_node *reader_item(struct reader *reader, const struct reader_node *node, size_t index);

/** @return a piece of text for messages: in quotes, unprintable characters escaped, cut when long. */
const char *reader_quote(struct reader *reader, const char *text);

#endif
