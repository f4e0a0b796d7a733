/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux.netDevices: network interfaces of the host that are moved into the container's network namespace. */
#ifndef CONTAINER_NET_DEVICES_H
#define CONTAINER_NET_DEVICES_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "spec/spec.h"

/* An interface, as it was before it was moved. */
struct net_device {
    const char *name;     /* on the host */
    const char *new_name; /* in the container, or a pattern for it */
    const char *pointer;  /* to its member in the configuration */
    int index;            /* on the host; once it is moved, in the container */
    bool up;
    bool moved;
    const struct nlmsghdr **addresses; /* global and permanent ones, each as RTM_NEWADDR tells of it */
    size_t address_count;
};

/* Interfaces in the hands of a creation that may still fail. */
struct net_devices {
    struct arena *arena;
    struct net_device *items;
    size_t count;
    int host, inside; /* rtnetlink of the two namespaces; `inside` keeps the container's alive */
};

#define NET_DEVICES_INIT                                                                                     \
    {                                                                                                        \
        .host = -1, .inside = -1                                                                             \
    }

/**
 * Moves every interface of linux.netDevices: in the container it has its new name ("%d" in it is a number of the
 * kernel's choice), the global and permanent addresses that it had on the host, and is up (config-linux.md,
 * "Network Devices").
 * @param netns   the container's network namespace
 * @param devices receives what net_devices_return() needs
 * @return 0, or -1 with `err`: no such interface, a name that is taken; some may have been moved by then
 */
int net_devices_move(struct arena *arena, const struct spec *spec, int netns, struct net_devices *devices,
                     struct caisson_error *err);

/**
 * Moves them back, addresses and all, because the container was not created: what fails leaves the host as it was.
 * A container that was created keeps them for as long as its network namespace lives.
 * @return 0, or -1 with `err` for the first that could not be put back; the others are
 */
int net_devices_return(struct net_devices *devices, struct caisson_error *err);

/** Closes the sockets. */
void net_devices_release(struct net_devices *devices);

#endif
