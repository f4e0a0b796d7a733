/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* caisson_checkpoint() */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "container/bundle.h"
#include "container/context.h"
#include "container/criu_amend.h"
#include "container/criu_descriptors.h"
#include "container/criu_mounts.h"
#include "container/criu_namespaces.h"
#include "container/criu_options.h"

enum { END_MS = 10 * 1000, PORT_LAST = 65535 };

static const char log_name[] = "dump.log";

struct checkpoint {
    const struct caisson_context *context;
    const struct caisson_checkpoint_options *options;
    struct container *container;
    struct bundle bundle;
    struct criu_directories directories;
    int pidfd; /* of the first process */
};

/*
 * A process that is where criu is itself belongs to no set of cgroups that criu makes again, and so to no cgroup
 * namespace: it would see the host's.
 */
static int check_cgroup(const struct checkpoint *cp, struct caisson_error *err)
{
    if (cp->container->state.cgroup || !spec_new_namespace(cp->bundle.spec, SPEC_NS_CGROUP))
        return 0;
    error_set(err, CAISSON_ERROR_UNSUPPORTED,
              "it has a cgroup namespace and no cgroup of its own, which criu cannot restore");
    return spec_error_at(cp->bundle.spec, err, "/linux/namespaces");
}

static int add_page_server(const struct checkpoint *cp, struct strbuf *message, struct caisson_error *err)
{
    enum { ADDRESS = 1, PORT = 2 };
    const char *text = cp->options->page_server, *colon = text ? strrchr(text, ':') : NULL;
    struct strbuf server = STRBUF(message->arena);
    char *end;
    long port;

    if (!text)
        return 0;
    port = colon ? strtol(colon + 1, &end, 10) : 0;
    if (!colon || colon == text || *end || port <= 0 || port > PORT_LAST)
        return error_set(err, CAISSON_ERROR_USAGE, "the page server is ADDRESS:PORT, not '%s'", text);
    criu_put_text(&server, ADDRESS, arena_copy(message->arena, text, (size_t)(colon - text)));
    criu_put_number(&server, PORT, (uint64_t)port);
    criu_put_message(message, CRIU_PS, &server);
    return 0;
}

/* criu takes it from the image directory; a wrong one would only be a larger dump. */
static int add_parent(const struct checkpoint *cp, struct strbuf *message, struct caisson_error *err)
{
    const char *path = cp->options->parent_path;
    struct stat st;

    if (!path)
        return 0;
    if (*path == '/')
        return error_set(err, CAISSON_ERROR_USAGE,
                         "the parent path '%s' is absolute: it is relative to the image directory", path);
    if (fstatat(cp->directories.images, path, &st, 0) < 0)
        return error_system(err, errno, "cannot open the parent path '%s' from the image directory", path);
    if (!S_ISDIR(st.st_mode))
        return error_system(err, ENOTDIR, "cannot open the parent path '%s' from the image directory", path);
    criu_put_text(message, CRIU_PARENT_IMG, path);
    return 0;
}

/* What is not the memory's. */
static int add_surroundings(const struct checkpoint *cp, struct strbuf *message, struct caisson_error *err)
{
    const struct state *state = &cp->container->state;
    const struct criu_mounts mounts = {
        .spec = cp->bundle.spec,
        .bundle = state->bundle,
        .rootfs = state->rootfs,
        .cgroup = state->cgroup,
    };

    if (criu_mounts_dump(&mounts, state->pid, message, err) < 0 ||
        criu_amend_record(message->arena, state->pid, cp->directories.images, err) < 0)
        return -1;
    return criu_descriptors_write(state->pid, cp->directories.images, message, err);
}

static int build(const struct checkpoint *cp, struct strbuf *message, struct caisson_error *err)
{
    const struct caisson_checkpoint_options *options = cp->options;
    const struct state *state = &cp->container->state;
    struct caisson_criu_options common = options->criu;

    if (check_cgroup(cp, err) < 0)
        return -1;
    if (!state->cgroup)
        common.cgroups_mode = CAISSON_CGROUPS_IGNORE;
    criu_options_add(message, &common, &cp->directories, cp->bundle.spec, log_name);
    criu_put_number(message, CRIU_PID, (uint64_t)state->pid);
    criu_put_text(message, CRIU_ROOT, state->rootfs);
    criu_put_text(message, CRIU_FREEZE_CGROUP, state->cgroup);
    /*
     * Version 2 alone, which has no name: of version 1 the container is in the cgroups of who started it, and criu would
     * keep all that is below those, and make it again.
     */
    criu_put_text(message, CRIU_CGROUP_DUMP_CONTROLLER, "");
    criu_put_flag(message, CRIU_LEAVE_RUNNING, options->leave_running);
    criu_put_flag(message, CRIU_TCP_SKIP_IN_FLIGHT, options->tcp_skip_in_flight);
    criu_put_flag(message, CRIU_TRACK_MEM, options->pre_dump || options->parent_path);
    if (add_parent(cp, message, err) < 0 || add_page_server(cp, message, err) < 0 ||
        criu_namespaces_dump(cp->bundle.spec, state->pid, message, err) < 0)
        return -1;
    return options->pre_dump ? 0 : add_surroundings(cp, message, err);
}

