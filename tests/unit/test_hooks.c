/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hooks: what they get, and what becomes of those that misbehave. */
#include "scratch.h"

#include "base/strbuf.h"
#include "container/hooks.h"

static struct caisson_error err;

/* One hook: /bin/sh -c SCRIPT SCRATCH; the directory is $0. */
static struct spec_hook shell(const char *script)
{
    static const char *args[4];

    args[0] = "sh";
    args[1] = "-c";
    args[2] = script;
    args[3] = scratch;
    return (struct spec_hook){.path = "/bin/sh", .args = {.items = args, .count = 4}};
}

static int run_hook(struct spec_hook hook, const char *state)
{
    struct spec_hook_list list = {.items = &hook, .count = 1};

    memset(&err, 0, sizeof err);
    return hooks_run(&list, "createRuntime", state, &(struct hook_place){.cwd = scratch}, &err);
}

static int run_shell(const char *script, const char *state)
{
    return run_hook(shell(script), state);
}

static char *large(struct arena *arena, size_t size)
{
    char *text = arena_alloc(arena, size + 1);

    memset(text, 'x', size);
    return text;
}

static void test_state_arrives(void **data)
{
    (void)data;
    assert_int_equal(run_shell("cat >$0/got", "{\"id\":\"one\"}"), 0);
    assert_string_equal(scratch_read("got"), "{\"id\":\"one\"}");
    /* by name as well, as scripts do it */
    assert_int_equal(run_shell("cat /dev/stdin >$0/named", "{\"id\":\"two\"}"), 0);
    assert_string_equal(scratch_read("named"), "{\"id\":\"two\"}");
}

static void test_large_state_arrives(void **data)
{
    _cleanup_arena_ struct arena arena = {0};

    (void)data;
    assert_int_equal(run_shell("wc -c >$0/got", large(&arena, 3000000)), 0);
    assert_int_equal(atoi(scratch_read("got")), 3000000);
}

static void test_state_is_not_read(void **data)
{
    _cleanup_arena_ struct arena arena = {0};
    char *state = large(&arena, 3000000);

    (void)data;
    assert_int_equal(run_shell("exit 0", state), 0);
    assert_int_equal(run_shell("exec 0<&-; exit 0", state), 0);
    /* reads one line and goes on writing */
    assert_int_equal(
        run_shell("head -c 10 >/dev/null; exec 0<&-; head -c 300000 /dev/zero >&2; exit 0", state), 0);
}

static void test_failure_is_described(void **data)
{
    (void)data;
    assert_int_equal(run_shell("echo first >&2; printf 'no \\033such card\\n\\n' >&2; exit 3", "{}"), -1);
    assert_int_equal(err.code, CAISSON_ERROR_HOOK);
    assert_string_equal(err.message, "createRuntime hook 0 '/bin/sh' ended with status 3: no  such card");
    assert_string_equal(err.pointer, "/hooks/createRuntime/0");

    assert_int_equal(run_shell("kill -9 $$", "{}"), -1);
    assert_string_equal(err.message, "createRuntime hook 0 '/bin/sh' was ended by signal 9 (Killed)");
}

static void test_flood_of_messages(void **data)
{
    (void)data;
    assert_int_equal(
        run_shell("yes 0123456789 | head -c 1000000 >&2; echo >&2; echo the end >&2; exit 1", "{}"), -1);
    assert_non_null(strstr(err.message, "status 1: the end"));
    assert_int_equal(run_shell("head -c 1000000 /dev/zero | tr '\\0' y >&2; exit 1", "{}"), -1);
    assert_non_null(strstr(err.message, "status 1: yyyyyyyy"));
}

