/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The numbers of a cgroup that are shown to people and collected by monitors, by a table of files and keys. */
#include <stdlib.h>
#include <string.h>

#include "cgroup/internal.h"

enum { MICROSECOND = 1000, TEXT_SIZE = 16384 };

/* How a value stands in its file. */
enum form {
    FORM_NUMBER, /* alone, or "max" */
    FORM_KEY,    /* a line "KEY NUMBER" */
    FORM_IO,     /* words "KEY=NUMBER" of a line a device, to be added up */
    FORM_SOME,   /* "total=NUMBER" in the line "some" of a pressure file */
    FORM_FULL,   /* the same in the line "full" */
};

#define AT(member) offsetof(struct caisson_statistics, member)

/* Rows of one file stand together: it is read once. */
static const struct {
    const char *file;
    enum form form;
    const char *key;
    size_t offset;
    uint64_t unit;
} rows[] = {
    {"cpu.stat", FORM_KEY, "usage_usec", AT(cpu_usage_ns), MICROSECOND},
    {"cpu.stat", FORM_KEY, "user_usec", AT(cpu_user_ns), MICROSECOND},
    {"cpu.stat", FORM_KEY, "system_usec", AT(cpu_system_ns), MICROSECOND},
    {"cpu.stat", FORM_KEY, "throttled_usec", AT(cpu_throttled_ns), MICROSECOND},
    {"memory.current", FORM_NUMBER, NULL, AT(memory_usage), 1},
    {"memory.stat", FORM_KEY, "inactive_file", AT(memory_inactive_file), 1},
    {"memory.max", FORM_NUMBER, NULL, AT(memory_limit), 1},
    {"memory.peak", FORM_NUMBER, NULL, AT(memory_peak), 1},
    {"memory.swap.current", FORM_NUMBER, NULL, AT(swap_usage), 1},
    {"memory.swap.max", FORM_NUMBER, NULL, AT(swap_limit), 1},
    {"memory.events", FORM_KEY, "oom_kill", AT(oom_kills), 1},
    {"pids.current", FORM_NUMBER, NULL, AT(pids), 1},
    {"pids.max", FORM_NUMBER, NULL, AT(pids_limit), 1},
    {"io.stat", FORM_IO, "rbytes", AT(io_read_bytes), 1},
    {"io.stat", FORM_IO, "wbytes", AT(io_write_bytes), 1},
    {"io.stat", FORM_IO, "rios", AT(io_reads), 1},
    {"io.stat", FORM_IO, "wios", AT(io_writes), 1},
    {"cpu.pressure", FORM_SOME, "total", AT(cpu_waiting_ns), MICROSECOND},
    {"cpu.pressure", FORM_FULL, "total", AT(cpu_stalled_ns), MICROSECOND},
    {"memory.pressure", FORM_SOME, "total", AT(memory_waiting_ns), MICROSECOND},
    {"memory.pressure", FORM_FULL, "total", AT(memory_stalled_ns), MICROSECOND},
    {"io.pressure", FORM_SOME, "total", AT(io_waiting_ns), MICROSECOND},
    {"io.pressure", FORM_FULL, "total", AT(io_stalled_ns), MICROSECOND},
};

static uint64_t number(const char *text)
{
    return strncmp(text, "max", 3) == 0 ? CAISSON_UNLIMITED : strtoull(text, NULL, 10);
}

/* Adds up what stands behind "KEY=" in the text up to `end`. @return CAISSON_UNKNOWN when it stands nowhere. */
static uint64_t add_up(const char *text, const char *end, const char *key)
{
    size_t length = strlen(key);
    uint64_t sum = 0;
    bool found = false;

    for (const char *at = text; (at = strstr(at, key)) && at < end; at += length) {
        if ((at != text && at[-1] != ' ' && at[-1] != '\n') || at[length] != '=')
            continue;
        sum += strtoull(at + length + 1, NULL, 10);
        found = true;
    }
    return found ? sum : CAISSON_UNKNOWN;
}

static uint64_t pressure(const char *text, const char *line_name, const char *key)
{
    const char *line = strstr(text, line_name);

    return line ? add_up(line, line + strcspn(line, "\n"), key) : CAISSON_UNKNOWN;
}

static uint64_t find(const char *text, enum form form, const char *key)
{
    int64_t value;

    switch (form) {
    case FORM_NUMBER:
        return number(text);
    case FORM_KEY:
        value = flat_value(text, key);
        return value < 0 ? CAISSON_UNKNOWN : (uint64_t)value;
    case FORM_IO:
        /* No line: nothing was read or written yet. */
        return *text ? add_up(text, text + strlen(text), key) : 0;
    case FORM_SOME:
        return pressure(text, "some ", key);
    case FORM_FULL:
        break;
    }
    return pressure(text, "full ", key);
}

int cgroup_sample(int fd, struct caisson_statistics *statistics, struct caisson_error *err)
{
    const char *file = "cgroup.events";
    char text[TEXT_SIZE];
    ssize_t length = cgroup_read(fd, file, text, sizeof text);

    /* A cgroup that is gone would look like one without controllers. */
    if (length < 0)
        return error_set(err, CAISSON_ERROR_NOT_RUNNING, "cannot read the statistics: the cgroup is gone");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t *member = (uint64_t *)(void *)((char *)statistics + rows[i].offset);

        if (strcmp(file, rows[i].file) != 0) {
            file = rows[i].file;
            length = cgroup_read(fd, file, text, sizeof text);
        }
        *member = length < 0 ? CAISSON_UNKNOWN : find(text, rows[i].form, rows[i].key);
        if (*member < CAISSON_UNLIMITED)
            *member *= rows[i].unit;
    }
    return 0;
}
