/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* process.user and process.capabilities. */
#include "init/init.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/weaken.h"

static int drop_bounding(struct init *init, uint64_t keep)
{
    init_doing(init, PLAN_ACTION_BOUNDING, NULL);
    for (unsigned long cap = 0; cap < 64; cap++) {
        if (keep >> cap & 1)
            continue;
        /* EINVAL: the kernel has no capability of this number, nor one above it. */
        if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
            return errno == EINVAL ? 0 : -1;
    }
    return 0;
}

static bool may_change_groups(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];

    return syscall(SYS_capget, &header, data) == 0 && data[0].effective & 1u << CAP_SETGID;
}

/*
 * A user namespace that others made may be one without setgroups(2), which no mapping tells (user_namespaces(7)): then the
 * kernel refuses who has the capability, too. Where no groups are asked for, that is no failure: nobody can change them.
 */
static int set_groups(struct init *init, const struct plan_credentials *step)
{
    init_doing(init, PLAN_ACTION_SETGROUPS, NULL);
    if (step->flags & PLAN_CREDENTIALS_KEEP_GROUPS)
        return 0;
    if (syscall(SYS_setgroups, step->group_count, init_text_maybe(init, step->groups)) == 0)
        return 0;
    return errno == EPERM && step->group_count == 0 && may_change_groups() ? 0 : -1;
}

/* By system call: the C library's own functions are for many threads. */
static int set_ids(struct init *init, const struct plan_credentials *step)
{
    if (set_groups(init, step) < 0)
        return -1;
    init_doing(init, PLAN_ACTION_SETGID, NULL);
    if (syscall(SYS_setresgid, step->gid, step->gid, step->gid) < 0)
        return -1;
    init_doing(init, PLAN_ACTION_SETUID, NULL);
    return (int)syscall(SYS_setresuid, step->uid, step->uid, step->uid);
}

/*
 * A program opens /dev/stderr again by its name: for that the pipe or terminal must be its user's. Files and
 * devices that others use as well (/dev/null) stay as they are (rule R3: CVE-2026-88265), and so does what the
 * host does not let go.
 */
static int give_stdio(const struct plan_credentials *step)
{
    for (int fd = 0; fd <= 2; fd++) {
        struct stat st;

        if (fstat(fd, &st) < 0)
            return -1;
        if (st.st_uid == step->uid || !(S_ISFIFO(st.st_mode) || isatty(fd) || weakened("stdio")))
            continue;
        if (fchown(fd, step->uid, (gid_t)-1) < 0 && errno != EPERM && errno != EROFS && errno != EINVAL)
            return -1;
    }
    return 0;
}

/*
 * What is kept for the filter ends with the execution, of a hook or of the program: capabilities(7) makes the new sets of
 * the inheritable, the bounding and the ambient one, and never of the permitted one.
 */
static int set_capabilities(struct init *init, const struct plan_credentials *step)
{
    const uint32_t kept = step->flags & PLAN_CREDENTIALS_KEEP_ADMIN ? 1u << CAP_SYS_ADMIN : 0;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {
        {(uint32_t)step->effective | kept, (uint32_t)step->permitted | kept, (uint32_t)step->inheritable},
        {(uint32_t)(step->effective >> 32), (uint32_t)(step->permitted >> 32),
         (uint32_t)(step->inheritable >> 32)},
    };

    init_doing(init, PLAN_ACTION_CAPSET, NULL);
    if (syscall(SYS_capset, &header, data) < 0)
        return -1;
    init_doing(init, PLAN_ACTION_AMBIENT, NULL);
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
        return -1;
    for (unsigned long cap = 0; cap < 64; cap++) {
        if ((step->ambient >> cap & 1) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
            return -1;
    }
    return 0;
}

int init_CREDENTIALS(struct init *init, const struct plan_credentials *step)
{
    init_doing(init, PLAN_ACTION_CHOWN, "standard input, output and error");
    if ((step->flags & PLAN_CREDENTIALS_OWN_STDIO) && give_stdio(step) < 0)
        return -1;
    if (drop_bounding(init, step->bounding) < 0)
        return -1;
    /* Without it the change from user 0 would empty the sets before they can be set. */
    if (step->uid != 0 && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
        return -1;
    if (set_ids(init, step) < 0)
        return -1;
    if (set_capabilities(init, step) < 0)
        return -1;
    /* A change of ids makes a process dumpable by /proc/sys/fs/suid_dumpable; stay closed until exec. */
    return weakened("dumpable") ? 0 : prctl(PR_SET_DUMPABLE, 0);
}
