/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * step [-f] [-t SECONDS] [-k P:N | -e P:N:ERRNO] COMMAND...: disturbs a program at one of its system calls.
 *
 *   -k P:N        process P is killed with SIGKILL after its Nth system call has returned, before it sees the result
 *   -e P:N:ERRNO  its Nth system call is not made and returns ERRNO, a number; what cannot fail in itself is made all the same
 *   -f            processes that it starts are followed, too; without it P is 0, the program itself
 *   -t SECONDS    how long it may take (default 30): then everything is killed, and the status is 124
 *
 * With neither -k nor -e it prints "step P CALLS BEFORE" for each process to standard error, in the order of their
 * birth: all of its calls, and those up to the last execve.
 * Calls are counted from 1, from behind the execve that starts the program. The status is the program's, 128 + N when
 * it ended by signal N. Processes that are still there when the program has ended go on undisturbed.
 */
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESSES = 1024, STATUS_TIMEOUT = 124, STATUS_OURS = 125 };

struct process {
    pid_t pid;
    unsigned long calls, before; /* before: when it last executed a program */
    bool running;                /* of the program itself: behind its execve */
};

struct stepper {
    bool follow, kills, fails;
    unsigned process;
    unsigned long call;
    int error;
    struct process processes[PROCESSES];
    unsigned count;
};

static void fail(const char *what)
{
    fprintf(stderr, "step: %s: %s\n", what, strerror(errno));
    exit(STATUS_OURS);
}

static volatile sig_atomic_t late;

static void on_alarm(int signal)
{
    (void)signal;
    late = 1; /* and waitpid() returns */
}

/* ---- registers ---- */

static void registers(pid_t pid, enum __ptrace_request request, int set, void *data, size_t size)
{
    struct iovec io = {data, size};

    if (ptrace(request, pid, (void *)(long)set, &io) < 0 && errno != ESRCH)
        fail("ptrace registers");
}

/* At the entry: number -1 is no system call, the kernel makes none. */
static void skip_call(pid_t pid)
{
#if defined(__x86_64__)
    struct user_regs_struct regs;

    registers(pid, PTRACE_GETREGSET, NT_PRSTATUS, &regs, sizeof regs);
    regs.orig_rax = (unsigned long long)-1;
    registers(pid, PTRACE_SETREGSET, NT_PRSTATUS, &regs, sizeof regs);
#elif defined(__aarch64__)
    int number = -1;

    registers(pid, PTRACE_SETREGSET, NT_ARM_SYSTEM_CALL, &number, sizeof number);
#else
#error "step: how a system call is skipped on this machine is not known here"
#endif
}

/* At the exit. */
static void set_result(pid_t pid, long result)
{
    struct user_regs_struct regs;

    registers(pid, PTRACE_GETREGSET, NT_PRSTATUS, &regs, sizeof regs);
#if defined(__x86_64__)
    regs.rax = (unsigned long long)result;
#elif defined(__aarch64__)
    regs.regs[0] = (unsigned long long)result;
#endif
    registers(pid, PTRACE_SETREGSET, NT_PRSTATUS, &regs, sizeof regs);
}

/* ---- processes ---- */

/* A new one is met by its own first stop or by its parent's event, whichever comes first. */
static struct process *find(struct stepper *s, pid_t pid)
{
    for (unsigned i = 0; i < s->count; i++)
        if (s->processes[i].pid == pid)
            return &s->processes[i];
    if (s->count == PROCESSES) {
        errno = E2BIG;
        fail("processes");
    }
    s->processes[s->count] = (struct process){.pid = pid, .running = s->count > 0};
    return &s->processes[s->count++];
}

static void kill_all(struct stepper *s)
{
    for (unsigned i = 0; i < s->count; i++)
        kill(s->processes[i].pid, SIGKILL);
}

static pid_t start(char **command)
{
    int go[2];
    pid_t pid;
    char byte;

    if (pipe(go) < 0)
        fail("pipe");
    pid = fork();
    if (pid < 0)
        fail("fork");
    if (pid == 0) {
        close(go[1]);
        if (read(go[0], &byte, 1) < 0)
            _exit(STATUS_OURS);
        close(go[0]);
        execvp(command[0], command);
        perror(command[0]);
        _exit(STATUS_OURS);
    }
    close(go[0]);
    if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)(long)(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC)) < 0)
        fail("PTRACE_SEIZE");
    if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0)
        fail("PTRACE_INTERRUPT");
    close(go[1]);
    return pid;
}

/* ---- stops ---- */

static bool is_point(const struct stepper *s, const struct process *process)
{
    return (s->kills || s->fails) && process == &s->processes[s->process] && process->calls == s->call;
}

