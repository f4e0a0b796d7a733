/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The floor: a program that asks the kernel for the container of the bundle `plain` (tests/bench/bundles) and for
 * nothing else. It reads no configuration, looks nothing up, checks no path: what it takes is what a runtime
 * cannot go below, and what a runtime takes beyond it is the runtime's own.
 *
 * tests/bench/run compares what a container of the floor's sees with what one of caisson's sees, and stops when the
 * two differ. Built with musl, because the start of a C library is no part of the floor.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/if.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "floor_devices.h"
#include "sys/mount.h"
#include "sys/vfork.h"

static const char usage[] =
    "usage: floor [OPTION...] ROOTFS PROGRAM [ARGUMENT...]\n"
    "  -c DIR   make a cgroup below DIR, start in it, and remove it\n"
    "  -d       restrict the devices of that cgroup to the default ones\n"
    "  -s DIR   keep a state file below DIR\n"
    "  -f FILE  load FILE, an array of struct sock_filter, as seccomp filter\n"
    "  -u ID    in a user namespace whose ids 0 to 65535 are ID and those that follow it\n"
    "  -n       in the caller's network namespace\n"
    "  -b DIR   bind DIR, read-only, on /mnt/m0, /mnt/m1, ... (see -m)\n"
    "  -m N     so many of them\n"
    "  -k N     execute ROOTFS/PROGRAM on the host N times first, as hooks are\n";

struct floor {
    const char *rootfs, *cgroup, *state, *filter_file, *binds;
    bool devices, host_network;
    long first_id; /* -1: no user namespace */
    unsigned bind_count, hook_count;
    char **argv;
    struct sock_fprog filter;
    int cgroup_fd;
    int mapped[2]; /* pipe: the id maps are written */
};

static _Noreturn void fail(const char *what)
{
    dprintf(STDERR_FILENO, "floor: cannot %s: %s\n", what, strerror(errno));
    _exit(1);
}

/* The result of a system call that has to succeed. */
static int must(long result, const char *what)
{
    if (result < 0)
        fail(what);
    return (int)result;
}

struct parameter {
    const char *key, *value; /* value NULL: a flag */
};

static int new_mount(const char *type, unsigned attributes, const struct parameter *parameters)
{
    int fs = must(sys_fsopen(type), type), mount;

    for (; parameters && parameters->key; parameters++)
        must(sys_fsconfig(fs, parameters->value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, parameters->key,
                          parameters->value),
             parameters->key);
    must(sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL), type);
    mount = must(sys_fsmount(fs, attributes), type);
    close(fs);
    return mount;
}

static void attach(int mount, int dir, const char *path)
{
    must(syscall(SYS_move_mount, mount, "", dir, path, MOVE_MOUNT_F_EMPTY_PATH), path);
}

/* Attached, and no more needed. */
static void put(int mount, int dir, const char *path)
{
    attach(mount, dir, path);
    close(mount);
}

static int clone_tree(int dir, const char *path, unsigned flags)
{
    return must(sys_open_tree(dir, path, OPEN_TREE_CLONE | flags), path);
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
            must(mknodat(dev, nodes[i].name, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)),
                 nodes[i].host);
        } else {
            close(must(openat(dev, nodes[i].name, O_CREAT | O_CLOEXEC, 0666), nodes[i].name));
            put(clone_tree(AT_FDCWD, nodes[i].host, 0), dev, nodes[i].name);
        }
    }
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        must(symlinkat(links[i][0], dev, links[i][1]), links[i][1]);
}

static void mount_dev(const struct floor *floor, int root)
{
    static const struct parameter tmpfs[] = {
        {"source", "tmpfs"}, {"mode", "755"}, {"size", "65536k"}, {NULL, NULL}};
    static const struct parameter devpts[] = {{"source", "devpts"}, {"newinstance", NULL},
                                              {"ptmxmode", "0666"}, {"mode", "0620"},
                                              {"gid", "5"},         {NULL, NULL}};
    static const struct parameter shm[] = {
        {"source", "shm"}, {"mode", "1777"}, {"size", "65536k"}, {NULL, NULL}};
    static const struct parameter mqueue[] = {{"source", "mqueue"}, {NULL, NULL}};
    const unsigned none = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NODEV;
    int dev = new_mount("tmpfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME, tmpfs);

    attach(dev, root, "dev");
    must(mkdirat(dev, "pts", 0755), "make /dev/pts");
    put(new_mount("devpts", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, devpts), dev, "pts");
    must(mkdirat(dev, "shm", 0755), "make /dev/shm");
    put(new_mount("tmpfs", none, shm), dev, "shm");
    must(mkdirat(dev, "mqueue", 0755), "make /dev/mqueue");
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

        must(sys_mount_setattr(tree, 0, &attr), "set the attributes of a bind");
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
        must(sys_mount_setattr(tree, AT_RECURSIVE, &attr), paths[i]);
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
        must(fstat(target, &st), paths[i]);
        if (S_ISDIR(st.st_mode))
            cover = empty < 0 ? empty = new_mount("tmpfs", attributes, tmpfs) : clone_mount(empty);
        else
            cover = null < 0 ? null = clone_tree(AT_FDCWD, "/dev/null", 0) : clone_mount(null);
        must(sys_move_mount(cover, target), paths[i]);
        if (cover != empty && cover != null)
            close(cover);
        close(target);
    }
}

