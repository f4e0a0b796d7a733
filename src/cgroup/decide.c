/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From linux.cgroupsPath and linux.resources to files and values. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cgroup/internal.h"
#include "cgroup/unit.h"

/* Every value of a resources object. The order is the order of writing: unified is last, it overrides. */
static int decide_resources(struct decision *decision, const struct spec_resources *resources,
                            struct caisson_error *err)
{
    if (resources->memory && decide_memory(decision, resources->memory, err) < 0)
        return -1;
    if (resources->cpu && decide_cpu(decision, resources->cpu, err) < 0)
        return -1;
    if (resources->block_io && decide_block_io(decision, resources->block_io, err) < 0)
        return -1;
    if (decide_others(decision, resources, err) < 0)
        return -1;
    return decide_unified(decision, &resources->unified, err);
}

/* The cgroup itself or the nearest one above it that exists. */
static const char *nearest_existing(struct arena *arena, const char *mount, const char *absolute)
{
    char *path = arena_string(arena, absolute);
    size_t root = strlen(mount);

    while (strlen(path) > root && access(path, F_OK) < 0)
        *strrchr(path, '/') = '\0';
    return path;
}

/*
 * What a user without privileges was given: the controllers of the nearest cgroup that exists. Whoever is root can
 * enable what the hierarchy has all the way down.
 */
static void find_available(struct decision *decision, bool rootless)
{
    const char *text;

    decision->available = decision->host->controllers;
    decision->delegated_at = decision->host->mount;
    if (!rootless)
        return;
    decision->delegated_at =
        nearest_existing(decision->arena, decision->host->mount, decision->plan->absolute);
    text = file_read(decision->arena, AT_FDCWD,
                     arena_format(decision->arena, "%s/cgroup.controllers", decision->delegated_at),
                     CGROUP_FILE_LIMIT, NULL, NULL);
    decision->available = text ? arena_copy(decision->arena, text, strcspn(text, "\n")) : "";
}

/*
 * A user to whom no cgroup was delegated still gets a container, without a cgroup of its own, when nothing was asked
 * for that needs one.
 */
static int degrade_undelegated(struct decision *decision, const struct cgroup_request *request,
                               struct caisson_error *err)
{
    struct cgroup_plan *plan = decision->plan;

    if (!request->rootless || plan->unit ||
        faccessat(AT_FDCWD, decision->delegated_at, W_OK, AT_EACCESS) == 0)
        return 0;
    if (plan->write_count > 0) {
        struct cgroup_write *first = &plan->writes[0];

        decision_fail(decision, first->origin + strlen(decision->prefix) + 1, err, CAISSON_ERROR_UNSUPPORTED,
                      "cannot set %s: the cgroup %s is not delegated to this user", first->file,
                      decision->delegated_at);
        return error_hint(
            err, "its owner must hand it over (chown of the directory and of the files named in "
                 "/sys/kernel/cgroup/delegate); with systemd: systemd-run --user --scope -p Delegate=yes");
    }
    if (request->notice)
        request->notice(
            request->notice_data,
            arena_format(decision->arena,
                         "the container has no cgroup of its own: %s is not delegated to this user",
                         decision->delegated_at));
    plan->driver = CGROUP_NONE;
    plan->path = "";
    plan->absolute = NULL;
    return 0;
}

static const char *no_controllers[] = {NULL};

static int decide_none(struct decision *decision, const struct spec_resources *resources,
                       struct caisson_error *err)
{
    struct decision probe = *decision;
    struct cgroup_plan asked = {.driver = CGROUP_NONE, .controllers = no_controllers};

    /* Whoever disables cgroups and sets a limit would believe that it holds. */
    if (!resources)
        return 0;
    probe.plan = &asked;
    probe.available = "";
    return decide_resources(&probe, resources, err);
}

int cgroup_decide(struct arena *arena, const struct cgroup_host *host, const struct cgroup_request *request,
                  struct cgroup_plan *plan, struct caisson_error *err)
{
    const struct spec_resources *resources = request->spec->linux_->resources;
    struct decision decision = {
        .arena = arena,
        .spec = request->spec,
        .prefix = "/linux/resources",
        .host = host,
        .plan = plan,
    };

    *plan = (struct cgroup_plan){.driver = request->driver, .mount = host->mount, .path = ""};
    plan->controllers = no_controllers;
    if (request->driver == CGROUP_NONE)
        return decide_none(&decision, resources, err);
    if (request->driver == CGROUP_SYSTEMD) {
        if (unit_decide(&decision, request, err) < 0)
            return -1;
    } else {
        if (decide_path(arena, host, request, &plan->path, err) < 0)
            return -1;
        plan->absolute =
            arena_format(arena, "%s%s", strcmp(host->mount, "/") == 0 ? "" : host->mount, plan->path);
        find_available(&decision, request->rootless);
    }
    if (resources && decide_resources(&decision, resources, err) < 0)
        return -1;
    if (plan->unit && unit_decide_properties(&decision, request, err) < 0)
        return -1;
    if (degrade_undelegated(&decision, request, err) < 0 || plan->driver == CGROUP_NONE)
        return plan->driver == CGROUP_NONE ? 0 : -1;
    /*
     * Attaching a device program takes privileges in the initial user namespace. A user without them cannot make a
     * device node either, and opens those that exist with no more rights than before.
     */
    if (resources && !request->rootless && decide_devices(&decision, resources, false, err) < 0)
        return -1;
    decide_owner(arena, request->spec, plan);
    return 0;
}

int cgroup_decide_update(struct arena *arena, const struct cgroup_host *host,
                         const struct spec_resources *resources, const char *absolute, bool scope,
                         struct cgroup_plan *plan, struct caisson_error *err)
{
    size_t mount = strlen(host->mount);
    struct decision decision = {
        .arena = arena,
        .prefix = "",
        .host = host,
        .available = host->controllers,
        .delegated_at = host->mount,
        .current = absolute,
        .plan = plan,
    };

    *plan = (struct cgroup_plan){
        .driver = CGROUP_FS, .mount = host->mount, .absolute = absolute, .path = absolute};
    plan->controllers = no_controllers;
    if (strncmp(absolute, host->mount, mount) == 0 && absolute[mount] == '/')
        plan->path = absolute + mount;
    if (decide_resources(&decision, resources, err) < 0)
        return -1;
    if (scope) {
        plan->unit = unit_of_scope(arena, absolute);
        unit_limits_of_writes(arena, plan, plan->unit);
    }
    return decide_devices(&decision, resources, true, err);
}
