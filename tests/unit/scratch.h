/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A directory for one test, and processes that it starts. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* A test that hangs fails: no step of these tests waits for a time. */
enum { SCRATCH_LIMIT_S = 120 };

static char scratch[64];

static inline int scratch_setup(void **data)
{
    (void)data;
    snprintf(scratch, sizeof scratch, "/tmp/caisson-test-XXXXXX");
    alarm(SCRATCH_LIMIT_S);
    return mkdtemp(scratch) && chmod(scratch, 0755) == 0 ? 0 : -1;
}

/* The same, with the directory open. */
static inline int scratch_setup_open(void **data, int *dir)
{
    if (scratch_setup(data) < 0)
        return -1;
    *dir = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *dir < 0 ? -1 : 0;
}

static inline int scratch_unlink(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static inline int scratch_teardown(void **data)
{
    (void)data;
    alarm(0);
    return nftw(scratch, scratch_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

/* @return "SCRATCH/NAME", good until it was called eight times more. */
static inline const char *scratch_path(const char *name)
{
    static char paths[8][sizeof scratch + NAME_MAX + 2];
    static unsigned next;
    char *path = paths[next++ % 8];

    snprintf(path, sizeof *paths, "%s/%s", scratch, name);
    return path;
}

/* @return what stands in a file of the directory, "" when there is none. */
static inline const char *scratch_read(const char *name)
{
    static char text[64 * 1024];
    int fd = open(scratch_path(name), O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);

    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static inline void scratch_write(const char *name, const char *text)
{
    int fd = open(scratch_path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

/* Waits for a child. @return its exit status, or 128 + n for signal n. */
static inline int scratch_wait(pid_t pid)
{
    int status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* As fork(2); the child does not outlive a test that fails. */
static inline pid_t scratch_fork(void)
{
    pid_t parent = getpid(), pid = fork();

    assert_true(pid >= 0);
    if (pid == 0 && (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent))
        _exit(89);
    return pid;
}

/* A child that lives until it is killed. */
static inline pid_t scratch_sleeper(void)
{
    pid_t pid = scratch_fork();

    if (pid == 0) {
        for (;;)
            pause();
    }
    return pid;
}

static inline void scratch_kill(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

#endif
