/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Step 2, decide: from the configuration, the command line and what the host can do, everything that will
 * be done, as data. Building a plan looks at the host and changes nothing.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/strbuf.h"
#include "plan/format.h"
#include "plan/protocol.h"
#include "spec/spec.h"

/* Where a container finds the socket of NOTIFY_SOCKET. */
#define PLAN_NOTIFY_PATH "/run/notify/notify.sock"

/* Annotations whose values are files on the host: what hooks write is appended to them. */
#define PLAN_HOOKS_STDOUT "run.oci.hooks.stdout"
#define PLAN_HOOKS_STDERR "run.oci.hooks.stderr"

/* Receives warnings while a plan is built, one line each. */
typedef void plan_notice(void *data, const char *text);

/* What this host and the runtime's own process can do. Filled by plan_host_probe(). */
struct plan_host {
    uid_t euid;
    gid_t egid;
    uint64_t capabilities;       /* effective set of the runtime, bit n for capability n */
    uint64_t bounding;           /* bounding set of the runtime */
    unsigned last_capability;    /* /proc/sys/kernel/cap_last_cap */
    uint64_t ignored_signals;    /* by the runtime, because its caller ignored them: bit n - 1 for signal n */
    bool initial_user_namespace; /* the runtime runs in the initial user namespace */
    bool foreign_mounts;         /* its mount namespace belongs to a user namespace above its own */
};

enum plan_purpose {
    PLAN_FOR_CREATE,
    PLAN_FOR_RUN,
    PLAN_FOR_EXEC,
    PLAN_FOR_MOUNT,   /* mounts[] is what a container that is there gets */
    PLAN_FOR_UNMOUNT, /* or loses: the destinations alone count */
};

/* What decides beside the configuration. */
struct plan_request {
    enum plan_purpose purpose;
    const struct spec *spec;
    const struct plan_host *host;
    const char *id;
    const char *oci_version; /* that a hook's state names */
    const char *bundle;      /* absolute, resolved */
    int rootfs;              /* its directory, for looking into /etc/passwd; -1: not to be had */
    const char *cgroup_path; /* the container's cgroup as a directory on the host; NULL: none */
    unsigned preserve_fds;   /* descriptors 3 ... that the process inherits, LISTEN_FDS included */
    unsigned listen_fds;     /* how many of them are sockets of socket activation; 0: none */
    const char *listen_fdnames;
    const char *notify_socket;    /* path of NOTIFY_SOCKET on the host, or NULL */
    const char *seccomp_receiver; /* where a listener goes that the configuration sends nowhere, or NULL */
    bool no_pivot;
    bool no_new_keyring;
    const char *process_label;    /* exec --process-label; NULL: from the process */
    const char *apparmor_profile; /* exec --apparmor; NULL: from the process */
    const char *cap_add[64];      /* exec --cap, ended by NULL */
    plan_notice *notice;
    void *notice_data;
};

/* A descriptor that the runtime opens before the init starts, and where its number goes in the program. */
enum plan_slot_kind {
    PLAN_SLOT_TREE,      /* a detached clone of what is at `path` */
    PLAN_SLOT_NULL,      /* the same clone of the host's /dev/null for all of this kind */
    PLAN_SLOT_NAMESPACE, /* the namespace file at `path`, checked for its type */
    PLAN_SLOT_PROCESS,   /* exec: the container's pidfd */
    PLAN_SLOT_START,     /* the socket that `start` connects to */
    PLAN_SLOT_LOCK,      /* the lock that says "created" */
    PLAN_SLOT_APPEND,    /* the file at `path`, open for appending, made when missing */
};

struct plan_slot {
    enum plan_slot_kind kind;
    uint32_t where;       /* offset of the plan_fd in the steps */
    uint32_t flags_where; /* PLAN_SLOT_TREE of a mount: offset of its flags; 0: none */
    const char *path;
    const char *origin; /* JSON pointer for messages */
    uint32_t types;     /* PLAN_SLOT_NAMESPACE: the CLONE_NEW* flag it must be */
    mode_t device_type; /* PLAN_SLOT_TREE of a device: S_IFCHR or S_IFBLK that it must be; 0: any file */
    dev_t device;       /* and its number */
    bool recursive;     /* clone what is mounted below it too */
    bool no_follow;     /* a symbolic link is cloned as such */
    bool is_root;       /* the root filesystem: must be a directory */
    uint64_t attr_set, attr_clear; /* MOUNT_ATTR_* of the clone */
    uint64_t attr_set_recursive, attr_clear_recursive;
    uint64_t propagation; /* MS_*, of the clone's whole tree, from the root's propagation */
    const struct spec_id_mappings *uid_mappings, *gid_mappings; /* idmapped when not NULL */
    bool idmap_recursive;
};

