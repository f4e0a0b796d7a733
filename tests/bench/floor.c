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
#include <linux/if.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
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
#include <sys/wait.h>
#include <unistd.h>

#include "floor.h"
#include "sys/mount.h"
#include "sys/vfork.h"

static const char usage[] =
    "usage: floor [OPTION...] ROOTFS PROGRAM [ARGUMENT...]\n"
    "  -c DIR   make a cgroup below DIR, start in it, and remove it\n"
    "  -d       restrict the devices of that cgroup to the default ones\n"
    "  -s DIR   keep a state file below DIR\n"
    "  -f FILE  load FILE, an array of struct sock_filter, as seccomp filter\n"
    "  -u ID    in a user namespace whose ids 0 to 65535 are ID and those that follow it\n"
    "  -r       in a user namespace whose only id is the caller's, as root, which takes no privileges\n"
    "  -n       in the caller's network namespace\n"
    "  -b DIR   bind DIR, read-only, on /mnt/m0, /mnt/m1, ... (see -m)\n"
    "  -m N     so many of them\n"
    "  -e N     give PROGRAM N variables more\n"
    "  -k N     execute ROOTFS/PROGRAM on the host N times first, as hooks are\n"
    "usage: floor -x PID [-c DIR] PROGRAM [ARGUMENT...]\n"
    "  runs PROGRAM in the namespaces of process PID and the cgroup DIR, with the capabilities of the "
    "default bundle\n"
    "usage: floor -z\n"
    "  does nothing: what a process costs\n";

static _Noreturn void fail(const char *what)
{
    dprintf(STDERR_FILENO, "floor: cannot %s: %s\n", what, strerror(errno));
    _exit(1);
}

int floor_must(long result, const char *what)
{
    if (result < 0)
        fail(what);
    return (int)result;
}

static void bring_up_loopback(void)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd = floor_must(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "open a socket");

    floor_must(ioctl(fd, 0x8914 /* SIOCSIFFLAGS */, &request), "bring up lo");
    close(fd);
}

static _Noreturn void container(const struct floor *floor)
{
    const struct rlimit files = {1024, 1024};
    char byte;

    if (floor->first_id >= 0) {
        close(floor->mapped[1]);
        floor_must(read(floor->mapped[0], &byte, 1), "wait for the id maps");
        floor_must(syscall(SYS_setresgid, 0, 0, 0), "become the group");
        floor_must(syscall(SYS_setresuid, 0, 0, 0), "become the user");
        /* Its message queues belong to who makes it. */
        floor_must(unshare(CLONE_NEWIPC), "make an ipc namespace");
    }
    umask(0);
    floor_must(unshare(CLONE_NEWCGROUP), "make a cgroup namespace");
    floor_must(setsid(), "start a session");
    floor_must(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "_ses.floor"), "join a session keyring");
    if (!floor->host_network)
        bring_up_loopback();
    floor_must(sethostname("caisson", 7), "set the host name");
    floor_build_root(floor);
    floor_must(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &files, NULL), "set the resource limit");
    floor_drop_privileges(floor->rootless);
    umask(022);
    floor_must(syscall(SYS_close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */), "close the descriptors");
    if (floor->filter.len > 0)
        floor_must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &floor->filter), "load the filter");
    execve(floor->argv[0], floor->argv, floor->env);
    fail(floor->argv[0]);
}

static void write_to(long pid, const char *file, const char *text)
{
    char path[48];
    int fd;

    snprintf(path, sizeof path, "/proc/%ld/%s", pid, file);
    fd = floor_must(open(path, O_WRONLY | O_CLOEXEC), path);
    floor_must(write(fd, text, strlen(text)), path);
    close(fd);
}

static void write_maps(const struct floor *floor, long pid)
{
    char map[48];

    snprintf(map, sizeof map, "0 %ld %d", floor->first_id, floor->rootless ? 1 : 65536);
    if (floor->rootless)
        write_to(pid, "setgroups", "deny");
    write_to(pid, "uid_map", map);
    write_to(pid, "gid_map", map);
    floor_must(write(floor->mapped[1], "", 1), "let the child go on");
}

/* As the bundle env2000 has them. */
static void make_environment(struct floor *floor, unsigned count)
{
    static const char *const first[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                        "TERM=xterm", "HOME=/root"};
    enum { FIRST = sizeof first / sizeof first[0], LENGTH = 80, LIMIT = 4096 };
    static char texts[LIMIT][LENGTH], *env[FIRST + LIMIT + 1];

    if (count > LIMIT) {
        errno = E2BIG;
        fail("make so many variables");
    }
    for (size_t i = 0; i < FIRST; i++)
        env[i] = (char *)(uintptr_t)first[i];
    for (unsigned i = 0; i < count; i++) {
        env[FIRST + i] = texts[i];
        snprintf(texts[i], LENGTH, "VARIABLE_%u=value value value value value value value value %u", i, i);
    }
    floor->env = env;
}

