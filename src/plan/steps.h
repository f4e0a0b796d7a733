/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kinds of steps, and what the body of each consists of: format.h says how they stand in a plan. */
#ifndef PLAN_STEPS_H
#define PLAN_STEPS_H

#include <stdint.h>

typedef uint32_t plan_ref;
typedef int32_t plan_fd;

/*
 * Every kind of step: its name in the enumeration, the body's structure, and the words that name it to people.
 * The words complete "cannot ...". First those that a process which joins a container takes: there is an init that knows
 * these alone, for each page of it is written, mapped and given back with each `exec`.
 */
#define PLAN_PROCESS_OPS(X)                                                                                  \
    X(JOIN, plan_join, "join namespace")                                                                     \
    X(BECOME, plan_become, "become the first user of the user namespace")                                    \
    X(FORK, plan_fork, "fork into the process namespace")                                                    \
    X(SESSION, plan_session, "start a session")                                                              \
    X(CONSOLE, plan_console, "set up the terminal")                                                          \
    X(PROC, plan_proc, "write")                                                                              \
    X(RLIMIT, plan_rlimit, "set resource limit")                                                             \
    X(SCHEDULER, plan_scheduler, "set the scheduler")                                                        \
    X(IOPRIO, plan_ioprio, "set the I/O priority")                                                           \
    X(AFFINITY, plan_affinity, "set the processor affinity")                                                 \
    X(MEMPOLICY, plan_mempolicy, "set the memory policy")                                                    \
    X(PERSONALITY, plan_personality, "set the personality")                                                  \
    X(CWD, plan_cwd, "change to the working directory")                                                      \
    X(CREDENTIALS, plan_credentials, "set user, groups and capabilities")                                    \
    X(NO_NEW_PRIVS, plan_no_new_privs, "set no_new_privs")                                                   \
    X(UMASK, plan_umask, "set the file mode mask")                                                           \
    X(LOOKUP, plan_lookup, "find the program")                                                               \
    X(READY, plan_ready, "report readiness")                                                                 \
    X(START, plan_start, "wait for start")                                                                   \
    X(SECCOMP, plan_seccomp, "load the seccomp filter")                                                      \
    X(EXEC, plan_exec, "execute")

/* Those that build a container, or change its mounts. */
#define PLAN_CONTAINER_OPS(X)                                                                                \
    X(WAIT, plan_wait, "wait for the runtime")                                                               \
    X(UNSHARE, plan_unshare, "make namespaces")                                                              \
    X(TIME, plan_time, "make a time namespace")                                                              \
    X(KEYRING, plan_keyring, "join a session keyring")                                                       \
    X(LOOPBACK, plan_loopback, "bring up the loopback interface")                                            \
    X(HOSTNAME, plan_hostname, "set the host name")                                                          \
    X(DOMAINNAME, plan_hostname, "set the domain name")                                                      \
    X(PROPAGATION, plan_propagation, "cut the mounts off from the host's")                                   \
    X(ROOT, plan_root, "attach the root filesystem")                                                         \
    X(MOUNT, plan_mount, "mount")                                                                            \
    X(NODE, plan_node, "make device")                                                                        \
    X(LINK, plan_link, "make symbolic link")                                                                 \
    X(SYNC, plan_sync, "wait for hooks and devices")                                                         \
    X(HOOK, plan_hook, "run hook")                                                                           \
    X(DIRECTORY, plan_path, "make directory")                                                                \
    X(PIVOT, plan_pivot, "enter the root filesystem")                                                        \
    X(ROOT_ATTR, plan_root_attr, "set the root filesystem's options")                                        \
    X(SYSCTL, plan_sysctl, "set sysctl")                                                                     \
    X(READONLY, plan_readonly, "make read-only")                                                             \
    X(MASK, plan_mask, "mask")                                                                               \
    X(UNMOUNT, plan_path, "unmount")

#define PLAN_OPS(X) PLAN_PROCESS_OPS(X) PLAN_CONTAINER_OPS(X)

