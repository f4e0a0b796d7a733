/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Annotations that say about seccomp what the specification has no member for. Their names are crun's. */
#ifndef PLAN_SECCOMP_ANNOTATIONS_H
#define PLAN_SECCOMP_ANNOTATIONS_H

#include "plan/seccomp.h"

/**
 * run.oci.seccomp_bpf_data: a finished filter, in base64, that takes the place of linux.seccomp.
 * @return 1 when `filter` is set to it, 0 without the annotation, -1 with `err`.
 */
int seccomp_finished_filter(struct arena *arena, const struct spec *spec, struct plan_filter *filter,
                            struct caisson_error *err);

/**
 * run.oci.seccomp_fail_unknown_syscall=1: a name that libseccomp does not know is an error, where it is passed over
 * otherwise.
 */
int seccomp_check_names(struct arena *arena, const struct spec *spec, struct caisson_error *err);

/**
 * @param receiver value of RUN_OCI_SECCOMP_RECEIVER in the caller's environment, or NULL
 * @return where the listener is sent: linux.seccomp.listenerPath, or else the annotation run.oci.seccomp.receiver, or
 *         else `receiver`; NULL when there is none of them. A path that is not absolute is -1 with `err`.
 */
int seccomp_listener(struct arena *arena, const struct spec *spec, const char *receiver, const char **path,
                     struct caisson_error *err);

#endif
