/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `plan` shows: which files get which values, and where each comes from. */
#include <linux/bpf.h>
#include <string.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "cgroup/internal.h"

static const char *const driver_names[] = {
    [CGROUP_FS] = "cgroupfs",
    [CGROUP_SYSTEMD] = "systemd",
    [CGROUP_NONE] = "disabled",
};

static void print_write(const struct cgroup_write *write, struct strbuf *out)
{
    const char *value = strcmp(write->value, "\n") == 0 ? "" : write->value;

    strbuf_format(out, "  write %s '%s'", write->file, value);
    if (write->else_file)
        strbuf_format(out, ", or where that does not exist %s '%s'", write->else_file, write->else_value);
    else if (write->may_be_missing)
        strbuf_text(out, " if it exists");
    strbuf_format(out, "  (%s)\n", write->origin);
}

static void print_properties(const struct cgroup_properties *properties, const char *kind, struct strbuf *out)
{
    for (size_t i = 0; i < properties->count; i++) {
        strbuf_format(out, "  %s %s=", kind, properties->items[i].name);
        for (size_t k = 0; k < properties->items[i].count; k++)
            strbuf_format(out, "%s%s", k ? "," : "", properties->items[i].values[k]);
        strbuf_char(out, '\n');
    }
}

void cgroup_print_text(const struct cgroup_plan *plan, struct strbuf *out)
{
    if (!plan->absolute) {
        strbuf_text(out, "cgroup: none\n");
        return;
    }
    strbuf_format(out, "cgroup %s (%s)\n", plan->absolute, driver_names[plan->driver]);
    if (plan->unit) {
        strbuf_format(out, "  systemd unit %s in %s%s\n", plan->unit->name, plan->unit->slice,
                      plan->unit->user ? " of the user's systemd" : "");
        print_properties(&plan->unit->properties, "property", out);
        print_properties(&plan->unit->limits, "limit", out);
    }
    for (const char **name = plan->controllers; *name; name++)
        strbuf_format(out, "%s%s", name == plan->controllers ? "  enable the controllers " : " ", *name);
    if (*plan->controllers)
        strbuf_char(out, '\n');
    if (plan->delegate_uid)
        strbuf_format(out, "  hand over to user %s\n", plan->delegate_uid);
    for (size_t i = 0; i < plan->write_count; i++)
        print_write(&plan->writes[i], out);
    if (plan->device_program)
        strbuf_format(out, "  attach a device program of %zu instructions\n", plan->device_program_length);
}

static void print_json_write(const struct cgroup_write *write, struct json *json)
{
    json_object(json, NULL);
    json_string(json, "file", write->file);
    json_string(json, "value", write->value);
    if (write->controller)
        json_string(json, "controller", write->controller);
    if (write->else_file) {
        json_string(json, "elseFile", write->else_file);
        json_string(json, "elseValue", write->else_value);
    }
    if (write->may_be_missing)
        json_bool(json, "mayBeMissing", true);
    json_string(json, "origin", write->origin);
    json_object_end(json);
}

static void print_json_properties(const struct cgroup_properties *properties, struct json *json,
                                  const char *name)
{
    json_array(json, name);
    for (size_t i = 0; i < properties->count; i++) {
        json_object(json, NULL);
        json_string(json, "name", properties->items[i].name);
        json_string(json, "type", properties->items[i].signature);
        json_array(json, "values");
        for (size_t k = 0; k < properties->items[i].count; k++)
            json_string(json, NULL, properties->items[i].values[k]);
        json_array_end(json);
        json_object_end(json);
    }
    json_array_end(json);
}

static void print_json_unit(const struct cgroup_unit *unit, struct json *json)
{
    json_object(json, "unit");
    json_string(json, "name", unit->name);
    json_string(json, "slice", unit->slice);
    json_bool(json, "user", unit->user);
    print_json_properties(&unit->properties, json, "properties");
    print_json_properties(&unit->limits, json, "limits");
    json_object_end(json);
}

void cgroup_print_json(const struct cgroup_plan *plan, struct json *json, const char *name)
{
    json_object(json, name);
    json_string(json, "driver", driver_names[plan->driver]);
    json_string(json, "path", plan->absolute);
    if (plan->unit)
        print_json_unit(plan->unit, json);
    json_array(json, "controllers");
    for (const char **controller = plan->controllers; *controller; controller++)
        json_string(json, NULL, *controller);
    json_array_end(json);
    if (plan->delegate_uid)
        json_string(json, "owner", plan->delegate_uid);
    json_array(json, "writes");
    for (size_t i = 0; i < plan->write_count; i++)
        print_json_write(&plan->writes[i], json);
    json_array_end(json);
    if (plan->device_program)
        json_u64(json, "deviceProgramLength", plan->device_program_length);
    json_object_end(json);
}
