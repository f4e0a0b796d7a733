/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the fuzz targets share. One program holds all of them, `--target=NAME` says which is run. A target gets bytes and
 * feeds them to a public function; what it must not do (read behind its input, write a message of two lines, print JSON
 * that is none) ends the program.
 *
 * Files of the kernel and of a container come from the input, too: from a line "== NAME" on it is what is read when
 * somebody opens a file of that name, wherever it stands. What the input does not have does not exist.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/json.h"
#include "spec/spec.h"

/* What is before the first "== NAME", in memory of exactly its size. */
struct input {
    char *text;
    size_t length;
};

typedef void fuzz_target(const struct input *input);

struct fuzz_entry {
    const char *name;
    fuzz_target *run;
    const char *what; /* is read */
};

/** The tables of the target_*.c, each ended by an entry without a name. */
extern const struct fuzz_entry spec_targets[], plan_targets[], cgroup_targets[], container_targets[],
    cli_targets[];

/** Takes the files out of the input. */
void files_take(const uint8_t *data, size_t size, struct input *input);
void files_drop(const struct input *input);

/** @return what the input has for the file of this name, or NULL. */
const char *files_find(const char *name, size_t *length);

/** @return the input as a text, without NUL bytes in it. */
char *fuzz_text(struct arena *arena, const struct input *input);

/** Cuts the next line off; NULL: there is none. */
char *fuzz_line(char **text);

/** One line of printable characters. */
void fuzz_check_line(const char *text);

/** A failure has a message. */
void fuzz_check_error(const struct caisson_error *err);

/** Is it JSON? */
void fuzz_check_json(const struct strbuf *text);

/** A notice of the readers and deciders. */
void fuzz_notice(void *data, const char *text);

/** @return the configuration that targets start from which are not about it. */
const struct spec *fuzz_config(struct arena *arena);

#endif
