/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config.json, process.json and resources.json as typed, immutable structures: the Linux part of the OCI
 * runtime specification 1.3. Everything lives in the arena that was given to the reader.
 *
 * A string, object or array that the file does not have is NULL or has count 0; a number or truth value that
 * can be absent is a spec_* pair with `set`. Names are the specification's.
 */
#ifndef SPEC_SPEC_H
#define SPEC_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

struct spec_bool {
    bool value;
    bool set;
};
struct spec_i64 {
    int64_t value;
    bool set;
};
struct spec_u64 {
    uint64_t value;
    bool set;
};
struct spec_u32 {
    uint32_t value;
    bool set;
};
/* int32 and uint16 of the specification are checked for their range and kept as these. */

struct spec_strings {
    const char **items;
    size_t count;
};

/* A JSON object whose members are all strings (annotations, sysctl, unified), in the file's order. */
struct spec_pair {
    const char *key;
    const char *value;
};
struct spec_pairs {
    struct spec_pair *items;
    size_t count;
};

/* ---- process ---- */

struct spec_user {
    uint32_t uid;
    uint32_t gid;
    struct spec_u32 umask;
    struct {
        uint32_t *items;
        size_t count;
    } additional_gids;
};

struct spec_rlimit {
    const char *type; /* RLIMIT_* as written; known and unique */
    int resource;     /* its RLIMIT_* number */
    uint64_t soft;
    uint64_t hard;
};

struct spec_capabilities {
    struct spec_strings bounding, effective, inheritable, permitted, ambient; /* CAP_* as written */
};

/* numbers of the kernel's SCHED_* */
enum spec_scheduler_policy {
    SPEC_SCHED_OTHER = 0,
    SPEC_SCHED_FIFO = 1,
    SPEC_SCHED_RR = 2,
    SPEC_SCHED_BATCH = 3,
    SPEC_SCHED_ISO = 4,
    SPEC_SCHED_IDLE = 5,
    SPEC_SCHED_DEADLINE = 6,
};

struct spec_scheduler {
    enum spec_scheduler_policy policy;
    struct spec_i64 nice;                      /* int32 */
    struct spec_i64 priority;                  /* int32 */
    uint64_t flags;                            /* SCHED_FLAG_* of the kernel, or'ed */
    struct spec_u64 runtime, deadline, period; /* nanoseconds */
};

/* numbers of the kernel's IOPRIO_CLASS_* */
enum spec_ioprio_class {
    SPEC_IOPRIO_RT = 1,
    SPEC_IOPRIO_BE = 2,
    SPEC_IOPRIO_IDLE = 3,
};

struct spec_io_priority {
    enum spec_ioprio_class class;
    int priority; /* 0 to 7 */
};

struct spec_cpu_affinity {
    const char *initial; /* cpulist syntax: "0-3,7" */
    const char *final;
};

struct spec_source; /* the text that was read, kept for positions: private to the reader */

struct spec_process {
    const struct spec_source *source; /* its own file: set by spec_parse_process() alone */
    struct spec_bool terminal;
    struct {
        bool set;
        uint64_t height;
        uint64_t width;
    } console_size;
    const char *cwd;
    struct spec_strings env;
    struct spec_strings args;
    struct spec_user user;
    struct {
        struct spec_rlimit *items;
        size_t count;
    } rlimits;
    const char *apparmor_profile;
    const char *selinux_label;
    struct spec_bool no_new_privileges;
    struct spec_i64 oom_score_adj;
    const struct spec_capabilities *capabilities; /* NULL: absent */
    const struct spec_scheduler *scheduler;
    const struct spec_io_priority *io_priority;
    const struct spec_cpu_affinity *exec_cpu_affinity;
};

/* ---- root, mounts, hooks ---- */

struct spec_root {
    const char *path; /* as written: absolute, or relative to the bundle */
    struct spec_bool readonly;
};

struct spec_id_mapping {
    uint32_t container_id;
    uint32_t host_id;
    uint32_t size;
};
struct spec_id_mappings {
    struct spec_id_mapping *items;
    size_t count;
    bool set; /* the member stands in the file, be it empty */
};

struct spec_mount {
    const char *destination;
    const char *type;
    const char *source;
    struct spec_strings options;
    struct spec_id_mappings uid_mappings, gid_mappings;
};

