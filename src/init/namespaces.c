/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Namespaces and what belongs to a fresh one. */
#include "init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/keyctl.h>
#include <linux/sockios.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/clone.h"
#include "sys/weaken.h"

int init_JOIN(struct init *init, const struct plan_join *step)
{
    (void)init;
    return sys_setns(step->fd, (int)step->types);
}

int init_WAIT(struct init *init, const struct plan_wait *step)
{
    (void)step;
    if (channel_send(init, PLAN_MESSAGE_MAPS, 0, 0, -1) < 0)
        return -1;
    return channel_wait(init);
}

int init_BECOME(struct init *init, const struct plan_become *step)
{
    init_doing(init, PLAN_ACTION_SETGID, NULL);
    if (syscall(SYS_setresgid, step->gid, step->gid, step->gid) < 0)
        return -1;
    init_doing(init, PLAN_ACTION_SETUID, NULL);
    return (int)syscall(SYS_setresuid, step->uid, step->uid, step->uid);
}

int init_UNSHARE(struct init *init, const struct plan_unshare *step)
{
    (void)init;
    return sys_unshare(step->types);
}

int init_TIME(struct init *init, const struct plan_time *step)
{
    const char *offsets = init_text_maybe(init, step->offsets);
    _cleanup_close_ int ns = -1;

    if (sys_unshare(CLONE_NEWTIME) < 0)
        return -1;
    if (offsets) {
        _cleanup_close_ int fd = openat(init->proc, "self/timens_offsets", O_WRONLY | O_CLOEXEC);

        init_doing(init, PLAN_ACTION_WRITE, offsets);
        if (fd < 0 || fd_write_all(fd, offsets, strlen(offsets)) < 0)
            return -1;
    }
    init_doing(init, PLAN_ACTION_STEP, NULL);
    ns = openat(init->proc, "self/ns/time_for_children", O_RDONLY | O_CLOEXEC);
    if (ns < 0)
        return -1;
    return sys_setns(ns, CLONE_NEWTIME);
}

/* The new process tells of itself: nobody waits for the other. */
static int go_on(void *data)
{
    struct init *init = data;

    if (channel_send(init, PLAN_MESSAGE_FORKED, 0, init->forked, -1) == 0)
        return init_go_on(init, init->step + 1);
    channel_send(init, PLAN_MESSAGE_FAILED, errno, 0, -1);
    return 1;
}

/*
 * The memory is shared, for the first process does nothing more than to end: to copy it would cost more than all other
 * steps of `exec` together. So are the descriptors. The second process goes on a little further down the same stack: what
 * the first one still needs of that, to end, is a few bytes below this frame, which has to be this function's own and small.
 */
__attribute__((noinline)) int init_FORK(struct init *init, const struct plan_fork *step)
{
    enum { ENOUGH_TO_END = 1024, STACK_ALIGNMENT = 16 };
    uintptr_t stack =
        ((uintptr_t)__builtin_frame_address(0) - ENOUGH_TO_END) & ~(uintptr_t)(STACK_ALIGNMENT - 1);
    /* A sibling rather than a child: the runtime, and after it the caller, is to be its parent. */
    const int flags = CLONE_VM | CLONE_FILES | CLONE_PARENT | CLONE_PARENT_SETTID;

    /* Its number where this process is, and the runtime, stands in the memory of both before it begins. */
    if (clone(go_on, (void *)stack, flags | (int)step->types, init, &init->forked) < 0)
        return -1;
    _exit(0);
}

int init_SESSION(struct init *init, const struct plan_session *step)
{
    (void)init;
    (void)step;
    /* The caller's terminal is not the controlling one: nothing can be typed into it (TIOCSTI, CVE-2017-5226). */
    /* EPERM says that it leads a group already, as the first process of a namespace that was joined may. */
    if (!weakened("session") && setsid() < 0 && errno != EPERM)
        return -1;
    return 0;
}

int init_KEYRING(struct init *init, const struct plan_keyring *step)
{
    long key = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, init_text_maybe(init, step->name));

    /* A kernel without keyrings has none to share. Quota and seccomp of an outer container are errors. */
    if (key < 0)
        return errno == ENOSYS ? 0 : -1;
    return 0;
}

int init_LOOPBACK(struct init *init, const struct plan_loopback *step)
{
    struct ifreq request = {.ifr_name = "lo"};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), result;

    (void)step;
    if (fd < 0)
        return errno == EAFNOSUPPORT ? 0 : -1;
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    result = ioctl(fd, SIOCSIFFLAGS, &request);
    close_later(init, &fd, 1);
    return result;
}

int init_HOSTNAME(struct init *init, const struct plan_hostname *step)
{
    const char *name = init_text(init, step->name);

    return sethostname(name, strlen(name));
}

int init_DOMAINNAME(struct init *init, const struct plan_hostname *step)
{
    const char *name = init_text(init, step->name);

    return (int)syscall(SYS_setdomainname, name, strlen(name));
}
