/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caisson_update() */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/contract.h"
#include "base/fd.h"
#include "base/file.h"
#include "cgroup/cgroup.h"
#include "container/bundle.h"
#include "container/context.h"
#include "container/decide.h"
#include "container/resctrl.h"

/* The resources that are decided on: those of the file, with copies of what the options change. */
struct update {
    struct spec_resources resources;
    struct spec_memory memory;
    struct spec_cpu cpu;
    struct spec_block_io block_io;
};

enum limit_type { LIMIT_I64, LIMIT_U64, LIMIT_U32 };

#define ROW(option, member, type)                                                                            \
    {                                                                                                        \
#option, offsetof(struct caisson_update_options, option), offsetof(struct update, member), type      \
    }
static const struct {
    const char *name;
    size_t option, member;
    enum limit_type type;
} rows[] = {
    ROW(memory, memory.limit, LIMIT_I64),
    ROW(memory_reservation, memory.reservation, LIMIT_I64),
    ROW(memory_swap, memory.swap, LIMIT_I64),
    ROW(cpu_share, cpu.shares, LIMIT_U64),
    ROW(cpu_period, cpu.period, LIMIT_U64),
    ROW(cpu_quota, cpu.quota, LIMIT_I64),
    ROW(cpu_burst, cpu.burst, LIMIT_U64),
    ROW(cpu_idle, cpu.idle, LIMIT_I64),
    ROW(cpu_rt_period, cpu.realtime_period, LIMIT_U64),
    ROW(cpu_rt_runtime, cpu.realtime_runtime, LIMIT_I64),
    ROW(blkio_weight, block_io.weight, LIMIT_U32),
    ROW(pids_limit, resources.pids.limit, LIMIT_I64),
};
#undef ROW

static int store(void *member, enum limit_type type, const char *name, int64_t value,
                 struct caisson_error *err)
{
    int64_t most = type == LIMIT_U32 ? UINT32_MAX : INT64_MAX;

    if (type != LIMIT_I64 && (value < 0 || value > most))
        return error_set(err, CAISSON_ERROR_USAGE, "%s goes from 0 to %" PRId64 ", not %" PRId64, name, most,
                         value);
    if (type == LIMIT_I64)
        *(struct spec_i64 *)member = (struct spec_i64){.value = value, .set = true};
    else if (type == LIMIT_U64)
        *(struct spec_u64 *)member = (struct spec_u64){.value = (uint64_t)value, .set = true};
    else
        *(struct spec_u32 *)member = (struct spec_u32){.value = (uint32_t)value, .set = true};
    return 0;
}

static int apply_options(const struct caisson_update_options *options, struct update *update,
                         struct caisson_error *err)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct caisson_limit *limit =
            (const struct caisson_limit *)(const void *)((const char *)options + rows[i].option);
        void *member = (char *)update + rows[i].member;

        if (limit->set && store(member, rows[i].type, rows[i].name, limit->value, err) < 0)
            return -1;
    }
    if (options->pids_limit.set)
        update->resources.pids.set = true;
    if (options->cpuset_cpus)
        update->cpu.cpus = options->cpuset_cpus;
    if (options->cpuset_mems)
        update->cpu.mems = options->cpuset_mems;
    return 0;
}

static char *read_file(struct arena *arena, const char *name, size_t *length, struct caisson_error *err)
{
    if (strcmp(name, "-") == 0)
        return file_read_fd(arena, STDIN_FILENO, "standard input", SPEC_SIZE_LIMIT, length, err);
    return file_read(arena, AT_FDCWD, name, SPEC_SIZE_LIMIT, length, err);
}

static int read_resources(struct arena *arena, const struct caisson_context *context,
                          const struct caisson_update_options *options, struct update *update,
                          struct caisson_error *err)
{
    const struct spec_resources *resources;
    const char *name = options->resources;
    size_t length;
    char *text;

    if (name) {
        text = read_file(arena, name, &length, err);
        resources = text ? spec_parse_resources(arena, strcmp(name, "-") == 0 ? "standard input" : name, text,
                                                length, bundle_debug, (void *)context, err)
                         : NULL;
        if (!resources)
            return -1;
        update->resources = *resources;
        if (resources->memory)
            update->memory = *resources->memory;
        if (resources->cpu)
            update->cpu = *resources->cpu;
        if (resources->block_io)
            update->block_io = *resources->block_io;
    }
    update->resources.memory = &update->memory;
    update->resources.cpu = &update->cpu;
    update->resources.block_io = &update->block_io;
    if (options->kernel_memory.set || options->kernel_memory_tcp.set)
        context_log(context, CAISSON_LOG_WARNING,
                    "a limit on kernel memory alone is ignored: cgroup version 2 counts it as memory");
    return apply_options(options, update, err);
}

static int check_status(const struct container *container, struct caisson_error *err)
{
    enum caisson_status status;

    if (state_status(container->dir, &container->state, &status, NULL, err) < 0)
        return -1;
    if (status == CAISSON_STOPPED)
        return error_set(err, CAISSON_ERROR_NOT_RUNNING,
                         "cannot update container '%s': " CONTRACT_NOT_RUNNING, container->id);
    if (status == CAISSON_CREATING)
        return container_wrong_status(container, "update", status, "created, running or paused", err);
    return 0;
}

static int decide_update(struct arena *arena, const struct caisson_context *context,
                         const struct container *container, const struct update *update,
                         struct cgroup_plan *plan, struct caisson_error *err)
{
    struct cgroup_host host;
    struct plan_host user;

    if (cgroup_host_probe(arena, &host, err) < 0 || plan_host_probe(&user, err) < 0 ||
        cgroup_decide_update(arena, &host, &update->resources, container->state.cgroup,
                             container->state.systemd_scope != NULL, plan, err) < 0)
        return -1;
    /* As at create: who cannot attach a program cannot make device nodes either. */
    if (decide_rootless(context, &user))
        plan->device_program = NULL;
    return 0;
}

static int change_cgroup(const struct caisson_context *context, struct container *container,
                         const struct update *update, struct caisson_error *err)
{
    _cleanup_close_ int cgroup = container_cgroup(container, "update", err);
    struct cgroup_plan plan;

    if (cgroup < 0 || decide_update(&container->arena, context, container, update, &plan, err) < 0)
        return -1;
    return cgroup_update(&plan, cgroup, err);
}

int caisson_update(const struct caisson_context *context, const struct caisson_update_options *options,
                   struct caisson_error *err)
{
    ARENA_ROOM(room, ROOM_STATE);
    struct container container _cleanup_container_ = CONTAINER_CLOSED(room);
    struct resctrl_update resctrl = {.schemata = -1};
    struct update update = {0};
    int result;

    if (container_open(context, options->id, true, &container, err) < 0 ||
        container_read(&container, err) < 0 || check_status(&container, err) < 0 ||
        read_resources(&container.arena, context, options, &update, err) < 0 ||
        resctrl_change(context, &container, options, &resctrl, err) < 0)
        return -1;
    result = change_cgroup(context, &container, &update, err);
    if (result < 0)
        error_prefix(err, "cannot update container '%s'", options->id);
    resctrl_end(&resctrl, result == 0, err);
    return result;
}
