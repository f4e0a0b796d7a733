/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a configuration asks for and this runtime does not do, where the specification wants no error: it is said. */
#include "plan/builder.h"

/* Annotations of other runtimes. */
static const struct {
    const char *name;
    const char *reason;
} ignored[] = {
    {"run.oci.seccomp.plugins", "notifications go to a socket alone: see run.oci.seccomp.receiver"},
    {"run.oci.systemd.force_cgroup_v1", "there is no cgroup version 1 here"},
    {"run.oci.systemd.subgroup", "the processes are in the scope itself: see run.oci.delegate-cgroup"},
    {"run.oci.handler", "there is one kind of container"},
};

void plan_without_effect(struct plan_builder *b)
{
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++) {
        const char *value = spec_annotation(b->spec, ignored[i].name);

        if (value && *value)
            builder_notice(b, "the annotation %s has no effect: %s", ignored[i].name, ignored[i].reason);
    }
    /* Whoever counts on another kernel between the container and the host should know. */
    if (b->spec->vm)
        builder_notice(b, "/vm has no effect: the container shares the host's kernel");
}
