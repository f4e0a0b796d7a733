/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Step 4, enter: the program that runs inside the container before the container's own. It carries out a plan
 * (plan/format.h) step by step, and reports as plan/protocol.h says. It allocates nothing, parses no configuration, and holds no path of the host
 * but those in the plan.
 */
#ifndef INIT_INIT_H
#define INIT_INIT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/fd.h"
#include "plan/format.h"
#include "plan/protocol.h"

/* There are two: one for processes that join a container knows the steps for that alone (steps.h), and so mounts nothing. */
#ifdef INIT_FOR_PROCESS
#define INIT_OPS(X) PLAN_PROCESS_OPS(X)
enum { INIT_OP_COUNT = PLAN_OP_PROCESS_COUNT, INIT_MOUNTS = false };
#else
#define INIT_OPS(X) PLAN_OPS(X)
enum { INIT_OP_COUNT = PLAN_OP_COUNT, INIT_MOUNTS = true };
#endif

struct init {
    struct plan_header *plan; /* a private copy: vectors are turned into pointers in place */
    int channel;              /* to the runtime, later to whoever calls `start` */
    pid_t forked;             /* the process that PLAN_OP_FORK has made, for the runtime */
    int root;                 /* the container's root mount; before it is attached, and for exec, -1 */
    int proc;                 /* the host's procfs, opened first; -1 when no step writes to it */
    int null;      /* the /dev/null of masks, attached once and cloned from then on; -1: none yet */
    int empty;     /* the read-only tmpfs that masks directories; -1: none yet */
    bool building; /* a new container's root filesystem: nobody is in it yet */
    int parent; /* what target_parent() or target_beside() opened last, for step parent_step; -1: nothing */
    bool parent_plain; /* it was the second */
    uint32_t parent_step;
    const char *parent_path; /* of which the first parent_length characters are its path */
    size_t parent_length;
    int few;      /* see close_later() */
    mode_t umask; /* of the caller, for the container's process */

    /* what the report of a failure says */
    uint32_t step;
    uint32_t action; /* enum plan_action */
    char detail[PLAN_DETAIL_SIZE];

    const char *program; /* what PLAN_OP_LOOKUP found */
};

/** Carries out the steps from `first` on, to the end of which there is no return, and reports what fails. @return 1 */
int init_go_on(struct init *init, uint32_t first);

/** As plan_text(): what plan_check() asks for. */
static inline __attribute__((returns_nonnull)) const char *init_text(const struct init *init, plan_ref ref)
{
    return plan_text(init->plan, ref);
}

/** As plan_text_maybe(): NULL for none. */
static inline const char *init_text_maybe(const struct init *init, plan_ref ref)
{
    return plan_text_maybe(init->plan, ref);
}

/* ---- close.c ---- */

/**
 * Closes every descriptor that is neither handed on to the container's process nor needed by a step from `first` on.
 * No step of a new container's root filesystem may be among these. @return 0 or -1.
 */
int close_unneeded(struct init *init, uint32_t first);

/**
 * Closes what a step of a new container has opened and needs no more; but while there are few they stay open, until
 * close_unneeded() closes all that is left at once. An execution closes them in any case.
 */
void close_later(const struct init *init, int *fds, size_t count);

/** @return the number from which on descriptors are not few: 0 where the container's own limit is low. */
int close_few(const struct init *init);

/* ---- channel.c ---- */

/** Notes what a step is about to do, and on what, for the report of its failure. `object` may be NULL. */
void init_doing(struct init *init, enum plan_action action, const char *object);

/** The same, and fails with `errnum`. @return -1 always. */
int init_fail(struct init *init, enum plan_action action, const char *object, int errnum);

/** Sends a message of this kind about the current step, `fd` beside it unless -1. @return 0, or -1 with errno. */
int channel_send(struct init *init, uint32_t kind, int errnum, int status, int fd);

/** Reads one byte. @return 0, or -1 with errno: ECONNRESET when the runtime is gone. */
int channel_wait(const struct init *init);

/* ---- target.c: paths of the container, always resolved inside of its root ---- */

/** @return an O_PATH descriptor of `path`, made if missing (plan_mount_flags FILE, NOFOLLOW, MUST_EXIST), or -1. */
int target_open(struct init *init, const char *path, unsigned flags);

/** @return an O_PATH descriptor of what is at `path`, or -1. */
int target_find(struct init *init, const char *path);

/** @return an O_PATH descriptor of the directory that `path` is in, made if missing, or -1; `*name` is its last
 *  component. It is the init's: the step that follows may use it again. */
int target_parent(struct init *init, const char *path, const char **name);

/**
 * For steps in a row that are about entries of one directory, from the second on.
 * @return an O_PATH descriptor of the directory that `path` is in, to which no symbolic link leads and which is not on
 *         procfs, or -1: the target has to be opened. It is the init's. The last component is neither "." nor "..".
 */
int target_beside(struct init *init, const char *path);

/** @return for an EINVAL of move_mount(2) what mount(2) would say where only one of the two is a directory. */
int target_mismatch(int mount, int target);

/* ---- entry.c: mounts whose place is an entry of a directory that is open already ---- */

/**
 * Makes the target in the tmpfs that it is to be in, which nobody but the init has written to.
 * @return the descriptor of that tmpfs, for entry_attach_inside(); -1: not so, the target has to be opened
 */
int entry_inside(struct init *init, const struct plan_mount *step);
int entry_attach_inside(struct init *init, const struct plan_mount *step, int mount, int inside);

/**
 * A directory that is mounted in one in which the step before has mounted, too.
 * @return the descriptor of the one, as of target_beside(), for entry_attach_beside(); -1: the target has to be opened
 */
int entry_beside(struct init *init, const struct plan_mount *step);

/** Makes the entry where it is missing. @return 0, or -1 where it is not as plain as that: the target has to be opened. */
int entry_attach_beside(struct init *init, const struct plan_mount *step, int mount, int beside);

/* ---- kept.c ---- */

/** @return the descriptor of the mount that the step with this target has kept, or -1 with errno. */
int mount_kept(const struct init *init, plan_ref target);

/** The same: it is the caller's now. */
int mount_take_kept(const struct init *init, plan_ref target);

/** The step keeps its mount's descriptor. */
void mount_keep(const struct plan_mount *step, int fd);

/* ---- procfs.c ---- */

/** @return whether step `from`, or one behind it, works with the host's procfs. */
bool procfs_needed(const struct init *init, uint32_t from);

/**
 * Opens the host's procfs if a step needs it. To be called while the host's root is still the process's own: later a
 * /proc would be the container's, which its files can fake. @return 0, or -1 with errno.
 */
int procfs_open(struct init *init);

/* ---- copyup.c ---- */

enum copy_up_keep {
    COPY_UP_KEEP_MODE = 1 << 0,  /* the new root's own mode: mode= was given */
    COPY_UP_KEEP_OWNER = 1 << 1, /* the new root's own owner: uid= or gid= was given */
};

/** Copies what is in directory `from` into directory `to`: files, links, modes, owners, times; and the mode and
 *  owner of `from` itself unless `keep` says otherwise. @return 0 or -1. */
int copy_up(int from, int to, unsigned keep);

/* ---- vectors ---- */

/** Turns a vector into a NULL-ended array of texts, in place. To be called once for each. */
char **init_vector(struct init *init, plan_ref ref);

/*
 * One function a kind of step. Each returns 0, or -1 with errno; PLAN_OP_EXEC returns only on failure.
 */
#define X(name, body, words) int init_##name(struct init *init, const struct body *step);
PLAN_OPS(X)
#undef X

#endif