/*
 * close(2) and close_range(2) close whatever they return, and umask(2) sets the mask: that they did not would be a fault that
 * never happens.
 */
static bool is_made_anyway(const struct __ptrace_syscall_info *info)
{
    return info->entry.nr == SYS_close || info->entry.nr == SYS_umask ||
           (info->entry.nr == SYS_close_range && info->entry.args[2] == 0);
}

static void at_call(struct stepper *s, struct process *process)
{
    struct __ptrace_syscall_info info = {0};

    if (ptrace(PTRACE_GET_SYSCALL_INFO, process->pid, (void *)sizeof info, &info) < 0 || !process->running)
        return;
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
        process->calls++;
        if (s->fails && is_point(s, process) && !is_made_anyway(&info))
            skip_call(process->pid);
    } else if (info.op == PTRACE_SYSCALL_INFO_EXIT && is_point(s, process)) {
        if (s->kills)
            kill(process->pid, SIGKILL);
        else
            set_result(process->pid, -s->error);
    }
}

/* Process 1 of a namespace that is traced does not end by a fault of its own: it would have it again and again. */
static void end_faulty(const struct stepper *s, const struct process *process, int signal)
{
    if (process != &s->processes[0] && (signal == SIGSEGV || signal == SIGBUS || signal == SIGILL))
        kill(process->pid, SIGKILL);
}

/* @return the signal to go on with */
static int at_stop(struct stepper *s, struct process *process, int status)
{
    int event = status >> 16, signal = WSTOPSIG(status);
    unsigned long message = 0;
    long follow = s->follow ? PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE : 0;

    switch (event) {
    case 0:
        if (signal != (SIGTRAP | 0x80)) {
            end_faulty(s, process, signal);
            return signal;
        }
        at_call(s, process);
        return 0;
    case PTRACE_EVENT_EXEC:
        process->before = process->calls;
        if (!process->running) {
            ptrace(PTRACE_SETOPTIONS, process->pid, NULL,
                   (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | follow));
            process->running = true;
            process->calls = process->before =
                0; /* what is to come of the execve is its exit, which counts nothing */
        }
        return 0;
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
    case PTRACE_EVENT_CLONE:
        if (ptrace(PTRACE_GETEVENTMSG, process->pid, NULL, &message) == 0)
            find(s, (pid_t)message);
        return 0;
    default:
        return 0;
    }
}

/* @return the status of the program */
static int trace(struct stepper *s)
{
    for (;;) {
        int status, signal;
        pid_t pid = waitpid(-1, &status, __WALL);
        struct process *process;

        if (late) {
            fprintf(stderr, "step: it does not end\n");
            kill_all(s);
            return STATUS_TIMEOUT;
        }
        if (pid < 0 && errno == EINTR)
            continue;
        if (pid < 0)
            fail("waitpid");
        process = find(s, pid);
        if (!WIFSTOPPED(status)) {
            if (process == &s->processes[0])
                return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            continue;
        }
        signal = at_stop(s, process, status);
        if (status >> 16 == PTRACE_EVENT_STOP && WSTOPSIG(status) != SIGTRAP)
            ptrace(PTRACE_LISTEN, pid, NULL, NULL);
        else
            ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)signal);
    }
}

int main(int argc, char **argv)
{
    static struct stepper s;
    struct sigaction alarmed = {.sa_handler = on_alarm};
    unsigned seconds = 30;
    int option, status;

    while ((option = getopt(argc, argv, "+ft:k:e:")) >= 0) {
        switch (option) {
        case 'f':
            s.follow = true;
            break;
        case 't':
            seconds = (unsigned)atoi(optarg);
            break;
        case 'k':
            s.kills = sscanf(optarg, "%u:%lu", &s.process, &s.call) == 2;
            break;
        case 'e':
            s.fails = sscanf(optarg, "%u:%lu:%d", &s.process, &s.call, &s.error) == 3;
            break;
        default:
            return STATUS_OURS;
        }
    }
    if (optind == argc || s.process >= PROCESSES) {
        fprintf(stderr, "usage: step [-f] [-t SECONDS] [-k P:N | -e P:N:ERRNO] COMMAND...\n");
        return STATUS_OURS;
    }
    sigaction(SIGALRM, &alarmed, NULL);
    find(&s, start(argv + optind));
    alarm(seconds);
    status = trace(&s);
    if (!s.kills && !s.fails)
        for (unsigned i = 0; i < s.count; i++)
            fprintf(stderr, "step %u %lu %lu\n", i, s.processes[i].calls, s.processes[i].before);
    return status;
}
