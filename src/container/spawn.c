/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "sys/hearing.h"
#include "sys/memfd.h"
#include "sys/vfork.h"
#include "sys/weaken.h"

/* The init's programs, which the build put into this one: see init_image.S. */
extern const char init_for_container[], init_for_process[];
extern const uint64_t init_for_container_size, init_for_process_size;

struct image {
    const char *bytes;
    size_t size;
};

static struct image image_for(const struct plan *plan)
{
    if (plan->builds_container)
        return (struct image){init_for_container, (size_t)init_for_container_size};
    return (struct image){init_for_process, (size_t)init_for_process_size};
}

/*
 * What the child needs between clone3 and exec. It shares the parent's memory, and so can say why it failed: volatile,
 * for what it writes is read where the compiler sees no way from the one to the other.
 */
struct child {
    const struct prepared *prepared;
    char *const *argv;
    int init;          /* the memfd */
    int channel, ours; /* the child's end of the channel, and this process's */
    uint64_t ignored_signals;
    bool new_user_namespace;
    const char *oom_score_adj; /* to be set by it; NULL: nothing, or the runtime does */
    volatile bool oom_score_failed;
    volatile int errnum;
};

/*
 * The program of the init with the plan behind it: a copy that nobody can write to. The container's /proc/self/exe is
 * this, and not the host's program (rule R5: CVE-2019-5736).
 */
static int fill_and_seal(int *fd, const struct image *image, const struct plan *plan)
{
    if (fd_write_all(*fd, image->bytes, image->size) < 0 ||
        fd_write_all(*fd, plan->program, plan->program_size) < 0)
        return -1;
    if (!weakened("seal"))
        return sys_memfd_seal(*fd);
    fd_close(*fd);
    *fd = weaken_reopen(*fd);
    return *fd < 0 ? -1 : 0;
}

/*
 * The init of a new user namespace could be traced by root of that namespace (a process of `exec`, before start):
 * not dumpable is no obstacle for the namespace that the memory belongs to. Of a program that it cannot read the
 * kernel gives the memory to the namespace of the file's owner (would_dump() in fs/exec.c): to the host's. Without
 * being root there the runtime could not write the id maps of such a process.
 */
static int protect(const struct plan *plan, int init)
{
    if (!(plan->clone_flags & CLONE_NEWUSER) || geteuid() != 0)
        return 0;
    return fchmod(init, 0111);
}

/*
 * execve(2) by a user that the new user namespace does not map takes all capabilities away, unless they are
 * ambient. The init lowers them again with the credentials.
 */
static int keep_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];

    if (syscall(SYS_capget, &header, data) < 0)
        return -1;
    data[0].inheritable = data[0].permitted;
    data[1].inheritable = data[1].permitted;
    if (syscall(SYS_capset, &header, data) < 0)
        return -1;
    for (unsigned long cap = 0; cap < 64; cap++) {
        if ((data[cap / 32].permitted >> cap % 32 & 1) &&
            prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
            return -1;
    }
    return 0;
}

/*
 * execve(2) keeps SIG_IGN, and what the caller ignored is not the container's to ignore. This process has dispositions
 * of its own (no CLONE_SIGHAND). The call itself, for the C library keeps signals 32 to 34 for itself.
 */
static void stop_ignoring(uint64_t signals)
{
    static const struct { /* the kernel's struct sigaction, all zero: SIG_DFL */
        uintptr_t handler, flags, restorer;
        uint64_t mask;
    } action;

    for (int i = 1; signals; i++, signals >>= 1)
        if (signals & 1)
            syscall(SYS_rt_sigaction, i, &action, NULL, sizeof action.mask);
}

/* What is the child's alone, once that has its own copies; and the channel, if there is no child. */
static void close_child(const struct child *child)
{
    int fds[] = {child->init, child->channel, child->ours};

    fd_close_all(fds, sizeof fds / sizeof fds[0]);
}

#define _cleanup_child_ __attribute__((cleanup(close_child)))

static int inherit(int fd)
{
    return fcntl(fd, F_SETFD, 0);
}

__attribute__((no_sanitize_address)) static void run_child(void *data)
{
    struct child *child = data;
    static char *const no_env[] = {NULL};
    bool ok = true;

    /* After its exec the process is not dumpable, and its files in procfs are root's: too late for a user without
     * privileges. */
    if (child->oom_score_adj)
        ok = file_put(AT_FDCWD, "/proc/self/oom_score_adj", child->oom_score_adj) == 0;
    child->oom_score_failed = !ok;
    ok = ok && inherit(child->init) == 0 && inherit(child->channel) == 0;
    for (size_t i = 0; ok && i < child->prepared->count; i++)
        ok = inherit(child->prepared->fds[i]) == 0;
    stop_ignoring(child->ignored_signals);
    if (ok && (!child->new_user_namespace || keep_capabilities() == 0))
        syscall(SYS_execveat, child->init, "", child->argv, weaken_environment(no_env), AT_EMPTY_PATH);
    child->errnum = errno;
    _exit(127);
}

