/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/net_devices.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/fd.h"
#include "sys/netlink.h"

enum { INDEX_ATTEMPTS = 8 };

/* ---- what an interface is ---- */

struct link {
    int index;
    bool up;
};

static void take_link(void *data, const struct nlmsghdr *message)
{
    struct link *link = data;
    const struct ifinfomsg *info = NLMSG_DATA(message);

    if (message->nlmsg_type != RTM_NEWLINK || message->nlmsg_len < NLMSG_LENGTH(sizeof *info))
        return;
    link->index = info->ifi_index;
    link->up = info->ifi_flags & IFF_UP;
}

/* @return 0, or -1 with errno: ENODEV when the namespace has no interface of this name. */
static int find_link(int socket, const char *name, struct link *link)
{
    struct netlink_request request;

    netlink_begin(&request, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
    netlink_add_text(&request, IFLA_IFNAME, name);
    return netlink_talk(socket, &request, take_link, link, NULL);
}

/* Which numbers of interfaces a namespace has. */
struct indices {
    int wanted, largest;
    bool taken;
};

static void take_index(void *data, const struct nlmsghdr *message)
{
    struct indices *indices = data;
    struct link link = {0};

    take_link(&link, message);
    indices->taken |= link.index == indices->wanted;
    if (link.index > indices->largest)
        indices->largest = link.index;
}

/* @return a number that no interface of the namespace has, `wanted` if that is free; -1 with errno. */
static int free_index(int socket, int wanted)
{
    struct netlink_request request;
    struct indices indices = {.wanted = wanted};

    netlink_begin(&request, RTM_GETLINK, NLM_F_DUMP, sizeof(struct ifinfomsg));
    if (netlink_talk(socket, &request, take_index, &indices, NULL) < 0)
        return -1;
    return indices.taken ? indices.largest + 1 : wanted;
}

/* ---- addresses ---- */

struct addresses {
    struct arena *arena;
    struct net_device *device;
    size_t capacity;
};

static uint32_t address_flags(const struct nlmsghdr *message)
{
    const struct ifaddrmsg *address = NLMSG_DATA(message);
    size_t length;
    const void *all = netlink_find(message, sizeof *address, IFA_FLAGS, &length);
    uint32_t flags = address->ifa_flags;

    if (all && length == sizeof flags)
        memcpy(&flags, all, sizeof flags);
    return flags;
}

/* config-linux.md: "permanent IP addresses (IFA_F_PERMANENT flag) of any family with global scope". */
static void take_address(void *data, const struct nlmsghdr *message)
{
    struct addresses *list = data;
    struct net_device *device = list->device;
    const struct ifaddrmsg *address = NLMSG_DATA(message);

    if (message->nlmsg_type != RTM_NEWADDR || message->nlmsg_len < NLMSG_LENGTH(sizeof *address) ||
        (int)address->ifa_index != device->index)
        return;
    if (address->ifa_scope != RT_SCOPE_UNIVERSE || !(address_flags(message) & IFA_F_PERMANENT))
        return;
    if (device->address_count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 4;
        const struct nlmsghdr **more = arena_array(list->arena, capacity, sizeof(const void *));

        if (list->capacity)
            memcpy(more, device->addresses, list->capacity * sizeof(const void *));
        device->addresses = more;
        list->capacity = capacity;
    }
    device->addresses[device->address_count++] =
        memcpy(arena_alloc(list->arena, message->nlmsg_len), message, message->nlmsg_len);
}

static int read_addresses(struct net_devices *devices, struct net_device *device)
{
    struct addresses list = {.arena = devices->arena, .device = device};
    struct netlink_request request;
    struct ifaddrmsg *filter = netlink_begin(&request, RTM_GETADDR, NLM_F_DUMP, sizeof(struct ifaddrmsg));

    filter->ifa_index = (uint32_t)device->index;
    return netlink_talk(devices->host, &request, take_address, &list, NULL);
}

/* An IPv4 label is the interface's name, or that, a colon and more: it follows the name. */
static void add_label(struct netlink_request *request, const struct nlmsghdr *address, const char *old_name,
                      const char *new_name)
{
    size_t old_length = strlen(old_name), length;
    const char *label = netlink_find(address, sizeof(struct ifaddrmsg), IFA_LABEL, &length);
    char text[IFNAMSIZ];

    if (!label || length < old_length + 2 || strncmp(label, old_name, old_length) != 0 ||
        label[old_length] != ':' || strlen(new_name) + length - old_length > sizeof text)
        return;
    snprintf(text, sizeof text, "%s%.*s", new_name, (int)(length - old_length - 1), label + old_length);
    netlink_add_text(request, IFA_LABEL, text);
}

/* The same address, given again: what the kernel itself found out about it is left to it. */
static int add_address(int socket, const struct nlmsghdr *address, int index, const char *old_name,
                       const char *new_name)
{
    static const unsigned short same[] = {IFA_LOCAL,     IFA_ADDRESS,     IFA_BROADCAST,
                                          IFA_CACHEINFO, IFA_RT_PRIORITY, IFA_PROTO};
    const uint32_t given = IFA_F_NODAD | IFA_F_OPTIMISTIC | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR |
                           IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN;
    const struct ifaddrmsg *old = NLMSG_DATA(address);
    struct netlink_request request;
    struct ifaddrmsg *new = netlink_begin(&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof *new);

    new->ifa_family = old->ifa_family;
    new->ifa_prefixlen = old->ifa_prefixlen;
    new->ifa_scope = old->ifa_scope;
    new->ifa_index = (uint32_t)index;
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        size_t length;
        const void *value = netlink_find(address, sizeof *old, same[i], &length);

        if (value)
            netlink_add(&request, same[i], value, length);
    }
    netlink_add_u32(&request, IFA_FLAGS, address_flags(address) & given);
    add_label(&request, address, old_name, new_name);
    return netlink_talk(socket, &request, NULL, NULL, NULL);
}