enum plan_op {
    PLAN_OP_NONE,
#define X(name, body, words) PLAN_OP_##name,
    PLAN_PROCESS_OPS(X) PLAN_OP_PROCESS_COUNT,
    PLAN_OP_BEFORE_CONTAINER = PLAN_OP_PROCESS_COUNT - 1,
    PLAN_CONTAINER_OPS(X)
#undef X
        PLAN_OP_COUNT
};

/*
 * A body is copied as it is, into a file that the container can read (/proc/self/exe of the init): no bytes between its
 * members that nobody has set.
 */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

/* setns(fd, types): a namespace file, or a pidfd with several types. */
struct plan_join {
    plan_fd fd;
    uint32_t types; /* CLONE_NEW*, or'ed */
    plan_ref path;
};

/* PLAN_MESSAGE_MAPS up, one byte down: the runtime writes uid_map and gid_map of the new user namespace. */
struct plan_wait {
    uint32_t reserved;
};

/* setresgid and setresuid: from the overflow ids to ones that the new user namespace knows. */
struct plan_become {
    uint32_t uid;
    uint32_t gid;
};

struct plan_unshare {
    uint64_t types;
};

/* unshare(CLONE_NEWTIME), the offsets, and setns into it: its clocks are fixed by the first process in it. */
struct plan_time {
    plan_ref offsets; /* lines for /proc/self/timens_offsets, or none */
};

/* clone(CLONE_PARENT): the child goes on and tells the runtime, whose child it is too; this process ends. */
struct plan_fork {
    uint64_t types; /* CLONE_NEW* to make for the child; CLONE_NEWPID or 0 */
};

struct plan_session {
    uint32_t reserved;
};

struct plan_keyring {
    plan_ref name;
};

struct plan_loopback {
    uint32_t reserved;
};

struct plan_hostname {
    plan_ref name;
};

/* On "/", before anything is mounted: nothing that follows reaches the host's mounts. */
struct plan_propagation {
    uint64_t propagation; /* MS_PRIVATE or MS_SLAVE */
};

struct plan_root {
    plan_fd fd;    /* the detached tree; -1: open `path` here */
    plan_ref path; /* on the host, absolute: where the tree is attached */
    uint64_t dev;  /* of the directory that the runtime saw there; 0: not checked */
    uint64_t ino;
    uint64_t propagation; /* MS_*; with fd -1 alone: of the tree that is opened here */
};

enum plan_mount_kind {
    PLAN_MOUNT_NEW = 1, /* fsopen(type) with `parameters`, mounted with `attributes` */
    PLAN_MOUNT_TREE,    /* the detached tree `fd`; -1: open_tree(source) here, then the attributes */
    PLAN_MOUNT_REMOUNT, /* what is mounted at the target gets the attributes (and parameters) */
    PLAN_MOUNT_CLASSIC, /* mount(2): for data that fsconfig(2) cannot take (values over 255 bytes) */
};

enum plan_mount_flags {
    PLAN_MOUNT_RECURSIVE = 1 << 0,       /* open the tree with what is mounted below it */
    PLAN_MOUNT_FILE = 1 << 1,            /* a missing target is made as a file, not as a directory */
    PLAN_MOUNT_NOFOLLOW = 1 << 2,        /* no component of the target may be a symbolic link */
    PLAN_MOUNT_ON_PROC = 1 << 3,         /* the target may lie on procfs */
    PLAN_MOUNT_COPY_UP = 1 << 4,         /* the target's content is copied into the new filesystem first */
    PLAN_MOUNT_ATTR_RECURSIVE = 1 << 5,  /* attr_set and attr_clear hold for the whole tree */
    PLAN_MOUNT_SUPERBLOCK = 1 << 6,      /* remount: reconfigure the filesystem with `parameters`, too */
    PLAN_MOUNT_MUST_EXIST = 1 << 7,      /* a missing target is an error */
    PLAN_MOUNT_SOURCE_NOFOLLOW = 1 << 8, /* a source that is a symbolic link is mounted as such */
    PLAN_MOUNT_OVER_LINK = 1 << 9,       /* a target that is a symbolic link is itself mounted over */
    PLAN_MOUNT_KEEP = 1 << 10,           /* its descriptor is kept: for a KEPT, or for the paths `under` it */
    PLAN_MOUNT_KEPT = 1 << 11, /* REMOUNT: what a KEEP with the same `target` mounted, wherever it is */
    PLAN_MOUNT_LATE = 1 << 12, /* kept, for a later step that makes it read-only */
};

