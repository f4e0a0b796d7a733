/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kill, delete, pause, resume, state, list and ps, on containers of which only the remembered half is made up. */
#include "scratch.h"

#include "base/fd.h"
#include "base/file.h"
#include "cgroup/cgroup.h"
#include "container/state.h"

static struct caisson_error err;
static char warnings[4096];
static char cgroup[256]; /* the test's own, "" while it has none */

static void log_warning(void *data, enum caisson_log_level level, const char *message)
{
    size_t length = strlen(warnings);

    (void)data;
    if (level == CAISSON_LOG_WARNING)
        snprintf(warnings + length, sizeof warnings - length, "%s;", message);
}

static const struct caisson_context context = {
    .state_root = scratch, .log = log_warning, .log_level = CAISSON_LOG_DEBUG};

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
    warnings[0] = '\0';
    cgroup[0] = '\0';
    memset(&err, 0, sizeof err);
    return scratch_setup(data);
}

static int teardown(void **data)
{
    int fd = *cgroup ? cgroup_open(cgroup, NULL) : -1;

    if (fd >= 0) {
        cgroup_kill(fd, NULL);
        close(fd);
        cgroup_remove(cgroup, NULL);
    }
    return scratch_teardown(data);
}

/* Makes a cgroup for the test's container. */
static void make_cgroup(void)
{
    _cleanup_arena_ struct arena arena = {0};
    struct cgroup_host host;

    if (geteuid() != 0) {
        print_message("skipped: only root can make cgroups here\n");
        skip();
    }
    assert_int_equal(cgroup_host_probe(&arena, &host, &err), 0);
    snprintf(cgroup, sizeof cgroup, "%s/caisson-test-life-%d", host.mount, (int)getpid());
    assert_int_equal(mkdir(cgroup, 0755), 0);
}

static pid_t sleeper_in_cgroup(void)
{
    char path[sizeof cgroup + 16], text[16];
    pid_t pid = scratch_sleeper();

    snprintf(path, sizeof path, "%s/cgroup.procs", cgroup);
    snprintf(text, sizeof text, "%d", (int)pid);
    assert_int_equal(file_put(AT_FDCWD, path, text), 0);
    return pid;
}

/* What `create` leaves behind: the directory of container "one" with its first process, or none yet (0). */
static void remember_as(pid_t pid, const struct state *extra)
{
    int root = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC), lock, dir;
    struct state state = extra ? *extra : (struct state){0};

    state.id = "one";
    state.oci_version = "1.0.2";
    state.bundle = scratch;
    state.created = "2026-01-02T03:04:05Z";
    state.owner = "somebody";
    state.cgroup = *cgroup ? cgroup : NULL;
    dir = state_make(root, "one", &lock, &err);
    assert_true(dir >= 0);
    assert_int_equal(state_write(dir, &state, &err), 0);
    scratch_write("one/config.json", "{\"ociVersion\":\"1.0.2\"}");
    if (pid)
        write_pid(dir, pid, start_time(pid));
    close(dir);
    close(lock);
    close(root);
}

static void remember(pid_t pid)
{
    remember_as(pid, NULL);
}

/* A process that has ended. */
static pid_t ended(void)
{
    pid_t pid = scratch_sleeper();

    remember(pid);
    scratch_kill(pid);
    return pid;
}

/* The lock that the init holds until it executes the program. */
static int hold_created(void)
{
    int dir = open(scratch_path("one"), O_RDONLY | O_DIRECTORY | O_CLOEXEC),
        held = state_hold_created(dir, &err);

    assert_true(held >= 0);
    assert_int_equal(state_mark_created(held, &err), 0);
    close(dir);
    return held;
}

