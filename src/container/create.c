/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Step 3, prepare. The order is that of the undo: what state.json says is written down before it is made, and
 * what is made hangs on the process or stands in state.json.
 */
#include "container/create.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "container/delete.h"
#include "container/terminal.h"
#include "sys/clock.h"

#define DELEGATE_CGROUP "run.oci.delegate-cgroup" /* an annotation */

static const char *now(struct arena *arena)
{
    struct timespec time;
    struct tm tm;

    sys_clock(CLOCK_REALTIME, &time);
    gmtime_r(&time.tv_sec, &tm);
    return arena_format(arena, "%04d-%02d-%02dT%02d:%02d:%02d.%09ldZ", tm.tm_year + 1900, tm.tm_mon + 1,
                        tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, time.tv_nsec);
}

/* The preserved descriptors have the numbers from 3 on: one that is closed would be taken by one of ours. */
static int check_preserved(const struct caisson_create_options *options, struct caisson_error *err)
{
    for (unsigned i = 0; i < options->preserve_fds + options->listen_fds; i++)
        if (fcntl(3 + (int)i, F_GETFD) < 0)
            return error_set(err, CAISSON_ERROR_USAGE, "descriptor %u is to be preserved, but it is not open",
                             3 + i);
    return 0;
}

static int check_terminal(const struct caisson_create_options *options, const struct plan *plan,
                          enum plan_purpose purpose, struct caisson_error *err)
{
    bool foreground = purpose == PLAN_FOR_RUN && !options->detach;

    if (options->console_socket && !plan->terminal)
        return error_set(err, CAISSON_ERROR_USAGE,
                         "--console-socket without a terminal: process.terminal is false");
    if (options->console_socket && foreground)
        return error_set(err, CAISSON_ERROR_USAGE,
                         "--console-socket is for a container in the background: "
                         "its terminal is this one");
    if (!options->console_socket && plan->terminal && !foreground) {
        error_set(err, CAISSON_ERROR_USAGE,
                  "process.terminal is true, and there is nobody to take the terminal");
        return error_hint(err, "give a socket that receives it with --console-socket");
    }
    return 0;
}

/* What there is to undo stands in state.json before it is made: that it is not there yet is found out here. */
static int decide_rdt(struct creation *c, struct caisson_error *err)
{
    const struct spec *spec = c->decision.bundle.spec;

    intel_rdt_name(&c->container.arena, spec, c->container.id, &c->rdt);
    if (!c->rdt.config)
        return 0;
    c->rdt_root = intel_rdt_open(err);
    if (c->rdt_root < 0)
        return spec_error_at(spec, err, "/linux/intelRdt");
    return intel_rdt_check(c->rdt_root, spec, &c->rdt, err);
}

/* @return the absolute path of a resctrl group; NULL for none. */
static const char *rdt_path(struct creation *c, const char *group)
{
    return group ? arena_format(&c->container.arena, "%s/%s", INTEL_RDT_MOUNT, group) : NULL;
}

/* As `list` shows it: the name, where the user has one. */
static const char *owner_name(struct arena *arena, uid_t uid)
{
    const struct passwd *user = uid == 0 ? NULL : getpwuid(uid);

    if (user)
        return arena_string(arena, user->pw_name);
    return uid == 0 ? "root" : arena_format(arena, "%u", uid);
}

