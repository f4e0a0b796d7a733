/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * joined PID CGROUP PROGRAM [ARGUMENT...]: what `floor -x` does, and what a runtime may not leave out: no process with the
 * runtime's program or memory is ever among the container's (CVE-2019-5736, CVE-2016-9962). So a process executes a copy
 * of a small program that nobody can write to, joins the namespaces, and starts there the one that becomes PROGRAM.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "floor.h"
#include "sys/memfd.h"
#include "sys/vfork.h"

int floor_must(long result, const char *what)
{
    const char *why = strerror(errno);

    if (result >= 0)
        return (int)result;
    write(STDERR_FILENO, what, strlen(what));
    write(STDERR_FILENO, ": ", 2);
    write(STDERR_FILENO, why, strlen(why));
    write(STDERR_FILENO, "\n", 1);
    _exit(1);
}

static int become(void *argv)
{
    static char *const env[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                "TERM=xterm", "HOME=/root", NULL};

    floor_must(setsid(), "start a session");
    floor_drop_privileges(false);
    floor_must(syscall(SYS_close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */), "close the descriptors");
    execve(((char **)argv)[0], argv, env);
    return floor_must(-1, "execute the program");
}

/* In the copy: "joined - PIDFD PROGRAM [ARGUMENT...]" */
static void join(char **argv)
{
    static _Alignas(16) char stack[16384];

    floor_must(prctl(PR_SET_DUMPABLE, 0), "be undumpable");
    floor_must(setns(atoi(argv[2]), CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET |
                                        CLONE_NEWCGROUP),
               "join the namespaces");
    floor_must(clone(become, stack + sizeof stack, CLONE_VM | CLONE_PARENT, argv + 3), "fork");
    _exit(0);
}

struct copy {
    int fd;
    char **argv;
};

static void execute_copy(void *data)
{
    static char *const none[] = {NULL};
    const struct copy *copy = data;

    syscall(SYS_execveat, copy->fd, "", copy->argv, none, AT_EMPTY_PATH);
    floor_must(-1, "execute the copy");
}

static int copy_self(void)
{
    static char bytes[64 * 1024];
    int self = floor_must(open("/proc/self/exe", O_RDONLY | O_CLOEXEC), "open the program");
    int fd = floor_must(sys_memfd("joined", true), "make a memfd");
    ssize_t n = floor_must(read(self, bytes, sizeof bytes), "read the program");

    floor_must(write(fd, bytes, (size_t)n), "fill the memfd");
    floor_must(sys_memfd_seal(fd), "seal the memfd");
    close(self);
    return fd;
}

int main(int argc, char **argv)
{
    struct clone_args args = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD};
    struct copy copy;
    char number[12] = "";
    int status = 0, pidfd;

    if (argc < 4)
        return 2;
    if (strcmp(argv[1], "-") == 0)
        join(argv);
    pidfd = floor_must(syscall(SYS_pidfd_open, atoi(argv[1]), 0), "find the container");
    args.cgroup = (unsigned)floor_must(open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC), argv[2]);
    floor_must(fcntl(pidfd, F_SETFD, 0), "hand the container on");
    for (int digit = 10, rest = pidfd; digit >= 0; digit--, rest /= 10)
        number[digit] = (char)('0' + rest % 10);
    copy = (struct copy){.fd = copy_self(), .argv = argv};
    argv[1] = (char[]){"-"};
    argv[2] = number;
    floor_must(sys_vfork(&args, execute_copy, &copy), "fork");
    while (wait(&status) > 0)
        continue;
    return WEXITSTATUS(status);
}
