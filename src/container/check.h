/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether this host can carry out a decision: what the kernel would refuse later, found by looking. */
#ifndef CONTAINER_CHECK_H
#define CONTAINER_CHECK_H

#include "base/strbuf.h"
#include "container/decide.h"

/**
 * Looks for everything that would fail: missing sources, namespaces, filesystems, programs, privileges.
 * @param report gets one line a problem
 * @param first  the first problem; untouched when there is none
 */
void check_host(const struct decision *decision, struct strbuf *report, struct caisson_error *first);

#endif
