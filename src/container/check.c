/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/check.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "container/intel_rdt.h"
#include "sys/openat2.h"

struct checker {
    const struct decision *decision;
    struct arena *arena;
    struct strbuf *report;
    struct caisson_error *first;
};

/* A problem that an error describes already. */
static void add(struct checker *c, const struct caisson_error *err)
{
    strbuf_format(c->report, "%s\n", err->message);
    if (err->hint[0])
        strbuf_format(c->report, "  hint: %s\n", err->hint);
    if (c->first->code == CAISSON_ERROR_NONE)
        *c->first = *err;
}

static void check_slot(struct checker *c, const struct plan_slot *slot)
{
    const struct spec *spec = c->decision->bundle.spec;
    struct caisson_error err = {0};
    struct stat st;

    if (slot->kind != PLAN_SLOT_TREE && slot->kind != PLAN_SLOT_NAMESPACE)
        return;
    /* The cgroup is made with the container. */
    if (c->decision->cgroup.absolute && strcmp(slot->path, c->decision->cgroup.absolute) == 0)
        return;
    if (fstatat(AT_FDCWD, slot->path, &st, slot->no_follow ? AT_SYMLINK_NOFOLLOW : 0) < 0) {
        error_system(&err, errno, "cannot open '%s'", slot->path);
    } else if (slot->is_root && !S_ISDIR(st.st_mode)) {
        error_system(&err, ENOTDIR, "cannot use the root filesystem '%s'", slot->path);
    } else if (slot->device_type &&
               ((st.st_mode & S_IFMT) != slot->device_type || st.st_rdev != slot->device)) {
        error_set(&err, CAISSON_ERROR_UNSUPPORTED, "'%s' of the host is another device", slot->path);
    } else {
        return;
    }
    if (slot->origin)
        spec_error_at(spec, &err, slot->origin);
    add(c, &err);
}

/* Whether a word stands as a line's last in /proc/filesystems. */
static bool knows_filesystem(const char *list, const char *type)
{
    size_t n = strlen(type);

    for (const char *line = list; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        const char *tab = strchr(line, '\t');

        if (tab && strncmp(tab + 1, type, n) == 0 && (tab[1 + n] == '\n' || tab[1 + n] == '\0'))
            return true;
    }
    return false;
}

/* A filesystem that is not registered may be a module that is loaded at its first mount: said as such. */
static void check_filesystems(struct checker *c)
{
    const struct plan_header *header = (const struct plan_header *)(const void *)c->decision->plan.program;
    const struct plan_step *step = plan_first(header);
    const char *list = file_read(c->arena, AT_FDCWD, "/proc/filesystems", 65536, NULL, NULL);

    for (uint32_t i = 0; list && i < header->step_count; i++, step = plan_next(step)) {
        const struct plan_mount *mount = PLAN_BODY(plan_mount, step);
        struct caisson_error err = {0};
        const char *type;

        if (step->op != PLAN_OP_MOUNT || mount->kind == PLAN_MOUNT_TREE || mount->kind == PLAN_MOUNT_REMOUNT)
            continue;
        type = plan_text_maybe(header, mount->type);
        if (!type || knows_filesystem(list, type))
            continue;
        error_set(&err, CAISSON_ERROR_UNSUPPORTED, "this kernel has no filesystem '%s' loaded", type);
        error_hint(&err, "if it is a module: modprobe %s", type);
        spec_error_at(c->decision->bundle.spec, &err, plan_text_maybe(header, step->origin));
        add(c, &err);
    }
}

/* Namespaces of this kernel: each has a file in /proc/self/ns. */
static void check_namespaces(struct checker *c)
{
    static const char *const files[SPEC_NS_COUNT] = {
        [SPEC_NS_PID] = "pid",       [SPEC_NS_NETWORK] = "net", [SPEC_NS_MOUNT] = "mnt",
        [SPEC_NS_IPC] = "ipc",       [SPEC_NS_UTS] = "uts",     [SPEC_NS_USER] = "user",
        [SPEC_NS_CGROUP] = "cgroup", [SPEC_NS_TIME] = "time",
    };
    const struct spec *spec = c->decision->bundle.spec;

    for (size_t i = 0; i < spec->linux_->namespaces.count; i++) {
        enum spec_namespace_type type = spec->linux_->namespaces.items[i].type;
        struct caisson_error err = {0};

        if (access(arena_format(c->arena, "/proc/self/ns/%s", files[type]), F_OK) == 0)
            continue;
        error_set(&err, CAISSON_ERROR_UNSUPPORTED, "this kernel has no %s namespaces",
                  spec_namespace_name(type));
        spec_error_at(spec, &err, arena_format(c->arena, "/linux/namespaces/%zu/type", i));
        add(c, &err);
    }
}

static void check_privileges(struct checker *c)
{
    const struct plan_host *host = &c->decision->host;
    struct caisson_error err = {0};

    if ((host->capabilities >> CAP_SYS_ADMIN & 1) ||
        spec_new_namespace(c->decision->bundle.spec, SPEC_NS_USER))
        return;
    error_set(&err, CAISSON_ERROR_UNSUPPORTED,
              "without CAP_SYS_ADMIN a container needs a user namespace of its own");
    error_hint(&err,
               "run as root, or add {\"type\": \"user\"} to linux.namespaces: `caisson spec --rootless`");
    spec_error_at(c->decision->bundle.spec, &err, "/linux/namespaces");
    add(c, &err);
}

static void check_net_devices(struct checker *c)
{
    const struct spec *spec = c->decision->bundle.spec;

    for (size_t i = 0; i < spec->linux_->net_devices.count; i++) {
        const char *name = spec->linux_->net_devices.items[i].host_name;
        struct caisson_error err = {0};

        if (if_nametoindex(name) != 0)
            continue;
        error_set(&err, CAISSON_ERROR_UNSUPPORTED, "the host has no network interface '%s'", name);
        spec_error_at(spec, &err, spec_pointer(c->arena, "/linux/netDevices", name));
        add(c, &err);
    }
}

static void check_resctrl(struct checker *c)
{
    const struct spec *spec = c->decision->bundle.spec;
    struct caisson_error err = {0};
    _cleanup_close_ int root = -1;

    if (!spec->linux_->intel_rdt)
        return;
    root = intel_rdt_open(&err);
    if (root >= 0)
        return;
    spec_error_at(spec, &err, "/linux/intelRdt");
    add(c, &err);
}

void check_host(const struct decision *decision, struct strbuf *report, struct caisson_error *first)
{
    struct checker c = {.decision = decision, .arena = decision->arena, .report = report, .first = first};

    struct caisson_error err = {0};

    if (plan_check_process(decision->bundle.spec, &err) < 0)
        add(&c, &err);
    check_privileges(&c);
    check_namespaces(&c);
    check_filesystems(&c);
    check_net_devices(&c);
    check_resctrl(&c);
    for (size_t i = 0; i < decision->plan.slot_count; i++)
        check_slot(&c, &decision->plan.slots[i]);
}
