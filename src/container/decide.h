/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps 1 and 2 for a new container: everything that is read and decided, before anything is changed. */
#ifndef CONTAINER_DECIDE_H
#define CONTAINER_DECIDE_H

#include <caisson/caisson.h>

#include "cgroup/cgroup.h"
#include "container/bundle.h"
#include "plan/plan.h"

struct decision {
    struct arena *arena;
    const struct caisson_context *context;
    struct bundle bundle;
    struct plan_host host;
    struct cgroup_plan cgroup;
    struct plan plan;
};

/** @return whether to do without what only root of the initial user namespace may do. */
bool decide_rootless(const struct caisson_context *context, const struct plan_host *host);

/** Reads the bundle and decides. @param purpose PLAN_FOR_CREATE or PLAN_FOR_RUN */
int decide_container(struct arena *arena, const struct caisson_context *context,
                     const struct caisson_create_options *options, enum plan_purpose purpose,
                     struct decision *decision, struct caisson_error *err);

#endif
