/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * joined PID CGROUP PROGRAM [ARGUMENT...]: what `floor -x` does, and what a runtime may not leave out: no process with the
 * runtime's program or memory is ever among the container's (CVE-2019-5736, CVE-2016-9962). So a process executes a copy
 * of a small program that nobody can write to, joins the namespaces, and starts there the one that becomes PROGRAM.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/memfd.h"
#include "sys/vfork.h"

static int must(long result)
{
    if (result >= 0)
        return (int)result;
    write(STDERR_FILENO, "joined: ", 8);
    write(STDERR_FILENO, strerror(errno), strlen(strerror(errno)));
    write(STDERR_FILENO, "\n", 1);
    _exit(1);
}

/* The default bundle's capabilities, as in floor.c. */
static int become(void *argv)
{
    static char *const env[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                "TERM=xterm", "HOME=/root", NULL};
    const uint32_t keep = 1u << CAP_KILL | 1u << CAP_NET_BIND_SERVICE | 1u << CAP_AUDIT_WRITE;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{.effective = keep, .permitted = keep}};

    must(setsid());
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    for (unsigned long cap = 0; cap < 64; cap++)
        if ((cap >= 32 || !(keep >> cap & 1)) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
            break;
    must(syscall(SYS_setgroups, 0, NULL));
    must(syscall(SYS_setresgid, 0, 0, 0));
    must(syscall(SYS_setresuid, 0, 0, 0));
    must(syscall(SYS_capset, &header, data));
    must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
    must(syscall(SYS_close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */));
    execve(((char **)argv)[0], argv, env);
    return must(-1);
}

/* In the copy: "joined - PIDFD PROGRAM [ARGUMENT...]" */
static void join(char **argv)
{
    static _Alignas(16) char stack[16384];

    must(prctl(PR_SET_DUMPABLE, 0));
    must(setns(atoi(argv[2]),
               CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP));
    must(clone(become, stack + sizeof stack, CLONE_VM | CLONE_PARENT, argv + 3));
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
    must(-1);
}

static int copy_self(void)
{
    static char bytes[64 * 1024];
    int self = must(open("/proc/self/exe", O_RDONLY | O_CLOEXEC)), fd = must(sys_memfd("joined", true));
    ssize_t n = must(read(self, bytes, sizeof bytes));

    must(write(fd, bytes, (size_t)n));
    must(sys_memfd_seal(fd));
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
    pidfd = must(syscall(SYS_pidfd_open, atoi(argv[1]), 0));
    args.cgroup = (unsigned)must(open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    must(fcntl(pidfd, F_SETFD, 0));
    for (int digit = 10, rest = pidfd; digit >= 0; digit--, rest /= 10)
        number[digit] = (char)('0' + rest % 10);
    copy = (struct copy){.fd = copy_self(), .argv = argv};
    argv[1] = (char[]){"-"};
    argv[2] = number;
    must(sys_vfork(&args, execute_copy, &copy));
    while (wait(&status) > 0)
        continue;
    return WEXITSTATUS(status);
}
