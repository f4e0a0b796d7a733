/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* State directories, their locks, and a status that real processes make true. */
#include "scratch.h"

#include "base/fd.h"
#include "base/json.h"
#include "container/lock.h"
#include "container/state.h"
#include "sys/clone.h"
#include "sys/pidfd.h"

static struct caisson_error err;
static int root = -1;

static uint64_t start_time(pid_t pid)
{
    uint64_t time;

    assert_int_equal(state_process_start_time(pid, &time, NULL), 0);
    return time;
}

/* The record of a process, without what newer kernels know of it. */
static void write_pid(int dir, pid_t pid, uint64_t started)
{
    struct state state = {.pid = pid, .start_time = started};

    assert_int_equal(state_write_pid(dir, &state, -1, &err), 0);
}

static int setup(void **data)
{
    return scratch_setup_open(data, &root);
}

static int teardown(void **data)
{
    root = fd_close(root);
    return scratch_teardown(data);
}

/* A state with every member. */
static struct state full_state(void)
{
    static struct spec_pair annotations[] = {{"org.example/a", "1"}, {"b", "q\"uoted\n"}};

    return (struct state){
        .id = "one",
        .oci_version = "1.0.2",
        .bundle = "/b",
        .rootfs = "/b/rootfs",
        .created = "2026-01-02T03:04:05.000000006Z",
        .owner = "root",
        .owner_uid = 4294967294u,
        .cgroup = "/sys/fs/cgroup/one",
        .cgroup_driver = "systemd",
        .systemd_scope = "one.scope",
        .intel_rdt = "/sys/fs/resctrl/one",
        .poststart = true,
        .poststop = true,
        .terminal = true,
        .annotations = {.items = annotations, .count = 2},
    };
}

/* A container that has its state.json and its lock. */
static int make_container(const char *id, int *lock)
{
    struct state state = {.id = id, .oci_version = "1.0.2", .bundle = "/b"};
    int dir = state_make(root, id, lock, &err);

    assert_true(dir >= 0);
    assert_int_equal(state_write(dir, &state, &err), 0);
    return dir;
}

static void test_ids(void **data)
{
    static const char *const good[] = {"a", "A-b_c.d+0", "-", "...", ".hidden", "0123456789abcdef"};
    static const char *const bad[] = {"", ".", "..", "a/b", "/", "a b", "a\n", "\xc3\xa4", "a:b", "a~", "%s"};
    char longest[NAME_MAX + 2];

    (void)data;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(state_check_id(good[i], &err), 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(state_check_id(bad[i], &err), -1);
        assert_int_equal(err.code, CAISSON_ERROR_USAGE);
    }
    assert_int_equal(state_check_id(NULL, &err), -1);
    memset(longest, 'x', sizeof longest);
    longest[NAME_MAX + 1] = '\0';
    assert_int_equal(state_check_id(longest, &err), -1);
    longest[NAME_MAX] = '\0';
    assert_int_equal(state_check_id(longest, &err), 0);
    assert_int_equal(mkdirat(root, longest, 0700), 0); /* as long as the kernel takes it */
}

static void test_make_twice(void **data)
{
    int lock, other;
    int dir = state_make(root, "one", &lock, &err);

    (void)data;
    assert_true(dir >= 0);
    assert_true(lock >= 0);
    assert_int_equal(state_make(root, "one", &other, &err), -1);
    assert_int_equal(err.code, CAISSON_ERROR_EXISTS);
    assert_string_equal(err.message, "container with given ID already exists: one");
    assert_int_equal(other, -1);
    close(lock);
    close(dir);
}

static void test_open_missing(void **data)
{
    int lock;

    (void)data;
    assert_int_equal(state_open(root, "none", true, &lock, &err), -1);
    assert_int_equal(err.code, CAISSON_ERROR_NOT_FOUND);
    assert_string_equal(err.message, "container does not exist: none");
    scratch_write("file", "");
    assert_int_equal(state_open(root, "file", false, NULL, &err), -1);
    assert_int_equal(err.code, CAISSON_ERROR_NOT_FOUND);
    /* a link would lead out of the state root */
    assert_int_equal(symlinkat("/tmp", root, "link"), 0);
    assert_int_equal(state_open(root, "link", false, NULL, &err), -1);
    assert_int_equal(err.code, CAISSON_ERROR_NOT_FOUND);
}