struct plan_mount {
    uint32_t kind;
    uint32_t flags;
    plan_fd fd;
    plan_ref target;
    plan_ref type;
    plan_ref source;
    plan_ref parameters; /* a vector of key, value, key, value, ...; the value "" marks a flag */
    plan_ref data;       /* PLAN_MOUNT_CLASSIC: the comma-joined data */
    plan_ref label; /* security.selinux of the new filesystem's root; for one that takes no option for it */
    plan_ref
        under; /* target of a KEEP, a new tmpfs: a target that is missing there is made in it by its descriptor */
    uint64_t attr_set; /* MOUNT_ATTR_* */
    uint64_t attr_clear;
    uint64_t propagation;           /* MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE, or 0 */
    uint64_t propagation_recursive; /* the same, for the whole tree */
    uint64_t classic_flags;         /* PLAN_MOUNT_CLASSIC: MS_* */
};

enum plan_node_flags {
    PLAN_NODE_KEEP = 1 << 0, /* a default device: what stands there already stays, whatever it is */
    PLAN_NODE_BIND =
        1 << 1, /* with fd -1: bind the node that the host has at the same path, if it is this device */
};

struct plan_node {
    plan_ref path;
    uint32_t mode; /* S_IFCHR, S_IFBLK or S_IFIFO with the permission bits */
    uint32_t major;
    uint32_t minor;
    uint32_t uid;
    uint32_t gid;
    plan_fd fd; /* a detached mount of the host's node, where mknod is not allowed; otherwise -1 */
    uint32_t flags;
};

enum plan_link_flags {
    PLAN_LINK_SAME =
        1 << 0, /* what stands there already must be the same link; otherwise it stays, whatever it is */
};

struct plan_link {
    plan_ref path;
    plan_ref target;
    uint32_t flags;
};

/* Opens a new pty of the devpts in the container, gives its master to the runtime, makes it the terminal. */
struct plan_console {
    uint16_t rows; /* 0 and 0: leave it */
    uint16_t columns;
    uint32_t bind; /* also at /dev/console */
    uint32_t uid;  /* owner of the slave */
    uint32_t gid;
};

/* PLAN_MESSAGE_SYNC up, one byte down: in between interfaces are moved here, prestart and createRuntime run. */
struct plan_sync {
    uint32_t reserved;
};

enum plan_hook_flags {
    PLAN_HOOK_ONLY_WARN = 1 << 0,
};

struct plan_hook {
    plan_ref path;
    plan_ref args;       /* a vector */
    plan_ref env;        /* a vector */
    plan_ref state_head; /* the state on its standard input: head, the process id in decimal, tail */
    plan_ref state_tail;
    uint32_t timeout_ms; /* 0: none */
    uint32_t flags;
    plan_fd output; /* its standard output; -1: the init's own */
    plan_fd
        errors; /* its standard error; -1: the last line is for the message when it fails, the rest goes nowhere */
};

enum plan_pivot_how {
    PLAN_PIVOT_ROOT = 1,
    PLAN_PIVOT_CHROOT, /* --no-pivot: move the tree to "/" and chroot into it */
};

struct plan_pivot {
    uint32_t how;
};

struct plan_root_attr {
    uint64_t attr_set;
    uint64_t propagation;
    uint64_t propagation_recursive;
};

struct plan_sysctl {
    plan_ref file; /* below /proc/sys, with slashes */
    plan_ref value;
};

struct plan_path {
    plan_ref path;
};

/* `under` is the `target` of the KEEP that mounts the filesystem that the path is in: it is looked up from there. */
struct plan_readonly {
    plan_ref path;
    plan_ref under; /* or none: the path is looked up from the root */
};

