/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The systemd driver: a unit as data, and the helper program that talks to systemd. */
#ifndef CGROUP_UNIT_H
#define CGROUP_UNIT_H

#include <stdbool.h>

#include "cgroup/internal.h"

/**
 * Decides the scope's name, slice and place: sets plan->unit, plan->path and plan->absolute, and in `decision` which
 * controllers the systemd in question can hand out.
 * @return 0, or -1 with `err`: linux.cgroupsPath is not written "slice:prefix:name".
 */
int unit_decide(struct decision *decision, const struct cgroup_request *request, struct caisson_error *err);

/**
 * Adds the properties: what is written into files anyway, so that systemd does not write its own defaults over it when
 * it is reloaded, and the annotations org.systemd.property.*.
 */
int unit_decide_properties(struct decision *decision, const struct cgroup_request *request,
                           struct caisson_error *err);

/** The properties that stand for the plan's values, as limits of the unit. */
void unit_limits_of_writes(struct arena *arena, const struct cgroup_plan *plan, struct cgroup_unit *unit);

/**
 * Makes the limits properties of the start where they leave room for the building of the container: systemd is asked
 * once then, and has them in one file. Others have to wait until it is built.
 */
void unit_limits_at_start(struct arena *arena, struct cgroup_unit *unit);

/** The unit of a scope that was made before, whose cgroup is at `absolute`. */
struct cgroup_unit *unit_of_scope(struct arena *arena, const char *absolute);

/** Adds a property, or takes the place of the one with this name: the last word holds. */
void properties_add(struct arena *arena, struct cgroup_properties *properties,
                    const struct cgroup_property *property);

/**
 * Reads the value of an annotation org.systemd.property.NAME, written as gvariant-text: 'text', true, 5, uint64 5,
 * ['a', 'b']. A name that ends with Sec is of seconds, and becomes USec.
 * @return 0, or -1 with `err`
 */
int unit_parse_property(struct arena *arena, const char *name, const char *text,
                        struct cgroup_property *property, struct caisson_error *err);

/** Has the scope made, and holds it. */
int unit_start(struct cgroup_unit *unit, const char *absolute, const char *mount, struct caisson_error *err);

/** Tells systemd the limits, of the scope that is held. */
int unit_set_limits(const struct cgroup_unit *unit, struct caisson_error *err);

/** Lets go of the scope: the container's process is in it. */
void unit_release(struct cgroup_unit *unit);

/** Tells systemd changed limits, of a scope that was made before. A unit that it does not know is no error: then it will not overwrite them. */
int unit_update(const struct cgroup_unit *unit, struct caisson_error *err);

/* What a cgroup's files hold that systemd knows of, their first lines; NULL for those that do not exist. */
enum { UNIT_FILES = 16 };
struct unit_files {
    const char *text[UNIT_FILES];
};

/** Reads them, before systemd is told anything. */
void unit_files_keep(struct arena *arena, int fd, struct unit_files *files);

/** Writes back those that systemd has changed. */
int unit_files_restore(struct arena *arena, int fd, const struct unit_files *files,
                       struct caisson_error *err);

/** Stops a unit; one that systemd does not know is no error. */
int unit_stop(const struct cgroup_unit *unit, struct caisson_error *err);

#endif
