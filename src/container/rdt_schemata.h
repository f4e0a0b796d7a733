/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands in a schemata file of resctrl: lines such as "L3:0=fffff;1=fffff". */
#ifndef CONTAINER_RDT_SCHEMATA_H
#define CONTAINER_RDT_SCHEMATA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "spec/spec.h"

/** Texts to be written one after the other, each ended by a newline. */
struct rdt_schemata {
    const char **texts;
    size_t count;
};

/**
 * l3CacheSchema and memBwSchema are one text, each of schemata follows by itself: a later one may say something else
 * about the same resource, which the kernel refuses within one write.
 */
void rdt_schemata_decide(struct arena *arena, const struct spec_intel_rdt *config,
                         struct rdt_schemata *schemata);

/**
 * Compares by meaning: order, spaces, leading zeros and the case of letters aside, what is wanted last counts, and
 * what is not mentioned may be anything.
 * @param have    the content of a schemata file
 * @param problem receives the first difference, when there is one
 */
bool rdt_schemata_equal(struct arena *arena, const struct rdt_schemata *wanted, const char *have,
                        const char **problem);

#endif
