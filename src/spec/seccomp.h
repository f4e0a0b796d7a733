/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `linux.seccomp`: config-linux.md, "Seccomp". */
#ifndef SPEC_SECCOMP_H
#define SPEC_SECCOMP_H

#include "spec/values.h"

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

#endif
