/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * steps PROGRAM [ARGUMENT...]: counts the instructions that a program executes in user space, one by one, and prints
 * the number. It needs no counter in the processor, which virtual machines lack, and other load changes nothing.
 * What the program starts is not counted. The exit status is the program's.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

/* A step ends in SIGTRAP; another signal is the program's own and is handed on. */
static int count(pid_t pid, unsigned long *steps)
{
    unsigned long signal = 0;
    int status;

    *steps = 0;
    while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
        signal = WSTOPSIG(status) == SIGTRAP ? 0 : (unsigned long)WSTOPSIG(status);
        if (ptrace(PTRACE_SINGLESTEP, pid, NULL, signal) < 0)
            return -1;
        ++*steps;
    }
    return status;
}

int main(int argc, char **argv)
{
    unsigned long steps;
    int status;
    pid_t pid;

    if (argc < 2) {
        fprintf(stderr, "usage: steps PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    pid = fork();
    if (pid < 0) {
        perror("steps: fork");
        return 2;
    }
    if (pid == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
            execvp(argv[1], argv + 1);
        _exit(127);
    }
    status = count(pid, &steps);
    if (status == -1 || WIFSIGNALED(status)) {
        fprintf(stderr, "steps: %s: %s\n", argv[1],
                status == -1 ? strerror(errno) : strsignal(WTERMSIG(status)));
        return 2;
    }
    printf("%lu\n", steps);
    return WEXITSTATUS(status);
}
