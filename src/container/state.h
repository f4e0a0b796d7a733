/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is remembered of a container: a directory below the state root, named after its id.
 *
 *   state.json   written once, before the first change to the host: what was asked for, and where everything
 *                that may need to be undone is (the undo journal); readable by every later version
 *   config.json  the configuration as it was at create (changes to the bundle's file have no effect)
 *   pid          a symbolic link, which is made in one call with what it says: the first process, as soon as it
 *                exists, and what `list` shows of the container besides (state_pid.c)
 *   start        the socket that `start` connects to
 *   lock         flock(2): held by whoever changes the container
 *   created      an open file description lock on it, for writing while the container is being created and for
 *                reading from then on, is held by the init until it executes the program: the kernel's word on
 *                "creating", "created" and "running", also after a crash
 */
#ifndef CONTAINER_STATE_H
#define CONTAINER_STATE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <caisson/caisson.h>

#include "base/arena.h"
#include "base/error.h"
#include "spec/spec.h"

/* The members of state.json. Strings are in the arena of whoever read or filled it. */
struct state {
    const char *id;
    const char *oci_version; /* of the configuration */
    const char *bundle;      /* absolute */
    const char *rootfs;      /* absolute */
    const char *created;     /* RFC 3339 with nanoseconds, UTC */
    const char *owner;       /* name or number of the user who made it */
    uid_t owner_uid;
    const char *cgroup;            /* absolute path of its cgroup directory; NULL: none */
    const char *cgroup_driver;     /* "cgroupfs", "systemd", "disabled" */
    const char *systemd_scope;     /* NULL: none */
    const char *intel_rdt;         /* resctrl group to remove, its absolute path; NULL: none */
    const char *intel_rdt_monitor; /* the same, for a group that counts alone */
    const char *seccomp_listener;  /* where `start` sends the seccomp listener; NULL: nowhere */
    bool poststart, poststop;      /* config.json has hooks of that kind */
    bool terminal;
    struct spec_pairs annotations;

    /* not in state.json */
    pid_t pid; /* 0: not written yet, or torn */
    uint64_t
        start_time; /* field 22 of /proc/PID/stat, against reuse of the number; 0 where pidfd_inode is known */
    uint64_t
        pidfd_inode; /* what fstat(2) says of its pidfd: no other process of this boot has it; 0: not known */
    uint64_t events_number; /* of its cgroup.events; 0: not known */
    bool executed; /* the program is known to have been executed; false: the lock on `created` tells */
};

/** Opens the state root, made with mode 0711 (or 0700 for one in XDG_RUNTIME_DIR) when missing. @return descriptor or -1. */
int state_open_root(const struct caisson_context *context, struct caisson_error *err);

/** @return 0 when `id` may be a container's: [A-Za-z0-9_+.-]+, not "." or "..", at most NAME_MAX (255) bytes; -1 with `err`. */
int state_check_id(const char *id, struct caisson_error *err);

/**
 * Makes the directory of a new container and takes its lock.
 * @param lock receives the descriptor that holds the lock
 * @return descriptor of the directory; -1 with CAISSON_ERROR_EXISTS "container with given ID already exists: ID".
 */
int state_make(int root, const char *id, int *lock, struct caisson_error *err);

/**
 * Opens a container's directory and takes its lock.
 * @param exclusive wait for the lock (bounded: 10 s, then an error that says who may hold it); otherwise none is taken
 * @return descriptor of the directory; -1 with CAISSON_ERROR_NOT_FOUND "container does not exist: ID".
 */
int state_open(int root, const char *id, bool exclusive, int *lock, struct caisson_error *err);

/** Takes the lock of a directory that is open, as state_open() does. @return 0; 1: it was removed; -1 with `err`. */
int state_lock(int dir, const char *id, int *lock, struct caisson_error *err);

/** Writes state.json (atomically). */
int state_write(int dir, const struct state *state, struct caisson_error *err);

/**
 * Writes the record of the first process: pid and start_time, and what `list` shows.
 * @param pidfd a descriptor of that process: sets pidfd_inode, where the kernel (Linux 6.9) has such numbers and the
 *              state root is a tmpfs, which no boot but this one has seen
 */
int state_write_pid(int dir, struct state *state, int pidfd, struct caisson_error *err);

/**
 * Adds to that record that the program has been executed, so that `list` and `state` need not ask for the lock, and the
 * number of its cgroup.events (cgroup_events_number()).
 */
void state_write_executed(int dir, struct state *state);

/** Reads the process's part alone: pid is 0 when there is none or it is torn. -1: it cannot be read. */
int state_read_pid(int dir, struct state *state, struct caisson_error *err);

/**
 * Reads the record alone: sets what is in it, with the strings in `room`.
 * @return whether all of it was there: created, owner, cgroup and bundle, too; otherwise state_read() has them
 */
bool state_read_record(int root, const char *id, char room[PATH_MAX], struct state *state);

/** The same, with the strings in the arena. */
bool state_keep_record(struct arena *arena, int root, const char *id, struct state *state);

/**
 * Opens the first process, if its number is still its own. It may have ended and wait to be reaped.
 * @param pidfd receives the descriptor, or -1
 * @return 1; 0: there is no such process any more; -1 with `err` when that cannot be found out
 */
int state_open_process(const struct state *state, int *pidfd, struct caisson_error *err);

/**
 * Looks for the first process. What cannot be found out is an error: one that is taken for ended lives on for ever.
 * @param pidfd receives a descriptor of it when it lives and is the one that was written down, otherwise -1
 */
int state_process(const struct state *state, int *pidfd, struct caisson_error *err);

/** Reads state.json and pid. A directory without a state.json is a creation that was cut short: CAISSON_ERROR_STATE. */
int state_read(struct arena *arena, int dir, struct state *state, struct caisson_error *err);

/**
 * What the kernel says now: creating, created, running, paused or stopped.
 * @param pidfd  receives a descriptor of the first process when it lives, otherwise -1; may be NULL
 * @param cgroup receives one of the container's cgroup where that was looked at, otherwise -1; may be NULL
 * @return 0, or -1 with `err` when the kernel does not say; `*cgroup` is the caller's to close in any case
 */
int state_status_open(int dir, const struct state *state, enum caisson_status *status, int *pidfd,
                      int *cgroup, struct caisson_error *err);

/** The same without the cgroup. */
int state_status(int dir, const struct state *state, enum caisson_status *status, int *pidfd,
                 struct caisson_error *err);

/** Field 22 of /proc/PID/stat; 0 when there is no such process. @return 0, or -1 with `err` when it cannot be read. */
int state_process_start_time(pid_t pid, uint64_t *start_time, struct caisson_error *err);

/** Makes the file `created` and locks it for writing. @return the descriptor that holds the lock, or -1 with `err`. */
int state_hold_created(int dir, struct caisson_error *err);

/** The creation is complete: from now on the lock on `created`, held by this descriptor and the init's, is for reading. */
int state_mark_created(int fd, struct caisson_error *err);

/**
 * Waits until nobody holds the lock on `created`: the kernel lets go of it a moment after the execution has closed
 * the channel. From then on the status is "running". The caller must not hold the lock itself.
 */
int state_wait_executed(int dir, struct caisson_error *err);

/** Removes the directory and everything in it. */
int state_remove(int root, const char *id, int dir, struct caisson_error *err);

/** The specification's state object, compact: hooks get it on standard input. `pid` replaces the state's own. */
char *state_json(struct arena *arena, const struct state *state, enum caisson_status status, pid_t pid);

/** The same with runc's and crun's additions (rootfs, created, owner), for `state` and `list`. */
struct json;
void state_print(struct json *json, const struct state *state, enum caisson_status status);

/** Every container below the state root, in no order. */
int state_list(struct arena *arena, int root, char ***ids, size_t *count, struct caisson_error *err);

#endif
