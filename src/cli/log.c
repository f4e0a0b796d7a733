/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/strbuf.h"

enum { SYSLOG_DAEMON = 3 << 3 }; /* the facility, in the place of RFC 3164 */

/* By enum caisson_log_level: the name, and syslog's severity. */
static const struct {
    const char *name;
    int severity;
} levels[] = {{"error", 3}, {"warning", 4}, {"info", 6}, {"debug", 7}};

static const struct {
    const char *prefix;
    enum log_target target;
} destinations[] = {{"file:", LOG_FILE}, {"journald:", LOG_JOURNALD}, {"syslog:", LOG_SYSLOG}};

/** @return a connected datagram socket, or -1 with errno. */
static int connect_datagram(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        return fd_close(fd);
    return fd;
}

/** @return a descriptor to write one message to, or -1 with errno. */
static int open_target(const struct log *log)
{
    switch (log->target) {
    case LOG_FILE:
        return openat(AT_FDCWD, log->name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
    case LOG_JOURNALD:
        return connect_datagram("/run/systemd/journal/socket");
    case LOG_SYSLOG:
        return connect_datagram("/dev/log");
    case LOG_NOWHERE:
        break;
    }
    return -1;
}

int log_open(struct log *log, const char *destination, struct caisson_error *err)
{
    _cleanup_close_ int fd = -1;

    log->target = LOG_FILE;
    log->name = destination;
    for (size_t i = 0; i < sizeof destinations / sizeof *destinations; i++) {
        size_t length = strlen(destinations[i].prefix);

        if (strncmp(destination, destinations[i].prefix, length) == 0) {
            log->target = destinations[i].target;
            log->name = destination + length;
        }
    }
    if (!*log->name)
        return error_set(err, CAISSON_ERROR_USAGE, "the option '--log' lacks a name behind '%s'",
                         destination);
    fd = open_target(log);
    if (fd >= 0)
        return 0;
    log->target = LOG_NOWHERE;
    return error_system(err, errno, "cannot open the log '%s'", destination);
}

static void add_time(struct strbuf *line)
{
    struct timespec now;
    struct tm utc;

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strbuf_format(line, "%04d-%02d-%02dT%02d:%02d:%02dZ", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                  utc.tm_hour, utc.tm_min, utc.tm_sec);
}

/* podman parses the whole file as one object, containerd one object a line. */
static void add_json(struct strbuf *line, struct arena *arena, enum caisson_log_level level,
                     const char *message)
{
    struct strbuf when = STRBUF(arena);
    struct json json = {.out = line};

    add_time(&when);
    json_object(&json, NULL);
    json_string(&json, "level", levels[level].name);
    json_string(&json, "msg", message);
    json_string(&json, "time", strbuf_string(&when));
    json_object_end(&json);
    strbuf_char(line, '\n');
}

/* The same members in logfmt, as runc writes them. */
static void add_text(struct strbuf *line, struct arena *arena, enum caisson_log_level level,
                     const char *message)
{
    struct strbuf quoted = STRBUF(arena);
    struct json json = {.out = &quoted};

    json_string(&json, NULL, message);
    strbuf_text(line, "time=\"");
    add_time(line);
    strbuf_format(line, "\" level=%s msg=%s\n", levels[level].name, strbuf_string(&quoted));
}

/* systemd.io/JOURNAL_NATIVE_PROTOCOL: the form with a length lets a message have newlines. */
static void add_journal(struct strbuf *line, const char *identifier, enum caisson_log_level level,
                        const char *message)
{
    uint64_t length = strlen(message);
    unsigned char little_endian[8];

    for (unsigned i = 0; i < sizeof little_endian; i++)
        little_endian[i] = (unsigned char)(length >> (8 * i));
    strbuf_format(line, "PRIORITY=%d\nSYSLOG_IDENTIFIER=%s\nMESSAGE\n", levels[level].severity, identifier);
    strbuf_add(line, little_endian, sizeof little_endian);
    strbuf_format(line, "%s\n", message);
}

/*
 * Names come from the container and from its image: what a terminal or a reader of lines would take for a command is
 * written as in a C string. (The C1 controls of ISO 6429 are U+0080 to U+009F.)
 */
static const char *printable(struct arena *arena, const char *text)
{
    struct strbuf out = STRBUF(arena);

    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c == '\n')
            strbuf_text(&out, "\\n");
        else if (*c < ' ' || *c == 0x7f)
            strbuf_format(&out, "\\x%02x", *c);
        else if (*c == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f)
            strbuf_format(&out, "\\u00%02x", *++c);
        else
            strbuf_char(&out, (char)*c);
    return strbuf_string(&out);
}

static void write_target(const struct log *log, enum caisson_log_level level, const char *message)
{
    _cleanup_arena_ struct arena arena = {0};
    _cleanup_close_ int fd = open_target(log);
    struct strbuf line = STRBUF(&arena);

    if (fd < 0)
        return;
    if (log->target == LOG_JOURNALD)
        add_journal(&line, log->name, level, message);
    else if (log->target == LOG_SYSLOG)
        strbuf_format(&line, "<%d>%s[%d]: %s", SYSLOG_DAEMON | levels[level].severity, log->name,
                      (int)getpid(), printable(&arena, message));
    else if (log->json)
        add_json(&line, &arena, level, message);
    else
        add_text(&line, &arena, level, message);
    /* There is nobody left to tell when this fails; standard error has the message. */
    (void)fd_write_all(fd, strbuf_string(&line), line.length);
}

static void write_error(enum caisson_log_level level, const char *message, const char *hint)
{
    _cleanup_arena_ struct arena arena = {0};
    struct strbuf text = STRBUF(&arena);

    if (level == CAISSON_LOG_ERROR)
        strbuf_format(&text, "caisson: %s\n", printable(&arena, message));
    else
        strbuf_format(&text, "caisson: %s: %s\n", levels[level].name, printable(&arena, message));
    if (*hint)
        strbuf_format(&text, "caisson: hint: %s\n", printable(&arena, hint));
    /* One write, so that conmon reads all of it and messages of other processes do not come between. */
    (void)fd_write_all(STDERR_FILENO, strbuf_string(&text), text.length);
}

void log_start_clock(struct log *log)
{
    clock_gettime(CLOCK_MONOTONIC, &log->last);
}

/* "message [0.123 ms]": since the message before, in `room`. */
static const char *with_time(struct log *log, const char *message, char *room, size_t size)
{
    struct timespec before = log->last;
    double ms;

    log_start_clock(log);
    ms =
        (double)(log->last.tv_sec - before.tv_sec) * 1e3 + (double)(log->last.tv_nsec - before.tv_nsec) / 1e6;
    snprintf(room, size, "%s [%.3f ms]", message, ms);
    return room;
}

void log_message(void *data, enum caisson_log_level level, const char *message)
{
    struct log *log = data;
    char room[2200];

    if (level == CAISSON_LOG_DEBUG)
        message = with_time(log, message, room, sizeof room);
    if (log->target != LOG_NOWHERE && level <= log->level)
        write_target(log, level, message);
    if (level <= log->error_level)
        write_error(level, message, "");
}

void log_failure(struct log *log, const struct caisson_error *err)
{
    if (log->target != LOG_NOWHERE)
        write_target(log, CAISSON_LOG_ERROR, err->message);
    write_error(CAISSON_LOG_ERROR, err->message, err->hint);
}
