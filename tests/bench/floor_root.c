/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mounts, devices and masks of the floor's container. */
#include "floor.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "sys/mount.h"

struct parameter {
    const char *key, *value; /* value NULL: a flag */
};

static int new_mount(const char *type, unsigned attributes, const struct parameter *parameters)
{
    int fs = floor_must(sys_fsopen(type), type), mount;

    for (; parameters && parameters->key; parameters++)
        floor_must(sys_fsconfig(fs, parameters->value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG,
                                parameters->key, parameters->value),
                   parameters->key);
    floor_must(sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL), type);
    mount = floor_must(sys_fsmount(fs, attributes), type);
    close(fs);
    return mount;
}

static void attach(int mount, int dir, const char *path)
{
    floor_must(syscall(SYS_move_mount, mount, "", dir, path, MOVE_MOUNT_F_EMPTY_PATH), path);
}

/* Attached, and no more needed. */
static void put(int mount, int dir, const char *path)
{
    attach(mount, dir, path);
    close(mount);
}

static int clone_tree(int dir, const char *path, unsigned flags)
{
    return floor_must(sys_open_tree(dir, path, OPEN_TREE_CLONE | flags), path);
}

/* A device of the host's, whose node the container may use and not change. */
static int clone_device(const char *path)
{
    struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
    int tree = clone_tree(AT_FDCWD, path, 0);

    floor_must(sys_mount_setattr(tree, 0, &read_only), path);
    return tree;
}

/* Without CAP_MKNOD over the host, devices are bound from there. */
static void make_devices(const struct floor *floor, int dev)
{
    static const struct {
        const char *name, *host;
        unsigned major, minor;
    } nodes[] = {{"null", "/dev/null", 1, 3},       {"zero", "/dev/zero", 1, 5},
                 {"full", "/dev/full", 1, 7},       {"random", "/dev/random", 1, 8},
                 {"urandom", "/dev/urandom", 1, 9}, {"tty", "/dev/tty", 5, 0}};
    static const char *const links[][2] = {{"/proc/self/fd", "fd"},
                                           {"/proc/self/fd/0", "stdin"},
                                           {"/proc/self/fd/1", "stdout"},
                                           {"/proc/self/fd/2", "stderr"},
                                           {"pts/ptmx", "ptmx"}};

    for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++) {
        if (floor->first_id < 0) {
            floor_must(mknodat(dev, nodes[i].name, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)),
                       nodes[i].host);
        } else {
            close(floor_must(openat(dev, nodes[i].name, O_CREAT | O_CLOEXEC, 0666), nodes[i].name));
            put(clone_device(nodes[i].host), dev, nodes[i].name);
        }
    }
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        floor_must(symlinkat(links[i][0], dev, links[i][1]), links[i][1]);
}

static void mount_dev(const struct floor *floor, int root)
{
    static const struct parameter tmpfs[] = {
        {"source", "tmpfs"}, {"mode", "755"}, {"size", "65536k"}, {NULL, NULL}};
    static const struct parameter devpts[] = {{"gid", "5"},          {"source", "devpts"},
                                              {"newinstance", NULL}, {"ptmxmode", "0666"},
                                              {"mode", "0620"},      {NULL, NULL}};
    static const struct parameter shm[] = {
        {"source", "shm"}, {"mode", "1777"}, {"size", "65536k"}, {NULL, NULL}};
    static const struct parameter mqueue[] = {{"source", "mqueue"}, {NULL, NULL}};
    const unsigned none = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NODEV;
    int dev = new_mount("tmpfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME, tmpfs);

    attach(dev, root, "dev");
    floor_must(mkdirat(dev, "pts", 0755), "make /dev/pts");
    /* Group 5 is not mapped where one id is. */
    put(new_mount("devpts", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, devpts + floor->rootless), dev, "pts");
    floor_must(mkdirat(dev, "shm", 0755), "make /dev/shm");
    put(new_mount("tmpfs", none, shm), dev, "shm");
    floor_must(mkdirat(dev, "mqueue", 0755), "make /dev/mqueue");
    put(new_mount("mqueue", none, mqueue), dev, "mqueue");
    make_devices(floor, dev);
    close(dev);
}

static void mount_sys(const struct floor *floor, int root)
{
    static const struct parameter sysfs[] = {{"source", "sysfs"}, {NULL, NULL}};
    static const struct parameter cgroup[] = {{"source", "cgroup"}, {NULL, NULL}};
    const unsigned attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY;
    int sys = new_mount("sysfs", attributes, sysfs);

    attach(sys, root, "sys");
    if (floor->first_id < 0)
        put(new_mount("cgroup2", attributes, cgroup), sys, "fs/cgroup");
    close(sys);
}

static void mount_binds(const struct floor *floor, int root)
{
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID};
    char path[32];

    for (unsigned i = 0; i < floor->bind_count; i++) {
        int tree = clone_tree(AT_FDCWD, floor->binds, AT_RECURSIVE);

        floor_must(sys_mount_setattr(tree, 0, &attr), "set the attributes of a bind");
        snprintf(path, sizeof path, "mnt/m%u", i);
        put(tree, root, path);
    }
}

