/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processes of a cgroup: list, signal, kill, freeze them, wait for their end, remove it. */
#include "cgroup_kernel.h"

#include <poll.h>

#include "base/fd.h"

/* ---- processes, signals, the end ---- */

static void wait_for_processes(int fd, size_t want)
{
    for (;;) { /* alarm() ends it */
        pid_t *pids;
        size_t count;

        ok(cgroup_processes(&arena, fd, &pids, &count, &error));
        if (count == want)
            return;
    }
}

static void test_processes_of_all_levels(void **data)
{
    pid_t pids[3], *found;
    size_t count;
    int fd, below;

    (void)data;
    need_root();
    fd = make("");
    pids[0] = spawn_into(fd, sleep_forever, NULL);
    below = make("/a/b/c");
    pids[1] = spawn_into(below, sleep_forever, NULL);
    close(below);
    below = make("/d");
    pids[2] = spawn_into(below, sleep_forever, NULL);
    close(below);
    ok(cgroup_processes(&arena, fd, &found, &count, &error));
    assert_int_equal(count, 3);
    for (size_t i = 0; i < 3; i++) {
        bool there = false;

        for (size_t k = 0; k < count; k++)
            there |= found[k] == pids[i];
        assert_true(there);
        assert_true(i == 0 || found[i - 1] < found[i]);
    }
    close(fd);
}

/* More than one read of cgroup.procs holds. */
static void test_many_processes(void **data)
{
    enum { MANY = 700 };
    pid_t *found;
    size_t count;
    int fd;

    (void)data;
    need_root();
    fd = make("");
    for (int i = 0; i < MANY; i++)
        spawn_into(fd, sleep_forever, NULL);
    ok(cgroup_processes(&arena, fd, &found, &count, &error));
    assert_int_equal(count, MANY);
    ok(cgroup_signal(fd, SIGTERM, &error));
    ok(cgroup_wait_empty(fd, 60000, &error));
    for (int i = 0; i < MANY; i++)
        assert_int_equal(wait_any(), 128 + SIGTERM);
    close(fd);
}

static void test_kill(void **data)
{
    int fd, below;

    (void)data;
    need_root();
    fd = make("");
    below = make("/a");
    spawn_into(fd, sleep_forever, NULL);
    spawn_into(below, sleep_forever, NULL);
    close(below);
    ok(cgroup_kill(fd, &error));
    ok(cgroup_wait_empty(fd, 60000, &error));
    assert_int_equal(wait_any(), 128 + SIGKILL);
    assert_int_equal(wait_any(), 128 + SIGKILL);
    ok(cgroup_remove(under(""), &error));
    ok(cgroup_kill(fd, &error)); /* gone */
    ok(cgroup_wait_empty(fd, 60000, &error));
    close(fd);
}

static int ready_fd;

/* Answers SIGTERM with a child that inherits the handler: whoever signals has to look again. */
static void on_term_fork(int signal)
{
    pid_t child;

    (void)signal;
    child = fork();
    if (child == 0) {
        struct sigaction plain = {.sa_handler = SIG_DFL};

        sigaction(SIGTERM, &plain, NULL);
        for (;;)
            pause();
    }
    if (write(ready_fd, "f", 1) != 1)
        _exit(1);
}

static int fork_on_term(void *data)
{
    struct sigaction action = {.sa_handler = on_term_fork, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER)};

    ready_fd = *(int *)data;
    sigaction(SIGTERM, &action, NULL);
    if (write(ready_fd, "r", 1) != 1)
        return 1;
    for (;;)
        pause();
}