static void describe(struct creation *c, const struct caisson_create_options *options)
{
    static const char *const drivers[] = {
        [CGROUP_FS] = "cgroupfs", [CGROUP_SYSTEMD] = "systemd", [CGROUP_NONE] = "disabled"};
    const struct decision *d = &c->decision;
    struct arena *arena = &c->container.arena;

    c->container.state = (struct state){
        .id = options->id,
        .oci_version = d->bundle.spec->oci_version,
        .bundle = d->bundle.path,
        .rootfs = d->plan.rootfs,
        .created = now(arena),
        .owner = owner_name(arena, d->host.euid),
        .owner_uid = d->host.euid,
        .cgroup = d->cgroup.absolute,
        .cgroup_driver = drivers[d->cgroup.driver],
        .systemd_scope = d->cgroup.unit ? d->cgroup.unit->name : NULL,
        .intel_rdt = rdt_path(c, c->rdt.own ? c->rdt.control : NULL),
        .intel_rdt_monitor = rdt_path(c, c->rdt.monitor),
        .seccomp_listener = d->plan.listener_path,
        .poststart = d->bundle.spec->hooks.poststart.count > 0,
        .poststop = d->bundle.spec->hooks.poststop.count > 0,
        .terminal = d->plan.terminal,
        .annotations = d->bundle.spec->annotations,
    };
}

/* Before there is a state.json nobody reads it: it need not be whole at every instant. */
static int store_config(int dir, const struct bundle *bundle, struct caisson_error *err)
{
    _cleanup_close_ int fd = openat(dir, "config.json", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0 || fd_write_all(fd, bundle->text, bundle->length) < 0)
        return error_system(err, errno, "cannot store the configuration");
    return 0;
}

/* From here on `delete --force` finds everything, whatever happens. */
static int write_down(struct creation *c, const struct caisson_context *context, enum plan_purpose purpose,
                      struct caisson_error *err)
{
    const struct decision *d = &c->decision;
    struct container *container = &c->container;

    container->root = state_open_root(context, err);
    if (container->root < 0)
        return -1;
    container->dir = state_make(container->root, container->id, &container->lock, err);
    if (container->dir < 0)
        return -1;
    if (store_config(container->dir, &d->bundle, err) < 0)
        return -1;
    /* For `start`, which names the step when one fails. */
    if (purpose == PLAN_FOR_CREATE &&
        file_replace(container->dir, "plan", d->plan.program, d->plan.program_size, 0600, err) < 0)
        return -1;
    /* What stands in state.json is ours to kill and remove: not the cgroup of another. */
    if (cgroup_check_free(&d->cgroup, err) < 0)
        return -1;
    return state_write(container->dir, &container->state, err);
}

/* prepare() may have raised the soft limit for its many descriptors; the container gets the caller's. */
static void restore_nofile(const struct launch *launch, const struct rlimit *limit)
{
    const struct spec_process *process = launch->spec->process;

    for (size_t i = 0; process && i < process->rlimits.count; i++)
        if (process->rlimits.items[i].resource == RLIMIT_NOFILE)
            return;
    prlimit(launch->process.pid, RLIMIT_NOFILE, limit, NULL);
}

int create_record_process(struct creation *c, struct caisson_error *err)
{
    struct state *state = &c->container.state;

    state->pid = c->launch.process.pid;
    state->start_time = 0;
    return state_write_pid(c->container.dir, state, c->launch.process.pidfd, err);
}

static const char *pidfd_receiver(const struct creation *c, const struct caisson_create_options *options)
{
    const char *path = options->pidfd_socket;

    if (!path)
        path = spec_annotation(c->decision.bundle.spec, "run.oci.pidfd_receiver");
    return path && *path ? path : NULL;
}

static const char *delegated_name(const struct creation *c)
{
    const char *name = spec_annotation(c->decision.bundle.spec, DELEGATE_CGROUP);

    return name && *name && c->cgroup_fd >= 0 ? name : NULL;
}

/*
 * `run` starts what it creates: where nothing is left to do once the init is ready, the word to go on may lie there for
 * it, and neither waits for the other. Not where it waits for another word before.
 */
static bool may_go_ahead(const struct creation *c, const struct caisson_create_options *options)
{
    const struct plan *plan = &c->decision.plan;
    const struct cgroup_plan *cgroup = &c->decision.cgroup;

    return c->purpose == PLAN_FOR_RUN && !plan->wait_for_maps && !plan->forks && !plan->sync_hooks &&
           plan->net_device_count == 0 && !plan->terminal && !c->prepared.raised_nofile && c->rdt_root < 0 &&
           !cgroup->unit && cgroup->write_count == 0 && !delegated_name(c) && !pidfd_receiver(c, options) &&
           !options->pid_file;
}

