/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Id maps, written to real user namespaces. */
#include "scratch.h"

#include <sched.h>

#include "base/file.h"
#include "container/idmap.h"
#include "sys/clone.h"

enum { NOBODY = 65534 };

static struct caisson_error err;

/* A process in a new user namespace that waits to be killed. */
static pid_t namespaced(void)
{
    struct clone_args args = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
    pid_t pid = sys_clone3(&args);

    assert_true(pid >= 0);
    if (pid == 0)
        for (;;)
            pause();
    return pid;
}

/* @return the words of /proc/PID/FILE, one blank between two. */
static const char *proc_words(pid_t pid, const char *file)
{
    static char text[512];
    unsigned a, b, c;
    size_t length = 0;
    char path[64];
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    f = fopen(path, "re");
    assert_non_null(f);
    text[0] = '\0';
    while (fscanf(f, "%u %u %u", &a, &b, &c) == 3)
        length += (size_t)snprintf(text + length, sizeof text - length, "%u %u %u;", a, b, c);
    fclose(f);
    return text;
}

/* Carries out `body` as an unprivileged user. @return its exit status. */
static int unprivileged(int (*body)(void))
{
    pid_t pid = scratch_fork();

    if (pid == 0) {
        if (geteuid() == 0 &&
            (setresgid(NOBODY, NOBODY, NOBODY) < 0 || setresuid(NOBODY, NOBODY, NOBODY) < 0))
            _exit(99);
        prctl(PR_SET_DUMPABLE, 1); /* another user than the one that executed it: /proc would be root's */
        _exit(body());
    }
    return scratch_wait(pid);
}

static void need_root(void)
{
    if (geteuid() != 0)
        skip();
}

static void test_maps_are_written_directly(void **data)
{
    pid_t pid;

    (void)data;
    need_root();
    pid = namespaced();
    assert_int_equal(idmap_write(pid, "0 100000 1000\n1000 5000 1\n", "0 200000 65536\n", false, &err), 0);
    assert_string_equal(proc_words(pid, "uid_map"), "0 100000 1000;1000 5000 1;");
    assert_string_equal(proc_words(pid, "gid_map"), "0 200000 65536;");
    scratch_kill(pid);
}

static void test_setgroups_is_denied_when_asked(void **data)
{
    _cleanup_arena_ struct arena arena = {0};
    pid_t pid = namespaced();

    (void)data;
    idmap_write(pid, NULL, NULL, true, &err);
    assert_string_equal(
        file_read(&arena, AT_FDCWD, arena_format(&arena, "/proc/%d/setgroups", (int)pid), 100, NULL, NULL),
        "deny\n");
    scratch_kill(pid);
}

static void test_refused_map(void **data)
{
    pid_t pid;

    (void)data;
    need_root();
    pid = namespaced();
    assert_int_equal(idmap_write(pid, "0 100000 10\n5 200000 10\n", "0 0 1\n", false, &err), -1);
    scratch_kill(pid);
    assert_int_equal(err.errnum, EINVAL);
    assert_non_null(strstr(err.message, "cannot write the uid_map of process"));
    assert_non_null(strstr(err.hint, "overlap"));
}

static void test_no_process(void **data)
{
    pid_t pid = scratch_sleeper();

    (void)data;
    scratch_kill(pid);
    assert_int_equal(idmap_write(pid, "0 0 1\n", "0 0 1\n", false, &err), -1);
    assert_int_equal(err.errnum, ENOENT);
}

static int own_ids(void)
{
    pid_t pid = namespaced();
    char uids[32], gids[32];
    int result;

    snprintf(uids, sizeof uids, "0 %u 1\n", (unsigned)geteuid());
    snprintf(gids, sizeof gids, "0 %u 1\n", (unsigned)getegid());
    /* neither helper is to be found: what is written is written directly */
    result = idmap_write(pid, uids, gids, true, &err);
    scratch_kill(pid);
    return result < 0;
}

static void test_own_ids_need_no_privilege(void **data)
{
    (void)data;
    assert_int_equal(unprivileged(own_ids), 0);
}

static int foreign_ids(void)
{
    pid_t pid = namespaced();
    int result = idmap_write(pid, "0 1 1\n1 100000 65536\n", "0 1 1\n1 200000 65536\n", false, &err);

    scratch_kill(pid);
    scratch_write("message", err.message);
    scratch_write("hint", err.hint);
    return result < 0 ? 1 : 0;
}

/* Helpers of ours in PATH: what they are given is what the real ones read. */
static void test_helpers_are_asked(void **data)
{
    (void)data;
    chmod(scratch, 0777);
    scratch_write("newuidmap", "#!/bin/sh\nshift; echo \"$@\" >${0%/*}/uids\n");
    scratch_write("newgidmap", "#!/bin/sh\nshift; echo \"$@\" >${0%/*}/gids\n");
    setenv("PATH", scratch, 1);
    assert_int_equal(unprivileged(foreign_ids), 0);
    assert_string_equal(scratch_read("uids"), "0 1 1 1 100000 65536\n");
    assert_string_equal(scratch_read("gids"), "0 1 1 1 200000 65536\n");
}

static void test_helpers_words_are_kept(void **data)
{
    char expected[256];

    (void)data;
    chmod(scratch, 0777);
    scratch_write("newgidmap", "#!/bin/sh\necho 'newgidmap: gid range not allowed' >&2; exit 1\n");
    setenv("PATH", scratch, 1);
    assert_int_equal(unprivileged(foreign_ids), 1);
    snprintf(expected, sizeof expected,
             "cannot write the gid_map: '%s/newgidmap' ended with status 1: newgidmap: gid range not allowed",
             scratch);
    assert_string_equal(scratch_read("message"), expected);
    assert_string_equal(
        scratch_read("hint"),
        "the ids must be granted to this user in /etc/subgid: usermod --add-subgids FIRST-LAST USER");
}

static void test_namespace_for_a_mount(void **data)
{
    struct spec_id_mapping uids[] = {{0, 100000, 1000}, {1000, 5, 1}}, gids[] = {{0, 300000, 65536}};
    struct spec_id_mappings uid_mappings = {.items = uids, .count = 2, .set = true};
    struct spec_id_mappings gid_mappings = {.items = gids, .count = 1, .set = true};
    pid_t pid;
    int fd;

    (void)data;
    need_root();
    fd = idmap_user_namespace(&uid_mappings, &gid_mappings, &err);
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    /* its process is gone, and was reaped */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    pid = scratch_fork();
    if (pid == 0) {
        if (sys_setns(fd, CLONE_NEWUSER) < 0)
            _exit(1);
        scratch_write("uids", proc_words(getpid(), "uid_map"));
        scratch_write("gids", proc_words(getpid(), "gid_map"));
        _exit(0);
    }
    close(fd);
    chmod(scratch, 0777);
    assert_int_equal(scratch_wait(pid), 0);
}

static void test_namespace_that_cannot_be(void **data)
{
    struct spec_id_mapping twice[] = {{0, 100000, 10}, {0, 200000, 10}};
    struct spec_id_mappings mappings = {.items = twice, .count = 2, .set = true};

    (void)data;
    assert_int_equal(idmap_user_namespace(&mappings, &mappings, &err), -1);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_maps_are_written_directly),
        TEST(test_setgroups_is_denied_when_asked),
        TEST(test_refused_map),
        TEST(test_no_process),
        TEST(test_own_ids_need_no_privilege),
        TEST(test_helpers_are_asked),
        TEST(test_helpers_words_are_kept),
        TEST(test_namespace_for_a_mount),
        TEST(test_namespace_that_cannot_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