static void test_signal_reaches_all(void **data)
{
    int fd, below, ready[2];
    char byte;

    (void)data;
    need_root();
    assert_int_equal(pipe(ready), 0);
    fd = make("");
    below = make("/a");
    spawn_into(fd, sleep_forever, NULL);
    spawn_into(below, sleep_forever, NULL);
    spawn_into(fd, fork_on_term, &ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    ok(cgroup_signal(fd, SIGTERM, &error));
    assert_int_equal(wait_any(), 128 + SIGTERM);
    assert_int_equal(wait_any(), 128 + SIGTERM);
    /* A second signal while the first is pending would be none. */
    assert_int_equal(read(ready[0], &byte, 1), 1);
    /* The third survived its first signal; a second round ends it and its child, if that missed the first round. */
    ok(cgroup_signal(fd, SIGTERM, &error));
    ok(cgroup_wait_empty(fd, 60000, &error));
    assert_int_equal(wait_any(), 128 + SIGTERM);
    close(below);
    close(fd);
    close(ready[0]);
    close(ready[1]);
}

static void test_wait_empty_names_who_is_left(void **data)
{
    pid_t pid;
    int fd;

    (void)data;
    need_root();
    fd = make("");
    pid = spawn_into(fd, sleep_forever, NULL);
    wait_for_processes(fd, 1);
    assert_int_equal(cgroup_wait_empty(fd, 0, &error), -1);
    assert_int_equal(error.code, CAISSON_ERROR_TIMEOUT);
    assert_contains(error.message, "1 process: ");
    assert_contains(error.message, arena_format(&arena, "%d (test_cgroup_end, ", (int)pid));
    close(fd);
}

/* A tree that was delegated, deeper than descriptors and paths reach. */
static void test_remove_a_deep_tree(void **data)
{
    enum { DEPTH = 1500 };
    int fd, at;
    pid_t *pids;
    size_t count;

    (void)data;
    need_root();
    fd = make("");
    at = dup(fd);
    for (int i = 0; i < DEPTH; i++) {
        int next;

        assert_int_equal(mkdirat(at, "deep", 0755), 0);
        next = openat(at, "deep", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_true(next >= 0);
        close(at);
        at = next;
    }
    spawn_into(at, sleep_forever, NULL);
    ok(cgroup_processes(&arena, fd, &pids, &count, &error));
    assert_int_equal(count, 1);
    close(at);
    ok(cgroup_kill(fd, &error));
    ok(cgroup_remove(under(""), &error)); /* waits for the process itself */
    assert_int_equal(access(under(""), F_OK), -1);
    close(fd);
}

static void test_remove_names_who_is_left(void **data)
{
    int fd;

    (void)data;
    need_root();
    fd = make("/a");
    spawn_into(fd, sleep_forever, NULL);
    assert_int_equal(cgroup_remove(under("/a"), &error), -1);
    assert_contains(error.message, "cannot remove the cgroup");
    assert_contains(error.message, "still holds 1 process");
    close(fd);
}

/* ---- freeze ---- */

static int echo(void *data)
{
    int *pipes = data;
    char byte;

    while (read(pipes[0], &byte, 1) == 1)
        if (write(pipes[3], &byte, 1) != 1)
            return 1;
    return 0;
}

static int frozen_by(const char *absolute, uint64_t number, struct cgroup_near *near)
{
    _cleanup_close_ int events = cgroup_open_events(absolute, number, near);

    return events < 0 ? -1 : cgroup_read_frozen(events);
}

static int frozen_near(const char *absolute, struct cgroup_near *near)
{
    return frozen_by(absolute, 0, near);
}

/* The directory that is kept leads to those beside the last cgroup, and to no other. */
static void test_frozen_of_many(void **data)
{
    struct cgroup_near near = {.fd = -1};
    struct cgroup_plan plan;
    char inner[PATH_MAX], gone[PATH_MAX];
    int fd, kept;

    (void)data;
    need_root();
    fd = make_with("", "", &plan);
    assert_int_equal(mkdirat(fd, "inner", 0755), 0);
    snprintf(inner, sizeof inner, "%s/inner", plan.absolute);
    snprintf(gone, sizeof gone, "%s-gone", plan.absolute);
    ok(cgroup_freeze(fd, true, &error));
    assert_int_equal(frozen_near(plan.absolute, &near), 1);
    kept = near.fd;
    assert_true(kept >= 0);
    assert_int_equal(frozen_near(gone, &near), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(near.fd, kept);
    ok(cgroup_freeze(fd, false, &error));
    assert_int_equal(frozen_near(plan.absolute, &near), 0);
    assert_int_equal(frozen_near(inner, &near), 0);
    assert_string_equal(near.path, plan.absolute);
    assert_int_equal(frozen_near("/sys", &near), -1); /* stands in no directory that could be kept */
    close(near.fd);
    assert_int_equal(unlinkat(fd, "inner", AT_REMOVEDIR), 0);
    close(fd);
}

/* The number leads to that file and no other; where it does not, or may not, the path does. */
static void test_frozen_by_number(void **data)
{
    struct cgroup_near near = {.fd = -1};
    struct cgroup_plan plan;
    char other[PATH_MAX];
    uint64_t number, gone;
    int fd;

    (void)data;
    need_root();
    fd = make_with("", "", &plan);
    snprintf(other, sizeof other, "%s-other", plan.absolute);
    assert_true(cgroup_events_number(other) == 0);
    assert_true(cgroup_events_number("/") == 0);
    assert_int_equal(mkdir(other, 0755), 0);
    gone = cgroup_events_number(other);
    assert_int_equal(rmdir(other), 0);
    number = cgroup_events_number(plan.absolute);
    assert_true(number != 0 && gone != 0 && number != gone);
    ok(cgroup_freeze(fd, true, &error));
    assert_int_equal(frozen_by(other, number, &near), 1); /* there is nothing at that path */
    assert_int_equal(frozen_by(plan.absolute, gone, &near), 1);
    assert_int_equal(frozen_by(other, gone, &near), -1);
    assert_int_equal(errno, ENOENT);
    assert_false(near.by_path);
    ok(cgroup_freeze(fd, false, &error));
    assert_int_equal(frozen_by(other, number, &near), 0);
    near.by_path = true; /* as it is for a user without privileges */
    assert_int_equal(frozen_by(other, number, &near), -1);
    assert_int_equal(frozen_by(plan.absolute, number, &near), 0);
    close(near.fd);
    close(fd);
}

static void test_freeze_and_thaw(void **data)
{
    struct cgroup_plan plan;
    struct pollfd answer;
    int fd, pipes[4];
    char byte;

    (void)data;
    need_root();
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(pipe(pipes + 2), 0);
    fd = make_with("", "", &plan);
    spawn_into(fd, echo, pipes);
    assert_int_equal(cgroup_frozen(plan.absolute, NULL, &error), 0);
    ok(cgroup_freeze(fd, true, &error));
    assert_int_equal(cgroup_frozen(plan.absolute, NULL, &error), 1);
    /* Frozen already when this is written: it cannot answer, now or later. */
    assert_int_equal(write(pipes[1], "x", 1), 1);
    answer = (struct pollfd){.fd = pipes[2], .events = POLLIN};
    assert_int_equal(poll(&answer, 1, 50), 0);
    ok(cgroup_freeze(fd, true, &error)); /* again is no error */
    ok(cgroup_freeze(fd, false, &error));
    assert_int_equal(cgroup_frozen(plan.absolute, NULL, &error), 0);
    assert_int_equal(read(pipes[2], &byte, 1), 1);
    for (int i = 0; i < 4; i++)
        close(pipes[i]);
    close(fd);
}

static void test_kill_frozen(void **data)
{
    int fd;

    (void)data;
    need_root();
    fd = make("");
    spawn_into(fd, sleep_forever, NULL);
    ok(cgroup_freeze(fd, true, &error));
    ok(cgroup_kill(fd, &error));
    ok(cgroup_wait_empty(fd, 60000, &error));
    close(fd);
}

static void test_thaw_below_a_frozen_one(void **data)
{
    int fd, below;

    (void)data;
    need_root();
    fd = make("");
    below = make("/a");
    ok(cgroup_freeze(fd, true, &error));
    assert_int_equal(cgroup_freeze(below, false, &error), -1);
    assert_contains(error.message, "a cgroup above it is");
    close(below);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_processes_of_all_levels),
        TEST(test_many_processes),
        TEST(test_kill),
        TEST(test_signal_reaches_all),
        TEST(test_wait_empty_names_who_is_left),
        TEST(test_remove_a_deep_tree),
        TEST(test_remove_names_who_is_left),
        TEST(test_freeze_and_thaw),
        TEST(test_frozen_of_many),
        TEST(test_frozen_by_number),
        TEST(test_kill_frozen),
        TEST(test_thaw_below_a_frozen_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
