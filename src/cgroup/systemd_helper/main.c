/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * caisson-systemd: what caisson has to say to systemd, said by a program of its own, so that no other command starts
 * with libsystemd in it. src/cgroup/unit_start.c starts it and says what goes over its standard input and output.
 *
 *   caisson-systemd start --system|--user UNIT PROPERTY... -- LIMIT...
 *       Makes a transient scope around this process and answers "ok CGROUP". Then each byte on standard input has it
 *       set the limits and answer again; it ends with its standard input.
 *   caisson-systemd stop --system|--user UNIT --
 *   caisson-systemd set --system|--user UNIT -- LIMIT...
 *       Sets the limits of a scope that was made before. One that systemd does not know is left alone.
 *
 * A PROPERTY is its name, its D-Bus type, the number of its values, and these.
 */
#include <errno.h>
#include <linux/close_range.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup/systemd_helper/scope.h"

static int answer(const char *kind, const char *text)
{
    printf("%s %s\n", kind, text);
    return fflush(stdout) == 0 ? 0 : 1;
}

static int fail(const struct scope *scope)
{
    answer("error", scope->error);
    return 1;
}

/* The cgroup that this process is in now, below the mount of cgroup version 2. */
static const char *own_cgroup(char *line, size_t size)
{
    FILE *file = fopen("/proc/self/cgroup", "re");
    const char *found = NULL;

    while (file && !found && fgets(line, (int)size, file))
        if (strncmp(line, "0::/", 4) == 0)
            found = line + 3;
    if (file)
        fclose(file);
    line[strcspn(line, "\n")] = '\0';
    return found ? found : "";
}

static int hold(struct scope *scope, char **limits)
{
    char byte;

    for (;;) {
        ssize_t n = read(STDIN_FILENO, &byte, 1);

        if (n < 0 && errno == EINTR)
            continue;
        if (n != 1)
            return 0;
        if (scope_set(scope, limits) < 0)
            answer("error", scope->error);
        else
            answer("ok", "");
    }
}

static int start(struct scope *scope, char **properties, char **limits)
{
    char line[4200];

    if (scope_start(scope, properties) < 0)
        return fail(scope);
    if (answer("ok", own_cgroup(line, sizeof line)) != 0)
        return 1;
    return hold(scope, limits);
}

static int set(struct scope *scope, char **limits)
{
    return scope_set(scope, limits) < 0 && !scope->unknown ? fail(scope) : answer("ok", "");
}

static int stop(struct scope *scope)
{
    return scope_stop(scope) < 0 ? fail(scope) : answer("ok", "");
}

static int usage(void)
{
    fprintf(stderr,
            "usage: caisson-systemd start|set|stop --system|--user UNIT [PROPERTY...] -- [LIMIT...]\n");
    return 2;
}

int main(int argc, char **argv)
{
    struct scope scope = {.unit = argc > 3 ? argv[3] : NULL};
    char **limits;
    int status;

    /* What the caller preserves for the container is not for us to hold open. */
    syscall(SYS_close_range, 3, ~0U, 0);
    if (argc < 5)
        return usage();
    for (limits = argv + 4; *limits && strcmp(*limits, "--") != 0; limits++)
        ;
    if (*limits)
        *limits++ = NULL;
    if (scope_connect(&scope, strcmp(argv[2], "--user") == 0) < 0 || scope_listen(&scope) < 0)
        status = fail(&scope);
    else if (strcmp(argv[1], "start") == 0)
        status = start(&scope, argv + 4, limits);
    else if (strcmp(argv[1], "set") == 0)
        status = set(&scope, limits);
    else if (strcmp(argv[1], "stop") == 0)
        status = stop(&scope);
    else
        status = usage();
    scope_close(&scope);
    return status;
}
