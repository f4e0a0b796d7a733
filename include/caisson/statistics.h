/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CAISSON_STATISTICS_H
#define CAISSON_STATISTICS_H

#include <stdint.h>

/** The kernel does not tell: the controller is not on, or the kernel was built without it. */
#define CAISSON_UNKNOWN UINT64_MAX

/** Of a limit: there is none. */
#define CAISSON_UNLIMITED (UINT64_MAX - 1)

/**
 * What a container, with all its cgroups, has used since it was created, and uses now. Times are nanoseconds, amounts
 * bytes. Each member may be CAISSON_UNKNOWN, a limit also CAISSON_UNLIMITED.
 */
struct caisson_statistics {
    uint64_t time_ns;   /* when this was read: CLOCK_MONOTONIC */
    uint64_t uptime_ns; /* how long its first process has lived */

    uint64_t cpu_usage_ns, cpu_user_ns, cpu_system_ns;
    uint64_t cpu_throttled_ns; /* could have run, but for cpu.quota */

    uint64_t memory_usage;         /* page cache included */
    uint64_t memory_inactive_file; /* the part of it that the kernel would give up first */
    uint64_t memory_limit, memory_peak;
    uint64_t swap_usage, swap_limit; /* swap alone */
    uint64_t oom_kills;              /* processes that the kernel killed for want of memory */

    uint64_t pids, pids_limit;

    uint64_t io_read_bytes, io_write_bytes, io_reads, io_writes;

    /* Pressure: how long at least one process, or all that could run, waited for a processor, memory or a disk. */
    uint64_t cpu_waiting_ns, cpu_stalled_ns;
    uint64_t memory_waiting_ns, memory_stalled_ns;
    uint64_t io_waiting_ns, io_stalled_ns;
};

#endif
