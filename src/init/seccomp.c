/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux.seccomp: the program was compiled when the plan was made; here it is loaded. */
#include "init/init.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

int init_SECCOMP(struct init *init, const struct plan_seccomp *step)
{
    const struct sock_fprog program = {
        .len = (unsigned short)step->count,
        .filter = (struct sock_filter *)(uintptr_t)init_text(init, step->filter),
    };
    int result = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, step->flags, &program);
    _cleanup_close_ int listener = -1;

    if (result < 0 || !(step->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER))
        return result;
    listener = result;
    init_doing(init, PLAN_ACTION_SEND_FD, NULL);
    if (channel_send(init, PLAN_MESSAGE_LISTENER, 0, 0, listener) < 0)
        return -1;
    return channel_wait(init);
}