static int start_init(struct creation *c, const struct caisson_create_options *options,
                      struct caisson_error *err)
{
    struct launch *launch = &c->launch;
    struct decision *d = &c->decision;

    if (prepare(&d->plan, d->bundle.spec, c->container.dir, NULL, &c->prepared, err) < 0)
        return -1;
    if (spawn_init(&d->plan, d->bundle.spec, &c->prepared, c->cgroup_fd, SPAWN_EXECUTED, &launch->process,
                   err) < 0)
        return -1;
    c->created_fd = prepare_take_lock(&c->prepared);
    prepare_release(&c->prepared);
    context_log(launch->context, CAISSON_LOG_DEBUG, "opened what the init needs; started it as process %d",
                (int)launch->process.pid);
    /* While the init builds the container; loading the program takes the kernel a good part of a millisecond. */
    if (c->cgroup_fd >= 0 && cgroup_restrict_devices(&d->cgroup, c->cgroup_fd, err) < 0)
        return -1;
    if (launch_write_oom_score(launch, err) < 0 || create_record_process(c, err) < 0)
        return -1;
    /* One that has failed meanwhile says why. */
    c->gone_ahead = may_go_ahead(c, options) && launch_go(launch, NULL) == 0;
    if (launch_accompany(launch, LAUNCH_READY, err) < 0)
        return -1;
    /* A process that went on in another namespace has another number. */
    if (launch->process.pid != c->container.state.pid && create_record_process(c, err) < 0)
        return -1;
    context_log(launch->context, CAISSON_LOG_DEBUG, "the init has built the container");
    if (c->prepared.raised_nofile)
        restore_nofile(launch, &c->prepared.nofile);
    return 0;
}

/* crun's annotation. The cgroup namespace is there already: its root is the container's cgroup, with the limits. */
static int delegate_cgroup(const struct creation *c, struct caisson_error *err)
{
    const struct spec *spec = c->decision.bundle.spec;
    const char *name = delegated_name(c);

    if (!name)
        return 0;
    if (!cgroup_is_name(name))
        return spec_error(spec, err, "/annotations/" DELEGATE_CGROUP,
                          "'%s' is no name of a cgroup, expected a file name without '/'", name);
    return cgroup_move_below(&c->decision.cgroup, c->cgroup_fd, name, c->launch.process.pid, err);
}

static int send_pidfd(const struct creation *c, const struct caisson_create_options *options,
                      struct caisson_error *err)
{
    const char *path = pidfd_receiver(c, options);
    _cleanup_close_ int socket = -1;

    if (!path)
        return 0;
    socket = terminal_connect(path, err);
    return socket < 0 ? -1 : terminal_send(socket, c->launch.process.pidfd, "pidfd", err);
}

int create_announce(const struct creation *c, const struct caisson_create_options *options,
                    struct caisson_error *err)
{
    if (send_pidfd(c, options, err) < 0)
        return -1;
    return options->pid_file ? launch_write_pid_file(options->pid_file, c->launch.process.pid, err) : 0;
}

int create_surroundings(struct creation *c, const struct caisson_create_options *options,
                        struct caisson_error *err)
{
    struct decision *d = &c->decision;

    if (options->console_socket) {
        c->launch.console = terminal_connect(options->console_socket, err);
        if (c->launch.console < 0)
            return -1;
    }
    if (d->cgroup.absolute && cgroup_make(&d->cgroup, &c->cgroup_fd, err) < 0)
        return -1;
    if (d->cgroup.absolute)
        context_log(c->launch.context, CAISSON_LOG_DEBUG, "made the cgroup");
    return c->rdt_root >= 0 ? intel_rdt_make(c->rdt_root, d->bundle.spec, &c->rdt, err) : 0;
}

