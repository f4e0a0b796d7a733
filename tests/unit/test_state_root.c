/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the state is kept, for whom. */
#include "scratch.h"

#include "container/state.h"
#include "sys/clone.h"

/* A user that has no login, and so no /run/user directory. */
enum { USER = 64321 };
#define USER_DIRECTORY "/tmp/caisson-64321"

static struct caisson_error err;

/* What a child does before it asks, as which user, and where that leads. */
struct asker {
    uid_t uid;
    bool user_namespace; /* uid 0 of one of its own */
    const char *runtime; /* XDG_RUNTIME_DIR, or NULL */
    const char *root;    /* --root, or NULL */
};

static void become(const struct asker *asker)
{
    if (asker->uid != 0 && (setresgid(asker->uid, asker->uid, asker->uid) < 0 ||
                            setresuid(asker->uid, asker->uid, asker->uid) < 0))
        _exit(99);
    prctl(PR_SET_DUMPABLE, 1);
    if (asker->user_namespace) {
        char map[32];
        int fd;

        snprintf(map, sizeof map, "0 %u 1", (unsigned)asker->uid);
        fd = sys_unshare(CLONE_NEWUSER) < 0 ? -1 : open("/proc/self/uid_map", O_WRONLY);
        if (fd < 0 || write(fd, map, strlen(map)) < 0)
            _exit(98);
        close(fd);
    }
    if (asker->runtime)
        setenv("XDG_RUNTIME_DIR", asker->runtime, 1);
    else
        unsetenv("XDG_RUNTIME_DIR");
}

/* @return where it leads, or the error's message. */
static const char *ask(const struct asker *asker)
{
    static char answer[2048];
    struct caisson_context context = {.state_root = asker->root};
    int ends[2];
    ssize_t n;
    pid_t pid;

    if (geteuid() != 0)
        skip();
    assert_int_equal(pipe(ends), 0);
    pid = scratch_fork();
    if (pid == 0) {
        char link[64], text[2048] = "";
        int fd;

        become(asker);
        fd = state_open_root(&context, &err);
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        if (fd < 0)
            snprintf(text, sizeof text, "%s | %s", err.message, err.hint);
        else if (readlink(link, text, sizeof text - 1) < 0)
            _exit(97);
        _exit(write(ends[1], text, strlen(text)) < 0 ? 96 : 0);
    }
    close(ends[1]);
    n = read(ends[0], answer, sizeof answer - 1);
    close(ends[0]);
    assert_int_equal(scratch_wait(pid), 0);
    answer[n > 0 ? n : 0] = '\0';
    return answer;
}

static void assert_mode(const char *path, unsigned mode)
{
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, mode);
}

static void test_given(void **data)
{
    char path[PATH_MAX];

    (void)data;
    umask(022);
    snprintf(path, sizeof path, "%s", scratch_path("a/b/c"));
    assert_string_equal(ask(&(struct asker){.root = path, .runtime = "/nowhere"}), path);
    assert_mode(path, 0711);
    /* again, now that it is there */
    assert_string_equal(ask(&(struct asker){.root = path}), path);
}

static void test_user(void **data)
{
    char expected[PATH_MAX];

    (void)data;
    snprintf(expected, sizeof expected, "%s/caisson", scratch);
    assert_int_equal(chown(scratch, USER, USER), 0);
    assert_string_equal(ask(&(struct asker){.uid = USER, .runtime = scratch}), expected);
    assert_mode(expected, 01700);
}

static void test_root_of_a_user_namespace(void **data)
{
    char expected[PATH_MAX];

    (void)data;
    snprintf(expected, sizeof expected, "%s/caisson", scratch);
    assert_int_equal(chown(scratch, USER, USER), 0);
    assert_string_equal(ask(&(struct asker){.uid = USER, .user_namespace = true, .runtime = scratch}),
                        expected);
}

static void test_root_has_one_place(void **data)
{
    (void)data;
    /* root's own session must not hide the containers of root's services */
    assert_string_equal(ask(&(struct asker){.runtime = scratch}), "/run/caisson");
    assert_string_equal(ask(&(struct asker){.runtime = ""}), "/run/caisson");
}

static void test_no_runtime_directory(void **data)
{
    (void)data;
    assert_string_equal(ask(&(struct asker){.uid = USER}), USER_DIRECTORY);
    assert_mode(USER_DIRECTORY, 0700);
    /* empty is unset, and a relative one is to be ignored */
    assert_string_equal(ask(&(struct asker){.uid = USER, .runtime = ""}), USER_DIRECTORY);
    assert_string_equal(ask(&(struct asker){.uid = USER, .runtime = "tmp"}), USER_DIRECTORY);
    assert_int_equal(rmdir(USER_DIRECTORY), 0);
}

static void test_somebody_elses_directory(void **data)
{
    const char *answer;

    (void)data;
    assert_int_equal(mkdir(USER_DIRECTORY, 0777), 0);
    answer = ask(&(struct asker){.uid = USER});
    assert_int_equal(rmdir(USER_DIRECTORY), 0);
    assert_non_null(strstr(answer, "cannot use '" USER_DIRECTORY "' as state directory"));
    assert_non_null(strstr(answer, "(owner 0, mode 0755)"));
    assert_non_null(strstr(answer, "XDG_RUNTIME_DIR"));

    /* ours, and open to others */
    assert_int_equal(mkdir(USER_DIRECTORY, 0777), 0);
    assert_int_equal(chown(USER_DIRECTORY, USER, USER), 0);
    answer = ask(&(struct asker){.uid = USER});
    assert_int_equal(rmdir(USER_DIRECTORY), 0);
    assert_non_null(strstr(answer, "(owner 64321, mode 0755)"));

    /* a link into a directory of the user */
    assert_int_equal(chown(scratch, USER, USER), 0);
    assert_int_equal(chmod(scratch, 0700), 0);
    assert_int_equal(symlink(scratch, USER_DIRECTORY), 0);
    answer = ask(&(struct asker){.uid = USER});
    assert_int_equal(unlink(USER_DIRECTORY), 0);
    assert_non_null(strstr(answer, "cannot use '" USER_DIRECTORY "' as state directory: "));
}

static void test_not_to_be_had(void **data)
{
    const char *answer = ask(&(struct asker){.uid = USER, .runtime = "/proc/nowhere"});

    (void)data;
    assert_non_null(strstr(answer, "cannot make the state directory '/proc/nowhere/caisson': "));
    assert_non_null(strstr(answer, "| set XDG_RUNTIME_DIR, or name a directory of your own with --root"));
    answer = ask(&(struct asker){.uid = USER, .root = "/root-only/x"});
    assert_non_null(strstr(answer, "cannot make the state directory '/root-only/x': Permission denied"));
    assert_non_null(strstr(answer, "| name a directory that this user can write to"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_given),
        TEST(test_user),
        TEST(test_root_of_a_user_namespace),
        TEST(test_root_has_one_place),
        TEST(test_no_runtime_directory),
        TEST(test_somebody_elses_directory),
        TEST(test_not_to_be_had),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