static bool is_there(const char *name)
{
    return faccessat(AT_FDCWD, scratch_path(name), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool lives(pid_t pid)
{
    return waitpid(pid, NULL, WNOHANG) == 0;
}

static void assert_refused(int result, enum caisson_error_code code, const char *message)
{
    assert_int_equal(result, -1);
    assert_string_equal(err.message, message);
    assert_int_equal(err.code, code);
}

/* ---- kill ---- */

static void test_kill(void **data)
{
    pid_t pid = scratch_sleeper();

    (void)data;
    remember(pid);
    assert_int_equal(caisson_kill(&context, "one", 0, false, &err), 0);
    assert_true(lives(pid));
    assert_int_equal(caisson_kill(&context, "one", SIGUSR1, false, &err), 0);
    assert_int_equal(scratch_wait(pid), 128 + SIGUSR1);
    assert_refused(caisson_kill(&context, "one", SIGTERM, false, &err), CAISSON_ERROR_NOT_RUNNING,
                   "cannot signal container 'one': container not running: no such process");
}

static void test_kill_what_is_not_there(void **data)
{
    (void)data;
    assert_refused(caisson_kill(&context, "one", SIGTERM, false, &err), CAISSON_ERROR_NOT_FOUND,
                   "container does not exist: one");
    assert_refused(caisson_kill(&context, "one", SIGTERM, true, &err), CAISSON_ERROR_NOT_FOUND,
                   "container does not exist: one");
    assert_int_equal(caisson_kill(&context, "../one", SIGTERM, false, &err), -1);
    assert_int_equal(err.code, CAISSON_ERROR_USAGE);
    assert_int_equal(caisson_kill(&context, "one", 65, false, &err), -1);
    assert_int_equal(err.code, CAISSON_ERROR_USAGE);
    remember(0);
    assert_refused(caisson_kill(&context, "one", SIGTERM, false, &err), CAISSON_ERROR_STATE,
                   "cannot signal container 'one' that is creating: it must be created, running or paused");
}

static void test_kill_spares_the_numbers_next_owner(void **data)
{
    pid_t pid = scratch_sleeper();
    char text[64];

    (void)data;
    remember(pid);
    snprintf(text, sizeof text, "%d %llu 0 1", (int)pid, (unsigned long long)start_time(pid) - 1);
    assert_int_equal(unlink(scratch_path("one/pid")), 0);
    assert_int_equal(symlink(text, scratch_path("one/pid")), 0);
    assert_int_equal(caisson_kill(&context, "one", SIGKILL, false, &err), -1);
    assert_int_equal(err.code, CAISSON_ERROR_NOT_RUNNING);
    assert_int_equal(caisson_delete(&context, "one", true, &err), 0);
    assert_true(lives(pid));
    scratch_kill(pid);
}

static void test_kill_all(void **data)
{
    pid_t first, second;

    (void)data;
    make_cgroup();
    first = sleeper_in_cgroup();
    second = sleeper_in_cgroup();
    remember(first);
    assert_int_equal(caisson_kill(&context, "one", SIGUSR2, true, &err), 0);
    assert_int_equal(scratch_wait(first), 128 + SIGUSR2);
    assert_int_equal(scratch_wait(second), 128 + SIGUSR2);
    /* nobody is left, which is what was asked for */
    assert_int_equal(caisson_kill(&context, "one", SIGTERM, true, &err), 0);
    /* one is left behind by the first */
    second = sleeper_in_cgroup();
    assert_int_equal(caisson_kill(&context, "one", SIGKILL, true, &err), 0);
    assert_int_equal(scratch_wait(second), 128 + SIGKILL);
    assert_int_equal(rmdir(cgroup), 0);
    assert_int_equal(caisson_kill(&context, "one", SIGKILL, true, &err), 0);
}

static void test_kill_all_without_a_cgroup(void **data)
{
    pid_t pid = scratch_sleeper();

    (void)data;
    remember(pid);
    assert_refused(caisson_kill(&context, "one", SIGTERM, true, &err), CAISSON_ERROR_STATE,
                   "cannot signal all processes of container 'one': it has no cgroup");
    assert_int_equal(caisson_kill(&context, "one", SIGKILL, true, &err), 0);
    assert_int_equal(scratch_wait(pid), 128 + SIGKILL);
    assert_int_equal(caisson_kill(&context, "one", SIGTERM, true, &err), 0);
}

/* ---- delete ---- */

static void test_delete_stopped(void **data)
{
    (void)data;
    make_cgroup();
    ended();
    assert_int_equal(caisson_delete(&context, "one", false, &err), 0);
    assert_false(is_there("one"));
    assert_int_equal(access(cgroup, F_OK), -1);
    assert_refused(caisson_delete(&context, "one", false, &err), CAISSON_ERROR_NOT_FOUND,
                   "container does not exist: one");
    assert_int_equal(caisson_delete(&context, "one", true, &err), 0);
    assert_string_equal(warnings, "");
}

static void test_delete_running(void **data)
{
    pid_t pid = scratch_sleeper();

    (void)data;
    remember(pid);
    assert_refused(caisson_delete(&context, "one", false, &err), CAISSON_ERROR_STATE,
                   "cannot delete container one that is not stopped: running");
    assert_true(lives(pid));
    assert_true(is_there("one/state.json") && is_there("one/pid"));
    assert_int_equal(caisson_delete(&context, "one", true, &err), 0);
    assert_int_equal(scratch_wait(pid), 128 + SIGKILL);
    assert_false(is_there("one"));
}

static void test_delete_created(void **data)
{
    pid_t pid = scratch_sleeper();
    int held;

    (void)data;
    remember(pid);
    held = hold_created();
    assert_int_equal(caisson_delete(&context, "one", false, &err), 0);
    assert_int_equal(scratch_wait(pid), 128 + SIGKILL);
    assert_false(is_there("one"));
    close(held);
}

static void test_delete_paused(void **data)
{
    pid_t pid;

    (void)data;
    make_cgroup();
    pid = sleeper_in_cgroup();
    remember(pid);
    assert_int_equal(caisson_pause(&context, "one", &err), 0);
    assert_refused(caisson_delete(&context, "one", false, &err), CAISSON_ERROR_STATE,
                   "cannot delete container one that is not stopped: paused");
    assert_int_equal(caisson_delete(&context, "one", true, &err), 0);
    assert_int_equal(scratch_wait(pid), 128 + SIGKILL);
    assert_int_equal(access(cgroup, F_OK), -1);
}

static void test_delete_ends_what_the_first_left_behind(void **data)
{
    pid_t first, second;

    (void)data;
    make_cgroup();
    first = sleeper_in_cgroup();
    second = sleeper_in_cgroup();
    remember(first);
    scratch_kill(first);
    assert_int_equal(caisson_delete(&context, "one", false, &err), 0);
    assert_int_equal(scratch_wait(second), 128 + SIGKILL);
    assert_int_equal(access(cgroup, F_OK), -1);
}

/* A runtime that was killed before it wrote anything, and right after. */
static void test_delete_half_made(void **data)
{
    (void)data;
    assert_int_equal(mkdir(scratch_path("one"), 0700), 0);
    assert_int_equal(caisson_delete(&context, "one", true, &err), 0);
    assert_false(is_there("one"));
    assert_int_equal(mkdir(scratch_path("one"), 0700), 0);
    scratch_write("one/lock", "");
    scratch_write("one/.state.json.new", "{");
    assert_int_equal(caisson_delete(&context, "one", false, &err), 0);
    assert_false(is_there("one"));
}

static void test_delete_without_a_process(void **data)
{
    pid_t pid;

    (void)data;
    make_cgroup();
    pid = sleeper_in_cgroup(); /* started, and the runtime was killed before it could write the number down */
    remember(0);
    assert_refused(caisson_delete(&context, "one", false, &err), CAISSON_ERROR_STATE,
                   "cannot delete container one that is not stopped: creating");
    assert_int_equal(caisson_delete(&context, "one", true, &err), 0);
    assert_int_equal(scratch_wait(pid), 128 + SIGKILL);
    assert_false(is_there("one"));
}

static void test_delete_unreadable(void **data)
{
    pid_t pid = scratch_sleeper();

    (void)data;
    remember(pid);
    scratch_write("one/state.json", "{\"id\":");
    assert_int_equal(caisson_delete(&context, "one", false, &err), -1);
    assert_non_null(strstr(err.message, "container 'one': state.json:1:"));
    assert_true(is_there("one/state.json"));
    assert_int_equal(caisson_delete(&context, "one", true, &err), 0);
    assert_int_equal(scratch_wait(pid), 128 + SIGKILL);
    assert_false(is_there("one"));
    assert_non_null(strstr(warnings, "its cgroup, if it has one, is left as it is"));
}

/* Cut short after any of its steps, it can be run again. */
static void test_delete_again(void **data)
{
    static const char *const files[] = {"one/state.json", "one/config.json", "one/pid", "one/lock"};

    (void)data;
    for (size_t gone = 0; gone <= sizeof files / sizeof *files; gone++) {
        ended();
        for (size_t i = 0; i < gone; i++)
            assert_int_equal(unlink(scratch_path(files[i])), 0);
        assert_int_equal(caisson_delete(&context, "one", false, &err), 0);
        assert_false(is_there("one"));
    }
}

static void test_intel_rdt_group_is_removed(void **data)
{
    char group[PATH_MAX];
    pid_t pid = scratch_sleeper();

    (void)data;
    snprintf(group, sizeof group, "%s", scratch_path("group"));
    assert_int_equal(mkdir(group, 0755), 0);
    remember_as(pid, &(struct state){.intel_rdt = group});
    scratch_kill(pid);
    assert_int_equal(caisson_delete(&context, "one", false, &err), 0);
    assert_false(is_there("group"));
}

static void test_poststop(void **data)
{
    pid_t pid = scratch_sleeper();
    char config[1024];

    (void)data;
    remember_as(pid, &(struct state){.poststop = true});
    snprintf(config, sizeof config,
             "{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"rootfs\"},\"hooks\":{\"poststop\":["
             "{\"path\":\"/bin/sh\",\"args\":[\"sh\",\"-c\",\"exit 4\"]},"
             "{\"path\":\"/bin/sh\",\"args\":[\"sh\",\"-c\",\"cat >%s/seen; test -d one && echo kept "
             ">>%s/seen\"]}]}}",
             scratch, scratch);
    scratch_write("one/config.json", config);
    scratch_kill(pid);
    assert_int_equal(caisson_delete(&context, "one", false, &err), 0);
    assert_string_equal(warnings, "poststop hook 0 '/bin/sh' ended with status 4;");
    assert_non_null(strstr(scratch_read("seen"), "\"status\":\"stopped\",\"pid\":0,"));
    assert_non_null(
        strstr(scratch_read("seen"), "kept")); /* started in the bundle; the directory went last */
    assert_false(is_there("one"));
}

static void test_poststop_that_cannot_be_read(void **data)
{
    pid_t pid = scratch_sleeper();

    (void)data;
    remember_as(pid, &(struct state){.poststop = true});
    scratch_kill(pid);
    assert_int_equal(unlink(scratch_path("one/config.json")), 0);
    assert_int_equal(caisson_delete(&context, "one", false, &err), 0);
    assert_non_null(strstr(warnings, "cannot run the poststop hooks of container 'one': "));
    assert_false(is_there("one"));
}

/* ---- pause and resume ---- */

static const char *status_in(const char *json)
{
    static char status[32];
    const char *at = strstr(json, "\"status\": \"");

    assert_non_null(at);
    assert_int_equal(sscanf(at, "\"status\": \"%31[a-z]", status), 1);
    return status;
}

static void keep_state(void *text, const char *json)
{
    snprintf(text, 512, "%s", json);
}

static void assert_status(const char *expected)
{
    char status[512] = "";

    assert_int_equal(caisson_state(&context, "one", keep_state, status, &err), 0);
    assert_string_equal(status_in(status), expected);
}

static void test_pause_and_resume(void **data)
{
    pid_t pid;

    (void)data;
    make_cgroup();
    pid = sleeper_in_cgroup();
    remember(pid);
    assert_status("running");
    assert_refused(caisson_resume(&context, "one", &err), CAISSON_ERROR_STATE,
                   "cannot resume container 'one' that is running: it must be paused");
    assert_int_equal(caisson_pause(&context, "one", &err), 0);
    assert_status("paused");
    assert_refused(caisson_pause(&context, "one", &err), CAISSON_ERROR_STATE,
                   "cannot pause container 'one' that is paused: it must be running or created");
    assert_int_equal(caisson_resume(&context, "one", &err), 0);
    assert_status("running");
    /* what ends a process comes through while it is paused */
    assert_int_equal(caisson_pause(&context, "one", &err), 0);
    assert_int_equal(caisson_kill(&context, "one", SIGKILL, false, &err), 0);
    assert_int_equal(scratch_wait(pid), 128 + SIGKILL);
    assert_status("stopped");
    assert_refused(caisson_pause(&context, "one", &err), CAISSON_ERROR_STATE,
                   "cannot pause container 'one' that is stopped: it must be running or created");
}

static void test_pause_without_a_cgroup(void **data)
{
    pid_t pid = scratch_sleeper();

    (void)data;
    remember(pid);
    assert_refused(caisson_pause(&context, "one", &err), CAISSON_ERROR_STATE,
                   "cannot pause container 'one': it has no cgroup");
    assert_true(*err.hint);
    scratch_kill(pid);
}

/* ---- state, list, ps ---- */

static void test_state_of_each_status(void **data)
{
    pid_t pid = scratch_sleeper();
    int held;

    (void)data;
    remember(0);
    assert_status("creating");
    assert_int_equal(caisson_delete(&context, "one", true, &err), 0);
    remember(pid);
    held = hold_created();
    assert_status("created");
    close(held);
    assert_status("running");
    scratch_kill(pid);
    assert_status("stopped");
    assert_int_equal(unlink(scratch_path("one/state.json")), 0);
    assert_int_equal(caisson_state(&context, "one", keep_state, NULL, &err), -1);
    assert_int_equal(err.code, CAISSON_ERROR_STATE);
    assert_non_null(strstr(err.message, "container 'one': "));
}

static void count_one(void *data, const struct caisson_container *container)
{
    int *count = data;

    ++*count;
    assert_string_equal(container->id, "one");
    assert_string_equal(container->owner, "somebody");
    assert_string_equal(container->bundle, scratch);
    assert_int_equal(container->status, CAISSON_STOPPED);
    assert_int_equal(container->pid, 0);
    assert_non_null(strstr(container->json, "\"id\":\"one\",\"pid\":0,\"status\":\"stopped\""));
}

static void test_list(void **data)
{
    int count = 0;

    (void)data;
    assert_int_equal(caisson_list(&context, CAISSON_LIST_JSON, count_one, &count, &err), 0);
    assert_int_equal(count, 0);
    ended();
    assert_int_equal(mkdir(scratch_path("half-made"), 0700), 0);
    assert_int_equal(caisson_list(&context, CAISSON_LIST_JSON, count_one, &count, &err), 0);
    assert_int_equal(count, 1);
    assert_non_null(strstr(warnings, "container 'half-made' is not listed: "));
}

static void test_processes(void **data)
{
    pid_t first, second, *pids;
    size_t count;

    (void)data;
    make_cgroup();
    first = sleeper_in_cgroup();
    second = sleeper_in_cgroup();
    remember(first);
    assert_int_equal(caisson_processes(&context, "one", &pids, &count, &err), 0);
    assert_int_equal(count, 2);
    assert_int_equal(pids[0], first < second ? first : second);
    assert_int_equal(pids[1], first < second ? second : first);
    free(pids);
    scratch_kill(first);
    scratch_kill(second);
    assert_int_equal(caisson_processes(&context, "one", &pids, &count, &err), 0);
    assert_int_equal(count, 0);
    free(pids);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_kill),
        TEST(test_kill_what_is_not_there),
        TEST(test_kill_spares_the_numbers_next_owner),
        TEST(test_kill_all),
        TEST(test_kill_all_without_a_cgroup),
        TEST(test_delete_stopped),
        TEST(test_delete_running),
        TEST(test_delete_created),
        TEST(test_delete_paused),
        TEST(test_delete_ends_what_the_first_left_behind),
        TEST(test_delete_half_made),
        TEST(test_delete_without_a_process),
        TEST(test_delete_unreadable),
        TEST(test_delete_again),
        TEST(test_intel_rdt_group_is_removed),
        TEST(test_poststop),
        TEST(test_poststop_that_cannot_be_read),
        TEST(test_pause_and_resume),
        TEST(test_pause_without_a_cgroup),
        TEST(test_state_of_each_status),
        TEST(test_list),
        TEST(test_processes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