static int spawn_error(int errnum, int init, bool new_user, struct caisson_error *err)
{
    error_system(err, errnum, "cannot start the container's first process");
    if (errnum == EACCES && init >= 0)
        error_hint(err, "is executing a memfd forbidden here (sysctl vm.memfd_noexec, a security module)?");
    if (errnum == ENOSPC || errnum == EUSERS)
        error_hint(err, "a limit on namespaces is reached: see /proc/sys/user/max_*_namespaces");
    if (errnum == EPERM && init < 0)
        error_hint(err, new_user ? "may this user make user namespaces? See the sysctls "
                                   "user.max_user_namespaces, kernel.unprivileged_userns_clone and "
                                   "kernel.apparmor_restrict_unprivileged_userns"
                                 : "making namespaces takes CAP_SYS_ADMIN: run as root, or add {\"type\": "
                                   "\"user\"} to linux.namespaces, as `caisson spec --rootless` does");
    if (errnum == EAGAIN)
        error_hint(err, "a limit on processes is reached: pids.max of the cgroup, or RLIMIT_NPROC");
    if (errnum == EOPNOTSUPP)
        error_hint(err,
                   "the cgroup above the container's hands controllers down and holds processes itself: move "
                   "them to one below it");
    return -1;
}

int spawn_oom_score_error(const struct plan *plan, const struct spec *spec, int errnum,
                          struct caisson_error *err)
{
    error_system(err, errnum, "cannot set the OOM score to %s", plan->oom_score_adj);
    if (errnum == EACCES)
        error_hint(err, "a score below the runtime's own needs CAP_SYS_RESOURCE");
    return spec_error_at(spec, err, "/process/oomScoreAdj");
}

static int child_error(const struct plan *plan, const struct spec *spec, const struct child *child,
                       struct caisson_error *err)
{
    if (child->oom_score_failed)
        return spawn_oom_score_error(plan, spec, child->errnum, err);
    return spawn_error(child->errnum, child->init, child->new_user_namespace, err);
}

static int start(struct plan *plan, const struct spec *spec, struct child *child, int cgroup_fd,
                 enum spawn_until until, struct spawned *spawned, struct caisson_error *err)
{
    int pidfd = -1;
    struct clone_args args = {
        .flags = plan->clone_flags | (until == SPAWN_EXECUTED ? CLONE_PIDFD : 0) |
                 (cgroup_fd >= 0 ? CLONE_INTO_CGROUP : 0),
        .pidfd = (uintptr_t)&pidfd,
        .exit_signal = SIGCHLD,
        .cgroup = cgroup_fd >= 0 ? (unsigned)cgroup_fd : 0,
    };
    long pid;

    child->ignored_signals = plan->ignored_signals;
    child->new_user_namespace = plan->clone_flags & CLONE_NEWUSER;
    /* In a new user namespace it has no rights to a lower score. */
    child->oom_score_adj = child->new_user_namespace ? NULL : plan->oom_score_adj;
    if (until == SPAWN_HEARD && plan->tells_only) {
        pid = sys_clone_hearing(&args, run_child, child, (int[]){child->ours, child->channel});
        if (pid > 0)
            child->channel = -1;
    } else {
        pid = sys_vfork(&args, run_child, child);
    }
    if (pid < 0)
        return spawn_error(errno, -1, child->new_user_namespace, err);
    if (child->errnum) {
        waitpid((pid_t)pid, NULL, 0);
        fd_close(pidfd);
        return child_error(plan, spec, child, err);
    }
    spawned->pid = (pid_t)pid;
    spawned->pidfd = pidfd;
    return 0;
}

/* An init that asks for nothing gets a pipe: to make one, and to use it, takes the kernel a third of what a socket does. */
static int make_channel(const struct plan *plan, struct child *child)
{
    int pair[2];

    if ((plan->tells_only ? pipe2(pair, O_CLOEXEC)
                          : socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) < 0)
        return -1;
    child->ours = pair[0];
    child->channel = pair[1];
    return 0;
}

int spawn_init(struct plan *plan, const struct spec *spec, const struct prepared *prepared, int cgroup_fd,
               enum spawn_until until, struct spawned *spawned, struct caisson_error *err)
{
    const struct image image = image_for(plan);
    struct child child _cleanup_child_ = {.prepared = prepared, .init = -1, .channel = -1, .ours = -1};
    char number[12], offset[24], size[24];
    char *argv[] = {(char *)(uintptr_t) "caisson-init", number, offset, size, NULL};

    *spawned = (struct spawned){.pid = 0, .pidfd = -1, .channel = -1};
    child.init = weakened("seal") ? weaken_file() : sys_memfd("caisson-init", true);
    if (child.init < 0)
        return error_system(err, errno, "cannot make a memfd for the container's first process");
    if (make_channel(plan, &child) < 0)
        return error_system(err, errno, "cannot make the channel to the container's first process");
    plan_set_channel(plan, child.channel);
    if (fill_and_seal(&child.init, &image, plan) < 0 || protect(plan, child.init) < 0)
        return error_system(err, errno, "cannot fill the memfd for the container's first process");
    snprintf(number, sizeof number, "%d", child.init);
    snprintf(offset, sizeof offset, "%zu", image.size);
    snprintf(size, sizeof size, "%zu", plan->program_size);
    child.argv = argv;
    if (start(plan, spec, &child, cgroup_fd, until, spawned, err) < 0)
        return -1;
    spawned->channel = TAKE_FD(child.ours);
    return 0;
}
