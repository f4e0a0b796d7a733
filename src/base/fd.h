/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors that close themselves, and whole reads and writes. Used by the init too: nothing here allocates. */
#ifndef BASE_FD_H
#define BASE_FD_H

#include <stddef.h>
#include <sys/types.h>

static inline void fd_close_pointer(const int *fd);

#define _cleanup_close_ __attribute__((cleanup(fd_close_pointer)))

/** Hands a descriptor on: evaluates to it and leaves -1 behind, so that its scope does not close it. */
#define TAKE_FD(fd)                                                                                          \
    ({                                                                                                       \
        int take_fd_ = (fd);                                                                                 \
        (fd) = -1;                                                                                           \
        take_fd_;                                                                                            \
    })

/** Closes `fd` unless it is negative; errno is left as it was. @return -1 always. */
int fd_close(int fd);

static inline void fd_close_pointer(const int *fd)
{
    fd_close(*fd);
}

/**
 * Closes those of `count` descriptors that are not negative, neighbours in one call; errno is left as it was. Sorts
 * them, and leaves -1 behind for each.
 */
void fd_close_all(int *fds, size_t count);

/** Writes all of it, through interruptions and short writes. @return 0, or -1 with errno. */
int fd_write_all(int fd, const void *bytes, size_t length);

/** Reads until `length` bytes or the end of file. @return the number of bytes read, or -1 with errno. */
ssize_t fd_read_all(int fd, void *bytes, size_t length);

/**
 * One message of a socket, through interruptions, and the descriptor that comes beside it: one, whatever the peer sends.
 * @param flags of recvmsg(2)
 * @param fd receives the descriptor, closed on exec, or -1 where none came
 * @return the number of bytes read, or -1 with errno
 */
ssize_t fd_receive(int socket, void *bytes, size_t length, int flags, int *fd);

#endif
