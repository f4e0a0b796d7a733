/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order of everything. What a step is and why it stands where it does, a reader finds here. */
#include "plan/plan.h"

#include <linux/seccomp.h>
#include <string.h>

#include "plan/builder.h"
#include "plan/seccomp.h"
#include "plan/seccomp_annotations.h"

/* For the steps, and for the data: enough for most plans, that of a container and that of one process. */
enum { FIRST_ROOM = 4000, FIRST_ROOM_EXEC = 1000 };

static void add_seccomp(struct plan_builder *b, const struct plan_filter *filter)
{
    struct plan_seccomp step = {.count = (uint32_t)filter->length, .flags = filter->flags};

    if (filter->length == 0)
        return;
    step.filter = builder_bytes(b, filter->code, filter->length * sizeof *filter->code);
    builder_step(b, PLAN_OP_SECCOMP, "/linux/seccomp", &step);
}

static void add_start(struct plan_builder *b)
{
    static const enum plan_start_how how[] = {
        [PLAN_FOR_CREATE] = PLAN_START_SOCKET,
        [PLAN_FOR_RUN] = PLAN_START_CHANNEL,
        [PLAN_FOR_EXEC] = PLAN_START_NOW,
    };
    /* The resctrl group is entered between the two: before the program has children of its own. */
    bool pauses = b->request->purpose == PLAN_FOR_EXEC && b->spec->linux_->intel_rdt;
    struct plan_start step = {
        .how = pauses ? PLAN_START_CHANNEL : how[b->request->purpose],
        .keep_fds = b->request->preserve_fds,
        .socket = -1,
        .lock = -1,
    };
    uint32_t where;

    if (b->request->purpose != PLAN_FOR_EXEC || pauses)
        builder_step(b, PLAN_OP_READY, NULL, &(struct plan_ready){0});
    where = builder_step(b, PLAN_OP_START, NULL, &step);
    if (b->request->purpose == PLAN_FOR_CREATE)
        builder_slot(b, PLAN_SLOT_START, where + offsetof(struct plan_start, socket), NULL, NULL);
    if (b->request->purpose != PLAN_FOR_EXEC)
        builder_slot(b, PLAN_SLOT_LOCK, where + offsetof(struct plan_start, lock), NULL, NULL);
}

