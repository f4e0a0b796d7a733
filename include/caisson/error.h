/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CAISSON_ERROR_H
#define CAISSON_ERROR_H

/**
 * What kind of failure an operation met. The numbers are stable: programs may store and compare them.
 */
enum caisson_error_code {
    CAISSON_ERROR_NONE = 0,
    CAISSON_ERROR_SYSTEM = 1,      /* a system call failed: see errnum */
    CAISSON_ERROR_USAGE = 2,       /* the call's own arguments are wrong */
    CAISSON_ERROR_CONFIG = 3,      /* config.json, process.json or resources.json is wrong: see pointer */
    CAISSON_ERROR_UNSUPPORTED = 4, /* this kernel or host lacks what the configuration asks for */
    CAISSON_ERROR_EXISTS = 5,      /* a container with this id exists already */
    CAISSON_ERROR_NOT_FOUND = 6,   /* no container has this id */
    CAISSON_ERROR_STATE = 7,       /* the container's status does not allow the operation */
    CAISSON_ERROR_NOT_RUNNING = 8, /* the container's process has ended */
    CAISSON_ERROR_EXEC = 9,        /* the container's program cannot be executed: see errnum */
    CAISSON_ERROR_HOOK = 10,       /* a hook failed or ran out of time */
    CAISSON_ERROR_TIMEOUT = 11,    /* something did not end in the time given */
};

/**
 * One failure, filled in by every function of this library that returns -1. No member needs to be freed.
 * `message` is one line that stands by itself; the other members are the same facts for programs.
 */
struct caisson_error {
    enum caisson_error_code code;
    int errnum;         /* the errno behind it, or 0 */
    unsigned line;      /* where in the file, from 1; 0 where no file is concerned */
    unsigned column;    /* the same */
    char pointer[192];  /* RFC 6901 pointer to the value at fault, or "" */
    char message[1024]; /* what failed, on what, and why */
    char hint[384];     /* what to do about it, or "" */
};

#endif