static void build_root(const struct floor *floor)
{
    static const struct parameter proc[] = {{"source", "proc"}, {NULL, NULL}};
    struct mount_attr private = {.propagation = MS_PRIVATE}, read_only = {.attr_set = MOUNT_ATTR_RDONLY};
    int root;

    must(syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &private, sizeof private), "make / private");
    root = clone_tree(AT_FDCWD, floor->rootfs, AT_RECURSIVE);
    attach(root, AT_FDCWD, floor->rootfs);
    put(new_mount("proc", 0, proc), root, "proc");
    mount_dev(floor, root);
    mount_sys(floor, root);
    mount_binds(floor, root);
    make_read_only(root);
    mask(root);
    must(sys_mount_setattr(root, 0, &read_only), "make the root read-only");
    must(fchdir(root), "enter the root");
    must(sys_pivot_root(".", "."), "pivot the root");
    must(sys_umount(".", MNT_DETACH), "unmount the old root");
    must(chdir("/"), "change to /");
}

static void bring_up_loopback(void)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd = must(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "open a socket");

    must(ioctl(fd, 0x8914 /* SIOCSIFFLAGS */, &request), "bring up lo");
    close(fd);
}

static void drop_privileges(void)
{
    const uint32_t keep = 1u << CAP_KILL | 1u << CAP_NET_BIND_SERVICE | 1u << CAP_AUDIT_WRITE;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{.effective = keep, .permitted = keep}};

    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "set no_new_privs");
    for (unsigned long cap = 0; cap < 64; cap++)
        if ((cap >= 32 || !(keep >> cap & 1)) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
            break; /* the kernel's last one was the one before */
    must(syscall(SYS_setgroups, 0, NULL), "clear the groups");
    must(syscall(SYS_setresgid, 0, 0, 0), "set the group");
    must(syscall(SYS_setresuid, 0, 0, 0), "set the user");
    must(syscall(SYS_capset, &header, data), "set the capabilities");
    must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "clear the ambient capabilities");
}

static _Noreturn void container(const struct floor *floor)
{
    static char *const env[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                "TERM=xterm", "HOME=/root", NULL};
    const struct rlimit files = {1024, 1024};
    char byte;

    if (floor->first_id >= 0) {
        close(floor->mapped[1]);
        must(read(floor->mapped[0], &byte, 1), "wait for the id maps");
        must(syscall(SYS_setresgid, 0, 0, 0), "become the group");
        must(syscall(SYS_setresuid, 0, 0, 0), "become the user");
        /* Its message queues belong to who makes it. */
        must(unshare(CLONE_NEWIPC), "make an ipc namespace");
    }
    umask(0);
    must(unshare(CLONE_NEWCGROUP), "make a cgroup namespace");
    must(setsid(), "start a session");
    must(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "_ses.floor"), "join a session keyring");
    if (!floor->host_network)
        bring_up_loopback();
    must(sethostname("caisson", 7), "set the host name");
    build_root(floor);
    must(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &files, NULL), "set the resource limit");
    drop_privileges();
    umask(022);
    must(syscall(SYS_close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */), "close the descriptors");
    if (floor->filter.len > 0)
        must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &floor->filter), "load the filter");
    execve(floor->argv[0], floor->argv, env);
    fail(floor->argv[0]);
}

static void write_maps(const struct floor *floor, long pid)
{
    static const char *const files[] = {"uid_map", "gid_map"};
    char path[48], map[48];
    int length = snprintf(map, sizeof map, "0 %ld 65536", floor->first_id);

    for (size_t i = 0; i < 2; i++) {
        int fd;

        snprintf(path, sizeof path, "/proc/%ld/%s", pid, files[i]);
        fd = must(open(path, O_WRONLY | O_CLOEXEC), path);
        must(write(fd, map, (size_t)length), path);
        close(fd);
    }
    must(write(floor->mapped[1], "", 1), "let the child go on");
}

