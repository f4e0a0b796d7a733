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

static ssize_t send_beside(const struct init *init, struct plan_message *message, int fd)
{
    struct iovec iov = {.iov_base = message, .iov_len = sizeof *message};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {
        .header = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)}};
    struct msghdr msg = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};

    memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    return sendmsg(init->channel, &msg, MSG_NOSIGNAL);
}

/*
 * By write(2) where there is no descriptor: the channel may be a pipe; and the container's own filter, which may be loaded
 * by now, hardly ever forbids that. SIGPIPE, where nobody listens any more, ends the init, as it would have done itself.
 */
int channel_send(struct init *init, uint32_t kind, int errnum, int status, int fd)
{
    struct plan_message message = {
        .kind = kind,
        .step = init->step,
        .errnum = errnum,
        .action = init->action,
        .status = status,
    };
    ssize_t n;

    memcpy(message.detail, init->detail, sizeof message.detail);
    do
        n = fd < 0 ? write(init->channel, &message, sizeof message) : send_beside(init, &message, fd);
    while (n < 0 && errno == EINTR);
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
