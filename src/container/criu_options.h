/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a dump and a restore have in common: where criu finds and writes files, and its options for both. */
#ifndef CONTAINER_CRIU_OPTIONS_H
#define CONTAINER_CRIU_OPTIONS_H

#include "container/criu.h"
#include "spec/spec.h"

/* The directories, open. criu looks at them by the caller's numbers. */
struct criu_directories {
    int images;
    int work;              /* -1: that of the images */
    const char *work_path; /* as the caller called it */
};

/**
 * Opens them.
 * @param mode the image directory is made with it when it is missing; 0: it has to be there. The work directory is made.
 * @return 0, or -1 with `err`
 */
int criu_directories_open(const struct caisson_criu_options *options, mode_t mode,
                          struct criu_directories *directories, struct caisson_error *err);

/**
 * Opens them again as a criu that has a mount namespace of its own sees them: criu works in them, and cannot mount
 * anything on what belongs to another namespace.
 */
int criu_directories_enter(struct criu_directories *directories, pid_t criu, struct caisson_error *err);
void criu_directories_close(struct criu_directories *directories);

/** Adds the options to a criu_opts. @param log the log's name: "dump.log" @param spec for the annotation org.criu.config */
void criu_options_add(struct strbuf *message, const struct caisson_criu_options *options,
                      const struct criu_directories *directories, const struct spec *spec, const char *log);

/**
 * Adds to a failure of criu's what its log says of it, and where that is.
 * @return -1 always
 */
int criu_explain(const struct criu *criu, const struct criu_directories *directories, const char *log,
                 struct caisson_error *err);

/** Refuses a caller who cannot do either, which takes root of the host. @param verb "checkpoint" */
int criu_check_root(const char *verb, struct caisson_error *err);

#endif