static void make_read_only(int root)
{
    static const char *const paths[] = {"proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger"};
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        int tree = sys_open_tree(root, paths[i], OPEN_TREE_CLONE | AT_RECURSIVE);

        if (tree < 0)
            continue;
        floor_must(sys_mount_setattr(tree, AT_RECURSIVE, &attr), paths[i]);
        put(tree, root, paths[i]);
    }
}

static int clone_mount(int mount)
{
    return clone_tree(mount, "", AT_EMPTY_PATH);
}

/* One empty filesystem and one null device stand before everything that is hidden. */
static void mask(int root)
{
    static const char *const paths[] = {
        "proc/acpi",        "proc/asound",        "proc/interrupts", "proc/kcore",
        "proc/keys",        "proc/latency_stats", "proc/timer_list", "proc/timer_stats",
        "proc/sched_debug", "proc/scsi",          "sys/firmware",    "sys/devices/virtual/powercap"};
    static const struct parameter tmpfs[] = {
        {"nr_blocks", "1"}, {"nr_inodes", "1"}, {"mode", "0755"}, {NULL, NULL}};
    const unsigned attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    int empty = -1, null = -1;
    struct stat st;

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        int target = openat(root, paths[i], O_PATH | O_CLOEXEC), cover;

        if (target < 0)
            continue;
        floor_must(fstat(target, &st), paths[i]);
        if (S_ISDIR(st.st_mode))
            cover = empty < 0 ? empty = new_mount("tmpfs", attributes, tmpfs) : clone_mount(empty);
        else
            cover = null < 0 ? null = clone_device("/dev/null") : clone_mount(null);
        floor_must(sys_move_mount(cover, target), paths[i]);
        if (cover != empty && cover != null)
            close(cover);
        close(target);
    }
}

void floor_fill_root(const struct floor *floor, int root)
{
    static const struct parameter proc[] = {{"source", "proc"}, {NULL, NULL}};
    struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};

    put(new_mount("proc", 0, proc), root, "proc");
    mount_dev(floor, root);
    mount_sys(floor, root);
    mount_binds(floor, root);
    make_read_only(root);
    mask(root);
    floor_must(sys_mount_setattr(root, 0, &read_only), "make the root read-only");
}

void floor_build_root(const struct floor *floor)
{
    struct mount_attr private = {.propagation = MS_PRIVATE};
    int root;

    floor_must(syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &private, sizeof private),
               "make / private");
    root = clone_tree(AT_FDCWD, floor->rootfs, AT_RECURSIVE);
    attach(root, AT_FDCWD, floor->rootfs);
    floor_fill_root(floor, root);
    floor_must(fchdir(root), "enter the root");
    floor_must(sys_pivot_root(".", "."), "pivot the root");
    floor_must(sys_umount(".", MNT_DETACH), "unmount the old root");
    floor_must(chdir("/"), "change to /");
}