static void add_lookup(struct plan_builder *b, const struct spec_strings *env)
{
    static const char default_search[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    const char *search = default_search;
    struct plan_lookup step;

    for (size_t i = 0; i < env->count; i++)
        if (strncmp(env->items[i], "PATH=", 5) == 0)
            search = env->items[i] + 5;
    step.name = builder_text(b, b->process->args.items[0]);
    step.search = builder_text(b, search);
    builder_step(b, PLAN_OP_LOOKUP, "/process/args/0", &step);
}

static void add_exec(struct plan_builder *b, const struct spec_strings *env, bool listen)
{
    struct plan_exec step = {.args = builder_vector(b, &b->process->args), .env = builder_vector(b, env)};

    if (listen) {
        /* The init writes the digits into the very text that the vector's last item is. */
        const struct plan_vector *vector =
            (const struct plan_vector *)(const void *)(b->plan->data.data + step.env);

        step.listen_pid = (plan_ref)vector->items[vector->count - 1];
    }
    builder_step(b, PLAN_OP_EXEC, "/process/args", &step);
}

static int find_listener(struct plan_builder *b, struct caisson_error *err)
{
    struct plan *plan = b->plan;

    if (seccomp_listener(plan->arena, b->spec, b->request->seccomp_receiver, &plan->listener_path, err) < 0)
        return -1;
    if (!plan->listener_path)
        return spec_error(b->spec, err, "/linux/seccomp", "SCMP_ACT_NOTIFY needs a listenerPath");
    plan->listener_metadata = b->spec->linux_->seccomp->listener_metadata;
    return 0;
}

/*
 * From here on the process gives up what it needed to build the container. The filter comes last of all, so that it need
 * not allow anything that the init does. Without noNewPrivileges to load it takes a privilege, which the credentials leave
 * for that.
 */
static int add_finish(struct plan_builder *b, struct caisson_error *err)
{
    bool no_new_privs = b->process->no_new_privileges.value;
    struct spec_strings env;
    struct plan_filter filter = {0};
    bool listen = false;

    if (plan_environment(b, &env, &listen, err) < 0 ||
        plan_seccomp(b->plan->arena, b->spec, &filter, b->request->notice, b->request->notice_data, err) < 0)
        return -1;
    if (filter.notifies && find_listener(b, err) < 0)
        return -1;
    if (no_new_privs)
        builder_step(b, PLAN_OP_NO_NEW_PRIVS, "/process/noNewPrivileges", &(struct plan_no_new_privs){0});
    if (plan_credentials(b, filter.length > 0 && !no_new_privs, err) < 0)
        return -1;
    add_lookup(b, &env);
    add_start(b);
    if (b->request->purpose != PLAN_FOR_EXEC && plan_container_hooks(b, PLAN_HOOK_START_CONTAINER, err) < 0)
        return -1;
    add_seccomp(b, &filter);
    add_exec(b, &env, listen);
    return 0;
}

static int add_process(struct plan_builder *b, struct caisson_error *err)
{
    /* What has no program is never started: `start` says so, and does not wake the init. */
    if (!b->process || b->process->args.count == 0) {
        add_start(b);
        return 0;
    }
    if (plan_limits(b, err) < 0 || plan_labels(b, err) < 0)
        return -1;
    /* PLAN_OP_PIVOT leaves a new container's process in "/", and setns(2) one that joins its mount namespace. */
    if (strcmp(b->process->cwd, "/") != 0)
        builder_step(b, PLAN_OP_CWD, "/process/cwd",
                     &(struct plan_cwd){.path = builder_text(b, b->process->cwd)});
    return add_finish(b, err);
}

static void add_session(struct plan_builder *b)
{
    builder_step(b, PLAN_OP_SESSION, NULL, &(struct plan_session){0});
    if (b->request->no_new_keyring || b->request->purpose == PLAN_FOR_EXEC)
        return;
    plan_key_label(b);
    builder_step(
        b, PLAN_OP_KEYRING, NULL,
        &(struct plan_keyring){.name = builder_text(b, builder_format(b, "_ses.%s", b->request->id))});
}

static void add_host_hooks(struct plan_builder *b)
{
    const struct spec_hooks *hooks = &b->spec->hooks;

    b->plan->sync_hooks = hooks->prestart.count > 0 || hooks->create_runtime.count > 0;
    b->plan->net_devices = b->spec->linux_->net_devices.items;
    b->plan->net_device_count = b->spec->linux_->net_devices.count;
    if (b->plan->sync_hooks || b->plan->net_device_count > 0)
        builder_step(b, PLAN_OP_SYNC, b->plan->sync_hooks ? "/hooks" : "/linux/netDevices",
                     &(struct plan_sync){0});
}

static int build_container(struct plan_builder *b, struct caisson_error *err)
{
    plan_without_effect(b);
    if (plan_namespaces(b, err) < 0)
        return -1;
    add_session(b);
    if (plan_names(b, err) < 0 || plan_root(b, err) < 0 || plan_mounts(b, err) < 0 ||
        plan_devices(b, err) < 0 || plan_console(b, true, err) < 0)
        return -1;
    /* config.md, "POSIX-platform Hooks": after the mounts, before pivot_root; prestart and createRuntime outside. */
    add_host_hooks(b);
    if (plan_container_hooks(b, PLAN_HOOK_CREATE_CONTAINER, err) < 0)
        return -1;
    /* Behind the hooks: they may bring the interfaces that net.* names, and write to the root filesystem. */
    if (plan_sysctls(b, err) < 0)
        return -1;
    plan_late_readonly(b);
    if (plan_paths(b, err) < 0 || plan_root_options(b, err) < 0)
        return -1;
    return add_process(b, err);
}

static int build_exec(struct plan_builder *b, struct caisson_error *err)
{
    if (plan_join_container(b, err) < 0)
        return -1;
    add_session(b);
    if (plan_console(b, false, err) < 0)
        return -1;
    return add_process(b, err);
}

/* The init enters a container that is there, changes its mounts, says so, and ends. */
static int build_live_mounts(struct plan_builder *b, struct caisson_error *err)
{
    if (plan_join_container(b, err) < 0)
        return -1;
    builder_step(b, PLAN_OP_CWD, NULL, &(struct plan_cwd){.path = builder_text(b, "/")});
    if (plan_live_mounts(b, err) < 0)
        return -1;
    builder_step(b, PLAN_OP_READY, NULL, &(struct plan_ready){0});
    return 0;
}

static int build(struct plan_builder *b, struct caisson_error *err)
{
    switch (b->request->purpose) {
    case PLAN_FOR_EXEC:
        return build_exec(b, err);
    case PLAN_FOR_MOUNT:
    case PLAN_FOR_UNMOUNT:
        return build_live_mounts(b, err);
    case PLAN_FOR_CREATE:
    case PLAN_FOR_RUN:
        break;
    }
    return build_container(b, err);
}

/* Header, steps and data as one piece. */
static void finish(struct plan *plan)
{
    size_t data_at = sizeof(struct plan_header) + plan->steps.length;
    struct plan_header header = {
        .magic = PLAN_MAGIC,
        .version = PLAN_VERSION,
        .step_count = plan->step_count,
        .steps = sizeof header,
        .data = (uint32_t)data_at,
        .channel = -1,
    };

    strbuf_char(&plan->data, '\0');
    plan->program_size = data_at + plan->data.length;
    header.size = (uint32_t)plan->program_size;
    plan->program = arena_alloc(plan->arena, plan->program_size);
    memcpy(plan->program, &header, sizeof header);
    memcpy(plan->program + sizeof header, plan->steps.data, plan->steps.length);
    memcpy(plan->program + data_at, plan->data.data, plan->data.length);
}

/* @return whether a step is such that the init waits for a byte of the runtime's. */
static bool asks(const struct plan_header *program)
{
    const struct plan_step *step = plan_first(program);

    for (uint32_t i = 0; i < program->step_count; i++, step = plan_next(step)) {
        if (step->op == PLAN_OP_WAIT || step->op == PLAN_OP_SYNC || step->op == PLAN_OP_CONSOLE)
            return true;
        if (step->op == PLAN_OP_START && PLAN_BODY(plan_start, step)->how == PLAN_START_CHANNEL)
            return true;
        if (step->op == PLAN_OP_SECCOMP &&
            PLAN_BODY(plan_seccomp, step)->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER)
            return true;
    }
    return false;
}

int plan_check_process(const struct spec *spec, struct caisson_error *err)
{
    if (!spec->process)
        return spec_error(spec, err, "/process", "missing: there is nothing to execute");
    if (spec->process->args.count == 0)
        return spec_error(spec, err, "/process/args", "empty or missing: there is nothing to execute");
    return 0;
}

/* A step and a slot for each mount, as a rule: hundreds would outgrow their memory again and again. */
static void make_room(struct plan *plan, size_t first, size_t mounts)
{
    enum { OTHER_SLOTS = 8 };

    plan->steps = STRBUF(plan->arena);
    plan->data = STRBUF(plan->arena);
    strbuf_reserve(&plan->steps, first + mounts * (sizeof(struct plan_step) + sizeof(struct plan_mount)));
    strbuf_reserve(&plan->data, first);
    plan->slot_capacity = mounts + OTHER_SLOTS;
    plan->slots = arena_array(plan->arena, plan->slot_capacity, sizeof *plan->slots);
}

int plan_build(struct arena *arena, const struct plan_request *request, struct plan *plan,
               struct caisson_error *err)
{
    const size_t first = request->purpose == PLAN_FOR_EXEC ? FIRST_ROOM_EXEC : FIRST_ROOM;
    bool has_process = request->purpose != PLAN_FOR_MOUNT && request->purpose != PLAN_FOR_UNMOUNT;
    struct plan_builder b = {
        .plan = plan,
        .request = request,
        .spec = request->spec,
        .process = has_process ? request->spec->process : NULL,
    };

    memset(plan, 0, sizeof *plan);
    plan->arena = arena;
    make_room(plan, first, request->purpose == PLAN_FOR_EXEC ? 0 : request->spec->mounts.count);
    strbuf_add(&plan->data, "\0\0\0\0\0\0\0", 8); /* so that no reference is 0 */
    /* config.md: the process may be missing until it is started. */
    if (has_process && request->purpose != PLAN_FOR_CREATE && plan_check_process(b.spec, err) < 0)
        return -1;
    plan->ignored_signals = request->host->ignored_signals;
    plan->terminal = b.process && b.process->terminal.value;
    if (b.process && b.process->oom_score_adj.set)
        plan->oom_score_adj = builder_format(&b, "%lld", (long long)b.process->oom_score_adj.value);
    if (build(&b, err) < 0)
        return -1;
    if (sizeof(struct plan_header) + plan->steps.length + plan->data.length > PLAN_SIZE_LIMIT)
        return error_set(err, CAISSON_ERROR_CONFIG, "the plan is larger than %d MiB", PLAN_SIZE_LIMIT >> 20);
    finish(plan);
    plan->tells_only = !asks((const struct plan_header *)(const void *)plan->program);
    return 0;
}
