/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sys_clone_hearing(): the parent goes on once its child has said everything, and has what the child wrote to its memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "base/fd.h"
#include "sys/hearing.h"

struct talk {
    int pipe[2];
    const char *program; /* executed at the end, or NULL */
    volatile int said;
};

static void speak(void *data)
{
    static const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
    static char *const no_env[] = {NULL};
    struct talk *talk = data;
    char *argv[] = {(char *)(uintptr_t)talk->program, (char *)(uintptr_t) "0.3", NULL};

    for (int i = 0; i < 3; i++) {
        talk->said += write(talk->pipe[1], "word", 4) == 4;
        nanosleep(&pause, NULL);
    }
    if (talk->program)
        execve(talk->program, argv, no_env);
    _exit(7);
}

static pid_t converse(struct talk *talk, const char *expected)
{
    struct clone_args args = {.exit_signal = SIGCHLD};
    char text[64] = "";
    pid_t pid;

    assert_int_equal(pipe2(talk->pipe, O_CLOEXEC), 0);
    pid = (pid_t)sys_clone_hearing(&args, speak, talk, talk->pipe);
    assert_true(pid > 0);
    assert_int_equal(talk->said, 3);
    assert_int_equal(fcntl(talk->pipe[1], F_GETFD), -1);
    assert_int_equal(fd_read_all(talk->pipe[0], text, sizeof text - 1), strlen(expected));
    assert_string_equal(text, expected);
    fd_close(talk->pipe[0]);
    return pid;
}

static void hears_to_the_end(void **state)
{
    struct talk talk = {0};
    int status;

    (void)state;
    assert_true(waitpid(converse(&talk, "wordwordword"), &status, 0) > 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

/* The execution closes the child's end: the program goes on by itself. */
static void does_not_wait_for_the_program(void **state)
{
    struct talk talk = {.program = "/bin/sleep"};
    int status;
    pid_t pid;

    (void)state;
    pid = converse(&talk, "wordwordword");
    assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void says_why_there_is_no_child(void **state)
{
    struct clone_args args = {.exit_signal = SIGCHLD, .flags = CLONE_INTO_CGROUP, .cgroup = 1000};
    struct talk talk = {0};

    (void)state;
    assert_int_equal(pipe2(talk.pipe, O_CLOEXEC), 0);
    errno = 0;
    assert_int_equal(sys_clone_hearing(&args, speak, &talk, talk.pipe), -1);
    assert_int_equal(errno, EBADF);
    assert_int_equal(talk.said, 0);
    assert_int_equal(fd_close(talk.pipe[1]), -1); /* it is the caller's still */
    fd_close(talk.pipe[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hears_to_the_end),
        cmocka_unit_test(does_not_wait_for_the_program),
        cmocka_unit_test(says_why_there_is_no_child),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
