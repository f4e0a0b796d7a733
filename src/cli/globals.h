/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options before the command, as they were given. */
#ifndef CLI_GLOBALS_H
#define CLI_GLOBALS_H

#include "cli/cli.h"

struct globals {
    const char *root;
    const char *log;
    int log_format;     /* 1: JSON */
    int log_level;      /* 0: not given; otherwise enum caisson_log_level + 1 */
    int cgroup_manager; /* enum caisson_cgroup_manager */
    int rootless;       /* enum caisson_rootless */
    bool systemd_cgroup;
    bool debug;
    bool version;
};

/** Fills in the context and opens the log. */
int globals_apply(const struct globals *globals, struct cli *cli, struct caisson_error *err);

#endif
