/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bundle: its directory and its configuration; and the configuration that a container was made with. */
#ifndef CONTAINER_BUNDLE_H
#define CONTAINER_BUNDLE_H

#include <caisson/caisson.h>

#include "base/arena.h"
#include "base/error.h"
#include "spec/spec.h"

struct bundle {
    int directory;    /* opened with O_PATH; -1 for a stored configuration */
    const char *path; /* its absolute path, resolved */
    const char *text; /* of the configuration */
    size_t length;
    const struct spec *spec;
};

/** Reads a bundle. `bundle->directory` is the caller's to close, also after a failure. @param directory NULL: the current one @param config NULL: "config.json" */
int bundle_load(struct arena *arena, const struct caisson_context *context, const char *directory,
                const char *config, struct bundle *bundle, struct caisson_error *err);

/** Reads the configuration that was stored with a container. @param dir its state directory */
int bundle_load_stored(struct arena *arena, const struct caisson_context *context, int dir,
                       struct bundle *bundle, struct caisson_error *err);

/** The same, without what one more process of the container does not take: see spec_parse_for_process(). */
int bundle_load_for_process(struct arena *arena, const struct caisson_context *context, int dir,
                            struct bundle *bundle, struct caisson_error *err);

/** Hands a text to the context's log. Usable as spec_notice, plan_notice and cgroup_notice with these as data. */
void bundle_debug(void *context, const char *text);
void bundle_warn(void *context, const char *text);

#endif
