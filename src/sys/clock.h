/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The time, asked of the kernel itself. */
#ifndef SYS_CLOCK_H
#define SYS_CLOCK_H

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/**
 * As clock_gettime(2). For a command that asks once or twice the call is cheaper than the kernel's vdso, in which the C
 * library would have to search for the function, and which is three page faults.
 */
static inline int sys_clock(clockid_t clock, struct timespec *time)
{
#ifdef SYS_clock_gettime64 /* where the older call has 32 bits for the seconds */
    return (int)syscall(SYS_clock_gettime64, clock, time);
#else
    return (int)syscall(SYS_clock_gettime, clock, time);
#endif
}

#endif
