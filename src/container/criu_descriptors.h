/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A container's standard streams come from outside of it. What they were is written beside the images, as runc and crun
 * do it (descriptors.json: an array of three texts), so that those of who restores take their place.
 */
#ifndef CONTAINER_CRIU_DESCRIPTORS_H
#define CONTAINER_CRIU_DESCRIPTORS_H

#include <sys/types.h>

#include "base/error.h"
#include "base/strbuf.h"

/** Dump: looks at the streams of the first process, tells criu which are external, and writes the file. */
int criu_descriptors_write(pid_t pid, int images, struct strbuf *options, struct caisson_error *err);

/**
 * Restore: tells criu to take other descriptors for those. A directory without the file has none.
 * @param first   criu's number of the new standard input; output and errors follow
 * @param null    a descriptor of the null device
 * @param streams three descriptors that criu is to get: those that went nowhere are replaced by `null`
 */
int criu_descriptors_read(int images, int first, int null, int *streams, struct strbuf *options,
                          struct caisson_error *err);

#endif
