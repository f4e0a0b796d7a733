/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * steps [-u PATH] PROGRAM [ARGUMENT...]: counts the instructions that a program executes in user space, one by one, and
 * prints the number. It needs no counter in the processor, which virtual machines lack, and other load changes nothing.
 * With -u all that it starts is counted too, each up to where it executes PATH; without, nothing but the program. The exit
 * status is the program's.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EVENTS = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC };

struct count {
    const char *until;
    pid_t first;
    unsigned long steps;
    int status; /* of the first process, once it has ended */
};

static int executes(pid_t pid, const char *path)
{
    char link[32], target[PATH_MAX];
    ssize_t n;

    snprintf(link, sizeof link, "/proc/%d/exe", pid);
    n = readlink(link, target, sizeof target - 1);
    target[n < 0 ? 0 : n] = '\0';
    return strcmp(target, path) == 0;
}

/* A step ends in SIGTRAP; another signal is the program's own and is handed on. */
static void go_on(struct count *count, pid_t pid, int status)
{
    unsigned long signal =
        WSTOPSIG(status) == SIGTRAP || WSTOPSIG(status) == SIGSTOP ? 0 : (unsigned long)WSTOPSIG(status);
    int event = status >> 16;

    if (event == PTRACE_EVENT_EXEC && count->until && executes(pid, count->until)) {
        ptrace(PTRACE_DETACH, pid, NULL, 0);
        return;
    }
    count->steps += event == 0 && WSTOPSIG(status) == SIGTRAP;
    ptrace(PTRACE_SINGLESTEP, pid, NULL, signal);
}

/* Until the first has ended: of what is left then, the rest of the steps is not this command's. */
static void follow(struct count *count)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, __WALL)) > 0) {
        if (WIFSTOPPED(status))
            go_on(count, pid, status);
        else if (pid == count->first) {
            count->status = status;
            return;
        }
    }
}

static int start(struct count *count, char **argv)
{
    int status;

    count->first = fork();
    if (count->first < 0)
        return -1;
    if (count->first == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
            execvp(argv[0], argv);
        _exit(127);
    }
    if (waitpid(count->first, &status, 0) < 0)
        return -1;
    if (!WIFSTOPPED(status)) {
        count->status = status;
        return 0;
    }
    if (count->until && ptrace(PTRACE_SETOPTIONS, count->first, NULL, EVENTS) < 0)
        return -1;
    if (ptrace(PTRACE_SINGLESTEP, count->first, NULL, 0) < 0)
        return -1;
    follow(count);
    return 0;
}

int main(int argc, char **argv)
{
    struct count count = {0};
    int option;

    /* "+": the options of PROGRAM are not ours */
    while ((option = getopt(argc, argv, "+u:")) == 'u')
        count.until = optarg;
    if (option != -1 || optind >= argc) {
        fprintf(stderr, "usage: steps [-u PATH] PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    if (start(&count, &argv[optind]) < 0) {
        perror("steps");
        return 2;
    }
    if (WIFSIGNALED(count.status)) {
        fprintf(stderr, "steps: %s: %s\n", argv[optind], strsignal(WTERMSIG(count.status)));
        return 2;
    }
    printf("%lu\n", count.steps);
    return WEXITSTATUS(count.status);
}