static void test_lock_names_its_holder(void **data)
{
    int held, lock, dir = state_make(root, "one", &held, &err);
    char expected[128];

    (void)data;
    prctl(PR_SET_NAME, "the holder");
    assert_int_equal(lock_take(dir, "one", 0, &lock, &err), -1);
    assert_int_equal(err.code, CAISSON_ERROR_TIMEOUT);
    snprintf(expected, sizeof expected, "by process %d (the holder)", (int)getpid());
    assert_non_null(strstr(err.message, expected));
    close(held);
    assert_int_equal(lock_take(dir, "one", 0, &lock, &err), 0);
    close(lock);
    close(dir);
}

/* A child that opens "one" with its lock, while `held` holds it. @return once it waits, or will not have to. */
static pid_t open_in_child(int held)
{
    int ends[2];
    char byte;
    pid_t pid;

    assert_int_equal(pipe(ends), 0);
    pid = scratch_fork();
    if (pid == 0) {
        int lock, dir;

        close(held);
        close(ends[0]);
        close(ends[1]); /* tells the parent */
        dir = state_open(root, "one", true, &lock, &err);
        _exit(dir >= 0 ? 0 : (int)err.code);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
    return pid;
}

static void test_lock_is_waited_for(void **data)
{
    int lock, dir = state_make(root, "one", &lock, &err);
    pid_t pid = open_in_child(lock);

    (void)data;
    close(lock);
    assert_int_equal(scratch_wait(pid), 0);
    close(dir);
}

static void test_deleted_while_waiting(void **data)
{
    int lock, dir = make_container("one", &lock);
    pid_t pid = open_in_child(lock);

    (void)data;
    assert_int_equal(state_remove(root, "one", dir, &err), 0);
    close(lock);
    close(dir);
    assert_int_equal(scratch_wait(pid), CAISSON_ERROR_NOT_FOUND);
}

static void test_round_trip(void **data)
{
    _cleanup_arena_ struct arena arena = {0};
    struct state wrote = full_state(), got;
    int lock, dir = state_make(root, "one", &lock, &err);

    (void)data;
    assert_int_equal(state_write(dir, &wrote, &err), 0);
    write_pid(dir, 123, 18446744073709551615u);
    assert_int_equal(state_read(&arena, dir, &got, &err), 0);
    assert_string_equal(got.id, "one");
    assert_string_equal(got.oci_version, "1.0.2");
    assert_string_equal(got.bundle, "/b");
    assert_string_equal(got.rootfs, "/b/rootfs");
    assert_string_equal(got.created, wrote.created);
    assert_string_equal(got.owner, "root");
    assert_int_equal(got.owner_uid, 4294967294u);
    assert_string_equal(got.cgroup, wrote.cgroup);
    assert_string_equal(got.cgroup_driver, "systemd");
    assert_string_equal(got.systemd_scope, "one.scope");
    assert_string_equal(got.intel_rdt, wrote.intel_rdt);
    assert_true(got.poststart && got.poststop && got.terminal);
    assert_int_equal(got.annotations.count, 2);
    assert_string_equal(got.annotations.items[1].key, "b");
    assert_string_equal(got.annotations.items[1].value, "q\"uoted\n");
    assert_int_equal(got.pid, 123);
    assert_true(got.start_time == 18446744073709551615u);
    close(lock);
    close(dir);
}

static void test_other_versions(void **data)
{
    _cleanup_arena_ struct arena arena = {0};
    struct state got;
    int lock, dir = state_make(root, "one", &lock, &err);

    (void)data;
    scratch_write("one/state.json", "{\"id\":\"one\",\"ociVersion\":\"9\",\"bundle\":\"/b\"}");
    assert_int_equal(state_read(&arena, dir, &got, &err), 0);
    assert_null(got.cgroup);
    assert_null(got.systemd_scope);
    assert_false(got.poststop);
    assert_int_equal(got.annotations.count, 0);
    scratch_write("one/state.json",
                  "{\"id\":\"one\",\"later\":{\"x\":[1]},\"ociVersion\":\"9\",\"bundle\":\"/b\","
                  "\"poststop\":true}");
    assert_int_equal(state_read(&arena, dir, &got, &err), 0);
    assert_true(got.poststop);
    close(lock);
    close(dir);
}

static void test_unreadable(void **data)
{
    _cleanup_arena_ struct arena arena = {0};
    struct state got;
    int lock, dir = state_make(root, "one", &lock, &err);

    (void)data;
    assert_int_equal(state_read(&arena, dir, &got, &err), -1);
    assert_int_equal(err.code, CAISSON_ERROR_STATE);
    scratch_write("one/state.json", "{\"id\":\"one\",");
    assert_int_equal(state_read(&arena, dir, &got, &err), -1);
    assert_int_equal(err.code, CAISSON_ERROR_CONFIG);
    scratch_write("one/state.json", "{\"id\":\"one\"}");
    assert_int_equal(state_read(&arena, dir, &got, &err), -1);
    assert_int_equal(err.code, CAISSON_ERROR_CONFIG);
    close(lock);
    close(dir);
}

static enum caisson_status status_of(int dir)
{
    _cleanup_arena_ struct arena arena = {0};
    struct state state;
    int pidfd;
    enum caisson_status status;

    assert_int_equal(state_read(&arena, dir, &state, &err), 0);
    assert_int_equal(state_status(dir, &state, &status, &pidfd, &err), 0);
    /* the descriptor comes with the statuses in which the process lives */
    assert_int_equal(pidfd >= 0, state.pid > 0 && status != CAISSON_STOPPED);
    fd_close(pidfd);
    return status;
}

static void test_life_of_a_process(void **data)
{
    int lock, dir = make_container("one", &lock), created;
    pid_t pid;

    (void)data;
    assert_int_equal(status_of(dir), CAISSON_CREATING);
    created = state_hold_created(dir, &err);
    assert_true(created >= 0);
    assert_int_equal(state_hold_created(dir, &err), -1);
    pid = scratch_sleeper(); /* holds the lock as well: it has our descriptor's copy */
    write_pid(dir, pid, start_time(pid));
    assert_int_equal(status_of(dir), CAISSON_CREATING);
    assert_int_equal(state_mark_created(created, &err), 0);
    close(created);
    assert_int_equal(status_of(dir), CAISSON_CREATED);
    scratch_kill(pid);
    assert_int_equal(status_of(dir), CAISSON_STOPPED);

    pid = scratch_sleeper();
    write_pid(dir, pid, start_time(pid));
    assert_int_equal(status_of(dir), CAISSON_RUNNING);
    /* another process that has got the same number */
    write_pid(dir, pid, start_time(pid) + 1);
    assert_int_equal(status_of(dir), CAISSON_STOPPED);
    scratch_kill(pid);
    close(lock);
    close(dir);
}

static void test_process_that_is_not_reaped(void **data)
{
    int lock, dir = make_container("one", &lock);
    pid_t pid = scratch_sleeper();
    siginfo_t info;

    (void)data;
    write_pid(dir, pid, start_time(pid));
    kill(pid, SIGKILL);
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    assert_true(start_time(pid) > 0);
    assert_int_equal(status_of(dir), CAISSON_STOPPED);
    scratch_wait(pid);
    assert_int_equal(start_time(pid), 0);
    close(lock);
    close(dir);
}

static void test_state_object(void **data)
{
    _cleanup_arena_ struct arena arena = {0};
    struct strbuf text = STRBUF(&arena);
    struct json json = {.out = &text};
    struct state state = full_state();

    (void)data;
    state.pid = 42;
    assert_string_equal(state_json(&arena, &state, CAISSON_CREATED, 7),
                        "{\"ociVersion\":\"" CAISSON_OCI_VERSION
                        "\",\"id\":\"one\",\"status\":\"created\",\"pid\":7,\"bundle\":\"/b\","
                        "\"annotations\":{\"org.example/a\":\"1\",\"b\":\"q\\\"uoted\\n\"}}");
    state_print(&json, &state, CAISSON_PAUSED);
    assert_string_equal(
        strbuf_string(&text),
        "{\"ociVersion\":\"" CAISSON_OCI_VERSION
        "\",\"id\":\"one\",\"pid\":42,\"status\":\"paused\",\"bundle\":\"/b\","
        "\"rootfs\":\"/b/rootfs\",\"created\":\"2026-01-02T03:04:05.000000006Z\","
        "\"annotations\":{\"org.example/a\":\"1\",\"b\":\"q\\\"uoted\\n\"},\"owner\":\"root\","
        "\"systemd-scope\":\"one.scope\"}");
    text.length = 0;
    json = (struct json){.out = &text};
    state.annotations.count = 0;
    state.systemd_scope = NULL;
    state_print(&json, &state, CAISSON_STOPPED);
    assert_non_null(strstr(strbuf_string(&text), "\"pid\":0,"));
    assert_null(strstr(strbuf_string(&text), "annotations"));
}

static void test_remove_takes_everything(void **data)
{
    int lock, dir = make_container("one", &lock);

    (void)data;
    scratch_write("outside", "kept");
    assert_int_equal(mkdirat(dir, "sub", 0700), 0);
    assert_int_equal(mkdirat(dir, "sub/deeper", 0700), 0);
    scratch_write("one/sub/deeper/file", "");
    assert_int_equal(symlinkat("../../outside", dir, "sub/link"), 0);
    assert_int_equal(symlinkat("..", dir, "sub/up"), 0);
    assert_int_equal(state_remove(root, "one", dir, &err), 0);
    assert_int_equal(faccessat(root, "one", F_OK, 0), -1);
    assert_string_equal(scratch_read("outside"), "kept");
    close(lock);
    close(dir);
}

static void test_list(void **data)
{
    static const char *const names[] = {"b", "a", "c10", "c2", "A"};
    _cleanup_arena_ struct arena arena = {0};
    char **ids;
    size_t count;
    int seen[5] = {0};

    (void)data;
    assert_int_equal(state_list(&arena, root, &ids, &count, &err), 0);
    assert_int_equal(count, 0);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(mkdirat(root, names[i], 0700), 0);
    scratch_write("file", "");
    assert_int_equal(mkdirat(root, "not an id", 0700), 0);
    assert_int_equal(state_list(&arena, root, &ids, &count, &err), 0);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 5; k++)
            seen[k] += strcmp(ids[i], names[k]) == 0;
    for (size_t k = 0; k < 5; k++)
        assert_int_equal(seen[k], 1);
}

static void test_status_names(void **data)
{
    (void)data;
    assert_string_equal(caisson_status_name(CAISSON_CREATING), "creating");
    assert_string_equal(caisson_status_name(CAISSON_CREATED), "created");
    assert_string_equal(caisson_status_name(CAISSON_RUNNING), "running");
    assert_string_equal(caisson_status_name(CAISSON_PAUSED), "paused");
    assert_string_equal(caisson_status_name(CAISSON_STOPPED), "stopped");
    assert_string_equal(caisson_status_name((enum caisson_status)99), "unknown");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_ids),
        TEST(test_make_twice),
        TEST(test_open_missing),
        TEST(test_lock_names_its_holder),
        TEST(test_lock_is_waited_for),
        TEST(test_deleted_while_waiting),
        TEST(test_round_trip),
        TEST(test_other_versions),
        TEST(test_unreadable),
        TEST(test_life_of_a_process),
        TEST(test_process_that_is_not_reaped),
        TEST(test_state_object),
        TEST(test_remove_takes_everything),
        TEST(test_list),
        TEST(test_status_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