/* ---- moving ---- */

static int rename_link(int socket, int index, const char *name)
{
    struct netlink_request request;
    struct ifinfomsg *info = netlink_begin(&request, RTM_SETLINK, 0, sizeof *info);

    info->ifi_index = index;
    netlink_add_text(&request, IFLA_IFNAME, name);
    return netlink_talk(socket, &request, NULL, NULL, NULL);
}

static int bring_up(int socket, int index)
{
    struct netlink_request request;
    struct ifinfomsg *info = netlink_begin(&request, RTM_SETLINK, 0, sizeof *info);

    info->ifi_index = index;
    info->ifi_flags = info->ifi_change = IFF_UP;
    return netlink_talk(socket, &request, NULL, NULL, NULL);
}

/*
 * Moves an interface and sets device->index to its number there, which is asked for because names can be taken:
 * then it arrives under a passing one, and is renamed after that.
 */
static int move_link(int from, int to, int netns, struct net_device *device, char words[NETLINK_WORDS_SIZE])
{
    for (int attempt = 0; attempt < INDEX_ATTEMPTS; attempt++) {
        struct netlink_request request;
        struct ifinfomsg *info;
        struct link link;
        int index = free_index(to, device->index);

        if (index < 0)
            return -1;
        info = netlink_begin(&request, RTM_SETLINK, 0, sizeof *info);
        info->ifi_index = device->index;
        netlink_add_u32(&request, IFLA_NET_NS_FD, (uint32_t)netns);
        netlink_add_u32(&request, IFLA_NEW_IFINDEX, (uint32_t)index);
        if (find_link(to, device->name, &link) == 0)
            netlink_add_text(&request, IFLA_IFNAME, "moving%d");
        if (netlink_talk(from, &request, NULL, NULL, words) == 0) {
            device->index = index;
            return 0;
        }
        if (errno != EBUSY)
            return -1;
    }
    return -1;
}

static int device_error(const struct spec *spec, const struct net_device *device, const char *what,
                        const char *words, struct caisson_error *err)
{
    int errnum = errno;

    if (words && *words)
        error_set(err, CAISSON_ERROR_SYSTEM, "cannot %s network interface '%s': %s (%s)", what, device->name,
                  error_text(errnum), words);
    else
        error_system(err, errnum, "cannot %s network interface '%s'", what, device->name);
    if (err)
        err->errnum = errnum;
    if (errnum == EPERM)
        error_hint(err, "moving an interface needs CAP_NET_ADMIN on both sides");
    if (errnum == EINVAL && words)
        error_hint(err, "some interfaces, such as lo and bridges, belong to one network namespace for ever");
    return spec_error_at(spec, err, device->pointer);
}

static int name_taken(const struct spec *spec, const struct net_device *device, struct caisson_error *err)
{
    spec_error(spec, err, device->pointer, "the container's network namespace has an interface '%s' already",
               device->new_name);
    return error_hint(err, "give another name, or one with %%d for a number of the kernel's choice");
}

