/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * caisson: the public C interface. Each function does what the command of its name does; the manual pages
 * (caisson-create(1), ...) say what that is. Functions return 0, or -1 with `err` filled in. `err` may be NULL.
 * The library keeps no global state; two threads may work on different containers at once.
 */
#ifndef CAISSON_CAISSON_H
#define CAISSON_CAISSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <caisson/error.h>
#include <caisson/statistics.h>

#define CAISSON_VERSION "0.1.0"

/** The newest version of the OCI runtime specification that is complied with. */
#define CAISSON_OCI_VERSION "1.3.0"

enum caisson_log_level {
    CAISSON_LOG_ERROR,
    CAISSON_LOG_WARNING,
    CAISSON_LOG_INFO,
    CAISSON_LOG_DEBUG,
};

enum caisson_cgroup_manager {
    CAISSON_CGROUPFS,
    CAISSON_CGROUP_SYSTEMD,
    CAISSON_CGROUP_DISABLED,
};

enum caisson_rootless { CAISSON_ROOTLESS_AUTO, CAISSON_ROOTLESS_TRUE, CAISSON_ROOTLESS_FALSE };

/** What holds for every call: where state is kept, how cgroups are made, where messages go. */
struct caisson_context {
    /** Directory of the containers' state; NULL: $XDG_RUNTIME_DIR/caisson for users, /run/caisson for root. */
    const char *state_root;
    enum caisson_cgroup_manager cgroup_manager;
    enum caisson_rootless rootless;
    /**
     * Called with everything of at least this importance. NULL: nothing is logged. CAISSON_LOG_DEBUG tells each phase
     * of an operation when it is over, so that the time between two messages is the second's.
     */
    void (*log)(void *data, enum caisson_log_level level, const char *message);
    void *log_data;
    enum caisson_log_level log_level;
};

/** A container's status: the specification's four, and paused. */
enum caisson_status {
    CAISSON_CREATING,
    CAISSON_CREATED,
    CAISSON_RUNNING,
    CAISSON_PAUSED,
    CAISSON_STOPPED,
};

/** @return the status as the specification writes it: "created". */
const char *caisson_status_name(enum caisson_status status);

struct caisson_create_options {
    const char *id;
    const char *bundle;         /* directory; NULL: the current one */
    const char *config;         /* file, relative to the bundle; NULL: "config.json" */
    const char *console_socket; /* AF_UNIX socket that gets the terminal's master */
    const char *pidfd_socket;   /* AF_UNIX socket that gets a pidfd of the first process */
    const char *pid_file;       /* gets the process id, in the runtime's namespace */
    unsigned preserve_fds;      /* how many descriptors from 3 up the process inherits */
    bool no_pivot;
    bool no_new_keyring;
    bool detach;                  /* run: return when the process runs */
    bool keep;                    /* run: do not delete the container when it ends */
    const char *notify_socket;    /* value of NOTIFY_SOCKET, or NULL */
    const char *seccomp_receiver; /* socket for a seccomp listener that config.json sends nowhere, or NULL */
    unsigned listen_fds;          /* value of LISTEN_FDS when LISTEN_PID is the caller's, or 0 */
    const char *listen_fdnames;
};

struct caisson_exec_options {
    const char *id;
    const char *process_file; /* process.json; NULL: from the members below and config.json */
    char *const *args;        /* ended by NULL */
    const char *cwd;
    char *const *env; /* "NAME=value" each, added to config.json's; ended by NULL */
    char *const *cap; /* capabilities to add; ended by NULL */
    const char *user; /* "UID[:GID]" */
    const uint32_t *additional_gids;
    size_t additional_gid_count;
    bool tty;
    bool detach;
    bool no_new_privs;
    bool ignore_paused;
    const char *process_label;
    const char *apparmor;
    const char *cgroup; /* sub-cgroup, relative to the container's */
    const char *console_socket;
    const char *pidfd_socket;
    const char *pid_file;
    unsigned preserve_fds;
    const char *seccomp_receiver; /* socket for a seccomp listener that config.json sends nowhere, or NULL */
};

/** Makes the container; its process waits for caisson_start(). */
int caisson_create(const struct caisson_context *context, const struct caisson_create_options *options,
                   struct caisson_error *err);

/** Lets a created container's process execute the program. */
int caisson_start(const struct caisson_context *context, const char *id, struct caisson_error *err);

/**
 * Creates and starts; waits for the end and deletes unless told otherwise.
 * @param exit_status receives the process's exit status, 128 + n for signal n; 0 when detached
 */
