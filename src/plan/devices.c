/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux.devices, the default devices and links of /dev. */
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "plan/builder.h"
#include "plan/mount_options.h"
#include "sys/mount.h"
#include "sys/weaken.h"

/* config-linux.md, "Default Devices"; /dev/console and /dev/ptmx are the terminal's. */
static const struct spec_device default_devices[] = {
    {.type = SPEC_DEVICE_CHAR, .path = "/dev/null", .major = 1, .minor = 3},
    {.type = SPEC_DEVICE_CHAR, .path = "/dev/zero", .major = 1, .minor = 5},
    {.type = SPEC_DEVICE_CHAR, .path = "/dev/full", .major = 1, .minor = 7},
    {.type = SPEC_DEVICE_CHAR, .path = "/dev/random", .major = 1, .minor = 8},
    {.type = SPEC_DEVICE_CHAR, .path = "/dev/urandom", .major = 1, .minor = 9},
    {.type = SPEC_DEVICE_CHAR, .path = "/dev/tty", .major = 5, .minor = 0},
};

/* config-linux.md, "Dev symbolic links", and ptmx, which belongs to the container's own devpts. */
static const struct {
    const char *path, *target;
} default_links[] = {
    {"/dev/fd", "/proc/self/fd"},       {"/dev/stdin", "/proc/self/fd/0"}, {"/dev/stdout", "/proc/self/fd/1"},
    {"/dev/stderr", "/proc/self/fd/2"}, {"/dev/ptmx", "pts/ptmx"},
};

/* A /dev that is the host's, or another container's, has all that it needs, and is not ours to fill. */
static bool dev_is_bound(const struct plan_builder *b)
{
    for (size_t i = 0; i < b->spec->mounts.count; i++) {
        const struct spec_mount *mount = &b->spec->mounts.items[i];

        if (strcmp(mount->destination, "/dev") != 0 && strcmp(mount->destination, "/dev/") != 0)
            continue;
        for (size_t j = 0; j < mount->options.count; j++)
            if (strcmp(mount->options.items[j], "bind") == 0 || strcmp(mount->options.items[j], "rbind") == 0)
                return true;
    }
    return false;
}

static mode_t type_mode(enum spec_device_type type)
{
    switch (type) {
    case SPEC_DEVICE_CHAR:
        return S_IFCHR;
    case SPEC_DEVICE_BLOCK:
        return S_IFBLK;
    case SPEC_DEVICE_FIFO:
        break;
    }
    return S_IFIFO;
}

/* mknod(2) needs the capability over the initial user namespace; a fifo needs none. */
static bool can_make(const struct plan_builder *b, const struct spec_device *device)
{
    if (device->type == SPEC_DEVICE_FIFO)
        return true;
    return !plan_has_namespace(b, SPEC_NS_USER) && b->request->host->initial_user_namespace &&
           (b->request->host->capabilities >> CAP_MKNOD & 1);
}

static void add_node(struct plan_builder *b, const struct spec_device *device, const char *origin, bool keep)
{
    mode_t mode = device->file_mode.set ? device->file_mode.value & 07777 : 0666;
    struct plan_node step = {
        .path = builder_text(b, device->path),
        .mode = type_mode(device->type) | mode,
        .major = (uint32_t)device->major,
        .minor = (uint32_t)device->minor,
        .uid = device->uid.value,
        .gid = device->gid.value,
        .fd = -1,
        .flags = keep ? PLAN_NODE_KEEP : 0,
    };
    struct plan_slot *slot;
    uint32_t where;

    if (!can_make(b, device))
        step.flags |= PLAN_NODE_BIND;
    where = builder_step(b, PLAN_OP_NODE, origin, &step);
    if (can_make(b, device) || !plan_clones_mounts(b))
        return;
    slot = builder_slot(b, PLAN_SLOT_TREE, where + offsetof(struct plan_node, fd), device->path, origin);
    slot->device_type = type_mode(device->type);
    slot->device = makedev(step.major, step.minor);
    slot->propagation = MS_PRIVATE;
    /* Nobody in the container is to change the owner and mode of the host's file; a device takes writes still. */
    slot->attr_set = weakened("readonly") ? 0 : MOUNT_ATTR_RDONLY;
}

static bool is_configured(const struct plan_builder *b, const char *path)
{
    for (size_t i = 0; i < b->spec->linux_->devices.count; i++)
        if (strcmp(b->spec->linux_->devices.items[i].path, path) == 0)
            return true;
    return false;
}

int plan_devices(struct plan_builder *b, struct caisson_error *err)
{
    const struct spec_linux *config = b->spec->linux_;

    (void)err;
    if (!dev_is_bound(b)) {
        for (size_t i = 0; i < sizeof default_devices / sizeof default_devices[0]; i++)
            if (!is_configured(b, default_devices[i].path))
                add_node(b, &default_devices[i], NULL, true);
        for (size_t i = 0; i < sizeof default_links / sizeof default_links[0]; i++) {
            struct plan_link step = {
                .path = builder_text(b, default_links[i].path),
                .target = builder_text(b, default_links[i].target),
            };

            builder_step(b, PLAN_OP_LINK, NULL, &step);
        }
    }
    for (size_t i = 0; i < config->devices.count; i++) {
        /* podman, docker and containerd list it for a privileged container, with all else that the host's /dev has:
         * the host's terminals would be behind it. The link to the container's own stands for it. */
        if (strcmp(config->devices.items[i].path, "/dev/ptmx") == 0 && !dev_is_bound(b))
            continue;
        add_node(b, &config->devices.items[i], arena_numbered(b->plan->arena, "/linux/devices/", i), false);
    }
    return 0;
}
