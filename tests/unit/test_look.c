/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Some containers at a time, by their records: what is answered, and what is left to be asked in full. */
#include "scratch.h"

#include <limits.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "container/look.h"
#include "container/state.h"

static struct arena arena;
static struct caisson_error err;
static int root = -1;

static int setup(void **data)
{
    return scratch_setup_open(data, &root);
}

static int teardown(void **data)
{
    arena_free(&arena);
    root = fd_close(root);
    return scratch_teardown(data);
}

static void record(const char *id, pid_t pid, uint64_t later, bool executed)
{
    struct state state = {.pid = pid, .created = "now", .owner = "me", .bundle = "/b"};
    _cleanup_close_ int dir = -1;

    assert_int_equal(mkdirat(root, id, 0700), 0);
    dir = openat(root, id, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(state_process_start_time(pid, &state.start_time, &err), 0);
    state.start_time += later;
    assert_int_equal(state_write_pid(dir, &state, -1, &err), 0);
    if (executed)
        state_write_executed(dir, &state);
}

/* Killed, but nobody has waited for it. */
static pid_t unreaped(void)
{
    pid_t pid = scratch_sleeper();
    siginfo_t info;

    kill(pid, SIGKILL);
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    return pid;
}

static void test_answers(void **data)
{
    enum { COUNT = 5 };
    char *ids[COUNT] = {"dead", "lives", "new", "nothing", "other"};
    struct caisson_container found[COUNT] = {0}, ids_alone[COUNT] = {0};
    pid_t pid = scratch_sleeper(), dead = unreaped();

    (void)data;
    record("dead", dead, 0, true);
    record("lives", pid, 0, true);
    record("new", pid, 0, false);
    record("other", pid, 1, true); /* another process has that number by now */
    look_at(&arena, root, ids, COUNT, true, NULL, found);
    assert_string_equal(found[0].id, "dead");
    assert_int_equal(found[0].status, CAISSON_STOPPED);
    assert_int_equal(found[0].pid, 0);
    assert_int_equal(found[1].status, CAISSON_RUNNING);
    assert_int_equal(found[1].pid, pid);
    assert_string_equal(found[1].bundle, "/b");
    assert_string_equal(found[1].created, "now");
    assert_string_equal(found[1].owner, "me");
    assert_null(found[2].id);
    assert_null(found[3].id);
    assert_string_equal(found[4].id, "other");
    assert_int_equal(found[4].status, CAISSON_STOPPED);
    assert_int_equal(found[4].pid, 0);
    look_at(&arena, root, ids, COUNT, false, NULL, ids_alone);
    for (size_t i = 0; i < COUNT; i++)
        assert_ptr_equal(ids_alone[i].id, found[i].id);
    scratch_kill(pid);
    waitpid(dead, NULL, 0);
}

/* Without descriptors nothing is known of those that live; no descriptor is left open. */
static void test_no_descriptors(void **data)
{
    struct rlimit before, none = {0};
    char names[LOOK_BLOCK][16], *ids[LOOK_BLOCK];
    struct caisson_container found[LOOK_BLOCK] = {0};
    pid_t pid = scratch_sleeper();
    int first, next;

    (void)data;
    for (size_t i = 0; i < LOOK_BLOCK; i++) {
        snprintf(names[i], sizeof names[i], "c%zu", i);
        ids[i] = names[i];
        record(names[i], pid, 0, true);
    }
    first = dup(root);
    close(first);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){.rlim_cur = (rlim_t)first + 3, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    look_at(&arena, root, ids, LOOK_BLOCK, true, NULL, found);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    for (size_t i = 0; i < LOOK_BLOCK; i++)
        assert_null(found[i].id);
    look_at(&arena, root, ids, LOOK_BLOCK, true, NULL, found);
    for (size_t i = 0; i < LOOK_BLOCK; i++)
        assert_int_equal(found[i].status, CAISSON_RUNNING);
    next = dup(root);
    assert_int_equal(next, first);
    close(next);
    scratch_kill(pid);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_answers), TEST(test_no_descriptors)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