int caisson_run(const struct caisson_context *context, const struct caisson_create_options *options,
                int *exit_status, struct caisson_error *err);

/** Starts one more process in a running container. `exit_status` as for caisson_run(). */
int caisson_exec(const struct caisson_context *context, const struct caisson_exec_options *options,
                 int *exit_status, struct caisson_error *err);

/** Sends a signal to the container's first process, or with `all` to every process of its cgroup. */
int caisson_kill(const struct caisson_context *context, const char *id, int signal, bool all,
                 struct caisson_error *err);

/** Removes a stopped container; with `force` any, and one that does not exist is no error. */
int caisson_delete(const struct caisson_context *context, const char *id, bool force,
                   struct caisson_error *err);

int caisson_pause(const struct caisson_context *context, const char *id, struct caisson_error *err);
int caisson_resume(const struct caisson_context *context, const char *id, struct caisson_error *err);

/** A number that may be left out: all zeros is one that was. */
struct caisson_limit {
    int64_t value;
    bool set;
};

/**
 * New limits of a container. What is not set stays as it is, and so does what is set to 0 (callers write zeros for
 * what they do not mean) but for cpu_burst and cpu_idle. -1 is "no limit".
 */
struct caisson_update_options {
    const char *id;
    const char
        *resources; /* file with a resources object; "-": standard input; NULL: none. What follows wins. */
    struct caisson_limit memory, memory_reservation;                  /* bytes */
    struct caisson_limit memory_swap;                                 /* bytes, memory and swap together */
    struct caisson_limit kernel_memory, kernel_memory_tcp;            /* ignored with a warning */
    struct caisson_limit cpu_share, cpu_period, cpu_quota, cpu_burst; /* the last three in microseconds */
    struct caisson_limit cpu_idle;                                    /* 0 or 1 */
    struct caisson_limit cpu_rt_period, cpu_rt_runtime;               /* version 1 alone had them: refused */
    const char *cpuset_cpus, *cpuset_mems;                            /* "0-3,7" */
    struct caisson_limit blkio_weight;                                /* 10 to 1000 */
    struct caisson_limit pids_limit;
    const char *l3_cache_schema, *mem_bw_schema; /* lines for the schemata of its resctrl group */
};

/**
 * Changes the limits of a container that is created, running or paused, and with `devices` in the resources which
 * devices it may use, in one step. All or nothing: a failure puts back what was changed.
 */
int caisson_update(const struct caisson_context *context, const struct caisson_update_options *options,
                   struct caisson_error *err);

/**
 * Mounts in a container that is created, running or paused what a file asks for: {"mounts": [...]} as in config.json.
 * Sources are those of the host, opened by the caller's rights; a target is resolved in the container, and made when it
 * is missing. Bind mounts, and filesystems that the kernel provides (tmpfs, proc, ...). In order; what was mounted
 * before one that fails stays.
 * @param file "-": standard input
 */
int caisson_mounts_add(const struct caisson_context *context, const char *id, const char *file,
                       struct caisson_error *err);

/** Unmounts in it, with all that is mounted below, the destinations in such a file; their paths have no symbolic link. */
int caisson_mounts_remove(const struct caisson_context *context, const char *id, const char *file,
                          struct caisson_error *err);

struct caisson_events_options {
    const char *id;
    bool once;            /* the statistics once, and no more */
    unsigned interval_ms; /* between statistics; 0: no statistics, other events alone */
};

/**
 * Calls `event` with a JSON object for each event of a running container: {"type":"stats","id":...,"data":{...}} at the
 * interval, {"type":"oom","id":...} when the kernel killed a process for want of memory. Returns when the container
 * ends, or when `event` returns -1, with the failure that it set.
 */
int caisson_events(const struct caisson_context *context, const struct caisson_events_options *options,
                   int (*event)(void *data, const char *json, struct caisson_error *err), void *data,
                   struct caisson_error *err);

/** Reads what a container uses. CAISSON_ERROR_NOT_RUNNING when it has ended, CAISSON_ERROR_STATE without a cgroup. */
int caisson_statistics(const struct caisson_context *context, const char *id,
                       struct caisson_statistics *statistics, struct caisson_error *err);

/** Calls `visit` once, with the container's state object, indented. The text lives until it returns. */
int caisson_state(const struct caisson_context *context, const char *id,
                  void (*visit)(void *data, const char *json), void *data, struct caisson_error *err);

/** What is wanted of each container: the less, the faster. */
enum caisson_list_detail {
    CAISSON_LIST_IDS,   /* the id alone */
    CAISSON_LIST_TABLE, /* everything but `json` */
    CAISSON_LIST_JSON,  /* everything */
};

