/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fd_receive(): one descriptor at most, closed on exec, and none that nobody knows of. */
#include "scratch.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"

enum { MANY = 3 };

/* Sends "word" and `count` descriptors of /dev/null beside it. */
static void send_beside(int socket, size_t count)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(MANY * sizeof(int))];
    } control = {0};
    struct iovec text = {.iov_base = (char[]){"word"}, .iov_len = 5};
    struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1};
    int fds[MANY];

    for (size_t i = 0; i < count; i++)
        fds[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (count > 0) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        control.header = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(count * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
    }
    assert_int_equal(sendmsg(socket, &message, 0), 5);
    fd_close_all(fds, count);
}

/* How many descriptors this process has. */
static unsigned count_open(void)
{
    unsigned count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void receives_one(void **state)
{
    (void)state;
    for (size_t sent = 0; sent <= MANY; sent++) {
        unsigned before;
        int fd = 1000, pair[2];
        char word[16] = "";

        assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
        send_beside(pair[0], sent);
        before = count_open();
        assert_int_equal(fd_receive(pair[1], word, sizeof word, 0, &fd), 5);
        assert_string_equal(word, "word");
        if (sent == 0) {
            assert_int_equal(fd, -1);
        } else {
            assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
        }
        fd_close(fd);
        assert_int_equal(count_open(), before);
        fd_close(pair[0]);
        assert_int_equal(fd_receive(pair[1], word, sizeof word, 0, &fd), 0);
        assert_int_equal(fd, -1);
        fd_close(pair[1]);
    }
}

static void says_what_failed(void **state)
{
    char word[16];
    int fd = 1000;

    (void)state;
    assert_int_equal(fd_receive(-1, word, sizeof word, 0, &fd), -1);
    assert_int_equal(errno, EBADF);
    assert_int_equal(fd, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(receives_one), cmocka_unit_test(says_what_failed)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
