/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * criu, the program that writes processes into files and makes processes of them again. It is a program of its own,
 * found in PATH and started for checkpoint and restore alone; it is spoken to over a socket (`criu swrk`).
 */
#ifndef CONTAINER_CRIU_H
#define CONTAINER_CRIU_H

#include <caisson/caisson.h>

#include "base/error.h"
#include "container/criu_message.h"

/** @return the program's path, in the arena, or NULL when PATH has none. */
const char *criu_find(struct arena *arena);

/* A criu that runs. */
struct criu {
    struct arena *arena;
    pid_t pid; /* a child of the caller; 0: none */
    int pidfd;
    int socket;
    bool refused; /* a notice said no: the failure is its, not criu's */
};

#define _cleanup_criu_ __attribute__((cleanup(criu_end)))
#define CRIU_INIT                                                                                            \
    {                                                                                                        \
        .pidfd = -1, .socket = -1                                                                            \
    }

/* What it is started with. */
struct criu_place {
    bool streams; /* it has the caller's standard streams, for the terminal; otherwise none */
    int cgroup;   /* that it is born in; -1: the caller's */
    int root; /* restore: a detached mount, attached at `target` in a mount namespace of criu's own; or -1 */
    const char *target; /* a directory */
    const int *fds;     /* that it has as descriptors 4, 5, ... */
    size_t fd_count;
};

/**
 * Starts criu and asks for its version.
 * @return 0; -1 with `err` (CAISSON_ERROR_UNSUPPORTED): there is none, or it is too old.
 */
int criu_start(struct arena *arena, const struct criu_place *place, struct criu *criu,
               struct caisson_error *err);

/**
 * Called at each of criu's notifications: "setup-namespaces", "post-restore", ...
 * @param pid of the first process, as the caller sees it; 0: not told
 * @param fd  the descriptor that came with it, or -1; taken with TAKE_FD
 * @return 0, or -1 with `err`: then criu gives up and undoes what it did.
 */
typedef int criu_notice(void *data, const char *script, pid_t pid, int *fd, struct caisson_error *err);

/**
 * Has criu do something, and waits for it.
 * @param options a criu_opts, or NULL
 * @param notice  may be NULL
 * @param response receives the answer of a request that was carried out
 * @return 0, or -1 with `err`: what `notice` said; or that criu failed, with its own words where it has any, and no hint.
 */
int criu_request(struct criu *criu, enum criu_request_type type, const struct strbuf *options,
                 criu_notice *notice, void *data, struct criu_response *response, struct caisson_error *err);

/** Asks whether criu and the kernel can track memory, for a dump before the dump, or hand pages over later. */
int criu_check_feature(struct criu *criu, bool mem_track, bool lazy_pages, struct caisson_error *err);

/** Closes the socket and waits for criu's end. */
void criu_end(struct criu *criu);

#endif
