/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handing a terminal's master (or any descriptor) to whoever listens on a socket. */
#include "container/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"

int terminal_connect(const char *path, struct caisson_error *err)
{
    _cleanup_close_ int node = openat(AT_FDCWD, path, O_PATH | O_CLOEXEC);
    _cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (node < 0)
        return error_system(err, errno, "cannot open the socket '%s'", path);
    if (fd < 0)
        return error_system(err, errno, "cannot make a socket");
    /* An address holds 107 bytes; the descriptor's name is always shorter. */
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d", node);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
        error_system(err, errno, "cannot connect to the socket '%s'", path);
        if (err && err->errnum == ECONNREFUSED)
            error_hint(err, "its file is there, and nobody listens on it");
        return -1;
    }
    return TAKE_FD(fd);
}

/* @return 0, or -1 with errno. */
static int send_all(int socket, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = send(socket, bytes, length, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

int terminal_send(int socket, int fd, const char *name, struct caisson_error *err)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    /* A stream carries no descriptor without a byte: of an empty name that is its NUL. */
    const size_t length = *name ? strlen(name) : 1;
    struct iovec text = {.iov_base = (char *)(uintptr_t)name, .iov_len = length};
    struct msghdr message = {
        .msg_iov = &text,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control.space,
    };
    ssize_t n;

    control.header = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof fd),
        .cmsg_level = SOL_SOCKET,
        .cmsg_type = SCM_RIGHTS,
    };
    memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    do
        n = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n < 0 || send_all(socket, name + n, length - (size_t)n) < 0)
        return error_system(err, errno, "cannot send '%.64s' over the socket", name);
    return 0;
}
