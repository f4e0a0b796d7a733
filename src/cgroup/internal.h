/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of this folder share, and nobody else sees. */
#ifndef CGROUP_INTERNAL_H
#define CGROUP_INTERNAL_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "cgroup/cgroup.h"
#include "spec/spec.h"

enum { CGROUP_FILE_LIMIT = 1024 * 1024 }; /* no file of a cgroup is longer */

/* ---- deciding ---- */

struct decision {
    struct arena *arena;
    const struct spec *spec; /* for places in the file; NULL: update, which has none */
    const char *prefix;      /* JSON pointer of the resources object: "/linux/resources" or "" */
    const struct cgroup_host *host;
    const char *available;    /* controllers that can be had where the cgroup is; NULL: those of the host */
    const char *delegated_at; /* the directory whose cgroup.controllers `available` is */
    const char *current;      /* update: the cgroup, to look at values; NULL: it is new */
    struct cgroup_plan *plan;
    size_t capacity;
};

/* A value to write. `no_limit`: it says what a new cgroup says anyway, and needs no controller. */
struct decision_value {
    const char *file;
    const char *controller;
    const char *member; /* JSON pointer below the resources object: "memory/limit" */
    const char *value;
    const char *else_file, *else_value;
    bool no_limit;
    bool may_be_missing;
};

/** Adds a value to the plan. @return 0, or -1 with `err` (its controller is missing). */
int decision_add(struct decision *decision, const struct decision_value *value, struct caisson_error *err);

/** Reports that the value at `member` cannot be had, with its place in the file. @return -1 always. */
int decision_fail(const struct decision *decision, const char *member, struct caisson_error *err,
                  enum caisson_error_code code, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/** Reads a file of the cgroup that is updated; NULL when there is none, or no such file. */
const char *decision_current(const struct decision *decision, const char *file);

int decide_memory(struct decision *decision, const struct spec_memory *memory, struct caisson_error *err);
int decide_cpu(struct decision *decision, const struct spec_cpu *cpu, struct caisson_error *err);
int decide_block_io(struct decision *decision, const struct spec_block_io *io, struct caisson_error *err);
int decide_others(struct decision *decision, const struct spec_resources *resources,
                  struct caisson_error *err);
int decide_unified(struct decision *decision, const struct spec_pairs *unified, struct caisson_error *err);

/**
 * Compiles linux.resources.devices with the devices that every container may use behind them.
 * @param always whether a list that allows everything gets a program too, to replace one that stands (update)
 */
int decide_devices(struct decision *decision, const struct spec_resources *resources, bool always,
                   struct caisson_error *err);

/** The path below the mount, normalised, from linux.cgroupsPath, the id and the runtime's own cgroup. */
int decide_path(struct arena *arena, const struct cgroup_host *host, const struct cgroup_request *request,
                const char **path, struct caisson_error *err);

/** The owner that the container's cgroup gets (config-linux.md, "Cgroup ownership"). */
void decide_owner(struct arena *arena, const struct spec *spec, struct cgroup_plan *plan);

/** cpu.shares of version 1 (2 to 262144) as cpu.weight of version 2 (1 to 10000). */
unsigned shares_to_weight(uint64_t shares);

/* ---- controllers ---- */

/** @return whether `name` is a word of `list` ("cpuset cpu io"). */
bool controllers_have(const char *list, const char *name);

/** Says in `err`'s hint why the hierarchy lacks a controller and who can change it. @return -1 always. */
int controllers_hint_missing(const struct cgroup_host *host, const char *controller,
                             struct caisson_error *err);

/* ---- working on descriptors ---- */

/** Reads a small file of a cgroup into `buffer`, ended by a NUL. @return its length, or -1 with errno. */
ssize_t cgroup_read(int fd, const char *file, char *buffer, size_t size);

/** @return the number behind `key` in text of "KEY NUMBER" lines, or -1 when it has none. */
int64_t flat_value(const char *text, const char *key);

/** Enables the controllers of the plan from the root down to the cgroup, where they are not. */
int cgroup_enable_controllers(const struct cgroup_plan *plan, int fd, struct caisson_error *err);

/** Hands the directory to plan->delegate_uid, and the files in it that the kernel says a delegate must own. */
int cgroup_hand_over(const struct cgroup_plan *plan, int fd, struct caisson_error *err);

/** Attaches a device program, in place of the one that caisson attached to this cgroup before, if any. */
int device_attach(int fd, const struct bpf_insn *program, size_t length, struct caisson_error *err);

/**
 * Visits a cgroup and all below it: `enter` with the descriptor of each before those below it, `leave` after them
 * with the parent's descriptor and the name (not for the topmost). One descriptor is open at a time however deep the
 * tree is. A visit that returns -1 ends the walk.
 */
struct tree_visitor {
    int (*enter)(void *data, int fd, struct caisson_error *err);
    int (*leave)(void *data, int parent, const char *name, struct caisson_error *err);
    void *data;
};
/** @return the listing of a cgroup's directory, for readdir(3) and closedir(3); NULL with errno. */
DIR *tree_list(int fd);

int tree_walk(int fd, const struct tree_visitor *visitor, struct caisson_error *err);

/**
 * Waits until `key` has the value in cgroup.events, woken by the kernel.
 * @return 1: it has, or the cgroup is gone; 0: the time is over; -1 with errno
 */
int events_wait(int fd, const char *key, int64_t value, int timeout_ms);

/** Describes the processes that are left: "1234 (sleep, D)", at most eight of them. */
const char *processes_describe(struct arena *arena, const pid_t *pids, size_t count);

#endif