struct spec_hook {
    const char *path;
    struct spec_strings args;
    struct spec_strings env;
    bool env_set;
    struct spec_i64 timeout; /* seconds, more than 0 */
};
struct spec_hook_list {
    struct spec_hook *items;
    size_t count;
};

struct spec_hooks {
    struct spec_hook_list prestart, create_runtime, create_container, start_container, poststart, poststop;
};

/* ---- linux ---- */

enum spec_namespace_type {
    SPEC_NS_PID,
    SPEC_NS_NETWORK,
    SPEC_NS_MOUNT,
    SPEC_NS_IPC,
    SPEC_NS_UTS,
    SPEC_NS_USER,
    SPEC_NS_CGROUP,
    SPEC_NS_TIME,
    SPEC_NS_COUNT,
};

struct spec_namespace {
    enum spec_namespace_type type;
    const char *path; /* NULL or "": a new one */
};

struct spec_time_offset {
    const char *clock; /* "monotonic" or "boottime" */
    int64_t secs;
    uint32_t nanosecs;
};

/* The specification's u is c. */
enum spec_device_type { SPEC_DEVICE_CHAR = 'c', SPEC_DEVICE_BLOCK = 'b', SPEC_DEVICE_FIFO = 'p' };

struct spec_device {
    enum spec_device_type type;
    const char *path;
    int64_t major, minor;
    struct spec_u32 file_mode;
    struct spec_u32 uid, gid;
};

struct spec_net_device {
    const char *host_name; /* the member's key */
    const char *name;      /* the name in the container; NULL: the same */
};

struct spec_personality {
    bool linux32; /* domain LINUX32; otherwise LINUX */
};

/* numbers of the kernel's MPOL_* */
enum spec_mempolicy_mode {
    SPEC_MPOL_DEFAULT = 0,
    SPEC_MPOL_PREFERRED = 1,
    SPEC_MPOL_BIND = 2,
    SPEC_MPOL_INTERLEAVE = 3,
    SPEC_MPOL_LOCAL = 4,
    SPEC_MPOL_PREFERRED_MANY = 5,
    SPEC_MPOL_WEIGHTED_INTERLEAVE = 6,
};

struct spec_memory_policy {
    enum spec_mempolicy_mode mode;
    const char *nodes; /* cpulist syntax; NULL or "": none */
    unsigned flags;    /* MPOL_F_* of the kernel, or'ed */
};

struct spec_intel_rdt {
    const char *clos_id;
    const char *l3_cache_schema;
    const char *mem_bw_schema;
    struct spec_strings schemata;
    struct spec_bool enable_monitoring;
};

enum spec_seccomp_action {
    SPEC_ACT_KILL, /* the thread, as SCMP_ACT_KILL always meant */
    SPEC_ACT_KILL_PROCESS,
    SPEC_ACT_KILL_THREAD,
    SPEC_ACT_TRAP,
    SPEC_ACT_ERRNO,
    SPEC_ACT_TRACE,
    SPEC_ACT_ALLOW,
    SPEC_ACT_LOG,
    SPEC_ACT_NOTIFY,
    SPEC_ACT_COUNT,
};

enum spec_seccomp_op {
    SPEC_CMP_NE,
    SPEC_CMP_LT,
    SPEC_CMP_LE,
    SPEC_CMP_EQ,
    SPEC_CMP_GE,
    SPEC_CMP_GT,
    SPEC_CMP_MASKED_EQ,
    SPEC_CMP_COUNT,
};

struct spec_seccomp_arg {
    uint32_t index; /* 0 to 5 */
    uint64_t value;
    uint64_t value_two;
    enum spec_seccomp_op op;
};

struct spec_seccomp_rule {
    struct spec_strings names;
    enum spec_seccomp_action action;
    struct spec_u32 errno_ret;
    struct {
        struct spec_seccomp_arg *items;
        size_t count;
    } args;
};

struct spec_seccomp {
    enum spec_seccomp_action default_action;
    struct spec_u32 default_errno_ret;
    struct spec_strings architectures; /* SCMP_ARCH_*, known */
    struct spec_strings flags;         /* SECCOMP_FILTER_FLAG_*, known */
    bool flags_set;                    /* the member stands in the file, be it empty */
    const char *listener_path;
    const char *listener_metadata;
    struct {
        struct spec_seccomp_rule *items;
        size_t count;
    } syscalls;
};