static void test_not_executable(void **data)
{
    struct spec_hook hook = {.path = "/nowhere/hook"};

    (void)data;
    assert_int_equal(run_hook(hook, "{}"), -1);
    assert_int_equal(err.code, CAISSON_ERROR_HOOK);
    assert_int_equal(err.errnum, ENOENT);
    assert_string_equal(err.message,
                        "createRuntime hook 0: cannot execute '/nowhere/hook': No such file or directory");
    /* no child is left behind */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void test_timeout(void **data)
{
    struct spec_hook hook = shell("echo $$ >$0/pid; echo waiting >&2; exec sleep 100000");
    pid_t pid;

    (void)data;
    hook.timeout.set = true;
    hook.timeout.value = 1;
    assert_int_equal(run_hook(hook, "{}"), -1);
    assert_int_equal(err.code, CAISSON_ERROR_HOOK);
    assert_string_equal(err.message,
                        "createRuntime hook 0 '/bin/sh' did not end within 1 s and was killed: waiting");
    pid = (pid_t)atoi(scratch_read("pid"));
    assert_true(pid > 0);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(errno, ESRCH);
}

static void test_background_process_is_not_waited_for(void **data)
{
    pid_t pid;

    (void)data;
    assert_int_equal(run_shell("sleep 100000 & echo $! >$0/pid; echo bad >&2; exit 1", "{}"), -1);
    assert_non_null(strstr(err.message, "status 1: bad"));
    pid = (pid_t)atoi(scratch_read("pid"));
    assert_int_equal(kill(pid, 0), 0);
    kill(pid, SIGKILL);
}

static void test_environment_is_its_own(void **data)
{
    static const char *env[] = {"ONE=1", "TWO=2"};
    struct spec_hook hook = shell("tr '\\0' '\\n' </proc/$$/environ >$0/got");

    (void)data;
    setenv("LEAKED", "yes", 1);
    assert_int_equal(run_hook(hook, "{}"), 0);
    assert_string_equal(scratch_read("got"), "");
    hook.env = (struct spec_strings){.items = env, .count = 2};
    assert_int_equal(run_hook(hook, "{}"), 0);
    assert_string_equal(scratch_read("got"), "ONE=1\nTWO=2\n");
}

static void test_args(void **data)
{
    struct spec_hook hook = {.path = scratch_path("hook")};

    (void)data;
    scratch_write("hook", "#!/bin/sh\ntr '\\0' '|' </proc/$$/cmdline >${0%/*}/got\n");
    assert_int_equal(run_hook(hook, "{}"), 0);
    /* without args, argv[0] is the path */
    assert_non_null(strstr(scratch_read("got"), "/hook|"));
}

static void test_no_descriptor_leaks(void **data)
{
    int fd = dup2(STDERR_FILENO, 77);

    (void)data;
    assert_int_equal(fd, 77);
    assert_int_equal(run_shell("ls /proc/$$/fd | tr '\\n' ' ' >$0/got", "{}"), 0);
    close(fd);
    assert_null(strstr(scratch_read("got"), "77"));
    assert_int_equal(strncmp(scratch_read("got"), "0 1 2 ", 6), 0);
}

static void test_working_directory(void **data)
{
    struct spec_hook hook = shell("pwd >$0/got");
    struct spec_hook_list list = {.items = &hook, .count = 1};
    char expected[128];

    (void)data;
    assert_int_equal(run_hook(hook, "{}"), 0);
    snprintf(expected, sizeof expected, "%s\n", scratch);
    assert_string_equal(scratch_read("got"), expected);
    assert_int_equal(
        hooks_run(&list, "poststop", "{}", &(struct hook_place){.cwd = scratch_path("removed")}, &err), 0);
    assert_string_equal(scratch_read("got"), "/\n");
}

static void test_signals_are_default(void **data)
{
    sigset_t set;

    (void)data;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(run_shell("grep -E 'Sig(Blk|Ign)' /proc/self/status | tr -d '\\t\\n' >$0/got", "{}"), 0);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    assert_string_equal(scratch_read("got"), "SigBlk:0000000000000000SigIgn:0000000000000000");
}

static void test_caller_without_standard_descriptors(void **data)
{
    pid_t pid = scratch_fork();

    (void)data;
    if (pid == 0) {
        struct spec_hook hook = shell("cat >$0/got; ls /proc/$$/fd | tr '\\n' ' ' >>$0/got");

        close(0);
        close(1);
        close(2);
        _exit(run_hook(hook, "state ") == 0 ? 0 : 1);
    }
    assert_int_equal(scratch_wait(pid), 0);
    assert_int_equal(strncmp(scratch_read("got"), "state 0 1 2 ", 12), 0);
}

static void test_first_failure_ends_the_run(void **data)
{
    static const char *bad[] = {"sh", "-c", "exit 7"};
    struct spec_hook hooks[] = {
        shell("echo ran >>$0/got"),
        {.path = "/bin/sh", .args = {.items = bad, .count = 3}},
        hooks[0],
    };
    struct spec_hook_list list = {.items = hooks, .count = 3};

    (void)data;
    assert_int_equal(hooks_run(&list, "prestart", "{}", &(struct hook_place){.cwd = scratch}, &err), -1);
    assert_string_equal(err.message, "prestart hook 1 '/bin/sh' ended with status 7");
    assert_string_equal(scratch_read("got"), "ran\n");
}

static void collect(void *data, const char *text)
{
    strbuf_format(data, "%s;", text);
}

static void test_poststop_goes_on(void **data)
{
    static const char *bad[] = {"sh", "-c", "exit 7"};
    struct spec_hook hooks[] = {
        {.path = "/bin/sh", .args = {.items = bad, .count = 3}},
        shell("echo ran >>$0/got"),
        {.path = "/nowhere"},
    };
    struct spec_hook_list list = {.items = hooks, .count = 3};
    _cleanup_arena_ struct arena arena = {0};
    struct strbuf notices = STRBUF(&arena);

    (void)data;
    hooks_run_all(&list, "poststop", "{}", &(struct hook_place){.cwd = scratch}, collect, &notices);
    assert_string_equal(scratch_read("got"), "ran\n");
    assert_string_equal(strbuf_string(&notices),
                        "poststop hook 0 '/bin/sh' ended with status 7;"
                        "poststop hook 2: cannot execute '/nowhere': No such file or directory;");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_state_arrives),
        TEST(test_large_state_arrives),
        TEST(test_state_is_not_read),
        TEST(test_failure_is_described),
        TEST(test_flood_of_messages),
        TEST(test_not_executable),
        TEST(test_timeout),
        TEST(test_background_process_is_not_waited_for),
        TEST(test_environment_is_its_own),
        TEST(test_args),
        TEST(test_no_descriptor_leaks),
        TEST(test_working_directory),
        TEST(test_signals_are_default),
        TEST(test_caller_without_standard_descriptors),
        TEST(test_first_failure_ends_the_run),
        TEST(test_poststop_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
