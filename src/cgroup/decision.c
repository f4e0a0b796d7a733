/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of resources decide together: the list of values to write, and the words when one cannot be had. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cgroup/internal.h"

int decision_fail(const struct decision *decision, const char *member, struct caisson_error *err,
                  enum caisson_error_code code, const char *format, ...)
{
    char message[sizeof err->message];
    const char *pointer = arena_format(decision->arena, "%s/%s", decision->prefix, member);
    va_list ap;

    if (!err)
        return -1;
    va_start(ap, format);
    vsnprintf(message, sizeof message, format, ap);
    va_end(ap);
    error_set(err, code, "%s", message);
    if (decision->spec && decision->spec->source)
        return spec_error_at(decision->spec, err, pointer);
    snprintf(err->pointer, sizeof err->pointer, "%s", pointer);
    return error_prefix(err, "%s", pointer);
}

const char *decision_current(const struct decision *decision, const char *file)
{
    if (!decision->current)
        return NULL;
    return file_read(decision->arena, AT_FDCWD,
                     arena_format(decision->arena, "%s/%s", decision->current, file), CGROUP_FILE_LIMIT, NULL,
                     NULL);
}

static int fail_missing(const struct decision *decision, const struct decision_value *value,
                        struct caisson_error *err)
{
    const char *of_host = cgroup_host_controllers(decision->arena, decision->host);
    bool on_host;

    if (decision->plan->driver == CGROUP_NONE)
        return decision_fail(decision, value->member, err, CAISSON_ERROR_UNSUPPORTED,
                             "cannot set %s: cgroups are disabled for this container", value->file);
    on_host = controllers_have(of_host, value->controller);
    decision_fail(decision, value->member, err, CAISSON_ERROR_UNSUPPORTED,
                  "cannot set %s: the cgroup controller '%s' is not available in %s, which has '%s'",
                  value->file, value->controller, on_host ? decision->delegated_at : decision->host->mount,
                  on_host ? decision->available : of_host);
    if (!on_host)
        return controllers_hint_missing(decision->host, value->controller, err);
    return error_hint(
        err,
        "the owner of the cgroup above must write '+%s' to its cgroup.subtree_control; with systemd, "
        "Delegate=%s in user@.service",
        value->controller, value->controller);
}

static void need_controller(struct decision *decision, const char *name)
{
    const char **list = decision->plan->controllers;
    size_t count = 0;

    for (; list[count]; count++)
        if (strcmp(list[count], name) == 0)
            return;
    list = arena_array(decision->arena, count + 2, sizeof *list);
    memcpy(list, decision->plan->controllers, count * sizeof *list);
    list[count] = name;
    decision->plan->controllers = list;
}

int decision_add(struct decision *decision, const struct decision_value *value, struct caisson_error *err)
{
    struct cgroup_plan *plan = decision->plan;

    if (value->controller && !decision->available)
        decision->available = cgroup_host_controllers(decision->arena, decision->host);
    if (value->controller && !controllers_have(decision->available, value->controller))
        return value->no_limit ? 0 : fail_missing(decision, value, err);
    if (value->controller)
        need_controller(decision, value->controller);
    if (plan->write_count == decision->capacity) {
        struct cgroup_write *larger;

        decision->capacity = decision->capacity ? decision->capacity * 2 : 8;
        larger = arena_array(decision->arena, decision->capacity, sizeof *larger);
        if (plan->write_count > 0)
            memcpy(larger, plan->writes, plan->write_count * sizeof *larger);
        plan->writes = larger;
    }
    plan->writes[plan->write_count++] = (struct cgroup_write){
        .file = value->file,
        .value = value->value,
        .controller = value->controller,
        .origin = arena_format(decision->arena, "%s/%s", decision->prefix, value->member),
        .else_file = value->else_file,
        .else_value = value->else_value,
        .may_be_missing = value->may_be_missing,
    };
    return 0;
}
