/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/format.h"

static const char *const op_words[PLAN_OP_COUNT] = {
#define X(name, body, words) [PLAN_OP_##name] = words,
    PLAN_OPS(X)
#undef X
};

/* The preprocessor cannot turn the enumeration's names into these; the unit test holds the two together. */
static const char *const op_names[PLAN_OP_COUNT] = {
    [PLAN_OP_JOIN] = "join",
    [PLAN_OP_WAIT] = "wait",
    [PLAN_OP_BECOME] = "become",
    [PLAN_OP_UNSHARE] = "unshare",
    [PLAN_OP_TIME] = "time",
    [PLAN_OP_FORK] = "fork",
    [PLAN_OP_SESSION] = "session",
    [PLAN_OP_KEYRING] = "keyring",
    [PLAN_OP_LOOPBACK] = "loopback",
    [PLAN_OP_HOSTNAME] = "hostname",
    [PLAN_OP_DOMAINNAME] = "domainname",
    [PLAN_OP_PROPAGATION] = "propagation",
    [PLAN_OP_ROOT] = "root",
    [PLAN_OP_MOUNT] = "mount",
    [PLAN_OP_NODE] = "node",
    [PLAN_OP_LINK] = "link",
    [PLAN_OP_CONSOLE] = "console",
    [PLAN_OP_SYNC] = "sync",
    [PLAN_OP_HOOK] = "hook",
    [PLAN_OP_PIVOT] = "pivot",
    [PLAN_OP_ROOT_ATTR] = "root-attr",
    [PLAN_OP_SYSCTL] = "sysctl",
    [PLAN_OP_READONLY] = "readonly",
    [PLAN_OP_MASK] = "mask",
    [PLAN_OP_PROC] = "proc",
    [PLAN_OP_RLIMIT] = "rlimit",
    [PLAN_OP_SCHEDULER] = "scheduler",
    [PLAN_OP_IOPRIO] = "ioprio",
    [PLAN_OP_AFFINITY] = "affinity",
    [PLAN_OP_MEMPOLICY] = "mempolicy",
    [PLAN_OP_PERSONALITY] = "personality",
    [PLAN_OP_CWD] = "cwd",
    [PLAN_OP_CREDENTIALS] = "credentials",
    [PLAN_OP_NO_NEW_PRIVS] = "no-new-privs",
    [PLAN_OP_UMASK] = "umask",
    [PLAN_OP_LOOKUP] = "lookup",
    [PLAN_OP_READY] = "ready",
    [PLAN_OP_START] = "start",
    [PLAN_OP_SECCOMP] = "seccomp",
    [PLAN_OP_EXEC] = "exec",
};

static const char *const action_words[PLAN_ACTION_COUNT] = {
#define X(name, words) [PLAN_ACTION_##name] = words,
    PLAN_ACTIONS(X)
#undef X
};

const char *plan_op_words(unsigned op)
{
    return op < PLAN_OP_COUNT ? op_words[op] : NULL;
}

const char *plan_op_name(unsigned op)
{
    return op < PLAN_OP_COUNT ? op_names[op] : NULL;
}

const char *plan_action_words(unsigned action)
{
    return action < PLAN_ACTION_COUNT ? action_words[action] : NULL;
}
