/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which scope, in which slice, with which properties. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/strbuf.h"
#include "cgroup/slice.h"
#include "cgroup/unit.h"

static const char annotation_prefix[] = "org.systemd.property.";

static int fail_at(const struct spec *spec, const char *pointer, struct caisson_error *err)
{
    return spec->source ? spec_error_at(spec, err, pointer) : -1;
}

/*
 * What systemd's own cgroup, ".../init.scope", is below: "" on a machine. Process 1 of a process id namespace of its own
 * is another program, and says nothing about it.
 */
static const char *system_root(struct arena *arena)
{
    static const char scope[] = "/init.scope";
    char *text = file_read(arena, AT_FDCWD, "/proc/1/cgroup", CGROUP_FILE_LIMIT, NULL, NULL);
    char *line = text ? strstr(text, "0::/") : NULL;
    size_t length = line ? strcspn(line, "\n") : 0;

    if (!line || (line != text && line[-1] != '\n') || length < 3 + sizeof scope - 1 ||
        strncmp(line + length - (sizeof scope - 1), scope, sizeof scope - 1) != 0)
        return "";
    return arena_copy(arena, line + 3, length - 3 - (sizeof scope - 1));
}

/* Root in a user namespace is somebody else to systemd. */
static unsigned outer_uid(struct arena *arena)
{
    const char *map = file_read(arena, AT_FDCWD, "/proc/self/uid_map", CGROUP_FILE_LIMIT, NULL, NULL);

    for (const char *line = map; line && *line; line = strchr(line, '\n')) {
        unsigned inside, outside, size;

        line += *line == '\n';
        if (sscanf(line, "%u %u %u", &inside, &outside, &size) == 3 && geteuid() - inside < size)
            return outside + (geteuid() - inside);
    }
    return geteuid();
}

/* The cgroup of the user's systemd: the one that the runtime is below of, or where it is as a rule. */
static const char *user_root(struct arena *arena, const struct cgroup_host *host)
{
    const char *manager = strstr(host->own, "/user@");
    unsigned uid;

    if (manager)
        return arena_copy(arena, host->own, (size_t)(manager - host->own) + 1 + strcspn(manager + 1, "/"));
    uid = outer_uid(arena);
    return arena_format(arena, "/user.slice/user-%u.slice/user@%u.service", uid, uid);
}

/* systemd allows letters, digits and ":-_.\" in the name of a unit; the rest is escaped as systemd-escape(1) does. */
static const char *escape_name(struct arena *arena, const char *name)
{
    struct strbuf out = STRBUF(arena);

    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr(":-_.\\", c))
            strbuf_char(&out, (char)c);
        else
            strbuf_format(&out, "\\x%02x", c);
    }
    return strbuf_string(&out);
}

static int parse_name(struct decision *decision, const struct cgroup_request *request,
                      struct slice_name *name, struct caisson_error *err)
{
    const char *given = request->spec->linux_->cgroups_path;

    if (!given || !*given)
        given = arena_format(decision->arena, ":caisson:%s", request->id);
    else if (!slice_is_name(given)) {
        error_set(
            err, CAISSON_ERROR_CONFIG,
            "cannot use the cgroup '%s' with the systemd driver: it has to be written \"slice:prefix:name\"",
            given);
        error_hint(err, "or use --cgroup-manager=cgroupfs");
        return fail_at(request->spec, "/linux/cgroupsPath", err);
    }
    if (slice_parse(decision->arena, given, request->rootless, name, err) < 0)
        return fail_at(request->spec, "/linux/cgroupsPath", err);
    name->unit = escape_name(decision->arena, name->unit);
    if (strlen(name->unit) <= 255 && strcmp(name->unit + strlen(name->unit) - 6, ".scope") == 0)
        return 0;
    error_set(err, CAISSON_ERROR_CONFIG, "cannot use '%s' as the name of a scope: it is %s", name->unit,
              strlen(name->unit) > 255 ? "longer than 255 bytes" : "a slice, which holds no processes");
    return fail_at(request->spec, "/linux/cgroupsPath", err);
}

