/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caisson_exec(): one more process in a running container. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/contract.h"
#include "base/fd.h"
#include "cgroup/cgroup.h"
#include "container/bundle.h"
#include "container/context.h"
#include "container/exec_process.h"
#include "container/intel_rdt.h"
#include "container/launch.h"
#include "container/terminal.h"
#include "sys/openat2.h"
#include "sys/pidfd.h"

/* Everything that one call holds open. */
struct execution {
    struct container container;
    struct launch launch;
    struct prepared prepared;
    struct bundle bundle;
    struct spec spec; /* the container's, with the new process */
    struct plan plan;
    struct intel_rdt rdt;
    int pidfd;  /* of the container's first process */
    int cgroup; /* that the new process is born in, or -1 */
};

#define _cleanup_execution_ __attribute__((cleanup(release)))

static void release(struct execution *e)
{
    prepare_release(&e->prepared);
    launch_release(&e->launch);
    fd_close(e->pidfd);
    fd_close(e->cgroup);
    container_close(&e->container);
}

/*
 * The record of the first process has all of a state that one beside it needs, but for the annotations, which a seccomp
 * agent is told.
 */
static int read_state(struct execution *e, struct caisson_error *err)
{
    struct container *container = &e->container;

    return state_keep_record(&container->arena, container->root, container->id, &container->state)
               ? 0
               : container_read(container, err);
}

static int check_status(struct execution *e, const struct caisson_exec_options *options,
                        struct caisson_error *err)
{
    enum caisson_status status;

    if (state_status_open(e->container.dir, &e->container.state, &status, &e->pidfd, &e->cgroup, err) < 0)
        return -1;
    switch (status) {
    case CAISSON_CREATED:
    case CAISSON_RUNNING:
        return 0;
    case CAISSON_PAUSED:
        if (options->ignore_paused)
            return 0;
        error_set(err, CAISSON_ERROR_STATE, CONTRACT_EXEC_PAUSED ": %s", options->id);
        return error_hint(err, "resume it first, or give --ignore-paused: the process then waits for that");
    case CAISSON_STOPPED:
        return error_set(err, CAISSON_ERROR_NOT_RUNNING,
                         "cannot exec in container '%s': " CONTRACT_NOT_RUNNING, options->id);
    case CAISSON_CREATING:
        break;
    }
    return container_wrong_status(&e->container, "exec in", status, "running", err);
}

