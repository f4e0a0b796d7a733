/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * clone3(2) with CLONE_VM and CLONE_VFORK on the caller's own stack, as vfork(2) does it: no page of the parent is
 * copied.
 */
#ifndef SYS_VFORK_H
#define SYS_VFORK_H

#include <errno.h>
#include <linux/sched.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The call alone, for sys_vfork(). */
static inline __attribute__((always_inline)) long vfork_call(struct clone_args *args)
{
    long result;

#if defined(__x86_64__)
    args->flags |= CLONE_VM | CLONE_VFORK;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(SYS_clone3), "D"(args), "S"(sizeof *args)
                     : "rcx", "r11", "memory", "cc");
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = SYS_clone3;
    register long x0 __asm__("x0") = (long)args;
    register long x1 __asm__("x1") = sizeof *args;

    args->flags |= CLONE_VM | CLONE_VFORK;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1) : "memory", "cc");
    result = x0;
#else
    /* Elsewhere the pages are copied: slower, and the same otherwise. */
    args->flags |= CLONE_VFORK;
    return syscall(SYS_clone3, args, sizeof *args);
#endif
    if (result < 0) {
        errno = (int)-result;
        return -1;
    }
    return result;
}

/**
 * Two processes run on one stack: the child must have a frame of its own, and in the frame that both see nothing may be
 * written by the one that the other reads. So this is no part of its caller, and has no instrumentation.
 *
 * @param args  without CLONE_VM, CLONE_VFORK and a stack
 * @param child runs in the child with `data`, and does not return
 * @return the process id, or -1 with errno
 */
static __attribute__((noinline, no_sanitize_address)) long sys_vfork(struct clone_args *args,
                                                                     void (*child)(void *data), void *data)
{
    long pid = vfork_call(args);

    if (pid == 0) {
        child(data);
        _exit(127);
    }
    return pid;
}

#endif
