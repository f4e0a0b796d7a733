/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sys/netlink.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "sys/clone.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

/* As much as the kernel puts into one datagram of a dump. */
enum { ANSWER_SIZE = 32 * 1024 };
enum { MAX_ERRNO = 4096 };

int netlink_open(void)
{
    _cleanup_close_ int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    const int on = 1;

    /* Words beside the errno, and dumps of what was asked for alone (Linux 4.20). */
    if (fd < 0 || setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on) < 0 ||
        setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof on) < 0)
        return -1;
    return TAKE_FD(fd);
}

int netlink_open_in(int netns)
{
    _cleanup_close_ int own = openat(AT_FDCWD, "/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    _cleanup_close_ int fd = -1;
    int errnum;

    if (own < 0 || sys_setns(netns, CLONE_NEWNET) < 0)
        return -1;
    fd = netlink_open();
    errnum = errno;
    if (sys_setns(own, CLONE_NEWNET) < 0) {
        errno = ENOTRECOVERABLE;
        return -1;
    }
    errno = errnum;
    return TAKE_FD(fd);
}

void *netlink_begin(struct netlink_request *request, unsigned type, unsigned flags, size_t size)
{
    memset(request, 0, sizeof *request);
    request->header = (struct nlmsghdr){
        .nlmsg_len = (uint32_t)NLMSG_LENGTH(size),
        .nlmsg_type = (uint16_t)type,
        .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags),
        .nlmsg_seq = 1,
    };
    return NLMSG_DATA(&request->header);
}

void netlink_add(struct netlink_request *request, unsigned type, const void *bytes, size_t length)
{
    size_t at = NLMSG_ALIGN(request->header.nlmsg_len);
    struct rtattr attribute = {.rta_len = (unsigned short)RTA_LENGTH(length),
                               .rta_type = (unsigned short)type};
    char *end =
        (char *)request + at; /* by the whole request: the compiler takes `bytes` for its first member */

    if (length > NETLINK_REQUEST_SIZE || at + RTA_SPACE(length) > sizeof request->bytes) {
        request->header.nlmsg_len = UINT32_MAX - NLMSG_ALIGNTO; /* for netlink_talk() to see */
        return;
    }
    memcpy(end, &attribute, sizeof attribute);
    memcpy(end + RTA_LENGTH(0), bytes, length);
    request->header.nlmsg_len = (uint32_t)(at + RTA_LENGTH(length));
}

void netlink_add_text(struct netlink_request *request, unsigned type, const char *text)
{
    netlink_add(request, type, text, strlen(text) + 1);
}

void netlink_add_u32(struct netlink_request *request, unsigned type, uint32_t value)
{
    netlink_add(request, type, &value, sizeof value);
}

/* The attributes of an error stand behind the request that it answers, of which it may have the header alone. */
static void take_words(const struct nlmsghdr *message, char *words)
{
    const struct nlmsgerr *failure = NLMSG_DATA(message);
    size_t size = sizeof *failure, length;
    const char *text;

    if (!words || !(message->nlmsg_flags & NLM_F_ACK_TLVS))
        return;
    if (!(message->nlmsg_flags & NLM_F_CAPPED))
        size += failure->msg.nlmsg_len - NLMSG_HDRLEN;
    text = netlink_find(message, size, NLMSGERR_ATTR_MSG, &length);
    if (!text)
        return;
    length = strnlen(text, length < NETLINK_WORDS_SIZE ? length : NETLINK_WORDS_SIZE - 1);
    memcpy(words, text, length);
    words[length] = '\0';
}