/** One container as `list` shows it. */
struct caisson_container {
    const char *id;
    pid_t pid; /* 0 when stopped */
    enum caisson_status status;
    const char *bundle;
    const char *created;
    const char *owner;
    const char *json; /* the whole entry of `list --format json` */
};

/** Calls `visit` for every container, by name. The strings live until it returns. */
int caisson_list(const struct caisson_context *context, enum caisson_list_detail detail,
                 void (*visit)(void *data, const struct caisson_container *container), void *data,
                 struct caisson_error *err);

/** @param pids receives the processes of the container, in the caller's namespace, ascending; free() it. */
int caisson_processes(const struct caisson_context *context, const char *id, pid_t **pids, size_t *count,
                      struct caisson_error *err);

/** @param output receives the plan of the bundle, as text or as JSON; free() it. Changes nothing. */
int caisson_plan(const struct caisson_context *context, const struct caisson_create_options *options,
                 bool json, char **output, struct caisson_error *err);

/**
 * Reads and validates a bundle and says whether this host can run it.
 * @param report receives one line a problem ("" when there is none); free() it
 * @return 0 when it can run; -1 with `err` for the first problem.
 */
int caisson_check(const struct caisson_context *context, const struct caisson_create_options *options,
                  char **report, struct caisson_error *err);

/** How criu treats the cgroups of the processes: see criu(8), --manage-cgroups. */
enum caisson_cgroups_mode {
    CAISSON_CGROUPS_SOFT, /* those below the container's are made again, with their values; the default */
    CAISSON_CGROUPS_FULL,
    CAISSON_CGROUPS_STRICT,
    CAISSON_CGROUPS_IGNORE,
};

/** How criu keeps packets away from connections while it works. */
enum caisson_network_lock {
    CAISSON_NETWORK_LOCK_DEFAULT, /* criu's own: iptables */
    CAISSON_NETWORK_LOCK_IPTABLES,
    CAISSON_NETWORK_LOCK_NFTABLES,
    CAISSON_NETWORK_LOCK_SKIP,
};

/** Namespaces whose content is another's to set up. */
enum caisson_empty_namespace { CAISSON_EMPTY_NONE, CAISSON_EMPTY_NETWORK };

/** What checkpoint and restore have in common: directories, and what of the processes' surroundings criu may touch. */
struct caisson_criu_options {
    const char *image_path; /* directory of the images */
    const char *work_path;  /* directory of criu's logs; NULL: that of the images */
    bool tcp_established;
    bool ext_unix_sk;
    bool shell_job;
    bool file_locks;
    bool link_remap;
    bool lazy_pages;
    bool auto_dedup;
    enum caisson_empty_namespace empty_ns;
    enum caisson_cgroups_mode cgroups_mode;
    enum caisson_network_lock network_lock;
};

struct caisson_checkpoint_options {
    const char *id;
    struct caisson_criu_options criu;
    const char *parent_path; /* images of an earlier dump, relative to the image path; NULL: none */
    const char *page_server; /* "ADDRESS:PORT" that memory is sent to, or NULL */
    bool leave_running;
    bool pre_dump; /* the memory alone, of a container that goes on */
    bool tcp_skip_in_flight;
    unsigned status_fd; /* with lazy_pages: gets a NUL when pages can be fetched, and is closed; 0: none */
};

struct caisson_restore_options {
    struct caisson_create_options create; /* preserve_fds and what is about start are without effect */
    struct caisson_criu_options criu;
    bool tcp_close;
    const char *lsm_profile;       /* "apparmor:NAME" or "selinux:LABEL", or NULL */
    const char *lsm_mount_context; /* the label of mounts that had one, or NULL */
};

/**
 * Writes a container's processes into files, by criu, and ends them unless they are to be left running. Takes root and
 * criu 3.16 or later (CAISSON_ERROR_UNSUPPORTED without). A failure leaves the container as it was; its message has
 * what criu's log says.
 */
int caisson_checkpoint(const struct caisson_context *context,
                       const struct caisson_checkpoint_options *options, struct caisson_error *err);

/**
 * Makes a container whose processes are those of a checkpoint: as caisson_create(), with the processes from files.
 * The prestart and createRuntime hooks are run. `exit_status` as for caisson_run().
 */
int caisson_restore(const struct caisson_context *context, const struct caisson_restore_options *options,
                    int *exit_status, struct caisson_error *err);

/** @param json receives the object of features.md, generated from what the code can do; free() it. */
int caisson_features(char **json, struct caisson_error *err);

#endif
