/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A JSON text as a flat array of nodes in the order of the text, 12 bytes each. Strings stay in the text; only
 * one with an escape sequence is copied, decoded. An object is its node, then key, value, key, value, ...
 */
#ifndef SPEC_TREE_H
#define SPEC_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "spec/spec.h"

/* A file's text with its name for messages. */
struct spec_source {
    const char *name;
    const char *text;
    size_t length;
};

/* The most values and keys a file may have: memory follows from it (12 MiB of nodes). */
enum { TREE_NODE_LIMIT = 1024 * 1024 };

enum node_kind {
    NODE_NULL,
    NODE_FALSE,
    NODE_TRUE,
    NODE_NUMBER,
    NODE_STRING,
    NODE_ARRAY,
    NODE_OBJECT,
    NODE_KEY,
};

struct reader_node {
    unsigned kind : 3;
    unsigned escaped : 1; /* length is an index of tree->decoded */
    unsigned offset : 28; /* of its first byte in the text */
    uint32_t length;      /* string: bytes between the quotes; number: bytes; array, object: children */
    uint32_t next;        /* index of the node behind it and all that is in it */
};

struct tree_text {
    const char *text;
    size_t length;
};

struct tree {
    const struct spec_source *source;
    struct arena *strings; /* gets decoded strings, and outlives the tree */
    struct arena scratch;  /* has the nodes, and what the parser allocates */
    struct reader_node *nodes;
    struct tree_text *decoded;
    uint32_t count, capacity;
    uint32_t decoded_count, decoded_capacity;
    uint32_t cursor; /* offset behind the last token */
    unsigned depth;  /* of open, when a text ends too early or has a defect */
    uint32_t open[SPEC_DEPTH_LIMIT + 1];
    bool passing;       /* the value at the cursor is not looked into */
    uint32_t duplicate; /* index of a key that its object has already; 0: none */
};

/* An object or an array that is not looked into: the member of this name, so many levels deep (1: of the whole object). */
struct tree_passed {
    const char *name;
    unsigned depth;
};

/**
 * Parses a text that must be one JSON object. The tree is freed with tree_free(), also after a failure.
 * @param passed  members that are read as null, ended by a name NULL, or NULL: for a text that was parsed as a whole before
 * @param scratch the tree's from now on: memory in which it may begin, or an empty one
 * @return 0, or -1 with `err`.
 */
int tree_parse(struct tree *tree, const struct spec_source *source, const struct tree_passed *passed,
               struct arena *strings, struct arena scratch, struct caisson_error *err);

void tree_free(struct tree *tree);

#define _cleanup_tree_ __attribute__((cleanup(tree_free)))

/** @return the offset of the next token from offset `i` on: behind white space, commas and colons. */
size_t tree_token_start(const struct tree *tree, size_t i);

/** @return the text of a string, key or number. Ended by a NUL only when it is an escaped one. */
struct tree_text tree_text(const struct tree *tree, const struct reader_node *node);

/** @return the first child of an array or object (of an object: a key), or NULL. */
const struct reader_node *tree_first(const struct tree *tree, const struct reader_node *node);

/** @return the child behind `child` (of an object: from a value to the next key), or NULL. */
const struct reader_node *tree_next(const struct tree *tree, const struct reader_node *parent,
                                    const struct reader_node *child);

/** @return the value of the member `name` of an object, or NULL. */
const struct reader_node *tree_member(const struct tree *tree, const struct reader_node *object,
                                      const char *name, size_t length);

/* ---- scan.c: what must hold before yajl sees the text ---- */

enum { PASSED_LIMIT = 8 };

struct scan {
    struct {
        size_t begin, end;
    } passed[PASSED_LIMIT]; /* in the order of the text */
    unsigned passed_count;
    uint32_t nodes;   /* no more than this many values and keys */
    uint32_t escaped; /* strings with an escape sequence */
    size_t offset;    /* of the defect */
    bool in_string;   /* the defect is in a string */
    char defect[160]; /* "": none */
};

/**
 * Checks size of nesting, number of values, UTF-8 (no overlong forms, no surrogates) and the escape sequences in
 * strings: yajl's own checks of these are loose, and its memory follows from nesting.
 * @param passed as for tree_parse()
 * @return 0, or -1 with the first defect
 */
int scan_text(const char *text, size_t length, const struct tree_passed *passed, struct scan *scan);

/** @return the offset behind the string that starts with the quote at `offset`; the text was scanned. */
size_t scan_string_end(const char *text, size_t length, size_t offset);

/* ---- syntax.c: why a text was refused. Each returns -1 ---- */

/** A defect at `offset`, within what is being read; `in_string`: within the array's next item, if it is one. */
int syntax_fail(struct tree *tree, size_t offset, bool in_string, struct caisson_error *err,
                const char *text);

/** The member of tree->duplicate stands twice. */
int syntax_duplicate(struct tree *tree, struct caisson_error *err);

/** What the parser (a yajl_handle) refused. */
int syntax_refused(struct tree *tree, void *yajl, struct caisson_error *err);

/** At `offset`, behind the end of the object, something stands. */
int syntax_behind(struct tree *tree, size_t offset, struct caisson_error *err);

/** The text ended within an object. */
int syntax_incomplete(struct tree *tree, struct caisson_error *err);

/* ---- place.c: where in the file ---- */

/** Adds the JSON pointer of a node. */
void place_pointer(const struct tree *tree, const struct reader_node *node, struct strbuf *out);

/** Adds the JSON pointer of what was being read when the parse stopped. */
void place_open_pointer(const struct tree *tree, bool in_string, struct strbuf *out);

/** Adds "/" and `name`, with ~ and / written as RFC 6901 wants. */
void place_add_name(struct strbuf *out, const char *name, size_t length);

/** @return what a JSON pointer names, or the nearest parent that exists. */
const struct reader_node *place_find(const struct tree *tree, const char *pointer);

/** Counts lines and columns (in characters) from 1. */
void place_of(const struct spec_source *source, size_t offset, unsigned *line, unsigned *column);

/** @return "NAME:LINE:COLUMN: POINTER: ", the pointer made one printable line and cut when long. */
const char *place_prefix(struct arena *arena, const struct spec_source *source, size_t offset,
                         const char *pointer);

/** Fills `err` with CAISSON_ERROR_CONFIG, the place and the formatted text. @return -1 always. */
int place_fail(struct arena *arena, const struct spec_source *source, size_t offset, const char *pointer,
               struct caisson_error *err, const char *format, ...) __attribute__((format(printf, 6, 7)));

/** Sets the pointer of `err`, cut when it is too long. */
void place_keep_pointer(const char *pointer, struct caisson_error *err);

/** Sets the message of `err` to the two texts, cut when they are too long. */
void place_message(struct caisson_error *err, const char *prefix, const char *text);

/** Fills line, column and pointer of `err` alone. */
void place_note(const struct spec_source *source, size_t offset, const char *pointer,
                struct caisson_error *err);

/** @return `length` bytes of text in quotes, unprintable characters escaped, cut when long. */
const char *place_quote(struct arena *arena, const char *text, size_t length);

#endif
