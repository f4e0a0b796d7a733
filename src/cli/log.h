/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where messages go: standard error always, and what --log says. */
#ifndef CLI_LOG_H
#define CLI_LOG_H

#include <stdbool.h>
#include <time.h>

#include <caisson/caisson.h>

enum log_target { LOG_NOWHERE, LOG_FILE, LOG_JOURNALD, LOG_SYSLOG };

/*
 * The target is opened for each message and closed again. A descriptor that stayed open could stand where one of
 * the caller's --preserve-fds is expected, and would be handed to the container.
 */
struct log {
    enum log_target target;
    const char *name;                   /* path of the file; identifier for journald and syslog */
    bool json;                          /* lines of the file are JSON objects */
    enum caisson_log_level level;       /* least important level that goes to the target */
    enum caisson_log_level error_level; /* the same for standard error */
    struct timespec last; /* of the last debug message: each says how long what it tells has taken */
};

/**
 * Sets the target from the value of --log: PATH, file:PATH, journald:IDENTIFIER or syslog:IDENTIFIER, and tries it:
 * the file is made (mode 0640), the socket is connected to.
 * @return 0, or -1 with `err`
 */
int log_open(struct log *log, const char *destination, struct caisson_error *err);

/** Begins to count the time that debug messages name. */
void log_start_clock(struct log *log);

/** A caisson_context's `log`; `data` is a struct log. */
void log_message(void *data, enum caisson_log_level level, const char *message);

/** Reports the failure that ends the program, with its hint on standard error. */
void log_failure(struct log *log, const struct caisson_error *err);

#endif
