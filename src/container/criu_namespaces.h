/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Namespaces of a container, as criu is told of them. It makes new ones again by itself; those that the container joined
 * by path are not the container's: they are left out of the images, and joined again.
 */
#ifndef CONTAINER_CRIU_NAMESPACES_H
#define CONTAINER_CRIU_NAMESPACES_H

#include <sys/types.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "spec/spec.h"

/** Dump: tells criu which of a process's namespaces are external. */
int criu_namespaces_dump(const struct spec *spec, pid_t pid, struct strbuf *options,
                         struct caisson_error *err);

/**
 * Restore: tells criu which to join.
 * @param fds   receives the descriptors that criu is to get, at most SPEC_NS_COUNT, behind the `count` that are there
 * @param first criu's number of fds[0]
 * @return 0, or -1 with `err`: a kind that criu cannot join (CAISSON_ERROR_UNSUPPORTED); fds are to be closed either way.
 */
int criu_namespaces_restore(const struct spec *spec, int *fds, size_t *count, int first,
                            struct strbuf *options, struct caisson_error *err);

/** Restore: @return 0 when the process has the namespaces of its own that it should have; -1 with `err` for the first it has not. */
int criu_namespaces_check(const struct spec *spec, pid_t pid, struct caisson_error *err);

#endif
