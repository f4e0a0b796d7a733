/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/decide.h"

#include <fcntl.h>

#include "base/fd.h"
#include "container/context.h"

bool decide_rootless(const struct caisson_context *context, const struct plan_host *host)
{
    if (context->rootless != CAISSON_ROOTLESS_AUTO)
        return context->rootless == CAISSON_ROOTLESS_TRUE;
    return host->euid != 0 || !host->initial_user_namespace;
}

static int decide_cgroup(struct decision *d, const char *id, struct caisson_error *err)
{
    static const enum cgroup_driver drivers[] = {
        [CAISSON_CGROUPFS] = CGROUP_FS,
        [CAISSON_CGROUP_SYSTEMD] = CGROUP_SYSTEMD,
        [CAISSON_CGROUP_DISABLED] = CGROUP_NONE,
    };
    struct cgroup_request request = {
        .driver = drivers[d->context->cgroup_manager],
        .spec = d->bundle.spec,
        .id = id,
        .rootless = decide_rootless(d->context, &d->host),
        .notice = bundle_warn,
        .notice_data = (void *)(uintptr_t)d->context,
    };
    struct cgroup_host host = {0};

    if (request.driver != CGROUP_NONE && cgroup_host_probe(d->arena, &host, err) < 0)
        return -1;
    return cgroup_decide(d->arena, &host, &request, &d->cgroup, err);
}

/* Directories that are looked at, and closed in one call. */
struct opened {
    int bundle, rootfs;
};

static void close_opened(const struct opened *opened)
{
    int fds[] = {opened->bundle, opened->rootfs};

    fd_close_all(fds, sizeof fds / sizeof fds[0]);
}

#define _cleanup_opened_ __attribute__((cleanup(close_opened)))

/* A relative path is relative to the bundle. */
static int open_rootfs(const struct spec_root *root, int bundle)
{
    return root && root->path ? openat(bundle, root->path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
}

int decide_container(struct arena *arena, const struct caisson_context *context,
                     const struct caisson_create_options *options, enum plan_purpose purpose,
                     struct decision *d, struct caisson_error *err)
{
    struct opened opened _cleanup_opened_ = {-1, -1};
    struct plan_request request;
    int loaded;

    *d = (struct decision){.arena = arena, .context = context};
    loaded = bundle_load(arena, context, options->bundle, options->config, &d->bundle, err);
    opened.bundle = TAKE_FD(d->bundle.directory);
    if (loaded < 0)
        return -1;
    context_log(context, CAISSON_LOG_DEBUG, "read the configuration of %s: %zu bytes", d->bundle.path,
                d->bundle.length);
    if (plan_host_probe(&d->host, err) < 0 || decide_cgroup(d, options->id, err) < 0)
        return -1;
    context_log(context, CAISSON_LOG_DEBUG, "looked at the host: the cgroup will be %s",
                d->cgroup.absolute ? d->cgroup.absolute : "none");
    opened.rootfs = open_rootfs(d->bundle.spec->root, opened.bundle);
    request = (struct plan_request){
        .purpose = purpose,
        .spec = d->bundle.spec,
        .host = &d->host,
        .id = options->id,
        .oci_version = CAISSON_OCI_VERSION,
        .bundle = d->bundle.path,
        .rootfs = opened.rootfs,
        .cgroup_path = d->cgroup.absolute,
        .preserve_fds = options->preserve_fds + options->listen_fds,
        .listen_fds = options->listen_fds,
        .listen_fdnames = options->listen_fdnames,
        .notify_socket = options->notify_socket,
        .seccomp_receiver = options->seccomp_receiver,
        .no_pivot = options->no_pivot,
        .no_new_keyring = options->no_new_keyring,
        .notice = bundle_warn,
        .notice_data = (void *)(uintptr_t)context,
    };
    if (plan_build(arena, &request, &d->plan, err) < 0)
        return -1;
    context_log(context, CAISSON_LOG_DEBUG, "made the plan: %u steps, %zu descriptors", d->plan.step_count,
                d->plan.slot_count);
    return 0;
}
