/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `linux`: config-linux.md. */
#ifndef SPEC_LINUX_H
#define SPEC_LINUX_H

#include "spec/resources.h"
#include "spec/seccomp.h"
#include "spec/values.h"

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

#endif
