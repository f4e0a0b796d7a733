/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes a plan's program, and what the files of src/plan that decide share. Private to src/plan. */
#ifndef PLAN_BUILDER_H
#define PLAN_BUILDER_H

#include "plan/plan.h"

struct plan_builder {
    struct plan *plan;
    const struct plan_request *request;
    const struct spec *spec;
    const struct spec_process *process; /* NULL: the configuration has none (create alone) */
    const char *mount_label;            /* linux.mountLabel, or NULL; set by plan_mount_label() */
    const char *mount_context;          /* the mount option that says it: "context" */
    uint32_t fresh; /* offset of the step's body that mounts a new, empty tmpfs; 0: none so far */
    const char *fresh_target;
};

/** @return a reference to a copy of `text`; none for NULL. */
plan_ref builder_text(struct plan_builder *b, const char *text);

/** @return a reference to a vector of the texts; none when there is nothing. */
plan_ref builder_vector(struct plan_builder *b, const struct spec_strings *strings);

/** @return a reference to a copy of `length` bytes that starts at a multiple of 8. */
plan_ref builder_bytes(struct plan_builder *b, const void *bytes, size_t length);

/**
 * Adds a step. References must be made before it: `body` is copied.
 * @param origin JSON pointer of what asked for it, or NULL
 * @return the offset of the body in the steps, for slots
 */
uint32_t builder_add(struct plan_builder *b, enum plan_op op, const char *origin, const void *body,
                     size_t size);

/* The body's type follows from its argument, which may be a compound literal. */
#define builder_step(b, op, origin, body_pointer)                                                            \
    builder_add((b), (op), (origin), (body_pointer), sizeof *(body_pointer))

/** Adds a slot whose descriptor goes to `where` in the steps. @return it, to be filled in further. */
struct plan_slot *builder_slot(struct plan_builder *b, enum plan_slot_kind kind, uint32_t where,
                               const char *path, const char *origin);

/** Formats into the plan's arena. */
char *builder_format(struct plan_builder *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Says something that is no failure. */
void builder_notice(struct plan_builder *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Each decides one concern and adds its steps. 0, or -1 with `err`. */
int plan_namespaces(struct plan_builder *b, struct caisson_error *err);
int plan_join_container(struct plan_builder *b, struct caisson_error *err);
int plan_names(struct plan_builder *b, struct caisson_error *err); /* hostname, domainname, loopback */
int plan_root(struct plan_builder *b, struct caisson_error *err);
int plan_mounts(struct plan_builder *b, struct caisson_error *err);
int plan_live_mounts(struct plan_builder *b, struct caisson_error *err); /* of a container that is there */
int plan_devices(struct plan_builder *b, struct caisson_error *err);
int plan_console(struct plan_builder *b, bool bind, struct caisson_error *err);
void plan_late_readonly(struct plan_builder *b);
int plan_paths(struct plan_builder *b, struct caisson_error *err); /* readonlyPaths, maskedPaths */
/**
 * @return whether the text of a path in the container leads to the root itself: what is mounted there covers nothing for
 * the processes whose root it is already, and is the root of those that join later.
 */
bool plan_is_root(const char *path);
int plan_root_options(struct plan_builder *b, struct caisson_error *err);
int plan_sysctls(struct plan_builder *b, struct caisson_error *err);
int plan_limits(struct plan_builder *b,
                struct caisson_error *err); /* rlimits, scheduler, I/O priority, ... */
int plan_labels(struct plan_builder *b, struct caisson_error *err);
void plan_key_label(struct plan_builder *b);
int plan_mount_label(struct plan_builder *b, struct caisson_error *err);
/** @param loads_filter a filter is loaded after it, without noNewPrivileges */
int plan_credentials(struct plan_builder *b, bool loads_filter, struct caisson_error *err);
int plan_environment(struct plan_builder *b, struct spec_strings *env, bool *listen,
                     struct caisson_error *err);
void plan_without_effect(struct plan_builder *b); /* notices */
int plan_container_hooks(struct plan_builder *b, enum plan_hook_kind kind, struct caisson_error *err);

/**
 * @return whether the runtime may clone the host's mounts. One that may not leaves it to the init, which has the
 * right in its own copy of them.
 */
bool plan_clones_mounts(const struct plan_builder *b);

/** @return whether the container's user namespace owns its network namespace. */
bool plan_owns_network(const struct plan_builder *b);

/** @return whether the runtime has a capability, by its number. */
bool plan_host_can(const struct plan_builder *b, unsigned capability);

/** @return whether the host's NOTIFY_SOCKET is to be mounted: there is one, and the caller has not seen to it. */
bool plan_wants_notify_mount(const struct plan_builder *b);

/** @return whether the container has its own namespace of the type: a new one, or one joined by path. */
bool plan_has_namespace(const struct plan_builder *b, enum spec_namespace_type type);

/** @return the same, unless the one that is joined is the runtime's own: then what is changed in it is the host's. */
bool plan_own_namespace(const struct plan_builder *b, enum spec_namespace_type type);

/**
 * Turns "0-3,7" into a mask, bit n for number n.
 * @param bits receives the highest number plus one
 * @return the mask (a multiple of 8 bytes), or NULL when the list is malformed or holds a number over 65535
 */
unsigned char *plan_number_list(struct arena *arena, const char *list, uint32_t *bits);

/** @return the host's id of a container's id by these mappings, or -1 when it has none. */
int64_t plan_host_id(const struct spec_id_mappings *mappings, uint32_t id);

#endif
