/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * clone3(2) with CLONE_VM for a child that tells on a pipe what there is to tell: the parent waits for that pipe's hangup,
 * and not, as with CLONE_VFORK, for the execution first. It is woken once, which is a good part of what `exec` takes.
 */
#ifndef SYS_HEARING_H
#define SYS_HEARING_H

#include <errno.h>
#include <linux/sched.h>
#include <poll.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#if (defined(__x86_64__) || defined(__aarch64__)) && !defined(CAISSON_ASAN)

/* The child runs beside the parent, in its memory: until it has executed a program the parent makes bare system calls alone,
 * for the C library's write errno, which is the child's as well. */
static inline __attribute__((always_inline)) long bare_call(long number, long a, long b, long c, long d,
                                                            long e)
{
#if defined(__x86_64__)
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory", "cc");
    return result;
#else
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;

    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory", "cc");
    return x0;
#endif
}

/* The child begins on a stack that has nothing of the caller's on it: all it needs is in registers. */
static inline __attribute__((always_inline)) long clone_call(const struct clone_args *args,
                                                             void (*child)(void *), void *data)
{
#if defined(__x86_64__)
    long result;
    register void (*r12)(void *) __asm__("r12") = child;
    register void *r13 __asm__("r13") = data;

    __asm__ volatile("syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "mov %%r13, %%rdi\n\t"
                     "call *%%r12\n\t"
                     "hlt\n"
                     "1:"
                     : "=a"(result)
                     : "a"(SYS_clone3), "D"(args), "S"(sizeof *args), "r"(r12), "r"(r13)
                     : "rcx", "r11", "memory", "cc");
    return result;
#else
    register long x8 __asm__("x8") = SYS_clone3;
    register long x0 __asm__("x0") = (long)args;
    register long x1 __asm__("x1") = sizeof *args;
    register void (*x19)(void *) __asm__("x19") = child;
    register void *x20 __asm__("x20") = data;

    __asm__ volatile("svc 0\n\t"
                     "cbnz x0, 1f\n\t"
                     "mov x29, #0\n\t"
                     "mov x0, x20\n\t"
                     "blr x19\n\t"
                     "brk #0\n"
                     "1:"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x19), "r"(x20)
                     : "memory", "cc");
    return x0;
#endif
}

/* As long as there are writers. ppoll(2), which each architecture has. */
static inline __attribute__((always_inline)) void wait_for_hangup(int pipe)
{
    struct pollfd end = {.fd = pipe}; /* no events: its hangup alone */

    while (bare_call(SYS_ppoll, (long)&end, 1, 0, 0, 0) == -EINTR)
        continue;
}

/**
 * @param args  without CLONE_VM and a stack
 * @param child runs in the child with `data`, and does not return
 * @param pipe  its ends, of which the child has copies: the writing one is closed here
 * @return the process id once nobody holds the writing end any more; -1 with errno, and the pipe as it was
 */
static __attribute__((noinline, no_sanitize_address)) long
sys_clone_hearing(struct clone_args *args, void (*child)(void *), void *data, const int pipe[2])
{
    _Alignas(16) char stack[4096];
    struct clone_args all = *args;
    long pid;

    all.flags |= CLONE_VM;
    all.stack = (uintptr_t)stack;
    all.stack_size = sizeof stack;
    pid = clone_call(&all, child, data);
    if (pid < 0) {
        errno = (int)-pid;
        return -1;
    }
    bare_call(SYS_close, pipe[1], 0, 0, 0, 0);
    wait_for_hangup(pipe[0]);
    return pid;
}

#else

#include "sys/vfork.h"

static inline long sys_clone_hearing(struct clone_args *args, void (*child)(void *), void *data,
                                     const int pipe[2])
{
    long pid = sys_vfork(args, child, data);
    struct pollfd end = {.fd = pipe[0]};

    if (pid < 0)
        return -1;
    close(pipe[1]);
    while (poll(&end, 1, -1) < 0 && errno == EINTR)
        continue;
    return pid;
}

#endif
#endif
