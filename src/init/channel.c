/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "init/init.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void init_doing(struct init *init, enum plan_action action, const char *object)
{
    size_t n = object ? strnlen(object, sizeof init->detail - 1) : 0;

    init->action = action;
    if (object)
        memcpy(init->detail, object, n);
    init->detail[n] = '\0';
}

int init_fail(struct init *init, enum plan_action action, const char *object, int errnum)
{
    init_doing(init, action, object);
    errno = errnum;
    return -1;
}

int channel_send(struct init *init, uint32_t kind, int errnum, int status, int fd)
{
    struct plan_message message = {
        .kind = kind,
        .step = init->step,
        .errnum = errnum,
        .action = init->action,
        .status = status,
    };
    struct iovec iov = {.iov_base = &message, .iov_len = sizeof message};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
    ssize_t n;

    memcpy(message.detail, init->detail, sizeof message.detail);
    if (fd >= 0) {
        msg.msg_control = &control;
        msg.msg_controllen = sizeof control;
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    }
    do
        n = sendmsg(init->channel, &msg, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    /* The container's own filter may be loaded by now, and forbid this; hardly any forbids write(2). */
    if (n < 0 && fd < 0 && errno != EPIPE && errno != ECONNRESET)
        n = write(init->channel, &message, sizeof message);
    return n < 0 ? -1 : 0;
}

int channel_wait(const struct init *init)
{
    char byte;
    ssize_t n;

    do
        n = recv(init->channel, &byte, 1, 0);
    while (n < 0 && errno == EINTR);
    if (n == 1)
        return 0;
    if (n == 0)
        errno = ECONNRESET;
    return -1;
}
