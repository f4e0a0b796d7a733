/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What criu's log says of a failure. Lines: "(00.331576)     15: Error (criu/cr-dump.c:2111): Dumping FAILED." */
#include "container/criu_options.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

/* The end of the log, where the errors are; and how much of them a message takes. */
enum { TAIL_SIZE = 256 * 1024, QUOTE_SIZE = 640 };

/* Errors that say nothing of why: that it failed, and what criu does without. */
static bool tells_nothing(const char *text)
{
    static const char *const known[] = {
        "rlimit: Can't setup RLIMIT_NOFILE", "Dumping FAILED", "Pre-dumping FAILED", "Restoring FAILED",
        "cg: cgroupd: recv req error",       "Dump files (pid"};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strncmp(text, known[i], strlen(known[i])) == 0)
            return true;
    return false;
}

/* @return what stands behind "Error (FILE:LINE): " in a line, or NULL. */
static char *error_in(char *line)
{
    char *text = strstr(line, "Error (");

    text = text ? strstr(text, "): ") : NULL;
    return text ? text + strlen("): ") : NULL;
}

static void quote(struct strbuf *quoted, char *text)
{
    for (char *c = text; *c; c++) /* not trusted with a terminal */
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = ' ';
    if (quoted->length + strlen(text) < QUOTE_SIZE)
        strbuf_format(quoted, "%s%s", quoted->length ? "; " : "", text);
}

static void find_errors(char *log, struct strbuf *quoted)
{
    char *line;

    while ((line = strsep(&log, "\n"))) {
        char *text = error_in(line);

        if (text && *text && !tells_nothing(text))
            quote(quoted, text);
    }
}

static char *read_tail(struct arena *arena, int directory, const char *name)
{
    _cleanup_close_ int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    char *bytes = arena_alloc(arena, TAIL_SIZE + 1);
    struct stat st;
    ssize_t n;

    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return NULL;
    if (st.st_size > TAIL_SIZE)
        lseek(fd, -TAIL_SIZE, SEEK_END);
    n = fd_read_all(fd, bytes, TAIL_SIZE);
    if (n < 0)
        return NULL;
    bytes[n] = '\0';
    return bytes;
}

int criu_explain(const struct criu *criu, const struct criu_directories *directories, const char *log,
                 struct caisson_error *err)
{
    struct strbuf quoted = STRBUF(criu->arena);
    int directory = directories->work >= 0 ? directories->work : directories->images;
    char *text = err && !criu->refused ? read_tail(criu->arena, directory, log) : NULL;

    if (!text)
        return -1;
    find_errors(text, &quoted);
    if (quoted.length > 0)
        error_set(err, CAISSON_ERROR_SYSTEM, "criu failed: %s", strbuf_string(&quoted));
    return error_hint(err, "see '%s/%s'", directories->work_path, log);
}
