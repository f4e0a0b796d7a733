/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cgroups of this machine, for the tests: made below the root of its hierarchy, named after this process, and removed
 * again. What needs a controller that the hierarchy lacks is skipped, with the reason.
 */
#ifndef TESTS_CGROUP_KERNEL_H
#define TESTS_CGROUP_KERNEL_H

#include "cgroup_decide.h"

#include "base/file.h"
#include "cgroup/internal.h"
#include "sys/clone.h"

static struct cgroup_host host;
static char top[128]; /* below the mount: "/caisson-test-PID-N", for one test */

static inline const char *under(const char *path)
{
    return arena_format(&arena, "%s%s%s", host.mount, top, path);
}

static inline int setup(void **data)
{
    static unsigned number;

    (void)data;
    if (geteuid() != 0)
        return 0;
    alarm(SCRATCH_LIMIT_S);
    snprintf(top, sizeof top, "/caisson-test-%d-%u", (int)getpid(), number++);
    return cgroup_host_probe(&arena, &host, &error);
}

static inline int teardown(void **data)
{
    int result = 0, fd;

    alarm(0);
    if (geteuid() == 0) {
        fd = cgroup_open(under(""), NULL);
        if (fd >= 0) {
            cgroup_freeze(fd, false, NULL);
            cgroup_kill(fd, NULL);
            close(fd);
        }
        result = cgroup_remove(under(""), &error);
        while (waitpid(-1, NULL, 0) > 0)
            ;
        if (result < 0)
            print_error("left behind: %s\n", error.message);
    }
    arena_teardown(data);
    return result;
}

static inline void need_root(void)
{
    if (geteuid() != 0) {
        print_message("skipped: only root can make cgroups here\n");
        skip();
    }
}

static inline void need_controller(const char *name)
{
    const char *controllers;

    need_root();
    controllers = cgroup_host_controllers(&arena, &host);
    if (!controllers_have(controllers, name)) {
        print_message("skipped: %s has no controller '%s', only '%s'\n", host.mount, name, controllers);
        skip();
    }
}

static inline void ok(int result)
{
    if (result < 0)
        fail_msg("%s (%s)", error.message, error.hint);
}

/* Decides and makes a cgroup below the test's own. @param resources the members of the resources object */
static inline int make_with(const char *path, const char *resources, struct cgroup_plan *plan)
{
    const char *linux_ =
        arena_format(&arena, "\"cgroupsPath\":\"%s%s\",\"resources\":{%s}", top, path, resources);
    int fd;

    ok(decide(&host, linux_, "", false, plan));
    ok(cgroup_make(plan, &fd, &error));
    return fd;
}

static inline int make(const char *path)
{
    struct cgroup_plan plan;

    return make_with(path, "", &plan);
}

static inline const char *value_of(int fd, const char *file)
{
    char *text = file_read(&arena, fd, file, 65536, NULL, &error);

    if (!text)
        fail_msg("%s", error.message);
    return text;
}

/* A child that is born in the cgroup and runs `body`; at once when it returns, it ends with its result. */
static inline pid_t spawn_into(int cgroup, int (*body)(void *data), void *data)
{
    struct clone_args args = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (unsigned)cgroup};
    pid_t pid = sys_clone3(&args);

    assert_true(pid >= 0);
    if (pid == 0) {
        alarm(0);
        _exit(body(data));
    }
    return pid;
}

static inline int sleep_forever(void *data)
{
    (void)data;
    while (pause() < 0)
        ;
    return 0;
}

/* Waits for some child. @return its exit status, or 128 + n for signal n. */
static inline int wait_any(void)
{
    int status;

    assert_true(waitpid(-1, &status, 0) > 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
