/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the default bundle takes from its process: capabilities, groups, ways to get more. */
#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "floor.h"

void floor_drop_privileges(bool rootless)
{
    const uint32_t keep = 1u << CAP_KILL | 1u << CAP_NET_BIND_SERVICE | 1u << CAP_AUDIT_WRITE;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{.effective = keep, .permitted = keep}};

    floor_must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "set no_new_privs");
    for (unsigned long cap = 0; cap < 64; cap++)
        if ((cap >= 32 || !(keep >> cap & 1)) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
            break; /* the kernel's last one was the one before */
    if (!rootless) /* it has given up setgroups(2) */
        floor_must(syscall(SYS_setgroups, 0, NULL), "clear the groups");
    floor_must(syscall(SYS_setresgid, 0, 0, 0), "set the group");
    floor_must(syscall(SYS_setresuid, 0, 0, 0), "set the user");
    floor_must(syscall(SYS_capset, &header, data), "set the capabilities");
    floor_must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "clear the ambient capabilities");
}
