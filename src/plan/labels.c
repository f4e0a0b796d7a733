/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * process.apparmorProfile, process.selinuxLabel, linux.mountLabel. What the host has no module for would be silently
 * missing: that is refused.
 */
#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "plan/builder.h"

enum { FILE_LIMIT = 64 * 1024 };

/* The kernel registers selinuxfs when SELinux is on, wherever that is mounted and whatever policy is loaded. */
static bool has_selinux(struct arena *arena)
{
    const char *list = file_read(arena, AT_FDCWD, "/proc/filesystems", FILE_LIMIT, NULL, NULL);

    return list && strstr(list, "\tselinuxfs\n");
}

static bool has_apparmor(struct arena *arena)
{
    const char *enabled =
        file_read(arena, AT_FDCWD, "/sys/module/apparmor/parameters/enabled", FILE_LIMIT, NULL, NULL);

    return enabled && enabled[0] == 'Y';
}

static const char *process_label(const struct plan_builder *b)
{
    const char *label = b->request->process_label ? b->request->process_label
                        : b->process              ? b->process->selinux_label
                                                  : NULL;

    return label && *label ? label : NULL;
}

static void add_write(struct plan_builder *b, const char *file, const char *value, const char *origin)
{
    struct plan_proc step = {.file = builder_text(b, file), .value = builder_text(b, value)};

    builder_step(b, PLAN_OP_PROC, origin, &step);
}

/* The session keyring has the label of the process, which could not use it otherwise. */
void plan_key_label(struct plan_builder *b)
{
    const char *label = process_label(b);

    if (label && has_selinux(b->plan->arena))
        add_write(b, "self/attr/keycreate", label, "/process/selinuxLabel");
}

int plan_labels(struct plan_builder *b, struct caisson_error *err)
{
    const char *profile =
        b->request->apparmor_profile ? b->request->apparmor_profile : b->process->apparmor_profile;
    const char *label = process_label(b);

    if (profile && *profile) {
        if (!has_apparmor(b->plan->arena))
            return spec_error(b->spec, err, "/process/apparmorProfile",
                              "profile '%s' is asked for, but AppArmor is not enabled on this host", profile);
        /* Its own directory (Linux 5.8): where modules are stacked, the common files are the first one's. */
        add_write(b, "self/attr/apparmor/exec", builder_format(b, "exec %s", profile),
                  "/process/apparmorProfile");
    }
    if (label) {
        if (!has_selinux(b->plan->arena))
            return spec_error(b->spec, err, "/process/selinuxLabel",
                              "label '%s' is asked for, but SELinux is not enabled on this host", label);
        add_write(b, "self/attr/exec", label, "/process/selinuxLabel");
    }
    return 0;
}

int plan_mount_label(struct plan_builder *b, struct caisson_error *err)
{
    static const char annotation[] = "run.oci.mount_context_type";
    static const char *const types[] = {"context", "fscontext", "defcontext", "rootcontext"};
    const char *label = b->spec->linux_->mount_label, *type = spec_annotation(b->spec, annotation);

    if (!label || !*label)
        return 0;
    if (!has_selinux(b->plan->arena))
        return spec_error(b->spec, err, "/linux/mountLabel",
                          "label '%s' is asked for, but SELinux is not enabled on this host", label);
    b->mount_label = label;
    b->mount_context = type && *type ? type : "context";
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(b->mount_context, types[i]) == 0)
            return 0;
    return spec_error(
        b->spec, err, "/annotations/run.oci.mount_context_type",
        "'%s' is no mount option of SELinux, expected context, fscontext, defcontext or rootcontext", type);
}
