/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The helper program that speaks D-Bus (caisson-systemd), so that no other command pays for libsystemd.
 *
 * A scope exists while a process is in it. So that the container's process can be born in it, like in any other cgroup,
 * the helper itself is its first one: it has the scope made around itself, says so on its standard output, and stays
 * until its standard input is closed. Its words are lines: "ok PATH" or "error TEXT". A byte on its standard input has
 * it set the limits, and answer again.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/strbuf.h"
#include "cgroup/unit.h"

#ifndef CAISSON_LIBEXECDIR
#define CAISSON_LIBEXECDIR "/usr/libexec/caisson"
#endif

enum { ANSWER_SIZE = 4352 };

static const char helper_name[] = "caisson-systemd";

/* Beside the program itself, as in a build directory, or where it was installed to. */
static const char *find_helper(struct arena *arena)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash;

    if (n > 0) {
        self[n] = '\0';
        slash = strrchr(self, '/');
        if (slash) {
            const char *path = arena_format(arena, "%.*s/%s", (int)(slash - self), self, helper_name);

            if (access(path, X_OK) == 0)
                return path;
        }
    }
    return arena_format(arena, "%s/%s", CAISSON_LIBEXECDIR, helper_name);
}

static size_t add_arguments(struct arena *arena, const struct cgroup_properties *properties, char **args,
                            size_t n)
{
    for (size_t i = 0; i < properties->count; i++) {
        const struct cgroup_property *property = &properties->items[i];

        args[n++] = arena_string(arena, property->name);
        args[n++] = arena_string(arena, property->signature);
        args[n++] = arena_format(arena, "%zu", property->count);
        for (size_t k = 0; k < property->count; k++)
            args[n++] = arena_string(arena, property->values[k]);
    }
    return n;
}

static size_t count_arguments(const struct cgroup_properties *properties)
{
    size_t count = 0;

    for (size_t i = 0; i < properties->count; i++)
        count += 3 + properties->items[i].count;
    return count;
}

/*
 * COMMAND --user|--system UNIT PROPERTY... -- PROPERTY..., those of the start and the limits. A PROPERTY is its name,
 * its type, the number of its values, and these.
 */
static char **arguments(struct arena *arena, const char *path, const char *command,
                        const struct cgroup_unit *unit)
{
    size_t n = 0;
    char **args = arena_array(arena, 6 + count_arguments(&unit->properties) + count_arguments(&unit->limits),
                              sizeof *args);

    args[n++] = arena_string(arena, path);
    args[n++] = arena_string(arena, command);
    args[n++] = arena_string(arena, unit->user ? "--user" : "--system");
    args[n++] = arena_string(arena, unit->name);
    n = add_arguments(arena, &unit->properties, args, n);
    args[n++] = arena_string(arena, "--");
    add_arguments(arena, &unit->limits, args, n);
    return args;
}

struct helper_process {
    pid_t pid;
    int input; /* closing it ends the helper */
    int output;
};

static int spawn(const char *path, char **args, int in, int out, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none;
    int result;

    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, 0);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
    result = posix_spawn(pid, path, &actions, &attr, args, environ);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&actions);
    return result;
}

static int start_helper(const char *command, const struct cgroup_unit *unit, struct helper_process *helper,
                        struct caisson_error *err)
{
    _cleanup_arena_ struct arena arena = {0};
    _cleanup_close_ int in = -1, out = -1, keep = -1, answer = -1;
    const char *path = find_helper(&arena);
    int pipes[2], result;

    if (pipe2(pipes, O_CLOEXEC) < 0)
        return error_system(err, errno, "cannot make a pipe");
    in = pipes[0];
    keep = pipes[1];
    if (pipe2(pipes, O_CLOEXEC) < 0)
        return error_system(err, errno, "cannot make a pipe");
    answer = pipes[0];
    out = pipes[1];
    result = spawn(path, arguments(&arena, path, command, unit), in, out, &helper->pid);
    if (result != 0) {
        error_system(err, result, "cannot execute '%s'", path);
        if (err && result == ENOENT)
            err->code = CAISSON_ERROR_UNSUPPORTED;
        return error_hint(err,
                          "the systemd cgroup driver needs this program, which is built where libsystemd is; "
                          "or use --cgroup-manager=cgroupfs");
    }
    helper->input = TAKE_FD(keep);
    helper->output = TAKE_FD(answer);
    return 0;
}

