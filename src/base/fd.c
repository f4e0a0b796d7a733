/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/fd.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int fd_close(int fd)
{
    if (fd >= 0) {
        int saved = errno;

        close(fd);
        errno = saved;
    }
    return -1;
}

/* They are few, and as a rule in order. */
static void sort(int *fds, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0 && fds[k - 1] > fds[k]; k--) {
            int lower = fds[k];

            fds[k] = fds[k - 1];
            fds[k - 1] = lower;
        }
}

void fd_close_all(int *fds, size_t count)
{
    int saved = errno;

    sort(fds, count);
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && fds[i] >= 0 && fds[next] <= fds[next - 1] + 1; next++)
            continue;
        if (fds[i] >= 0)
            syscall(SYS_close_range, fds[i], fds[next - 1], 0);
    }
    for (size_t i = 0; i < count; i++)
        fds[i] = -1;
    errno = saved;
}

int fd_write_all(int fd, const void *bytes, size_t length)
{
    const char *p = bytes;

    while (length > 0) {
        ssize_t n = write(fd, p, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        p += n;
        length -= (size_t)n;
    }
    return 0;
}

ssize_t fd_read_all(int fd, void *bytes, size_t length)
{
    char *p = bytes;
    size_t done = 0;

    while (done < length) {
        ssize_t n = read(fd, p + done, length - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        done += (size_t)n;
    }
    return (ssize_t)done;
}

ssize_t fd_receive(int socket, void *bytes, size_t length, int flags, int *fd)
{
    struct iovec iov = {.iov_base = bytes, .iov_len = length};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    /* CMSG_SPACE() is rounded up: to say all of it would let the kernel open a second descriptor, which nobody closes. */
    struct msghdr msg = {
        .msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = CMSG_LEN(sizeof(int)),
    };
    const struct cmsghdr *header;
    ssize_t n;

    *fd = -1;
    do
        n = recvmsg(socket, &msg, flags | MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return -1;
    header = CMSG_FIRSTHDR(&msg);
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
        memcpy(fd, CMSG_DATA(header), sizeof *fd);
    return n;
}
