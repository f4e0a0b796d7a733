/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pidfds: a process that cannot be mistaken for another that got its number later. */
#ifndef SYS_PIDFD_H
#define SYS_PIDFD_H

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/** @return a descriptor with O_CLOEXEC, or -1 with errno: ESRCH when there is no such process. */
static inline int sys_pidfd_open(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

static inline int sys_pidfd_send_signal(int pidfd, int signal)
{
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

#endif
