/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/fields.h"

#include <linux/seccomp.h>

#include "spec/spec.h"

static const struct field_word mount_kinds[] = {
    {PLAN_MOUNT_NEW, "new"},
    {PLAN_MOUNT_TREE, "tree"},
    {PLAN_MOUNT_REMOUNT, "remount"},
    {PLAN_MOUNT_CLASSIC, "classic"},
    {0, NULL},
};

static const struct field_word mount_flags[] = {
    {PLAN_MOUNT_RECURSIVE, "recursive"},
    {PLAN_MOUNT_FILE, "file"},
    {PLAN_MOUNT_NOFOLLOW, "nofollow"},
    {PLAN_MOUNT_ON_PROC, "on-proc"},
    {PLAN_MOUNT_COPY_UP, "copy-up"},
    {PLAN_MOUNT_ATTR_RECURSIVE, "attr-recursive"},
    {PLAN_MOUNT_SUPERBLOCK, "superblock"},
    {PLAN_MOUNT_MUST_EXIST, "must-exist"},
    {PLAN_MOUNT_SOURCE_NOFOLLOW, "source-nofollow"},
    {PLAN_MOUNT_OVER_LINK, "over-link"},
    {PLAN_MOUNT_KEEP, "keep"},
    {PLAN_MOUNT_LATE, "late"},
    {PLAN_MOUNT_KEPT, "kept"},
    {0, NULL},
};

static const struct field_word node_flags[] = {{PLAN_NODE_KEEP, "keep"}, {PLAN_NODE_BIND, "bind"}, {0, NULL}};

static const struct field_word link_flags[] = {{PLAN_LINK_SAME, "same"}, {0, NULL}};

static const struct field_word hook_flags[] = {{PLAN_HOOK_ONLY_WARN, "only-warn"}, {0, NULL}};

static const struct field_word pivot_ways[] = {
    {PLAN_PIVOT_ROOT, "pivot-root"},
    {PLAN_PIVOT_CHROOT, "chroot"},
    {0, NULL},
};

static const struct field_word credentials_flags[] = {
    {PLAN_CREDENTIALS_KEEP_GROUPS, "keep-groups"},
    {PLAN_CREDENTIALS_OWN_STDIO, "own-stdio"},
    {PLAN_CREDENTIALS_KEEP_ADMIN, "keep-admin"},
    {0, NULL},
};

static const struct field_word start_ways[] = {
    {PLAN_START_NOW, "now"},
    {PLAN_START_CHANNEL, "channel"},
    {PLAN_START_SOCKET, "socket"},
    {0, NULL},
};

static const struct field_word seccomp_words[] = {
    {SECCOMP_FILTER_FLAG_TSYNC, "tsync"},
    {SECCOMP_FILTER_FLAG_LOG, "log"},
    {SECCOMP_FILTER_FLAG_SPEC_ALLOW, "spec-allow"},
    {SECCOMP_FILTER_FLAG_NEW_LISTENER, "new-listener"},
    {SECCOMP_FILTER_FLAG_TSYNC_ESRCH, "tsync-esrch"},
    {SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, "wait-killable-recv"},
    {0, NULL},
};

static const struct field_word policies[] = {
    {SPEC_SCHED_OTHER, "SCHED_OTHER"},
    {SPEC_SCHED_FIFO, "SCHED_FIFO"},
    {SPEC_SCHED_RR, "SCHED_RR"},
    {SPEC_SCHED_BATCH, "SCHED_BATCH"},
    {SPEC_SCHED_ISO, "SCHED_ISO"},
    {SPEC_SCHED_IDLE, "SCHED_IDLE"},
    {SPEC_SCHED_DEADLINE, "SCHED_DEADLINE"},
    {0, NULL},
};

#define WORDS(op, body, kind, member, words)                                                                 \
    {                                                                                                        \
        PLAN_OP_##op, FIELD_##kind, offsetof(struct body, member), sizeof(((struct body *)0)->member),       \
            #member, words                                                                                   \
    }
#define FIELD(op, body, kind, member) WORDS(op, body, kind, member, NULL)