/* ---- linux.resources ---- */

struct spec_device_rule {
    bool allow;
    char type;             /* 'a', 'c' or 'b'; absent is 'a' */
    struct spec_i64 major; /* unset or -1: all */
    struct spec_i64 minor;
    const char *access; /* of "rwm"; NULL: all three */
};

struct spec_memory {
    struct spec_i64 limit, reservation, swap, kernel, kernel_tcp; /* bytes; -1: no limit */
    struct spec_u64 swappiness;
    struct spec_bool disable_oom_killer, use_hierarchy, check_before_update;
};

struct spec_cpu {
    struct spec_u64 shares;
    struct spec_i64 quota;            /* microseconds */
    struct spec_u64 burst;            /* microseconds */
    struct spec_u64 period;           /* microseconds */
    struct spec_i64 realtime_runtime; /* microseconds */
    struct spec_u64 realtime_period;  /* microseconds */
    const char *cpus, *mems;          /* cpulist syntax */
    struct spec_i64 idle;
};

struct spec_weight_device {
    int64_t major, minor;
    struct spec_u32 weight, leaf_weight; /* uint16 */
};
struct spec_throttle_device {
    int64_t major, minor;
    uint64_t rate;
};
struct spec_throttle_list {
    struct spec_throttle_device *items;
    size_t count;
};

struct spec_block_io {
    struct spec_u32 weight, leaf_weight; /* uint16 */
    struct {
        struct spec_weight_device *items;
        size_t count;
    } weight_device;
    struct spec_throttle_list throttle_read_bps, throttle_write_bps, throttle_read_iops, throttle_write_iops;
};

struct spec_hugepage_limit {
    const char *page_size; /* "2MB" */
    uint64_t limit;        /* bytes */
};

struct spec_network_priority {
    const char *name;
    uint32_t priority;
};
struct spec_network {
    struct spec_u32 class_id;
    struct {
        struct spec_network_priority *items;
        size_t count;
    } priorities;
};

struct spec_rdma {
    const char *device; /* the member's key */
    struct spec_u32 hca_handles, hca_objects;
};

struct spec_resources {
    struct {
        struct spec_device_rule *items;
        size_t count;
        bool set; /* the member stands in the file, be it empty */
    } devices;
    const struct spec_memory *memory;
    const struct spec_cpu *cpu;
    const struct spec_block_io *block_io;
    struct {
        bool set;
        struct spec_i64 limit; /* -1: no limit; 0 is a limit */
    } pids;
    struct {
        struct spec_hugepage_limit *items;
        size_t count;
    } hugepage_limits;
    const struct spec_network *network;
    struct {
        struct spec_rdma *items;
        size_t count;
    } rdma;
    struct spec_pairs unified;
};

enum spec_propagation {
    SPEC_PROPAGATION_UNSET,
    SPEC_PROPAGATION_SHARED,
    SPEC_PROPAGATION_SLAVE,
    SPEC_PROPAGATION_PRIVATE,
    SPEC_PROPAGATION_UNBINDABLE,
};

struct spec_linux {
    struct {
        struct spec_namespace *items;
        size_t count;
    } namespaces; /* no type twice */
    struct spec_id_mappings uid_mappings, gid_mappings;
    struct {
        struct spec_time_offset *items;
        size_t count;
    } time_offsets;
    struct {
        struct spec_device *items;
        size_t count;
    } devices;
    struct {
        struct spec_net_device *items;
        size_t count;
    } net_devices;
    const char *cgroups_path;
    enum spec_propagation rootfs_propagation;
    bool rootfs_propagation_recursive; /* written with the leading r */
    struct spec_pairs sysctl;
    struct spec_strings masked_paths, readonly_paths;
    const char *mount_label;
    const struct spec_personality *personality;
    const struct spec_memory_policy *memory_policy;
    const struct spec_intel_rdt *intel_rdt;
    const struct spec_seccomp *seccomp;
    const struct spec_resources *resources;
};

/* ---- vm: read and checked, used by nothing yet ---- */

struct spec_vm_iomem {
    struct spec_u64 first_gfn;
    uint64_t first_mfn, nr_mfns;
};