static void contain(void *data)
{
    container(data);
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
        return floor_must(sys_vfork(&args, contain, floor), "make the namespaces");
    }
    /* The id maps are written while the child waits for them, so the parent must not wait for the child. */
    floor_must(pipe2(floor->mapped, O_CLOEXEC), "open a pipe");
    args.flags |= CLONE_NEWUSER;
    pid = floor_must(syscall(SYS_clone3, &args, sizeof args), "make the namespaces");
    if (pid == 0)
        container(floor);
    write_maps(floor, pid);
    return pid;
}

static void load_filter(struct floor *floor)
{
    int fd = floor_must(open(floor->filter_file, O_RDONLY | O_CLOEXEC), floor->filter_file);
    struct stat st;

    floor_must(fstat(fd, &st), floor->filter_file);
    floor->filter.len = (unsigned short)((size_t)st.st_size / sizeof(struct sock_filter));
    floor->filter.filter = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
}

struct hook {
    const char *path;
    char *const *argv;
};

static void execute_hook(void *data)
{
    static char *const none[] = {NULL};
    const struct hook *hook = data;

    execve(hook->path, hook->argv, none);
}

static void run_hooks(const struct floor *floor)
{
    char path[PATH_MAX];
    struct hook hook = {.path = path, .argv = floor->argv};

    snprintf(path, sizeof path, "%s%s", floor->rootfs, floor->argv[0]);
    for (unsigned i = 0; i < floor->hook_count; i++) {
        struct clone_args args = {.exit_signal = SIGCHLD};
        long pid = sys_vfork(&args, execute_hook, &hook);

        floor_must(waitpid(floor_must(pid, "fork"), NULL, 0), "wait for a hook");
    }
}

/* As much as a runtime has to remember, in as few calls as that can take. */
static void write_state(const char *dir)
{
    char text[512];
    int fd, at;

    floor_must(mkdir(dir, 0700), dir);
    at = floor_must(open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), dir);
    fd =
        floor_must(openat(at, "state", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600), "make the state file");
    memset(text, ' ', sizeof text);
    floor_must(write(fd, text, sizeof text), "write the state file");
    close(fd);
    close(at);
}

static void remove_state(const char *dir)
{
    int at = floor_must(open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), dir);

    floor_must(unlinkat(at, "state", 0), "remove the state file");
    floor_must(rmdir(dir), dir);
    close(at);
}

static void execute_joined(void *data)
{
    const struct floor *floor = data;

    floor_must(setsid(), "start a session");
    floor_drop_privileges(false);
    floor_must(syscall(SYS_close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */), "close the descriptors");
    execve(floor->argv[0], floor->argv, floor->env);
    fail(floor->argv[0]);
}

/* Another process in a container that runs. */
static int join(struct floor *floor, pid_t process)
{
    struct clone_args args = {.exit_signal = SIGCHLD};
    int fd = floor_must(syscall(SYS_pidfd_open, process, 0), "find the container"), status;
    long pid;

    if (floor->cgroup) {
        floor->cgroup_fd = floor_must(open(floor->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC), floor->cgroup);
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = (unsigned)floor->cgroup_fd;
    }
    floor_must(
        setns(fd, CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP),
        "join the namespaces");
    pid = sys_vfork(&args, execute_joined, floor);
    floor_must(waitpid((pid_t)floor_must(pid, "fork"), &status, 0), "wait for the process");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
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
        floor_must(mkdir(cgroup, 0755), cgroup);
        floor->cgroup_fd = floor_must(open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC), cgroup);
        if (floor->devices)
            floor_must(floor_restrict_devices(floor->cgroup_fd), "restrict the devices");
    }
    run_hooks(floor);
    floor_must(waitpid((pid_t)start(floor), &status, 0), "wait for the container");
    if (floor->cgroup)
        floor_must(rmdir(cgroup), cgroup);
    if (floor->state)
        remove_state(state);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
    struct floor floor = {.first_id = -1};
    unsigned variables = 0;
    pid_t process = 0;
    int option;

    /* "+": the options of PROGRAM are not ours */
    while ((option = getopt(argc, argv, "+c:ds:f:u:rnb:m:e:k:x:z")) != -1) {
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
        case 'r':
            floor.rootless = true;
            floor.first_id = getuid();
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
        case 'e':
            variables = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'k':
            floor.hook_count = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'x':
            process = (pid_t)strtol(optarg, NULL, 10);
            break;
        case 'z':
            return 0;
        default:
            dprintf(STDERR_FILENO, "%s", usage);
            return 2;
        }
    }
    if (process && argc > optind) {
        make_environment(&floor, 0);
        floor.argv = &argv[optind];
        return join(&floor, process);
    }
    if (argc - optind < 2 || (floor.devices && !floor.cgroup)) {
        dprintf(STDERR_FILENO, "%s", usage);
        return 2;
    }
    floor.rootfs = argv[optind];
    floor.argv = &argv[optind + 1];
    make_environment(&floor, variables);
    return run(&floor);
}
