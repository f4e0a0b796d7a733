/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bpf(2), as much of it as device programs of cgroups need. */
#ifndef SYS_BPF_H
#define SYS_BPF_H

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

/** As bpf(2). A kernel older than the header accepts the longer structure as long as its tail is zero. */
static inline int sys_bpf(int command, union bpf_attr *attr)
{
    return (int)syscall(SYS_bpf, command, attr, sizeof *attr);
}

#endif