/* @return 1 to go on, 0 at the answer's end, -1 with errno. */
static int take_message(const struct nlmsghdr *message, netlink_visit *visit, void *data, char *words)
{
    const struct nlmsgerr *failure;
    int number;

    switch (message->nlmsg_type) {
    case NLMSG_ERROR:
        failure = NLMSG_DATA(message);
        if (message->nlmsg_len < NLMSG_LENGTH(sizeof *failure))
            break;
        if (failure->error == 0)
            return 0;
        take_words(message, words);
        errno = failure->error > -MAX_ERRNO ? -failure->error : EPROTO;
        return -1;
    case NLMSG_DONE:
        number = 0;
        if (message->nlmsg_len >= NLMSG_LENGTH(sizeof number))
            memcpy(&number, NLMSG_DATA(message), sizeof number);
        errno = number > -MAX_ERRNO ? -number : EPROTO;
        return number < 0 ? -1 : 0;
    case NLMSG_NOOP:
        return 1;
    default:
        if (visit)
            visit(data, message);
        return 1;
    }
    errno = EPROTO;
    return -1;
}

/* @return the length of the next datagram from the kernel, or -1 with errno. */
static ssize_t receive(int socket, char *buffer, size_t size)
{
    struct sockaddr_nl from = {0};
    struct iovec iov = {.iov_base = buffer, .iov_len = size};
    struct msghdr msg = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &iov, .msg_iovlen = 1};
    ssize_t n;

    do
        n = recvmsg(socket, &msg, 0);
    while ((n < 0 && errno == EINTR) || (n >= 0 && from.nl_pid != 0));
    if (n >= 0 && (msg.msg_flags & MSG_TRUNC)) {
        errno = EMSGSIZE;
        return -1;
    }
    return n;
}

/* The last message may lack the padding that NLMSG_NEXT() takes off, which then has four thousand million bytes left. */
static const struct nlmsghdr *next_message(const struct nlmsghdr *message, unsigned *left)
{
    unsigned size = NLMSG_ALIGN(message->nlmsg_len);

    *left -= size < *left ? size : *left;
    return (const struct nlmsghdr *)(const void *)((const char *)message + size);
}

static int read_answer(int socket, netlink_visit *visit, void *data, char *words)
{
    _Alignas(struct nlmsghdr) char buffer[ANSWER_SIZE];

    for (;;) {
        ssize_t n = receive(socket, buffer, sizeof buffer);
        const struct nlmsghdr *message = (const struct nlmsghdr *)(const void *)buffer;
        unsigned left;

        if (n < 0)
            return -1;
        left = (unsigned)n;
        for (; NLMSG_OK(message, left); message = next_message(message, &left)) {
            int more = take_message(message, visit, data, words);

            if (more <= 0)
                return more;
        }
        if (n == 0) {
            errno = EPROTO;
            return -1;
        }
    }
}

int netlink_talk(int socket, struct netlink_request *request, netlink_visit *visit, void *data,
                 char words[NETLINK_WORDS_SIZE])
{
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    ssize_t n;

    if (words)
        words[0] = '\0';
    if (request->header.nlmsg_len > sizeof request->bytes) {
        errno = EMSGSIZE;
        return -1;
    }
    do
        n = sendto(socket, request->bytes, request->header.nlmsg_len, 0, (const struct sockaddr *)&kernel,
                   sizeof kernel);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -1 : read_answer(socket, visit, data, words);
}

const void *netlink_find(const struct nlmsghdr *message, size_t size, unsigned type, size_t *length)
{
    const char *body = NLMSG_DATA(message);
    const char *end = (const char *)message + message->nlmsg_len;
    size_t at = NLMSG_ALIGN(size);

    while (body + at + sizeof(struct rtattr) <= end) {
        struct rtattr attribute;

        memcpy(&attribute, body + at, sizeof attribute);
        if (attribute.rta_len < sizeof attribute || body + at + attribute.rta_len > end)
            break;
        if ((attribute.rta_type & NLA_TYPE_MASK) == type) {
            if (length)
                *length = attribute.rta_len - RTA_LENGTH(0);
            return body + at + RTA_LENGTH(0);
        }
        at += RTA_ALIGN(attribute.rta_len);
    }
    return NULL;
}
