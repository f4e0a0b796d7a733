/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `process`: config.md, "Process". */
#ifndef SPEC_PROCESS_H
#define SPEC_PROCESS_H

#include "spec/values.h"

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

#endif