int unit_decide(struct decision *decision, const struct cgroup_request *request, struct caisson_error *err)
{
    struct cgroup_plan *plan = decision->plan;
    const struct cgroup_host *host = decision->host;
    struct arena *arena = decision->arena;
    struct slice_name name = {0};
    const char *root, *text;

    if (parse_name(decision, request, &name, err) < 0)
        return -1;
    root = request->rootless ? user_root(arena, host) : system_root(arena);
    plan->unit = arena_new(arena, struct cgroup_unit);
    *plan->unit = (struct cgroup_unit){.name = name.unit,
                                       .slice = name.slice,
                                       .user = request->rootless,
                                       .helper_input = -1,
                                       .helper_output = -1};
    plan->path = arena_format(arena, "%s%s/%s", root, name.slice_path, name.unit);
    plan->absolute = arena_format(arena, "%s%s", host->mount, plan->path);
    decision->available = host->controllers;
    decision->delegated_at = host->mount;
    if (!request->rootless)
        return 0;
    /* What was given to the user's systemd, that one can give to the scope. */
    decision->delegated_at = arena_format(arena, "%s%s", host->mount, root);
    text = file_read(arena, AT_FDCWD, arena_format(arena, "%s/cgroup.controllers", decision->delegated_at),
                     CGROUP_FILE_LIMIT, NULL, NULL);
    decision->available = text ? arena_copy(arena, text, strcspn(text, "\n")) : "";
    return 0;
}

static void add_text(struct arena *arena, struct cgroup_unit *unit, const char *name, const char *signature,
                     const char *value)
{
    const char **values = arena_array(arena, 1, sizeof *values);

    values[0] = value;
    properties_add(arena, &unit->properties, &(struct cgroup_property){name, signature, values, 1});
}

/* Those that make it a container's scope are not for others to set. */
static bool is_ours(const char *name)
{
    return strcmp(name, "PIDs") == 0 || strcmp(name, "Slice") == 0 || strcmp(name, "Delegate") == 0;
}

static int add_annotation(struct decision *decision, const struct spec *spec,
                          const struct spec_pair *annotation, struct caisson_error *err)
{
    const char *name = annotation->key + sizeof annotation_prefix - 1;
    const char *pointer = arena_format(decision->arena, "/annotations/%s", annotation->key);
    struct cgroup_property property;

    if (is_ours(name)) {
        error_set(err, CAISSON_ERROR_CONFIG, "the property %s of the container's scope cannot be set", name);
        return fail_at(spec, pointer, err);
    }
    if (unit_parse_property(decision->arena, name, annotation->value, &property, err) < 0)
        return fail_at(spec, pointer, err);
    properties_add(decision->arena, &decision->plan->unit->properties, &property);
    return 0;
}

int unit_decide_properties(struct decision *decision, const struct cgroup_request *request,
                           struct caisson_error *err)
{
    const struct spec_pairs *annotations = &request->spec->annotations;
    struct cgroup_unit *unit = decision->plan->unit;
    struct arena *arena = decision->arena;

    add_text(arena, unit, "Description", "s", arena_format(arena, "caisson container %s", request->id));
    add_text(arena, unit, "Slice", "s", unit->slice);
    add_text(arena, unit, "Delegate", "b", "true");
    add_text(arena, unit, "DefaultDependencies", "b", "false");
    /* A scope whose processes were killed for want of memory has failed: it goes too, nobody has to reset it. */
    add_text(arena, unit, "CollectMode", "s", "inactive-or-failed");
    unit_limits_of_writes(arena, decision->plan, unit);
    for (size_t i = 0; i < annotations->count; i++)
        if (strncmp(annotations->items[i].key, annotation_prefix, sizeof annotation_prefix - 1) == 0 &&
            add_annotation(decision, request->spec, &annotations->items[i], err) < 0)
            return -1;
    unit_limits_at_start(arena, unit);
    return 0;
}

struct cgroup_unit *unit_of_scope(struct arena *arena, const char *absolute)
{
    const char *name = strrchr(absolute, '/');
    struct cgroup_unit *unit = arena_new(arena, struct cgroup_unit);

    *unit = (struct cgroup_unit){
        .name = name ? name + 1 : absolute,
        .user = strstr(absolute, "/user@"),
        .helper_input = -1,
        .helper_output = -1,
    };
    return unit;
}