/* A hook that the runtime runs itself. */
enum plan_hook_kind {
    PLAN_HOOK_PRESTART,
    PLAN_HOOK_CREATE_RUNTIME,
    PLAN_HOOK_CREATE_CONTAINER,
    PLAN_HOOK_START_CONTAINER,
    PLAN_HOOK_POSTSTART,
    PLAN_HOOK_POSTSTOP,
    PLAN_HOOK_COUNT,
};

struct plan {
    struct arena *arena;

    /* what the runtime does */
    uint64_t clone_flags;     /* CLONE_NEW* of the first process */
    uint64_t ignored_signals; /* that the first process sets to SIG_DFL, see struct plan_host */
    bool wait_for_maps;       /* the init waits until uid_map and gid_map are written */
    const char *uid_map;      /* text for /proc/PID/uid_map, or NULL */
    const char *gid_map;
    const unsigned char *affinity; /* execCPUAffinity.initial: processor mask that the runtime takes on */
    uint32_t affinity_bits;
    bool deny_setgroups;       /* write "deny" to /proc/PID/setgroups before gid_map */
    const char *oom_score_adj; /* text for /proc/PID/oom_score_adj, or NULL */
    bool forks;                /* the init goes on in a new process: PLAN_OP_FORK */
    bool builds_container;     /* it takes steps of PLAN_CONTAINER_OPS */
    bool tells_only;           /* it waits for no answer of the runtime's: see plan/protocol.h */
    bool sync_hooks;           /* the init stops at PLAN_OP_SYNC: prestart and createRuntime run */
    const struct spec_net_device *net_devices; /* moved at PLAN_OP_SYNC, before the hooks */
    size_t net_device_count;
    bool terminal;
    const char *rootfs; /* absolute */
    struct plan_slot *slots;
    size_t slot_count, slot_capacity;
    size_t kept_mounts;        /* descriptors that the init itself keeps until everything is mounted */
    const char *listener_path; /* where the seccomp listener is sent, when a rule notifies */
    const char *listener_metadata;

    /* what the init does: private to src/plan until plan_finish() */
    struct strbuf steps;
    struct strbuf data;
    uint32_t step_count;

    /* the finished program, in the arena; slots are filled in here */
    char *program;
    size_t program_size;
};

/** Looks at this process and kernel. @return 0, or -1 with `err`. */
int plan_host_probe(struct plan_host *host, struct caisson_error *err);

/** The same without the namespaces, after which nobody asks who mounts nothing. */
int plan_host_probe_process(struct plan_host *host, struct caisson_error *err);

/**
 * Decides everything about a container (create, run) or about one more process of it (exec).
 * @return 0, or -1 with `err`: what the configuration asks for and is wrong, or not to be had here.
 */
int plan_build(struct arena *arena, const struct plan_request *request, struct plan *plan,
               struct caisson_error *err);

/** @return 0 when the configuration says what to execute, -1 with `err` when it does not: it is needed by start at the latest. */
int plan_check_process(const struct spec *spec, struct caisson_error *err);

/** Writes a descriptor's number into a slot's place of the finished program. */
void plan_fill(struct plan *plan, const struct plan_slot *slot, int fd);

/** Adds flags (enum plan_mount_flags) to the mount that a slot belongs to, in the finished program. */
void plan_fill_flags(struct plan *plan, const struct plan_slot *slot, uint32_t flags);

/**
 * Finds out for a plan that is printed, and not carried out, which missing mount points would be made as files. Otherwise
 * that is known for certain when the source is open.
 */
void plan_look_at_sources(struct plan *plan);

/** Sets the init's end of the channel in the finished program. */
void plan_set_channel(struct plan *plan, int fd);

/** Prints a plan for people, one line a step. */
void plan_print_text(const struct plan *plan, struct strbuf *out);

struct json;
/** Prints a plan as members of a JSON object that the caller opens and closes: "runtime" (what is done from outside) and "steps". */
void plan_print_json(const struct plan *plan, struct json *json);

/**
 * Turns a message of the init into an error: the step, its object, the action that failed, the errno's text, the
 * JSON pointer and line, and for the errors that callers match on the texts that they expect.
 * @param spec for places in the file; may be NULL
 * @return -1 always.
 */
int plan_message_error(const struct plan *plan, const struct spec *spec, const struct plan_message *message,
                       struct caisson_error *err);

#endif
