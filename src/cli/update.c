/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/commands.h"

#define AT(member) offsetof(struct caisson_update_options, member)

static const struct option options[] = {
    {"resources", 'r', OPTION_PATH, AT(resources), "FILE",
     "read a resources object from FILE, or \"-\"; the options below win", NULL},
    {"memory", 0, OPTION_BYTES, AT(memory), "BYTES", "memory limit", NULL},
    {"memory-reservation", 0, OPTION_BYTES, AT(memory_reservation), "BYTES",
     "memory that is not taken away while others have some to give", NULL},
    {"memory-swap", 0, OPTION_BYTES, AT(memory_swap), "BYTES", "limit of memory and swap together", NULL},
    {"cpu-share", 0, OPTION_LIMIT, AT(cpu_share), "N", "share of the processors against other containers",
     NULL},
    {"cpu-period", 0, OPTION_LIMIT, AT(cpu_period), "US", "what the quota is counted in, in microseconds",
     NULL},
    {"cpu-quota", 0, OPTION_LIMIT, AT(cpu_quota), "US", "processor time a period, in microseconds", NULL},
    {"cpu-burst", 0, OPTION_LIMIT, AT(cpu_burst), "US", "unused quota that may be saved up; 0 for none",
     NULL},
    {"cpu-idle", 0, OPTION_LIMIT, AT(cpu_idle), "0|1", "1: run when nobody else wants to", NULL},
    {"cpu-rt-period", 0, OPTION_LIMIT, AT(cpu_rt_period), "US", "cgroup version 1 alone had it: refused",
     NULL},
    {"cpu-rt-runtime", 0, OPTION_LIMIT, AT(cpu_rt_runtime), "US", "cgroup version 1 alone had it: refused",
     NULL},
    {"cpuset-cpus", 0, OPTION_TEXT, AT(cpuset_cpus), "LIST", "processors to run on, such as 0-3,7", NULL},
    {"cpuset-mems", 0, OPTION_TEXT, AT(cpuset_mems), "LIST", "memory nodes to use, such as 0-1", NULL},
    {"blkio-weight", 0, OPTION_LIMIT, AT(blkio_weight), "N", "share of the disks, 10 to 1000", NULL},
    {"pids-limit", 0, OPTION_LIMIT, AT(pids_limit), "N", "how many processes and threads", NULL},
    {"l3-cache-schema", 0, OPTION_TEXT, AT(l3_cache_schema), "SCHEMA", "share of the cache (resctrl)", NULL},
    {"mem-bw-schema", 0, OPTION_TEXT, AT(mem_bw_schema), "SCHEMA", "share of memory bandwidth (resctrl)",
     NULL},
    {"kernel-memory", 0, OPTION_BYTES, AT(kernel_memory), "BYTES", "ignored with a warning", NULL},
    {"kernel-memory-tcp", 0, OPTION_BYTES, AT(kernel_memory_tcp), "BYTES", "ignored with a warning", NULL},
    {0},
};

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    struct caisson_update_options *given = values;

    given->id = arguments->items[0];
    return caisson_update(&cli->context, given, err);
}

const struct command command_update = {
    .name = "update",
    .arguments = "ID",
    .summary = "Change the resource limits of a container.",
    .options = options,
    .values_size = sizeof(struct caisson_update_options),
    .minimum = 1,
    .maximum = 1,
    .run = run,
};