static void end_helper(struct helper_process *helper)
{
    helper->input = fd_close(helper->input);
    helper->output = fd_close(helper->output);
    while (waitpid(helper->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

/* One line, without its newline. */
static void read_answer(int fd, char *answer, size_t size)
{
    size_t length = 0;

    while (length < size - 1) {
        ssize_t n = read(fd, answer + length, size - 1 - length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || memchr(answer + length, '\n', (size_t)n)) {
            length += n > 0 ? (size_t)n : 0;
            break;
        }
        length += (size_t)n;
    }
    answer[length] = '\0';
    answer[strcspn(answer, "\n")] = '\0';
}

/* @param answer receives what stands behind "ok " */
static int take_answer(int fd, char *answer, size_t size, struct caisson_error *err)
{
    read_answer(fd, answer, size);
    if (strncmp(answer, "ok ", 3) == 0) {
        memmove(answer, answer + 3, strlen(answer + 3) + 1);
        return 0;
    }
    if (strncmp(answer, "error ", 6) == 0)
        return error_set(err, CAISSON_ERROR_SYSTEM, "%s", answer + 6);
    return error_set(err, CAISSON_ERROR_SYSTEM, "%s ended without a word", helper_name);
}

int unit_start(struct cgroup_unit *unit, const char *absolute, const char *mount, struct caisson_error *err)
{
    struct helper_process helper = {0};
    char answer[ANSWER_SIZE], place[ANSWER_SIZE * 2];

    if (start_helper("start", unit, &helper, err) < 0)
        return -1;
    if (take_answer(helper.output, answer, sizeof answer, err) < 0) {
        end_helper(&helper);
        return error_prefix(err, "cannot make the scope '%s'", unit->name);
    }
    snprintf(place, sizeof place, "%s%s", mount, answer);
    if (strcmp(place, absolute) != 0) {
        end_helper(&helper);
        return error_set(err, CAISSON_ERROR_SYSTEM,
                         "systemd put the scope '%s' at '%s', where '%s' was expected", unit->name, place,
                         absolute);
    }
    unit->helper = helper.pid;
    unit->helper_input = helper.input;
    unit->helper_output = helper.output;
    return 0;
}

int unit_set_limits(const struct cgroup_unit *unit, struct caisson_error *err)
{
    char answer[ANSWER_SIZE];

    if (unit->limits.count == 0 || unit->helper_input < 0)
        return 0;
    if (fd_write_all(unit->helper_input, "s", 1) < 0)
        return error_system(err, errno, "cannot limit the scope '%s'", unit->name);
    if (take_answer(unit->helper_output, answer, sizeof answer, err) < 0)
        return error_prefix(err, "cannot limit the scope '%s'", unit->name);
    return 0;
}

void unit_release(struct cgroup_unit *unit)
{
    struct helper_process helper = {unit->helper, unit->helper_input, unit->helper_output};

    if (unit->helper_input < 0)
        return;
    end_helper(&helper);
    unit->helper_input = unit->helper_output = -1;
}

static int run_helper(const char *command, const struct cgroup_unit *unit, struct caisson_error *err)
{
    struct helper_process helper = {0};
    char answer[ANSWER_SIZE];
    int result;

    if (start_helper(command, unit, &helper, err) < 0)
        return -1;
    result = take_answer(helper.output, answer, sizeof answer, err);
    end_helper(&helper);
    return result;
}

int unit_update(const struct cgroup_unit *unit, struct caisson_error *err)
{
    if (unit->limits.count == 0 || run_helper("set", unit, err) == 0)
        return 0;
    return error_prefix(err, "cannot change the scope '%s'", unit->name);
}

int unit_stop(const struct cgroup_unit *unit, struct caisson_error *err)
{
    if (run_helper("stop", unit, err) == 0)
        return 0;
    return error_prefix(err, "cannot stop the scope '%s'", unit->name);
}
