/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/ps_table.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "cli/options.h"

enum { LARGEST_OUTPUT = 64 << 20 };

static int compare_pids(const void *a, const void *b)
{
    pid_t left = *(const pid_t *)a, right = *(const pid_t *)b;

    return (left > right) - (left < right);
}

/** @return the field of this number, from 0, and its length; NULL when the line has fewer. */
static const char *field(const char *line, unsigned number, size_t *length)
{
    for (;; number--) {
        line += strspn(line, " \t");
        *length = strcspn(line, " \t");
        if (*length == 0)
            return NULL;
        if (number == 0)
            return line;
        line += *length;
    }
}

/** @return the number of the header's field PID, or -1. */
static int pid_field(const char *header)
{
    const char *title;
    size_t length;

    for (int i = 0; (title = field(header, (unsigned)i, &length)); i++)
        if (length == 3 && memcmp(title, "PID", 3) == 0)
            return i;
    return -1;
}

static bool is_kept(const char *line, unsigned column, const pid_t *pids, size_t count)
{
    char digits[16];
    size_t length;
    const char *text = field(line, column, &length);
    unsigned number;
    pid_t pid;

    if (!text || length >= sizeof digits)
        return false;
    memcpy(digits, text, length);
    digits[length] = '\0';
    if (!options_number(digits, &number))
        return false;
    pid = (pid_t)number;
    return bsearch(&pid, pids, count, sizeof pid, compare_pids) != NULL;
}

int ps_filter(char *text, const pid_t *pids, size_t count, struct strbuf *out, struct caisson_error *err)
{
    char *line = strsep(&text, "\n");
    int column = pid_field(line);

    if (column < 0) {
        error_set(err, CAISSON_ERROR_USAGE, "the output of ps has no column PID: '%s'", line);
        return error_hint(err, "give ps options that print it, such as '-o pid,args'");
    }
    strbuf_format(out, "%s\n", line);
    while ((line = strsep(&text, "\n")))
        if (is_kept(line, (unsigned)column, pids, count))
            strbuf_format(out, "%s\n", line);
    return 0;
}

static int spawn_ps(char **options, int output, pid_t *child, struct caisson_error *err)
{
    static char name[] = "ps", all[] = "-ef", path[] = "/usr/bin/ps";
    size_t count = 0;
    posix_spawn_file_actions_t actions;
    _cleanup_arena_ struct arena arena = {0};
    const char *search = getenv("PATH");
    char **argv;
    int result;

    while (options[count])
        count++;
    argv = arena_array(&arena, count + 3, sizeof *argv);
    argv[0] = name;
    if (count)
        memcpy(argv + 1, options, count * sizeof *argv);
    else
        argv[1] = all;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    /* Callers run us with no PATH, or with an empty one, which would mean the working directory. */
    if (search && *search)
        result = posix_spawnp(child, name, &actions, NULL, argv, environ);
    else
        result = posix_spawn(child, path, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (result == 0)
        return 0;
    error_system(err, result, "cannot run ps");
    return error_hint(err, "install procps, or use --format=json");
}

int ps_table(char **options, const pid_t *pids, size_t count, struct strbuf *out, struct caisson_error *err)
{
    int ends[2], result, status = 0;
    char *text;
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_system(err, errno, "cannot make a pipe");
    result = spawn_ps(options, ends[1], &child, err);
    fd_close(ends[1]);
    if (result < 0)
        return fd_close(ends[0]);
    text = file_read_fd(out->arena, ends[0], "the output of ps", LARGEST_OUTPUT, NULL, err);
    fd_close(ends[0]); /* a ps that still writes must not wait for us */
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (!text)
        return -1;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return error_set(err, CAISSON_ERROR_SYSTEM, "ps failed: it printed why to standard error");
    return ps_filter(text, pids, count, out, err);
}
