/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is said to criu and by it (its images/rpc.proto): protocol buffers, of which criu's messages need numbers,
 * texts and messages in messages alone. The numbers are those of rpc.proto, the names too.
 */
#ifndef CONTAINER_CRIU_MESSAGE_H
#define CONTAINER_CRIU_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/strbuf.h"

enum criu_request_type {
    CRIU_DUMP = 1,
    CRIU_RESTORE = 2,
    CRIU_PRE_DUMP = 4,
    CRIU_NOTIFY = 6,
    CRIU_FEATURE_CHECK = 9,
    CRIU_VERSION = 10,
};

/* Fields of criu_opts. */
enum criu_option {
    CRIU_IMAGES_DIR_FD = 1,
    CRIU_PID = 2,
    CRIU_LEAVE_RUNNING = 3,
    CRIU_EXT_UNIX_SK = 4,
    CRIU_TCP_ESTABLISHED = 5,
    CRIU_EVASIVE_DEVICES = 6,
    CRIU_SHELL_JOB = 7,
    CRIU_FILE_LOCKS = 8,
    CRIU_LOG_LEVEL = 9,
    CRIU_LOG_FILE = 10,
    CRIU_PS = 11,
    CRIU_NOTIFY_SCRIPTS = 12,
    CRIU_ROOT = 13,
    CRIU_PARENT_IMG = 14,
    CRIU_TRACK_MEM = 15,
    CRIU_AUTO_DEDUP = 16,
    CRIU_WORK_DIR_FD = 17,
    CRIU_LINK_REMAP = 18,
    CRIU_MANAGE_CGROUPS = 24,
    CRIU_CG_ROOT = 25,
    CRIU_RST_SIBLING = 26,
    CRIU_INHERIT_FD = 27,
    CRIU_MANAGE_CGROUPS_MODE = 34,
    CRIU_EXTERNAL = 37,
    CRIU_EMPTY_NS = 38,
    CRIU_JOIN_NS = 39,
    CRIU_CGROUP_DUMP_CONTROLLER = 43,
    CRIU_FREEZE_CGROUP = 44,
    CRIU_TCP_SKIP_IN_FLIGHT = 46,
    CRIU_LAZY_PAGES = 48,
    CRIU_ORPHAN_PTS_MASTER = 50,
    CRIU_CONFIG_FILE = 51,
    CRIU_TCP_CLOSE = 52,
    CRIU_LSM_PROFILE = 53,
    CRIU_LSM_MOUNT_CONTEXT = 63,
    CRIU_NETWORK_LOCK = 64,
};

/** Adds a number (or a truth value, or a constant of an enumeration) to a message. */
void criu_put_number(struct strbuf *message, unsigned field, uint64_t value);

/** The same, left out when false: what criu takes an absent one for. */
void criu_put_flag(struct strbuf *message, unsigned field, bool value);

/** Adds a text; NULL is left out. */
void criu_put_text(struct strbuf *message, unsigned field, const char *text);

/** Adds a message. */
void criu_put_message(struct strbuf *message, unsigned field, const struct strbuf *inner);

/** Adds a message of a text and another, which all of criu's pairs are: fields 1 and 2. The first may be NULL. */
void criu_put_pair(struct strbuf *message, unsigned field, const char *one, const char *two);

/** Adds an inherit_fd: descriptor `fd` of criu's stands for the resource `key`. */
void criu_put_inherit_fd(struct strbuf *message, const char *key, int fd);

/* criu_resp */
struct criu_response {
    unsigned type; /* enum criu_request_type */
    bool success;
    const char *script; /* NOTIFY: what happens; otherwise NULL */
    pid_t pid;          /* NOTIFY and RESTORE: of the first process; 0: not told */
    int errnum;
    const char *message; /* why it failed, or NULL */
    unsigned version;    /* 40101 for 4.1.1 */
    bool mem_track, lazy_pages;
};

/** Reads a criu_resp. Texts are copied into the arena. @return whether it is one. */
bool criu_read_response(struct arena *arena, const void *bytes, size_t length,
                        struct criu_response *response);

#endif
