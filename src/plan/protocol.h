/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the init says to the runtime while it carries out a program (plan/format.h): one struct plan_message in a
 * packet, a descriptor beside it where its kind says so. The runtime answers with one byte, where the init waits. An init
 * that waits for no answer (struct plan, tells_only) has a pipe for it.
 */
#ifndef PLAN_PROTOCOL_H
#define PLAN_PROTOCOL_H

#include <stdint.h>

enum plan_message_kind {
    PLAN_MESSAGE_FAILED = 1, /* the step failed; the init ends */
    PLAN_MESSAGE_WARNING,    /* the step could not be done in full; the init goes on */
    PLAN_MESSAGE_MAPS,       /* PLAN_OP_WAIT: waits for one byte */
    PLAN_MESSAGE_FORKED, /* PLAN_OP_FORK: from the new process; `status` is its number where the init was started */
    PLAN_MESSAGE_SYNC,     /* PLAN_OP_SYNC: waits for one byte */
    PLAN_MESSAGE_CONSOLE,  /* PLAN_OP_CONSOLE: the pty's master beside the message; waits for one byte */
    PLAN_MESSAGE_READY,    /* PLAN_OP_READY */
    PLAN_MESSAGE_LISTENER, /* PLAN_OP_SECCOMP: the listener beside the message; waits for one byte */
};
/* The end of the stream without a PLAN_MESSAGE_FAILED before it: PLAN_OP_EXEC has succeeded. */

/* What a step was doing when it failed: the words complete "cannot ... : ". */
#define PLAN_ACTIONS(X)                                                                                      \
    X(STEP, "do it")                                                                                         \
    X(READ_PLAN, "read the plan")                                                                            \
    X(OPEN_TARGET, "open the target")                                                                        \
    X(MAKE_TARGET, "make the target")                                                                        \
    X(OPEN_SOURCE, "open the source")                                                                        \
    X(CHECK_TARGET, "accept the target")                                                                     \
    X(FSOPEN, "open the filesystem type")                                                                    \
    X(FSCONFIG, "set the filesystem option")                                                                 \
    X(FSCREATE, "create the filesystem")                                                                     \
    X(FSMOUNT, "mount the filesystem")                                                                       \
    X(SETATTR, "set the mount's options")                                                                    \
    X(PROPAGATE, "set the mount's propagation")                                                              \
    X(ATTACH, "attach the mount")                                                                            \
    X(COPY_UP, "copy the target's content")                                                                  \
    X(MKNOD, "make the node")                                                                                \
    X(MISMATCH, "accept the node that exists")                                                               \
    X(CHOWN, "set the owner")                                                                                \
    X(SYMLINK, "make the link")                                                                              \
    X(OPEN_PROC, "open the host's procfs")                                                                   \
    X(WRITE, "write the value")                                                                              \
    X(OPEN_PTMX, "open a pseudo-terminal")                                                                   \
    X(SEND_FD, "hand the descriptor to the runtime")                                                         \
    X(SET_TERMINAL, "make it the controlling terminal")                                                      \
    X(PIVOT, "pivot_root")                                                                                   \
    X(UNMOUNT, "unmount the old root")                                                                       \
    X(CHROOT, "chroot")                                                                                      \
    X(HOOK_SPAWN, "execute")                                                                                 \
    X(HOOK_STATUS, "succeed")                                                                                \
    X(HOOK_TIMEOUT, "end in time")                                                                           \
    X(SETGROUPS, "set the supplementary groups")                                                             \
    X(SETGID, "set the group")                                                                               \
    X(SETUID, "set the user")                                                                                \
    X(BOUNDING, "drop from the bounding set")                                                                \
    X(CAPSET, "set the capabilities")                                                                        \
    X(AMBIENT, "raise in the ambient set")                                                                   \
    X(OUTSIDE, "stay inside the root filesystem")                                                            \
    X(CLOSE_RANGE, "close descriptors")                                                                      \
    X(EXECVE, "execute the program")

enum plan_action {
#define X(name, words) PLAN_ACTION_##name,
    PLAN_ACTIONS(X)
#undef X
        PLAN_ACTION_COUNT
};

enum { PLAN_DETAIL_SIZE = 200 };

struct plan_message {
    uint32_t kind; /* enum plan_message_kind */
    uint32_t step; /* index of the step; PLAN_NO_STEP before the first */
    int32_t errnum;
    uint32_t action; /* enum plan_action */
    int32_t status;  /* of PLAN_ACTION_HOOK_STATUS: the hook's wait status; of FORKED: a process id */
    char detail
        [PLAN_DETAIL_SIZE]; /* an object's name, the kernel's own words, a hook's last ones; ended by a NUL */
};

#define PLAN_NO_STEP 0xffffffffu

/** @return the words for an action, or NULL. */
const char *plan_action_words(unsigned action);

#endif
