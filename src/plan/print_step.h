/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `caisson plan` shows of one step to people. */
#ifndef PLAN_PRINT_STEP_H
#define PLAN_PRINT_STEP_H

#include "plan/plan.h"

/**
 * Adds what a step does in a few words: "tmpfs on /dev  nosuid  mode=755". A line feed in it begins another line.
 * @param index which step it is
 */
void print_step(struct strbuf *out, const struct plan *plan, uint32_t index, const struct plan_step *step);

/** Adds a word as a shell would need it: in quotes where it has anything but plain characters. */
void print_quoted(struct strbuf *out, const char *word);

/** Adds an option, unless NULL or "", to a comma-joined list that begins at `start`, two spaces before it. */
void print_option(struct strbuf *out, size_t start, const char *prefix, const char *option);

/** The same for every option that says these MOUNT_ATTR_* are set and cleared. */
void print_attributes(struct strbuf *out, size_t start, const char *prefix, uint64_t set, uint64_t clear);

/** Adds the mount options of a slot's clone: " rbind,ro,rro,private". */
void print_slot_options(struct strbuf *out, const struct plan_slot *slot);

#endif
