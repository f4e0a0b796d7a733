/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* clone3(2), setns(2) and unshare(2), without the C library's own bookkeeping. */
#ifndef SYS_CLONE_H
#define SYS_CLONE_H

#include <linux/sched.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static inline pid_t sys_clone3(struct clone_args *args)
{
    return (pid_t)syscall(SYS_clone3, args, sizeof *args);
}

/** @param fd a namespace, or a pidfd (Linux 5.8) @param types CLONE_NEW* that it must be, or that are joined */
static inline int sys_setns(int fd, int types)
{
    return (int)syscall(SYS_setns, fd, types);
}

static inline int sys_unshare(unsigned long types)
{
    return (int)syscall(SYS_unshare, types);
}

#endif
