/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linux.intelRdt: the resctrl groups of a container. A control group has shares of the cache and of memory bandwidth
 * ("schemata"), a monitoring group in it counts what its tasks use. Every function takes a descriptor of the
 * filesystem's root.
 */
#ifndef CONTAINER_INTEL_RDT_H
#define CONTAINER_INTEL_RDT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/error.h"
#include "spec/spec.h"

#define INTEL_RDT_MOUNT "/sys/fs/resctrl"

struct intel_rdt {
    const struct spec_intel_rdt *config; /* NULL: the container has no group */
    const char *control;                 /* below the root; "." is the group of everybody */
    const char *monitor;                 /* below the root; NULL: none */
    bool own;                            /* without closID the control group is the container's alone */
    bool made_control, made_monitor;
};

/** @return a descriptor of the host's resctrl filesystem, or -1 with `err`: not mounted (CAISSON_ERROR_UNSUPPORTED). */
int intel_rdt_open(struct caisson_error *err);

/** Says which groups are the container's. Changes and looks at nothing. */
void intel_rdt_name(struct arena *arena, const struct spec *spec, const char *id, struct intel_rdt *groups);

/**
 * Looks whether the groups can be made or taken: one of the container's own must not exist, one that closID names
 * must exist unless there is something to write to its schemata (config-linux.md, "IntelRdt").
 */
int intel_rdt_check(int root, const struct spec *spec, const struct intel_rdt *groups,
                    struct caisson_error *err);

/**
 * Makes what is missing and writes the schemata of a control group that is new; one that closID names and that exists
 * must have them already. On failure nothing is left.
 */
int intel_rdt_make(int root, const struct spec *spec, struct intel_rdt *groups, struct caisson_error *err);

/** Puts a process into the groups. Its children will be in them, too. */
int intel_rdt_enter(int root, const struct intel_rdt *groups, pid_t pid, struct caisson_error *err);

/** Removes what intel_rdt_make() made, after a creation that failed. */
void intel_rdt_undo(int root, const struct intel_rdt *groups);

/** Removes a group by its absolute path; one that is gone already, or NULL, is no error. */
int intel_rdt_remove(const char *path, struct caisson_error *err);

#endif
