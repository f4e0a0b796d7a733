/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux.seccomp as a filter program, compiled at plan time. */
#ifndef PLAN_SECCOMP_H
#define PLAN_SECCOMP_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "plan/plan.h"
#include "spec/spec.h"

struct plan_filter {
    struct sock_filter *code;
    size_t length;  /* instructions; 0: nothing to load */
    unsigned flags; /* SECCOMP_FILTER_FLAG_* for seccomp(2) */
    bool notifies;  /* an action is SCMP_ACT_NOTIFY */
};

/**
 * Compiles the filter of `spec`; without linux.seccomp the result has length 0. An
 * annotation can put a finished filter in its place (seccomp_annotations.h).
 * Refused, beside what the reader refuses: NOTIFY as default action, NOTIFY for sendmsg(2) and write(2), an
 * action, flag or architecture that is not to be had here. Names of system calls that libseccomp
 * does not know are left out, as the specification allows. A filter that lets nothing be executed is a notice.
 */
int plan_seccomp(struct arena *arena, const struct spec *spec, struct plan_filter *filter,
                 plan_notice *notice, void *notice_data, struct caisson_error *err);

#endif