struct plan_mask {
    plan_ref path;
    plan_ref under;   /* as above */
    plan_fd null;     /* the host's /dev/null as a detached mount, the same in every mask; -1: open it here */
    plan_ref context; /* SELinux's label of the filesystem that masks directories, or none */
};

/* A write through the host's procfs, opened before the container's files are in sight (CVE-2019-16884, CVE-2025-52881). */
struct plan_proc {
    plan_ref file; /* below /proc: "self/attr/exec" */
    plan_ref value;
};

struct plan_rlimit {
    uint64_t soft;
    uint64_t hard;
    uint32_t resource;
    uint32_t reserved;
};

struct plan_scheduler { /* struct sched_attr of sched_setattr(2) */
    uint32_t policy;
    int32_t nice;
    uint64_t flags;
    uint64_t priority;
    uint64_t runtime;
    uint64_t deadline;
    uint64_t period;
};

struct plan_ioprio {
    uint32_t value; /* class and priority as ioprio_set(2) takes them */
};

struct plan_affinity {
    plan_ref mask; /* bytes of a processor mask, 8-byte aligned */
    uint32_t length;
};

struct plan_mempolicy {
    uint32_t mode;  /* MPOL_* with the MPOL_F_* flags */
    plan_ref nodes; /* bytes of a node mask, 8-byte aligned, or none */
    uint32_t bits;  /* the mask's length in bits */
};

struct plan_personality {
    uint64_t persona;
};

struct plan_cwd {
    plan_ref path;
};

enum plan_credentials_flags {
    PLAN_CREDENTIALS_KEEP_GROUPS = 1 << 0, /* do not call setgroups(2) */
    PLAN_CREDENTIALS_OWN_STDIO = 1 << 1,   /* standard input, output and error are given to the user */
    PLAN_CREDENTIALS_KEEP_ADMIN = 1 << 2,  /* CAP_SYS_ADMIN stays until the execution: to load a filter */
};

struct plan_credentials {
    uint32_t uid;
    uint32_t gid;
    plan_ref groups; /* uint32_t items, 4-byte aligned */
    uint32_t group_count;
    uint32_t flags;
    uint32_t reserved;
    uint64_t bounding; /* bit n: capability n */
    uint64_t effective;
    uint64_t permitted;
    uint64_t inheritable;
    uint64_t ambient;
};

struct plan_no_new_privs {
    uint32_t reserved;
};

struct plan_umask {
    uint32_t mask;
};

/* Finds the program that PLAN_OP_EXEC will execute, as execvp(3) would; callers of `create` expect it to fail here. */
struct plan_lookup {
    plan_ref name;
    plan_ref search; /* the value of PATH in the container's environment */
};

/* PLAN_MESSAGE_READY: the container is created. The runtime may end after it. */
struct plan_ready {
    uint32_t reserved;
};

enum plan_start_how {
    PLAN_START_NOW = 1, /* exec */
    PLAN_START_CHANNEL, /* run: one byte on the channel */
    PLAN_START_SOCKET, /* create: a connection on `socket`, and one byte on it; its peer is the new channel */
};

/*
 * Waits for start, then marks every descriptor from 3 + keep_fds up to be closed by the execution: nothing but
 * hooks, the filter and the execution itself come after it.
 */
struct plan_start {
    uint32_t how;
    uint32_t keep_fds; /* descriptors from 3 up that the process inherits */
    plan_fd socket;    /* PLAN_START_SOCKET: it listens */
    plan_fd lock;      /* while it is open, and so locked, the container is created and not yet running */
};

struct plan_seccomp {
    plan_ref filter; /* struct sock_filter items, 8-byte aligned */
    uint32_t count;
    uint32_t flags; /* SECCOMP_FILTER_FLAG_*; with NEW_LISTENER the descriptor goes to the runtime */
};

struct plan_exec {
    plan_ref args;       /* a vector */
    plan_ref env;        /* a vector */
    plan_ref listen_pid; /* in env: "LISTEN_PID=" and room for ten digits, which the init fills in */
};

#pragma GCC diagnostic pop

#endif