static int notice(void *data, const char *script, pid_t pid, int *fd, struct caisson_error *err)
{
    const struct checkpoint *cp = data;

    (void)pid;
    (void)fd;
    (void)err;
    context_log(cp->context, CAISSON_LOG_DEBUG, "criu: %s", script);
    /* Who migrates pages waits for this, and then for the stream's end. */
    if (strcmp(script, "status-ready") == 0 && cp->options->status_fd > 0) {
        fd_write_all((int)cp->options->status_fd, "", 1);
        close((int)cp->options->status_fd);
    }
    return 0;
}

/* criu has killed them; whoever looks next is to see it. */
static int wait_for_end(const struct checkpoint *cp, struct caisson_error *err)
{
    struct pollfd ended = {.fd = cp->pidfd, .events = POLLIN};
    int n;

    do
        n = poll(&ended, 1, END_MS);
    while (n < 0 && errno == EINTR);
    if (n == 1)
        return 0;
    return error_set(err, CAISSON_ERROR_TIMEOUT, "process %d has not ended %d s after it was written",
                     (int)cp->container->state.pid, END_MS / 1000);
}

static int dump(const struct checkpoint *cp, struct caisson_error *err)
{
    const struct caisson_checkpoint_options *options = cp->options;
    const struct criu_place place = {.cgroup = -1, .root = -1};
    struct arena *arena = &cp->container->arena;
    struct strbuf message = STRBUF(arena);
    struct criu criu _cleanup_criu_ = CRIU_INIT;
    struct criu_response response;

    if (build(cp, &message, err) < 0 || criu_start(arena, &place, &criu, err) < 0)
        return -1;
    if ((options->pre_dump || options->parent_path || options->criu.lazy_pages) &&
        criu_check_feature(&criu, options->pre_dump || options->parent_path, options->criu.lazy_pages, err) <
            0)
        return -1;
    if (criu_request(&criu, options->pre_dump ? CRIU_PRE_DUMP : CRIU_DUMP, &message, notice,
                     (void *)(uintptr_t)cp, &response, err) < 0)
        return criu_explain(&criu, &cp->directories, log_name, err);
    return options->leave_running || options->pre_dump ? 0 : wait_for_end(cp, err);
}

static int open_and_dump(struct checkpoint *cp, struct caisson_error *err)
{
    struct container *container = cp->container;
    enum caisson_status status;
    mode_t mode;

    if (container_read(container, err) < 0 ||
        state_status(container->dir, &container->state, &status, &cp->pidfd, err) < 0)
        return -1;
    if (status != CAISSON_RUNNING && status != CAISSON_PAUSED)
        return container_wrong_status(container, "checkpoint", status, "running or paused", err);
    if (bundle_load_stored(&container->arena, cp->context, container->dir, &cp->bundle, err) < 0)
        return -1;
    /* Root of a user namespace looks in it, too, when it is restored: for files, which it cannot read, and their names. */
    mode = spec_new_namespace(cp->bundle.spec, SPEC_NS_USER) ? 0711 : 0700;
    if (criu_directories_open(&cp->options->criu, mode, &cp->directories, err) < 0)
        return -1;
    return dump(cp, err);
}

int caisson_checkpoint(const struct caisson_context *context,
                       const struct caisson_checkpoint_options *options, struct caisson_error *err)
{
    ARENA_ROOM(room, ROOM_CONTAINER);
    struct container container _cleanup_container_ = CONTAINER_CLOSED(room);
    struct checkpoint cp = {
        .context = context,
        .options = options,
        .container = &container,
        .directories = {.images = -1, .work = -1},
        .pidfd = -1,
    };
    int result = -1;

    if (criu_check_root("checkpoint", err) < 0)
        return -1;
    if (container_open(context, options->id, true, &container, err) == 0)
        result = open_and_dump(&cp, err);
    criu_directories_close(&cp.directories);
    fd_close(cp.pidfd);
    return result < 0 ? error_prefix(err, "cannot checkpoint container '%s'", options->id) : 0;
}