static long start(struct floor *floor)
{
    struct clone_args args = {.flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWPID, .exit_signal = SIGCHLD};
    long pid;

    if (!floor->host_network)
        args.flags |= CLONE_NEWNET;
    if (floor->cgroup) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = (unsigned)floor->cgroup_fd;
    }
    if (floor->first_id < 0) {
        args.flags |= CLONE_NEWIPC;
        pid = sys_vfork(&args);
        if (pid == 0)
            container(floor);
        return must(pid, "make the namespaces");
    }
    /* The id maps are written while the child waits for them, so the parent must not wait for the child. */
    must(pipe2(floor->mapped, O_CLOEXEC), "open a pipe");
    args.flags |= CLONE_NEWUSER;
    pid = must(syscall(SYS_clone3, &args, sizeof args), "make the namespaces");
    if (pid == 0)
        container(floor);
    write_maps(floor, pid);
    return pid;
}

static void load_filter(struct floor *floor)
{
    int fd = must(open(floor->filter_file, O_RDONLY | O_CLOEXEC), floor->filter_file);
    struct stat st;

    must(fstat(fd, &st), floor->filter_file);
    floor->filter.len = (unsigned short)((size_t)st.st_size / sizeof(struct sock_filter));
    floor->filter.filter = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
}

static void run_hooks(const struct floor *floor)
{
    static char *const none[] = {NULL};
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s%s", floor->rootfs, floor->argv[0]);
    for (unsigned i = 0; i < floor->hook_count; i++) {
        struct clone_args args = {.exit_signal = SIGCHLD};
        long pid = sys_vfork(&args);

        if (pid == 0) {
            execve(path, floor->argv, none);
            _exit(127);
        }
        must(waitpid(must(pid, "fork"), NULL, 0), "wait for a hook");
    }
}

/* As much as a runtime has to remember, in as few calls as that can take. */
static void write_state(const char *dir)
{
    char text[512];
    int fd, at;

    must(mkdir(dir, 0700), dir);
    at = must(open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), dir);
    fd = must(openat(at, "state", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600), "make the state file");
    memset(text, ' ', sizeof text);
    must(write(fd, text, sizeof text), "write the state file");
    close(fd);
    close(at);
}

static void remove_state(const char *dir)
{
    int at = must(open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), dir);

    must(unlinkat(at, "state", 0), "remove the state file");
    must(rmdir(dir), dir);
    close(at);
}

static int run(struct floor *floor)
{
    char cgroup[PATH_MAX], state[PATH_MAX];
    int status;

    if (floor->filter_file)
        load_filter(floor);
    if (floor->state) {
        snprintf(state, sizeof state, "%s/floor-%d", floor->state, getpid());
        write_state(state);
    }
    if (floor->cgroup) {
        snprintf(cgroup, sizeof cgroup, "%s/caisson-floor-%d", floor->cgroup, getpid());
        must(mkdir(cgroup, 0755), cgroup);
        floor->cgroup_fd = must(open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC), cgroup);
        if (floor->devices)
            must(floor_restrict_devices(floor->cgroup_fd), "restrict the devices");
    }
    run_hooks(floor);
    must(waitpid((pid_t)start(floor), &status, 0), "wait for the container");
    if (floor->cgroup)
        must(rmdir(cgroup), cgroup);
    if (floor->state)
        remove_state(state);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
    struct floor floor = {.first_id = -1};
    int option;

    /* "+": the options of PROGRAM are not ours */
    while ((option = getopt(argc, argv, "+c:ds:f:u:nb:m:k:")) != -1) {
        switch (option) {
        case 'c':
            floor.cgroup = optarg;
            break;
        case 'd':
            floor.devices = true;
            break;
        case 's':
            floor.state = optarg;
            break;
        case 'f':
            floor.filter_file = optarg;
            break;
        case 'u':
            floor.first_id = strtol(optarg, NULL, 10);
            break;
        case 'n':
            floor.host_network = true;
            break;
        case 'b':
            floor.binds = optarg;
            break;
        case 'm':
            floor.bind_count = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'k':
            floor.hook_count = (unsigned)strtoul(optarg, NULL, 10);
            break;
        default:
            dprintf(STDERR_FILENO, "%s", usage);
            return 2;
        }
    }
    if (argc - optind < 2 || (floor.devices && !floor.cgroup)) {
        dprintf(STDERR_FILENO, "%s", usage);
        return 2;
    }
    floor.rootfs = argv[optind];
    floor.argv = &argv[optind + 1];
    return run(&floor);
}