/* Looks before anything is changed: at what is to be moved, and at the name it is to have. */
static int look(struct net_devices *devices, const struct spec *spec, size_t i, struct caisson_error *err)
{
    const struct spec_net_device *entry = &spec->linux_->net_devices.items[i];
    struct net_device *device = &devices->items[i];
    struct link link = {0};

    device->name = entry->host_name;
    device->new_name = entry->name && *entry->name ? entry->name : entry->host_name;
    device->pointer = spec_pointer(devices->arena, "/linux/netDevices", entry->host_name);
    if (find_link(devices->host, device->name, &link) < 0) {
        if (errno != ENODEV)
            return device_error(spec, device, "look at", NULL, err);
        return spec_error(spec, err, device->pointer, "the host has no network interface '%s'", device->name);
    }
    device->index = link.index;
    device->up = link.up;
    if (read_addresses(devices, device) < 0)
        return device_error(spec, device, "read the addresses of", NULL, err);
    if (!strchr(device->new_name, '%') && find_link(devices->inside, device->new_name, &link) == 0)
        return name_taken(spec, device, err);
    return 0;
}

static int move(struct net_devices *devices, const struct spec *spec, size_t i, int netns,
                struct caisson_error *err)
{
    struct net_device *device = &devices->items[i];
    char words[NETLINK_WORDS_SIZE] = "";

    if (move_link(devices->host, devices->inside, netns, device, words) < 0)
        return device_error(spec, device, "move", words, err);
    device->moved = true;
    if (rename_link(devices->inside, device->index, device->new_name) < 0)
        return errno == EEXIST ? name_taken(spec, device, err)
                               : device_error(spec, device, "rename", NULL, err);
    for (size_t a = 0; a < device->address_count; a++)
        if (add_address(devices->inside, device->addresses[a], device->index, device->name,
                        device->new_name) < 0)
            return device_error(spec, device, "keep an address of", NULL, err);
    if (bring_up(devices->inside, device->index) < 0)
        return device_error(spec, device, "bring up", NULL, err);
    return 0;
}

/* A namespace that was joined may be the runtime's own: there is nothing to move then, and nobody meant it. */
static int check_namespace(const struct spec *spec, int netns, struct caisson_error *err)
{
    struct stat own, other;

    if (stat("/proc/thread-self/ns/net", &own) < 0 || fstat(netns, &other) < 0)
        return error_system(err, errno, "cannot look at the container's network namespace");
    if (own.st_dev != other.st_dev || own.st_ino != other.st_ino)
        return 0;
    return spec_error(spec, err, "/linux/netDevices",
                      "the container's network namespace is the runtime's own: expected another one");
}

int net_devices_move(struct arena *arena, const struct spec *spec, int netns, struct net_devices *devices,
                     struct caisson_error *err)
{
    size_t count = spec->linux_->net_devices.count;

    if (count == 0)
        return 0;
    if (check_namespace(spec, netns, err) < 0)
        return -1;
    devices->arena = arena;
    devices->items = arena_array(arena, count, sizeof *devices->items);
    devices->count = count;
    devices->host = netlink_open();
    devices->inside = netlink_open_in(netns);
    if (devices->host < 0 || devices->inside < 0)
        return error_system(err, errno, "cannot speak rtnetlink in the container's network namespace");
    for (size_t i = 0; i < count; i++)
        if (look(devices, spec, i, err) < 0)
            return -1;
    for (size_t i = 0; i < count; i++)
        if (move(devices, spec, i, netns, err) < 0)
            return -1;
    return 0;
}

static int give_back(struct net_devices *devices, struct net_device *device, int netns)
{
    struct link link;

    if (move_link(devices->inside, devices->host, netns, device, NULL) < 0)
        return -1;
    device->moved = false;
    /* Somebody may have taken its name meanwhile: then it keeps the one that it came with. */
    if (find_link(devices->host, device->name, &link) < 0 &&
        rename_link(devices->host, device->index, device->name) < 0)
        return -1;
    for (size_t a = 0; a < device->address_count; a++)
        if (add_address(devices->host, device->addresses[a], device->index, device->name, device->name) < 0)
            return -1;
    return device->up ? bring_up(devices->host, device->index) : 0;
}

int net_devices_return(struct net_devices *devices, struct caisson_error *err)
{
    _cleanup_close_ int own = openat(AT_FDCWD, "/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    int result = 0;

    for (size_t i = devices->count; i-- > 0;) {
        struct net_device *device = &devices->items[i];

        if (!device->moved || give_back(devices, device, own) == 0)
            continue;
        if (result == 0)
            result =
                error_system(err, errno, "cannot move network interface '%s' back to the host", device->name);
    }
    return result;
}

void net_devices_release(struct net_devices *devices)
{
    devices->host = fd_close(devices->host);
    devices->inside = fd_close(devices->inside);
}
