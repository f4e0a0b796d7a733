/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * clone3(2) with CLONE_VM and CLONE_VFORK on the caller's own stack, as vfork(2) does it: no page of the parent is
 * copied. The system call stands in the caller's own frame, because a function that the child returned from would
 * leave the parent nothing to return to.
 */
#ifndef SYS_VFORK_H
#define SYS_VFORK_H

#include <errno.h>
#include <linux/sched.h>
#include <sys/syscall.h>
#include <unistd.h>

/**
 * @param args without CLONE_VM, CLONE_VFORK and a stack
 * @return the process id in the parent, 0 in the child, -1 with errno. The child must call nothing but functions
 *         that do not return, and must not return itself.
 */
static inline __attribute__((always_inline)) long sys_vfork(struct clone_args *args)
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

#endif
