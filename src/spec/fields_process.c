/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `process`, which is also the whole of a process.json. config.md, "Process". */
#include "spec/fields.h"

#include <linux/sched.h>
#include <string.h>
#include <sys/resource.h>

#define REQUIRED READER_REQUIRED
#define OPTIONAL READER_OPTIONAL

#define F(member, json, type, ...) READER_FIELD(struct spec_user, member, json, type, __VA_ARGS__)
static const struct reader_field user_fields[] = {
    F(uid, "uid", READER_UNSIGNED, .max = READER_ID_MAX, .flags = REQUIRED),
    F(gid, "gid", READER_UNSIGNED, .max = READER_ID_MAX, .flags = REQUIRED),
    F(umask, "umask", READER_UNSIGNED, .max = 0777, .flags = OPTIONAL, .unit = "(octal 777)"),
    F(additional_gids, "additionalGids", READER_NUMBERS, .max = READER_ID_MAX),
    {.name = "username", .type = READER_IGNORED}, /* Windows */
};
#undef F
static const struct reader_shape user_shape = READER_SHAPE(struct spec_user, user_fields);

/* getrlimit(2); the numbers differ between architectures */
static const struct reader_value rlimit_types[] = {
    {"RLIMIT_AS", RLIMIT_AS},
    {"RLIMIT_CORE", RLIMIT_CORE},
    {"RLIMIT_CPU", RLIMIT_CPU},
    {"RLIMIT_DATA", RLIMIT_DATA},
    {"RLIMIT_FSIZE", RLIMIT_FSIZE},
    {"RLIMIT_LOCKS", RLIMIT_LOCKS},
    {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
    {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
    {"RLIMIT_NICE", RLIMIT_NICE},
    {"RLIMIT_NOFILE", RLIMIT_NOFILE},
    {"RLIMIT_NPROC", RLIMIT_NPROC},
    {"RLIMIT_RSS", RLIMIT_RSS},
    {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},
    {"RLIMIT_RTTIME", RLIMIT_RTTIME},
    {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
    {"RLIMIT_STACK", RLIMIT_STACK},
    {NULL, 0},
};

static int check_rlimit(struct reader *reader, const struct reader_node *node, void *value)
{
    struct spec_rlimit *limit = value;
    const struct reader_value *row = rlimit_types;

    while (row->name && strcmp(row->name, limit->type) != 0)
        row++;
    limit->resource = (int)row->value;
    if (limit->soft > limit->hard)
        return reader_fail(reader, reader_member(reader, node, "soft"),
                           "%llu is above the hard limit, expected at most %llu",
                           (unsigned long long)limit->soft, (unsigned long long)limit->hard);
    return 0;
}

#define F(member, json, type, ...) READER_FIELD(struct spec_rlimit, member, json, type, __VA_ARGS__)
static const struct reader_field rlimit_fields[] = {
    F(type, "type", READER_STRING, .values = rlimit_types, .flags = REQUIRED, .what = "resource limit"),
    F(hard, "hard", READER_UNSIGNED, .flags = REQUIRED),
    F(soft, "soft", READER_UNSIGNED, .flags = REQUIRED),
};
#undef F
static const struct reader_shape rlimit_shape =
    READER_SHAPE(struct spec_rlimit, rlimit_fields, .check = check_rlimit);

/* config.md: "the runtime MUST generate an error" for a type that stands there twice. */
static int check_rlimits(struct reader *reader, const struct reader_node *node, void *value)
{
    const typeof(((struct spec_process *)0)->rlimits) *limits = value;
    size_t first[RLIM_NLIMITS] = {0}, i;

    for (i = 0; i < limits->count; i++) {
        int resource = limits->items[i].resource;

        if (first[resource])
            return reader_fail(reader, reader_item(reader, node, i), "%s stands there twice, expected once",
                               limits->items[i].type);
        first[resource] = i + 1;
    }
    return 0;
}

#define F(member, json) READER_FIELD(struct spec_capabilities, member, json, READER_STRINGS)
/* A name that is not known is no error: config.md wants a warning, which whoever asks for the number gives. */
static const struct reader_field capability_fields[] = {
    F(bounding, "bounding"),   F(effective, "effective"), F(inheritable, "inheritable"),
    F(permitted, "permitted"), F(ambient, "ambient"),
};
#undef F
static const struct reader_shape capabilities_shape =
    READER_SHAPE(struct spec_capabilities, capability_fields);

static const struct reader_value scheduler_policies[] = {
    {"SCHED_OTHER", SPEC_SCHED_OTHER},
    {"SCHED_FIFO", SPEC_SCHED_FIFO},
    {"SCHED_RR", SPEC_SCHED_RR},
    {"SCHED_BATCH", SPEC_SCHED_BATCH},
    {"SCHED_ISO", SPEC_SCHED_ISO},
    {"SCHED_IDLE", SPEC_SCHED_IDLE},
    {"SCHED_DEADLINE", SPEC_SCHED_DEADLINE},
    {NULL, 0},
};

static const struct reader_value scheduler_flags[] = {
    {"SCHED_FLAG_RESET_ON_FORK", SCHED_FLAG_RESET_ON_FORK},
    {"SCHED_FLAG_RECLAIM", SCHED_FLAG_RECLAIM},
    {"SCHED_FLAG_DL_OVERRUN", SCHED_FLAG_DL_OVERRUN},
    {"SCHED_FLAG_KEEP_POLICY", SCHED_FLAG_KEEP_POLICY},
    {"SCHED_FLAG_KEEP_PARAMS", SCHED_FLAG_KEEP_PARAMS},
    {"SCHED_FLAG_UTIL_CLAMP_MIN", SCHED_FLAG_UTIL_CLAMP_MIN},
    {"SCHED_FLAG_UTIL_CLAMP_MAX", SCHED_FLAG_UTIL_CLAMP_MAX},
    {NULL, 0},
};

/* sched_setattr(2) would refuse these with EINVAL and not say which member it was. */
static int check_scheduler(struct reader *reader, const struct reader_node *node, void *value)
{
    const struct spec_scheduler *s = value;
    bool realtime = s->policy == SPEC_SCHED_FIFO || s->policy == SPEC_SCHED_RR;

    if (s->priority.value != 0 && !realtime)
        return reader_fail(reader, reader_member(reader, node, "priority"),
                           "a priority with this policy, expected one with SCHED_FIFO or SCHED_RR only");
    if (realtime && s->priority.value == 0)
        return reader_fail(reader, reader_member(reader, node, "priority"),
                           "no priority, expected one from 1 to 99 with SCHED_FIFO and SCHED_RR");
    if (s->policy != SPEC_SCHED_DEADLINE && (s->runtime.value || s->deadline.value || s->period.value))
        return reader_fail(
            reader, node,
            "runtime, deadline or period with this policy, expected them with SCHED_DEADLINE only");
    return 0;
}

#define F(member, json, type, ...)                                                                           \
    READER_FIELD(struct spec_scheduler, member, json, type, .since = "1.1", __VA_ARGS__)
static const struct reader_field scheduler_fields[] = {
    F(policy, "policy", READER_ENUM, .values = scheduler_policies, .flags = REQUIRED,
      .what = "scheduling policy"),
    F(nice, "nice", READER_INTEGER, .min = -20, .max = 19, .flags = OPTIONAL),
    F(priority, "priority", READER_INTEGER, .min = 0, .max = 99, .flags = OPTIONAL),
    F(flags, "flags", READER_FLAGS, .values = scheduler_flags, .what = "scheduler flag"),
    F(runtime, "runtime", READER_UNSIGNED, .flags = OPTIONAL, .unit = "nanoseconds"),
    F(deadline, "deadline", READER_UNSIGNED, .flags = OPTIONAL, .unit = "nanoseconds"),
    F(period, "period", READER_UNSIGNED, .flags = OPTIONAL, .unit = "nanoseconds"),
};
#undef F
static const struct reader_shape scheduler_shape =
    READER_SHAPE(struct spec_scheduler, scheduler_fields, .check = check_scheduler);

static const struct reader_value ioprio_classes[] = {
    {"IOPRIO_CLASS_RT", SPEC_IOPRIO_RT},
    {"IOPRIO_CLASS_BE", SPEC_IOPRIO_BE},
    {"IOPRIO_CLASS_IDLE", SPEC_IOPRIO_IDLE},
    {NULL, 0},
};

#define F(member, json, type, ...)                                                                           \
    READER_FIELD(struct spec_io_priority, member, json, type, .since = "1.1", __VA_ARGS__)
static const struct reader_field io_priority_fields[] = {
    F(class, "class", READER_ENUM, .values = ioprio_classes, .flags = REQUIRED, .what = "I/O class"),
    F(priority, "priority", READER_INTEGER, .min = 0, .max = 7, .flags = REQUIRED),
};
#undef F
static const struct reader_shape io_priority_shape =
    READER_SHAPE(struct spec_io_priority, io_priority_fields);

#define F(member, json)                                                                                      \
    READER_FIELD(struct spec_cpu_affinity, member, json, READER_STRING, .since = "1.2.1",                    \
                 .check = fields_check_list)
static const struct reader_field affinity_fields[] = {F(initial, "initial"), F(final, "final")};
#undef F
static const struct reader_shape affinity_shape = READER_SHAPE(struct spec_cpu_affinity, affinity_fields);

/* What the kernel cannot keep is refused where there is a terminal: without one the size is ignored. */
typedef typeof(((struct spec_process *)0)->console_size) console_size;
static const struct reader_field console_size_fields[] = {
    READER_FIELD(console_size, height, "height", READER_UNSIGNED, .flags = REQUIRED, .unit = "lines"),
    READER_FIELD(console_size, width, "width", READER_UNSIGNED, .flags = REQUIRED, .unit = "columns"),
};
static const struct reader_shape console_size_shape = READER_SHAPE(console_size, console_size_fields);

#define F(member, json, type, ...) READER_FIELD(struct spec_process, member, json, type, __VA_ARGS__)
static const struct reader_field process_fields[] = {
    F(terminal, "terminal", READER_BOOL, .flags = OPTIONAL),
    F(console_size, "consoleSize", READER_OBJECT, .shape = &console_size_shape,
      .set = READER_SET(struct spec_process, console_size.set)),
    F(user, "user", READER_OBJECT, .shape = &user_shape),
    F(args, "args", READER_STRINGS, .flags = READER_NONEMPTY, .what = "argument: the program"),
    {.name = "commandLine", .type = READER_IGNORED}, /* Windows */
    F(env, "env", READER_STRINGS, .check = fields_check_env),
    F(cwd, "cwd", READER_STRING, .flags = REQUIRED | READER_ABSOLUTE),
    F(capabilities, "capabilities", READER_POINTER, .shape = &capabilities_shape),
    F(rlimits, "rlimits", READER_ARRAY, .shape = &rlimit_shape, .check = check_rlimits),
    F(no_new_privileges, "noNewPrivileges", READER_BOOL, .flags = OPTIONAL),
    F(apparmor_profile, "apparmorProfile", READER_STRING),
    F(oom_score_adj, "oomScoreAdj", READER_INTEGER, .min = -1000, .max = 1000, .flags = OPTIONAL),
    F(scheduler, "scheduler", READER_POINTER, .shape = &scheduler_shape, .since = "1.1"),
    F(selinux_label, "selinuxLabel", READER_STRING),
    F(io_priority, "ioPriority", READER_POINTER, .shape = &io_priority_shape, .since = "1.1"),
    F(exec_cpu_affinity, "execCPUAffinity", READER_POINTER, .shape = &affinity_shape, .since = "1.2.1"),
};
#undef F
const struct reader_shape fields_process = READER_SHAPE(struct spec_process, process_fields);
