/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* list of many containers: from their records, by several threads, and in full where a record says too little. */
#include "scratch.h"

#include "base/fd.h"
#include "container/state.h"
#include "sys/pidfd.h"

enum { COUNT = 200 };

static struct caisson_error err;
static char warnings[4096];

static void log_warning(void *data, enum caisson_log_level level, const char *message)
{
    size_t length = strlen(warnings);

    (void)data;
    if (level == CAISSON_LOG_WARNING)
        snprintf(warnings + length, sizeof warnings - length, "%s;", message);
}

static const struct caisson_context context = {
    .state_root = scratch, .log = log_warning, .log_level = CAISSON_LOG_DEBUG};

static int setup(void **data)
{
    warnings[0] = '\0';
    return scratch_setup(data);
}

/* Three kinds in turn: running, created as far as its record knows, and ended. */
static void make_container(int root, unsigned number, pid_t gone)
{
    int kind = (int)(number % 3), lock, dir, pidfd;
    struct state state = {.oci_version = "1.0.2", .created = "2026-01-02T03:04:05Z", .owner = "somebody"};
    char id[16], bundle[32];

    snprintf(id, sizeof id, "c%03u", number);
    snprintf(bundle, sizeof bundle, "/bundles/%u", number);
    state.id = id;
    state.bundle = bundle;
    state.pid = kind == 2 ? gone : getpid();
    dir = state_make(root, id, &lock, &err);
    assert_true(dir >= 0);
    assert_int_equal(state_write(dir, &state, &err), 0);
    assert_int_equal(state_process_start_time(getpid(), &state.start_time, &err), 0);
    pidfd = kind == 2 ? -1 : sys_pidfd_open(getpid());
    assert_int_equal(state_write_pid(dir, &state, pidfd, &err), 0);
    if (kind != 1)
        state_write_executed(dir, &state);
    fd_close(pidfd);
    close(dir);
    close(lock);
}

static void make_containers(void)
{
    int root = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    pid_t gone = scratch_sleeper();

    scratch_kill(gone);
    for (unsigned i = 0; i < COUNT; i++)
        make_container(root, i, gone);
    close(root);
    assert_int_equal(mkdir(scratch_path("c100x"), 0700), 0); /* half made */
}

struct seen {
    unsigned count;
    bool json, status;
};

static void see(void *data, const struct caisson_container *container)
{
    struct seen *seen = data;
    unsigned number = seen->count++;
    bool ended = number % 3 == 2;
    char id[16], bundle[32];

    snprintf(id, sizeof id, "c%03u", number);
    snprintf(bundle, sizeof bundle, "/bundles/%u", number);
    assert_string_equal(container->id, id);
    if (!seen->status)
        return;
    assert_string_equal(container->bundle, bundle);
    assert_string_equal(container->created, "2026-01-02T03:04:05Z");
    assert_string_equal(container->owner, "somebody");
    assert_int_equal(container->status, ended ? CAISSON_STOPPED : CAISSON_RUNNING);
    assert_int_equal(container->pid, ended ? 0 : getpid());
    if (!seen->json)
        assert_null(container->json);
    else
        assert_non_null(strstr(container->json, bundle));
}

static void test_each_detail(void **data)
{
    static const enum caisson_list_detail details[] = {CAISSON_LIST_IDS, CAISSON_LIST_TABLE,
                                                       CAISSON_LIST_JSON};

    (void)data;
    make_containers();
    for (size_t i = 0; i < sizeof details / sizeof *details; i++) {
        struct seen seen = {.json = details[i] == CAISSON_LIST_JSON,
                            .status = details[i] != CAISSON_LIST_IDS};

        warnings[0] = '\0';
        assert_int_equal(caisson_list(&context, details[i], see, &seen, &err), 0);
        assert_int_equal(seen.count, COUNT);
        assert_non_null(strstr(warnings, "container 'c100x' is not listed: "));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_detail, setup, scratch_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
