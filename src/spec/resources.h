/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `linux.resources`: config-linux.md, "Control groups". */
#ifndef SPEC_RESOURCES_H
#define SPEC_RESOURCES_H

#include "spec/values.h"

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

#endif
