/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config.json, process.json and resources.json as typed, immutable structures: the Linux part of the OCI
 * runtime specification 1.3. Everything lives in the arena that was given to the reader.
 *
 * A string, object or array that the file does not have is NULL or has count 0; a number or truth value that
 * can be absent is a spec_* pair with `set`. Names are the specification's.
 */
#ifndef SPEC_SPEC_H
#define SPEC_SPEC_H

#include "base/arena.h"
#include "base/error.h"
#include "spec/linux.h"
#include "spec/process.h"
#include "spec/values.h"
#include "spec/vm.h"

/* ---- root, mounts, hooks ---- */

struct spec_root {
    const char *path; /* as written: absolute, or relative to the bundle */
    struct spec_bool readonly;
};

struct spec_mount {
    const char *destination;
    const char *type;
    const char *source;
    struct spec_strings options;
    struct spec_id_mappings uid_mappings, gid_mappings;
};

struct spec_hook {
    const char *path;
    struct spec_strings args;
    struct spec_strings env;
    bool env_set;
    struct spec_i64 timeout; /* seconds, more than 0 */
};
struct spec_hook_list {
    struct spec_hook *items;
    size_t count;
};

struct spec_hooks {
    struct spec_hook_list prestart, create_runtime, create_container, start_container, poststart, poststop;
};

/* ---- the whole ---- */

struct spec {
    const struct spec_source *source;
    const char *oci_version;
    const struct spec_process *process; /* may be absent at create */
    const struct spec_root *root;
    const char *hostname, *domainname;
    struct {
        struct spec_mount *items;
        size_t count;
    } mounts;
    const struct spec_source *mounts_source; /* their own file: set by spec_parse_mounts() alone */
    struct spec_hooks hooks;
    struct spec_pairs annotations;
    const struct spec_linux *linux_; /* never NULL: an absent object reads as an empty one */
    const struct spec_vm *vm;
};

enum { SPEC_SIZE_LIMIT = 16 * 1024 * 1024, SPEC_DEPTH_LIMIT = 64 };

/** What the reader says besides errors: a property that it does not know, one that is deprecated. */
typedef void spec_notice(void *data, const char *text);

/**
 * Reads and checks a configuration.
 * @param name   what messages call the file: "config.json"
 * @param text   its bytes; need not be ended by a NUL; is kept, and must live as long as the arena
 * @param notice called for unknown and deprecated properties; may be NULL
 * @return the configuration, or NULL with `err` set: "config.json:LINE:COLUMN: /json/pointer: what is wrong".
 */
const struct spec *spec_parse(struct arena *arena, const char *name, const char *text, size_t length,
                              spec_notice *notice, void *notice_data, struct caisson_error *err);

/**
 * The same for one more process of a container whose configuration has been read as a whole before: what only building the
 * container takes (mounts, hooks, linux.resources, devices, sysctl, the masked and the read-only paths) is passed over.
 */
const struct spec *spec_parse_for_process(struct arena *arena, const char *name, const char *text,
                                          size_t length, spec_notice *notice, void *notice_data,
                                          struct caisson_error *err);

/** The same for the file of `exec --process`: one process object. */
const struct spec_process *spec_parse_process(struct arena *arena, const char *name, const char *text,
                                              size_t length, spec_notice *notice, void *notice_data,
                                              struct caisson_error *err);

/** The same for the file of `update --resources`: one resources object. */
const struct spec_resources *spec_parse_resources(struct arena *arena, const char *name, const char *text,
                                                  size_t length, spec_notice *notice, void *notice_data,
                                                  struct caisson_error *err);

/** The same for the file of `mounts`: an object with `mounts`; all else of what is returned is empty. */
const struct spec *spec_parse_mounts(struct arena *arena, const char *name, const char *text, size_t length,
                                     spec_notice *notice, void *notice_data, struct caisson_error *err);

/**
 * Reports that a value of a configuration that was read is not usable, with its place in the file.
 * @param spec    with a process or mounts that were read from a file of their own, what is below "/process" or
 *                "/mounts" is looked for in that file, and a process called by its pointer there; NULL, or a source
 *                that is NULL: no place is given
 * @param pointer JSON pointer to the value, or to one that is absent: then the nearest parent's place is given
 * @return -1 always.
 */
int spec_error(const struct spec *spec, struct caisson_error *err, const char *pointer, const char *format,
               ...) __attribute__((format(printf, 4, 5)));

/** Adds the place in the file to a failure that was recorded without one. @return -1 always. */
int spec_error_at(const struct spec *spec, struct caisson_error *err, const char *pointer);

/** @return the RFC 6901 pointer to a member of the object at `parent`: "~" and "/" in its name are "~0" and "~1". */
char *spec_pointer(struct arena *arena, const char *parent, const char *member);

/* ---- small questions that several ask ---- */

/** @return the entry for a namespace type, or NULL where the container shares the runtime's. */
const struct spec_namespace *spec_namespace(const struct spec *spec, enum spec_namespace_type type);

/** @return whether the container gets a new namespace of that type (one without a path). */
bool spec_new_namespace(const struct spec *spec, enum spec_namespace_type type);

/** @return the specification's name of the type: "pid", "network", ... */
const char *spec_namespace_name(enum spec_namespace_type type);

/** @return the CLONE_NEW* flag of the type. */
uint64_t spec_namespace_flag(enum spec_namespace_type type);

/** @return the value of an annotation, or NULL. */
const char *spec_annotation(const struct spec *spec, const char *key);

/** @return the number of a capability ("CAP_KILL"), or -1 when it has no such name. */
int spec_capability_number(const char *name);

/** @return the name of capability `number`, or NULL above the last one known. */
const char *spec_capability_name(unsigned number);

#endif
