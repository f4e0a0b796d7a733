/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A transient scope of systemd, over D-Bus. */
#ifndef CGROUP_SYSTEMD_HELPER_SCOPE_H
#define CGROUP_SYSTEMD_HELPER_SCOPE_H

#include <stdbool.h>
#include <systemd/sd-bus.h>

struct scope {
    const char *unit;
    sd_bus *bus;
    bool unknown;    /* the last failure: systemd has no such unit */
    char error[768]; /* the last failure, in words */
    const char *job; /* the job that is waited for */
    char *job_path;
    char result[64]; /* of the job, "" while it runs */
};

/** Connects to systemd itself, or by way of the bus. @return 0, or -1 with `error`. */
int scope_connect(struct scope *scope, bool user);

/** Hears of the ends of jobs: before the two below. */
int scope_listen(struct scope *scope);

/** Makes the scope around this process and waits until it stands. @param properties see main.c; ended by NULL */
int scope_start(struct scope *scope, char **properties);

/** Ends the scope. One that systemd does not know has ended. */
int scope_stop(struct scope *scope);

/** Sets properties, until the unit ends. */
int scope_set(struct scope *scope, char **properties);

void scope_close(struct scope *scope);

#endif
