/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the initial user namespace is called in procfs: PROC_USER_INIT_INO of the kernel, the same since 3.8. */
#define INITIAL_USER_NAMESPACE "user:[4026531837]"

static int probe_capabilities(struct plan_host *host, struct caisson_error *err)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {0};

    if (syscall(SYS_capget, &header, data) < 0)
        return error_system(err, errno, "cannot read the runtime's capabilities");
    host->capabilities = (uint64_t)data[1].effective << 32 | data[0].effective;
    return 0;
}

/*
 * The kernel refuses the first number above its last capability, so one walk gives the set and its end. This
 * costs less than opening /proc/self/status and /proc/sys/kernel/cap_last_cap.
 */
static int probe_bounding_set(struct plan_host *host, struct caisson_error *err)
{
    unsigned capability;

    host->bounding = 0;
    for (capability = 0; capability < 64; capability++) {
        int held = prctl(PR_CAPBSET_READ, (unsigned long)capability, 0, 0, 0);

        if (held < 0 && errno == EINVAL && capability > 0)
            break;
        if (held < 0)
            return error_system(err, errno, "cannot read the runtime's capability bounding set");
        host->bounding |= (uint64_t)held << capability;
    }
    host->last_capability = capability - 1;
    return 0;
}

static int probe_user_namespace(struct plan_host *host, struct caisson_error *err)
{
    char name[64];
    ssize_t n = readlink("/proc/self/ns/user", name, sizeof name - 1);

    if (n < 0) {
        error_system(err, errno, "cannot read '/proc/self/ns/user'");
        return error_hint(err, "the runtime needs procfs mounted on /proc");
    }
    name[n] = '\0';
    host->initial_user_namespace = strcmp(name, INITIAL_USER_NAMESPACE) == 0;
    return 0;
}

int plan_host_probe(struct plan_host *host, struct caisson_error *err)
{
    *host = (struct plan_host){.euid = geteuid(), .egid = getegid()};
    if (probe_capabilities(host, err) < 0 || probe_bounding_set(host, err) < 0)
        return -1;
    return probe_user_namespace(host, err);
}
