/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hooks that run in the runtime's namespaces: prestart, createRuntime, poststart, poststop. */
#ifndef CONTAINER_HOOKS_H
#define CONTAINER_HOOKS_H

#include "base/error.h"
#include "spec/spec.h"

/* Where hooks run, and where what they write goes. */
struct hook_place {
    const char *cwd; /* the bundle; "/" when that cannot be entered (any more) */
    int output;      /* descriptor of the file that the annotation run.oci.hooks.stdout names; 0: nowhere */
    int errors;      /* the same for run.oci.hooks.stderr; 0: the last line is kept for messages */
};

#define _cleanup_hook_place_ __attribute__((cleanup(hook_place_close)))

/** Opens the files of the annotations, for appending; makes them when missing. @return 0, or -1 with `err` */
int hook_place_open(const struct spec *spec, const char *bundle, struct hook_place *place,
                    struct caisson_error *err);
void hook_place_close(struct hook_place *place);

/**
 * Runs the hooks of one kind in order: execv(path, args) with exactly `env` as environment (an absent env is an
 * empty one), and `state` on standard input.
 * The first that fails, or does not end within its timeout (it is killed), ends the run.
 * It has no other descriptor, and every signal has its default action.
 * @param kind  the member's name for messages: "createRuntime"
 * @param state the state object as JSON
 * @return 0, or -1 with `err` (CAISSON_ERROR_HOOK): kind and index, path, exit status or signal or timeout, and
 *         the last line that it wrote to standard error.
 */
int hooks_run(const struct spec_hook_list *hooks, const char *kind, const char *state,
              const struct hook_place *place, struct caisson_error *err);

/** The same where a failure is a warning and the rest still run (poststop). */
void hooks_run_all(const struct spec_hook_list *hooks, const char *kind, const char *state,
                   const struct hook_place *place, void (*notice)(void *data, const char *text), void *data);

#endif