const struct field plan_fields[] = {
    FIELD(JOIN, plan_join, NAMESPACES32, types),
    FIELD(JOIN, plan_join, TEXT, path),
    FIELD(JOIN, plan_join, FD, fd),
    FIELD(BECOME, plan_become, U32, uid),
    FIELD(BECOME, plan_become, U32, gid),
    FIELD(UNSHARE, plan_unshare, NAMESPACES, types),
    FIELD(TIME, plan_time, TEXT, offsets),
    FIELD(FORK, plan_fork, NAMESPACES, types),
    FIELD(KEYRING, plan_keyring, TEXT, name),
    FIELD(HOSTNAME, plan_hostname, TEXT, name),
    FIELD(DOMAINNAME, plan_hostname, TEXT, name),
    FIELD(PROPAGATION, plan_propagation, PROPAGATION, propagation),
    FIELD(ROOT, plan_root, TEXT, path),
    FIELD(ROOT, plan_root, FD, fd),
    FIELD(ROOT, plan_root, U64, dev),
    FIELD(ROOT, plan_root, U64, ino),
    FIELD(ROOT, plan_root, PROPAGATION, propagation),
    WORDS(MOUNT, plan_mount, WORD, kind, mount_kinds),
    FIELD(MOUNT, plan_mount, TEXT, target),
    FIELD(MOUNT, plan_mount, TEXT, type),
    FIELD(MOUNT, plan_mount, TEXT, source),
    WORDS(MOUNT, plan_mount, FLAGS, flags, mount_flags),
    FIELD(MOUNT, plan_mount, FD, fd),
    FIELD(MOUNT, plan_mount, PAIRS, parameters),
    FIELD(MOUNT, plan_mount, TEXT, data),
    FIELD(MOUNT, plan_mount, TEXT, label),
    FIELD(MOUNT, plan_mount, TEXT, under),
    FIELD(MOUNT, plan_mount, SET, attr_set),
    FIELD(MOUNT, plan_mount, CLEAR, attr_clear),
    FIELD(MOUNT, plan_mount, PROPAGATION, propagation),
    FIELD(MOUNT, plan_mount, PROPAGATION, propagation_recursive),
    FIELD(MOUNT, plan_mount, U64, classic_flags),
    FIELD(NODE, plan_node, TEXT, path),
    FIELD(NODE, plan_node, U32, mode),
    FIELD(NODE, plan_node, U32, major),
    FIELD(NODE, plan_node, U32, minor),
    FIELD(NODE, plan_node, U32, uid),
    FIELD(NODE, plan_node, U32, gid),
    FIELD(NODE, plan_node, FD, fd),
    WORDS(NODE, plan_node, FLAGS, flags, node_flags),
    FIELD(LINK, plan_link, TEXT, path),
    FIELD(LINK, plan_link, TEXT, target),
    WORDS(LINK, plan_link, FLAGS, flags, link_flags),
    FIELD(CONSOLE, plan_console, U16, rows),
    FIELD(CONSOLE, plan_console, U16, columns),
    FIELD(CONSOLE, plan_console, BOOL, bind),
    FIELD(CONSOLE, plan_console, U32, uid),
    FIELD(CONSOLE, plan_console, U32, gid),
    FIELD(HOOK, plan_hook, TEXT, path),
    FIELD(HOOK, plan_hook, TEXTS, args),
    FIELD(HOOK, plan_hook, TEXTS, env),
    FIELD(HOOK, plan_hook, TEXT, state_head),
    FIELD(HOOK, plan_hook, TEXT, state_tail),
    FIELD(HOOK, plan_hook, U32, timeout_ms),
    WORDS(HOOK, plan_hook, FLAGS, flags, hook_flags),
    FIELD(HOOK, plan_hook, FD, output),
    FIELD(HOOK, plan_hook, FD, errors),
    FIELD(DIRECTORY, plan_path, TEXT, path),
    FIELD(UNMOUNT, plan_path, TEXT, path),
    WORDS(PIVOT, plan_pivot, WORD, how, pivot_ways),
    FIELD(ROOT_ATTR, plan_root_attr, SET, attr_set),
    FIELD(ROOT_ATTR, plan_root_attr, PROPAGATION, propagation),
    FIELD(ROOT_ATTR, plan_root_attr, PROPAGATION, propagation_recursive),
    FIELD(SYSCTL, plan_sysctl, TEXT, file),
    FIELD(SYSCTL, plan_sysctl, TEXT, value),
    FIELD(READONLY, plan_readonly, TEXT, path),
    FIELD(READONLY, plan_readonly, TEXT, under),
    FIELD(MASK, plan_mask, TEXT, path),
    FIELD(MASK, plan_mask, TEXT, under),
    FIELD(MASK, plan_mask, FD, null),
    FIELD(MASK, plan_mask, TEXT, context),
    FIELD(PROC, plan_proc, TEXT, file),
    FIELD(PROC, plan_proc, TEXT, value),
    FIELD(RLIMIT, plan_rlimit, RLIMIT, resource),
    FIELD(RLIMIT, plan_rlimit, U64, soft),
    FIELD(RLIMIT, plan_rlimit, U64, hard),
    WORDS(SCHEDULER, plan_scheduler, WORD, policy, policies),
    FIELD(SCHEDULER, plan_scheduler, I32, nice),
    FIELD(SCHEDULER, plan_scheduler, U64, flags),
    FIELD(SCHEDULER, plan_scheduler, U64, priority),
    FIELD(SCHEDULER, plan_scheduler, U64, runtime),
    FIELD(SCHEDULER, plan_scheduler, U64, deadline),
    FIELD(SCHEDULER, plan_scheduler, U64, period),
    FIELD(IOPRIO, plan_ioprio, U32, value),
    FIELD(AFFINITY, plan_affinity, CPUS, mask),
    FIELD(AFFINITY, plan_affinity, U32, length),
    FIELD(MEMPOLICY, plan_mempolicy, MEMPOLICY, mode),
    FIELD(MEMPOLICY, plan_mempolicy, NODES, nodes),
    FIELD(MEMPOLICY, plan_mempolicy, U32, bits),
    FIELD(PERSONALITY, plan_personality, U64, persona),
    FIELD(CWD, plan_cwd, TEXT, path),
    FIELD(CREDENTIALS, plan_credentials, U32, uid),
    FIELD(CREDENTIALS, plan_credentials, U32, gid),
    FIELD(CREDENTIALS, plan_credentials, NUMBERS, groups),
    FIELD(CREDENTIALS, plan_credentials, U32, group_count),
    WORDS(CREDENTIALS, plan_credentials, FLAGS, flags, credentials_flags),
    FIELD(CREDENTIALS, plan_credentials, CAPABILITIES, bounding),
    FIELD(CREDENTIALS, plan_credentials, CAPABILITIES, effective),
    FIELD(CREDENTIALS, plan_credentials, CAPABILITIES, permitted),
    FIELD(CREDENTIALS, plan_credentials, CAPABILITIES, inheritable),
    FIELD(CREDENTIALS, plan_credentials, CAPABILITIES, ambient),
    FIELD(UMASK, plan_umask, U32, mask),
    FIELD(LOOKUP, plan_lookup, TEXT, name),
    FIELD(LOOKUP, plan_lookup, TEXT, search),
    WORDS(START, plan_start, WORD, how, start_ways),
    FIELD(START, plan_start, U32, keep_fds),
    FIELD(START, plan_start, FD, socket),
    FIELD(START, plan_start, FD, lock),
    FIELD(SECCOMP, plan_seccomp, FILTER, count),
    WORDS(SECCOMP, plan_seccomp, FLAGS, flags, seccomp_words),
    FIELD(EXEC, plan_exec, TEXTS, args),
    FIELD(EXEC, plan_exec, TEXTS, env),
    FIELD(EXEC, plan_exec, TEXT, listen_pid),
};

const unsigned plan_field_count = sizeof plan_fields / sizeof plan_fields[0];

const char *field_word(const struct field_word *words, uint32_t value)
{
    for (; words->word; words++)
        if (words->value == value)
            return words->word;
    return NULL;
}