struct spec_vm_hw_config { /* 1.3 */
    const char *device_tree;
    struct spec_u32 vcpus;
    struct spec_u64 memory; /* bytes */
    struct spec_strings dtdevs;
    struct {
        struct spec_vm_iomem *items;
        size_t count;
    } iomems;
    struct {
        uint32_t *items;
        size_t count;
    } irqs;
};

struct spec_vm {
    const char *hypervisor_path, *kernel_path, *kernel_initrd, *image_path, *image_format;
    struct spec_strings hypervisor_parameters, kernel_parameters;
    const struct spec_vm_hw_config *hw_config;
};

/* ---- the whole ---- */

struct spec {
    const struct spec_source *source;
    const char *oci_version;
    const struct spec_process *process; /* may be absent at create */
    const struct spec_root *root;
    const char *hostname, *domainname;
    struct {
        struct spec_mount *items;
        size_t count;
    } mounts;
    struct spec_hooks hooks;
    struct spec_pairs annotations;
    const struct spec_linux *linux_; /* never NULL: an absent object reads as an empty one */
    const struct spec_vm *vm;
};

enum { SPEC_SIZE_LIMIT = 16 * 1024 * 1024, SPEC_DEPTH_LIMIT = 64 };

/** What the reader says besides errors: a property that it does not know, one that is deprecated. */
typedef void spec_notice(void *data, const char *text);

/**
 * Reads and checks a configuration.
 * @param name   what messages call the file: "config.json"
 * @param text   its bytes; need not be ended by a NUL; is kept, and must live as long as the arena
 * @param notice called for unknown and deprecated properties; may be NULL
 * @return the configuration, or NULL with `err` set: "config.json:LINE:COLUMN: /json/pointer: what is wrong".
 */
const struct spec *spec_parse(struct arena *arena, const char *name, const char *text, size_t length,
                              spec_notice *notice, void *notice_data, struct caisson_error *err);

/** The same for the file of `exec --process`: one process object. */
const struct spec_process *spec_parse_process(struct arena *arena, const char *name, const char *text,
                                              size_t length, spec_notice *notice, void *notice_data,
                                              struct caisson_error *err);

/** The same for the file of `update --resources`: one resources object. */
const struct spec_resources *spec_parse_resources(struct arena *arena, const char *name, const char *text,
                                                  size_t length, spec_notice *notice, void *notice_data,
                                                  struct caisson_error *err);

/**
 * Reports that a value of a configuration that was read is not usable, with its place in the file.
 * @param spec    with a process that was read from a file of its own, what is below "/process" is looked for in
 *                that file, and called by its pointer there; NULL, or a source that is NULL: no place is given
 * @param pointer JSON pointer to the value, or to one that is absent: then the nearest parent's place is given
 * @return -1 always.
 */
int spec_error(const struct spec *spec, struct caisson_error *err, const char *pointer, const char *format,
               ...) __attribute__((format(printf, 4, 5)));

/** Adds the place in the file to a failure that was recorded without one. @return -1 always. */
int spec_error_at(const struct spec *spec, struct caisson_error *err, const char *pointer);

/** @return the RFC 6901 pointer to a member of the object at `parent`: "~" and "/" in its name are "~0" and "~1". */
char *spec_pointer(struct arena *arena, const char *parent, const char *member);

/* ---- small questions that several ask ---- */

/** @return the entry for a namespace type, or NULL where the container shares the runtime's. */
const struct spec_namespace *spec_namespace(const struct spec *spec, enum spec_namespace_type type);

/** @return whether the container gets a new namespace of that type (one without a path). */
bool spec_new_namespace(const struct spec *spec, enum spec_namespace_type type);

/** @return the specification's name of the type: "pid", "network", ... */
const char *spec_namespace_name(enum spec_namespace_type type);

/** @return the CLONE_NEW* flag of the type. */
uint64_t spec_namespace_flag(enum spec_namespace_type type);

/** @return the value of an annotation, or NULL. */
const char *spec_annotation(const struct spec *spec, const char *key);

/** @return the number of a capability ("CAP_KILL"), or -1 when it has no such name. */
int spec_capability_number(const char *name);

/** @return the name of capability `number`, or NULL above the last one known. */
const char *spec_capability_name(unsigned number);

#endif
