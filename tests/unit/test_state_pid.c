/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The record of a container's first process. */
#include "scratch.h"

#include <limits.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include "base/fd.h"
#include "container/state.h"
#include "sys/pidfd.h"

static struct caisson_error err;
static int root = -1, dir = -1;

static int setup(void **data)
{
    if (scratch_setup(data) < 0)
        return -1;
    root = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0 || mkdirat(root, "one", 0700) < 0)
        return -1;
    dir = openat(root, "one", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return dir < 0 ? -1 : 0;
}

static int teardown(void **data)
{
    dir = fd_close(dir);
    root = fd_close(root);
    return scratch_teardown(data);
}

static uint64_t start_time(pid_t pid)
{
    uint64_t time;

    assert_int_equal(state_process_start_time(pid, &time, NULL), 0);
    return time;
}

static int read_pid(void)
{
    struct state state = {.pid = 7};

    assert_int_equal(state_read_pid(dir, &state, &err), 0);
    return state.pid;
}

static void test_torn_pid(void **data)
{
    static const char *const torn[] = {"",
                                       "1",
                                       "12 ",
                                       "12 34",
                                       "12\n",
                                       "-1 5\n",
                                       "0 5\n",
                                       "x 5\n",
                                       "99999999999 5\n",
                                       "12 5x\n",
                                       "12 99999999999999999999999\n"};
    static const char *const torn_links[] = {"12",       "12 34",     "12 34 ",     "12 34 5",
                                             "12 34 5 ", "12 34 5 x", "12 34 5 1x", "/somewhere"};

    (void)data;
    assert_int_equal(read_pid(), 0);
    for (size_t i = 0; i < sizeof torn / sizeof *torn; i++) {
        scratch_write("one/pid", torn[i]);
        assert_int_equal(read_pid(), 0);
    }
    scratch_write("one/pid", "12 34\n"); /* as version 0.1 wrote it */
    assert_int_equal(read_pid(), 12);
    for (size_t i = 0; i < sizeof torn_links / sizeof *torn_links; i++) {
        unlinkat(dir, "pid", 0);
        assert_int_equal(symlinkat(torn_links[i], dir, "pid"), 0);
        assert_int_equal(read_pid(), 0);
    }
}

/* In memory, where a kernel since Linux 6.9 has numbers for pidfds: the start time is not looked at. */
static void test_number_of_a_pidfd(void **data)
{
    char path[] = "/dev/shm/caisson-test-XXXXXX";
    pid_t pid = scratch_sleeper();
    struct state state = {.pid = pid, .start_time = start_time(pid) + 1}, got = {0};
    int memory, pidfd = sys_pidfd_open(pid), found;

    (void)data;
    assert_non_null(mkdtemp(path));
    memory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(state_write_pid(memory, &state, pidfd, &err), 0);
    assert_int_equal(state_read_pid(memory, &got, &err), 0);
    assert_true(got.pidfd_inode == state.pidfd_inode);
    unlinkat(memory, "pid", 0);
    rmdir(path);
    close(memory);
    close(pidfd);
    if (got.pidfd_inode == 0) {
        scratch_kill(pid);
        print_message("skipped: this kernel has no numbers for pidfds, or /dev/shm is no tmpfs\n");
        skip();
    }
    assert_int_equal(state_process(&got, &found, &err), 0);
    assert_true(found >= 0);
    close(found);
    got.pidfd_inode++; /* another process that has got the same number, at the same time */
    got.start_time = start_time(pid);
    assert_int_equal(state_process(&got, &found, &err), 0);
    assert_int_equal(found, -1);
    got.pidfd_inode--;
    scratch_kill(pid);
    assert_int_equal(state_process(&got, &found, &err), 0);
    assert_int_equal(found, -1);
}

/* On a disk a record may be of another boot, in which the same number was another's. */
static void test_no_number_on_a_disk(void **data)
{
    struct state state = {.pid = getpid(), .start_time = 1, .pidfd_inode = 1};
    int pidfd = sys_pidfd_open(getpid());
    struct statfs fs;

    (void)data;
    assert_int_equal(fstatfs(dir, &fs), 0);
    assert_int_equal(state_write_pid(dir, &state, pidfd, &err), 0);
    if (fs.f_type != TMPFS_MAGIC)
        assert_true(state.pidfd_inode == 0);
    close(pidfd);
}

static void test_record(void **data)
{
    struct state state = {.pid = 42,
                          .start_time = 7,
                          .created = "2026-01-02T03:04:05.000000006Z",
                          .owner = "root",
                          .cgroup = "/sys/fs/cgroup/one",
                          .bundle = "/b"};
    struct state got;
    char room[PATH_MAX];

    (void)data;
    assert_false(state_read_record(root, "one", room, &got));
    assert_int_equal(state_write_pid(dir, &state, -1, &err), 0);
    assert_true(state_read_record(root, "one", room, &got));
    assert_int_equal(got.pid, 42);
    assert_true(got.start_time == 7 && got.pidfd_inode == 0 && !got.executed);
    assert_string_equal(got.created, state.created);
    assert_string_equal(got.owner, "root");
    assert_string_equal(got.cgroup, state.cgroup);
    assert_string_equal(got.bundle, "/b");
    state.cgroup = NULL;
    state_write_executed(dir, &state);
    assert_true(state_read_record(root, "one", room, &got));
    assert_true(got.executed);
    assert_null(got.cgroup);
    assert_true(got.events_number == 0);
    /* as state_write_executed() adds it where the state root is in memory */
    state.events_number = 1234567890123;
    assert_int_equal(state_write_pid(dir, &state, -1, &err), 0);
    assert_true(state_read_record(root, "one", room, &got));
    assert_true(got.events_number == state.events_number);
    assert_string_equal(got.bundle, "/b");
    /* what cannot be told apart again, and what is too long, is left to state.json */
    state.bundle = "/with\ta tab";
    assert_int_equal(state_write_pid(dir, &state, -1, &err), 0);
    assert_false(state_read_record(root, "one", room, &got));
    assert_int_equal(read_pid(), 42);
    memset(room, 'x', sizeof room);
    room[0] = '/';
    room[PATH_MAX - 40] = '\0';
    state.bundle = room;
    assert_int_equal(state_write_pid(dir, &state, -1, &err), 0);
    assert_int_equal(read_pid(), 42);
}

/* What awk says of a process with an ordinary name. */
static void test_start_time(void **data)
{
    char command[96], text[64] = "";
    uint64_t before;
    FILE *awk;

    (void)data;
    prctl(PR_SET_NAME, "plain");
    snprintf(command, sizeof command, "awk '{print $22}' /proc/%d/stat", (int)getpid());
    awk = popen(command, "re");
    assert_non_null(awk);
    assert_non_null(fgets(text, sizeof text, awk));
    pclose(awk);
    before = start_time(getpid());
    assert_true(before == strtoull(text, NULL, 10));
    prctl(PR_SET_NAME, "a) R 1 (b c)");
    assert_true(start_time(getpid()) == before);
    assert_int_equal(start_time(0), 0);
    assert_int_equal(start_time(-1), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_torn_pid), TEST(test_number_of_a_pidfd), TEST(test_no_number_on_a_disk),
        TEST(test_record),   TEST(test_start_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
