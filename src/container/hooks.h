/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hooks that run in the runtime's namespaces: prestart, createRuntime, poststart, poststop. */
#ifndef CONTAINER_HOOKS_H
#define CONTAINER_HOOKS_H

#include "base/error.h"
#include "spec/spec.h"

/**
 * Runs the hooks of one kind in order: execv(path, args) with exactly `env` as environment (an absent env is an
 * empty one), `state` on standard input, standard output and error discarded on success.
 * The first that fails, or does not end within its timeout (it is killed), ends the run.
 * It has no other descriptor, and every signal has its default action.
 * @param kind  the member's name for messages: "createRuntime"
 * @param state the state object as JSON
 * @param cwd   the directory that it starts in: the bundle; "/" when that cannot be entered (any more)
 * @return 0, or -1 with `err` (CAISSON_ERROR_HOOK): kind and index, path, exit status or signal or timeout, and
 *         the last line that it wrote to standard error.
 */
int hooks_run(const struct spec_hook_list *hooks, const char *kind, const char *state, const char *cwd,
              struct caisson_error *err);

/** The same where a failure is a warning and the rest still run (poststop). */
void hooks_run_all(const struct spec_hook_list *hooks, const char *kind, const char *state, const char *cwd,
                   void (*notice)(void *data, const char *text), void *data);

#endif
