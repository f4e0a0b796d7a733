/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Being told by the kernel that it killed a process of a cgroup for want of memory. */
#include <fcntl.h>
#include <unistd.h>

#include "cgroup/internal.h"

int cgroup_open_memory_events(int fd)
{
    return openat(fd, "memory.events", O_RDONLY | O_CLOEXEC);
}

int64_t cgroup_read_oom_kills(int events)
{
    char text[1024];
    ssize_t n = pread(events, text, sizeof text - 1, 0);

    if (n < 0)
        return -1;
    text[n] = '\0';
    return flat_value(text, "oom_kill");
}