int create_limit(struct creation *c, struct caisson_error *err)
{
    const struct cgroup_plan *cgroup = &c->decision.cgroup;

    if (c->rdt_root >= 0 && intel_rdt_enter(c->rdt_root, &c->rdt, c->launch.process.pid, err) < 0)
        return -1;
    if (!cgroup->absolute)
        return 0;
    if (cgroup_apply(cgroup, c->cgroup_fd, err) < 0)
        return -1;
    context_log(c->launch.context, CAISSON_LOG_DEBUG, "set the cgroup's limits");
    return 0;
}

/* Everything that changes the host. */
static int make(struct creation *c, const struct caisson_create_options *options, struct caisson_error *err)
{
    if (create_surroundings(c, options, err) < 0 || start_init(c, options, err) < 0 ||
        create_limit(c, err) < 0)
        return -1;
    if (delegate_cgroup(c, err) < 0 || create_announce(c, options, err) < 0)
        return -1;
    if (state_mark_created(c->created_fd, err) < 0)
        return -1;
    /* From here on the lock is the init's alone, which lets it go when it executes the program. */
    c->created_fd = fd_close(c->created_fd);
    return 0;
}

int create_begin(const struct caisson_context *context, const struct caisson_create_options *options,
                 enum plan_purpose purpose, struct creation *c, struct caisson_error *err)
{
    struct decision *d = &c->decision;

    c->container.id = options->id;
    c->purpose = purpose;
    if (state_check_id(options->id, err) < 0 || check_preserved(options, err) < 0)
        return -1;
    if (decide_container(&c->container.arena, context, options, purpose, d, err) < 0 ||
        check_terminal(options, &d->plan, purpose, err) < 0 || decide_rdt(c, err) < 0)
        return -1;
    c->launch.context = context;
    c->launch.arena = &c->container.arena;
    c->launch.spec = d->bundle.spec;
    c->launch.plan = &d->plan;
    c->launch.state = &c->container.state;
    describe(c, options);
    if (write_down(c, context, purpose, err) < 0)
        return -1;
    context_log(context, CAISSON_LOG_DEBUG, "wrote down what is to be undone");
    return 0;
}

int create_container(const struct caisson_context *context, const struct caisson_create_options *options,
                     enum plan_purpose purpose, struct creation *c, struct caisson_error *err)
{
    if (create_begin(context, options, purpose, c, err) == 0 && make(c, options, err) == 0) {
        context_log(context, CAISSON_LOG_DEBUG, "created container '%s'", options->id);
        return 0;
    }
    create_undo(c);
    return -1;
}

void create_undo(struct creation *c)
{
    struct caisson_error why = {0};

    launch_kill(&c->launch);
    /* When it failed for want of descriptors, there would be none for the undoing either. */
    prepare_release(&c->prepared);
    if (net_devices_return(&c->launch.net_devices, &why) < 0)
        context_log(c->launch.context, CAISSON_LOG_WARNING, "%s", why.message);
    intel_rdt_undo(c->rdt_root, &c->rdt);
    if (c->container.dir >= 0 && delete_container(c->launch.context, &c->container, true, &why) < 0)
        context_log(c->launch.context, CAISSON_LOG_WARNING, "%s; remove it with delete --force", why.message);
}

void create_release(struct creation *c)
{
    struct container *container = &c->container;
    int fds[] = {container->root, container->dir, container->lock, c->rdt_root, c->cgroup_fd, c->created_fd};

    prepare_release(&c->prepared);
    launch_release(&c->launch);
    fd_close_all(fds, sizeof fds / sizeof fds[0]);
    container->root = container->dir = container->lock = -1;
    c->rdt_root = c->cgroup_fd = c->created_fd = -1;
    container_close(container);
}

int caisson_create(const struct caisson_context *context, const struct caisson_create_options *options,
                   struct caisson_error *err)
{
    ARENA_ROOM(room, ROOM_CONTAINER);
    struct creation creation _cleanup_creation_ = CREATION_INIT(room);

    return create_container(context, options, PLAN_FOR_CREATE, &creation, err);
}