static int decide(struct execution *e, const struct caisson_context *context,
                  const struct caisson_exec_options *options, struct caisson_error *err)
{
    struct arena *arena = &e->container.arena;
    const struct spec_process *process;
    struct plan_host host;
    _cleanup_close_ int rootfs =
        openat(AT_FDCWD, arena_format(arena, "/proc/%d/root", e->container.state.pid),
               O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct plan_request request = {
        .purpose = PLAN_FOR_EXEC,
        .host = &host,
        .id = options->id,
        .bundle = e->container.state.bundle,
        .rootfs = rootfs,
        .preserve_fds = options->preserve_fds,
        .seccomp_receiver = options->seccomp_receiver,
        .process_label = options->process_label,
        .apparmor_profile = options->apparmor,
        .notice = bundle_warn,
        .notice_data = (void *)(uintptr_t)context,
    };

    if (bundle_load_for_process(arena, context, e->container.dir, &e->bundle, err) < 0)
        return -1;
    process = exec_process(arena, context, e->bundle.spec, options, err);
    if (!process || plan_host_probe_process(&host, err) < 0)
        return -1;
    /* With the process in the place of the container's, so that messages name the file that it stands in. */
    e->spec = *e->bundle.spec;
    e->spec.process = process;
    request.spec = &e->spec;
    intel_rdt_name(arena, &e->spec, e->container.id, &e->rdt);
    for (size_t i = 0; options->cap && options->cap[i]; i++) {
        if (i + 1 >= sizeof request.cap_add / sizeof request.cap_add[0])
            return error_set(err, CAISSON_ERROR_USAGE, "more than %zu capabilities given", i);
        request.cap_add[i] = options->cap[i];
    }
    if (plan_build(arena, &request, &e->plan, err) < 0)
        return -1;
    context_log(context, CAISSON_LOG_DEBUG, "made the plan: %u steps", e->plan.step_count);
    return e->plan.listener_path ? container_read(&e->container, err) : 0;
}

static int check_terminal(const struct execution *e, const struct caisson_exec_options *options,
                          struct caisson_error *err)
{
    if (options->console_socket && !e->plan.terminal)
        return error_set(err, CAISSON_ERROR_USAGE,
                         "--console-socket without a terminal: neither --tty nor "
                         "process.terminal asks for one");
    if (!options->console_socket && e->plan.terminal && options->detach) {
        error_set(err, CAISSON_ERROR_USAGE, "a terminal is asked for, and there is nobody to take it");
        return error_hint(err, "give a socket that receives it with --console-socket");
    }
    return 0;
}

/* execCPUAffinity.initial: taken on before the process enters the cgroup, whose cpuset may allow less. */
static int set_affinity(const struct plan *plan, struct caisson_error *err)
{
    if (!plan->affinity)
        return 0;
    if (syscall(SYS_sched_setaffinity, 0, (plan->affinity_bits + 63) / 64 * 8, plan->affinity) < 0)
        return error_system(err, errno,
                            "/process/execCPUAffinity/initial: cannot set the processor affinity");
    return 0;
}

/* A path as runc takes it: below the container's cgroup, and there already. Version 2 has no controllers to name. */
static int open_sub_cgroup(struct execution *e, const char *given, struct caisson_error *err)
{
    const char *colon = strchr(given, ':');
    const char *path = colon ? colon + 1 : given;
    int fd, errnum;

    if (colon && colon != given)
        return error_set(
            err, CAISSON_ERROR_USAGE,
            "cannot use the cgroup '%s': version 2 has one hierarchy, give the path without '%.*s:'", given,
            (int)(colon - given), given);
    path += strspn(path, "/");
    fd = sys_open_beneath(e->cgroup, *path ? path : ".", O_RDONLY | O_DIRECTORY);
    if (fd < 0 && errno == EXDEV)
        return error_set(err, CAISSON_ERROR_USAGE, "'%s' is not a sub-cgroup of container '%s'", given,
                         e->container.id);
    if (fd < 0) {
        errnum = errno;
        error_system(err, errnum, "cannot open the sub-cgroup '%s' of container '%s'", given,
                     e->container.id);
        return errnum == ENOENT ? error_hint(err, "it must exist: exec makes none") : -1;
    }
    fd_close(e->cgroup);
    e->cgroup = fd;
    return 0;
}

static int open_cgroup(struct execution *e, const struct caisson_exec_options *options,
                       struct caisson_error *err)
{
    if (!e->container.state.cgroup) {
        if (options->cgroup)
            return error_set(err, CAISSON_ERROR_STATE,
                             "container '%s' has no cgroup, and so no sub-cgroup '%s'", options->id,
                             options->cgroup);
        return 0;
    }
    if (e->cgroup < 0)
        e->cgroup = cgroup_open(e->container.state.cgroup, err);
    if (e->cgroup < 0)
        return -1;
    return options->cgroup ? open_sub_cgroup(e, options->cgroup, err) : 0;
}

/*
 * A container's cgroup that hands controllers to those in it (systemd runs there) takes no process itself: then the
 * new one joins the first one's. Not where the caller named the cgroup.
 */
static int spawn(struct execution *e, const struct caisson_exec_options *options, struct caisson_error *err)
{
    struct caisson_error why = {0};
    int cgroup;

    if (spawn_init(&e->plan, &e->spec, &e->prepared, e->cgroup, SPAWN_HEARD, &e->launch.process, &why) == 0)
        return 0;
    if (e->cgroup < 0 || why.errnum != EBUSY || options->cgroup) {
        if (why.errnum == EBUSY)
            error_hint(&why,
                       "the cgroup hands controllers to those below it: processes can be in these alone");
        if (err)
            *err = why;
        return -1;
    }
    cgroup = cgroup_open_of_process(e->cgroup, e->container.state.pid, err);
    if (cgroup < 0)
        return -1;
    fd_close(e->cgroup);
    e->cgroup = cgroup;
    return spawn_init(&e->plan, &e->spec, &e->prepared, e->cgroup, SPAWN_HEARD, &e->launch.process, err);
}

/* A process of its own is in no group of the container's first one by birth. */
static int enter_rdt(struct execution *e, struct caisson_error *err)
{
    _cleanup_close_ int root = intel_rdt_open(err);

    return root < 0 ? -1 : intel_rdt_enter(root, &e->rdt, e->launch.process.pid, err);
}

static int start(struct execution *e, const struct caisson_exec_options *options, struct caisson_error *err)
{
    struct launch *launch = &e->launch;

    if (options->console_socket) {
        launch->console = terminal_connect(options->console_socket, err);
        if (launch->console < 0)
            return -1;
    }
    if (open_cgroup(e, options, err) < 0 || set_affinity(&e->plan, err) < 0 ||
        prepare(&e->plan, &e->spec, -1, &e->pidfd, &e->prepared, err) < 0 || spawn(e, options, err) < 0)
        return -1;
    prepare_release(&e->prepared);
    context_log(launch->context, CAISSON_LOG_DEBUG, "started the init as process %d",
                (int)launch->process.pid);
    if (e->rdt.config && (launch_accompany(launch, LAUNCH_READY, err) < 0 || enter_rdt(e, err) < 0 ||
                          launch_go(launch, err) < 0))
        return -1;
    if (launch_accompany(launch, LAUNCH_EXECUTED, err) < 0)
        return -1;
    context_log(launch->context, CAISSON_LOG_DEBUG,
                "the init has joined the container and executed the program");
    return 0;
}

/* conmon takes a missing pid file for a failure: it is written when nothing can fail any more. */
static int hand_over(struct execution *e, const struct caisson_exec_options *options,
                     struct caisson_error *err)
{
    if (options->pidfd_socket) {
        _cleanup_close_ int socket = terminal_connect(options->pidfd_socket, err);
        _cleanup_close_ int pidfd = sys_pidfd_open(e->launch.process.pid);

        if (pidfd < 0)
            return error_system(err, errno, "cannot open a pidfd of the process");
        if (socket < 0 || terminal_send(socket, pidfd, "pidfd", err) < 0)
            return -1;
    }
    return options->pid_file ? launch_write_pid_file(options->pid_file, e->launch.process.pid, err) : 0;
}

static int check_preserved(const struct caisson_exec_options *options, struct caisson_error *err)
{
    for (unsigned i = 0; i < options->preserve_fds; i++)
        if (fcntl(3 + (int)i, F_GETFD) < 0)
            return error_set(err, CAISSON_ERROR_USAGE, "descriptor %u is to be preserved, but it is not open",
                             3 + i);
    return 0;
}

int caisson_exec(const struct caisson_context *context, const struct caisson_exec_options *options,
                 int *exit_status, struct caisson_error *err)
{
    ARENA_ROOM(room, ROOM_PROCESS);
    struct execution e _cleanup_execution_ = {
        .container = CONTAINER_CLOSED(room), .launch = LAUNCH_INIT, .pidfd = -1, .cgroup = -1};
    struct launch *launch = &e.launch;

    *exit_status = 0;
    if (check_preserved(options, err) < 0)
        return -1;
    if (!options->detach && terminal_block_signals(err) < 0)
        return -1;
    if (container_open(context, options->id, false, &e.container, err) < 0 || read_state(&e, err) < 0 ||
        check_status(&e, options, err) < 0 || decide(&e, context, options, err) < 0 ||
        check_terminal(&e, options, err) < 0)
        return -1;
    launch->context = context;
    launch->arena = &e.container.arena;
    launch->spec = &e.spec;
    launch->plan = &e.plan;
    launch->state = &e.container.state;
    launch->status = CAISSON_RUNNING;
    if (start(&e, options, err) < 0 || hand_over(&e, options, err) < 0) {
        launch_kill(launch);
        return -1;
    }
    if (options->detach)
        return 0;
    return terminal_foreground(launch->process.pid, launch->master, exit_status, err);
}
