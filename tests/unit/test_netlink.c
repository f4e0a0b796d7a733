/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers of rtnetlink, as no kernel need write them: a socket of the test's own has them. */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "sys/netlink.h"

enum { ANSWER = 16, REQUEST = 18 };

static void count(void *data, const struct nlmsghdr *message)
{
    unsigned *messages = data;

    *messages += message->nlmsg_type == ANSWER;
}

/* @return what netlink_talk() does with these datagrams as the answer; one of no size is none */
static int talk(const void *first, size_t first_size, const void *second, size_t second_size,
                unsigned *messages)
{
    struct netlink_request request;
    int pair[2], result, errnum;

    *messages = 0;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    assert_int_equal(send(pair[1], first, first_size, 0), (ssize_t)first_size);
    if (second_size > 0)
        assert_int_equal(send(pair[1], second, second_size, 0), (ssize_t)second_size);
    shutdown(pair[1], SHUT_WR);
    netlink_begin(&request, REQUEST, 0, 16);
    result = netlink_talk(pair[0], &request, count, messages, NULL);
    errnum = errno;
    close(pair[0]);
    close(pair[1]);
    errno = errnum;
    return result;
}

/* The length of the last message need not be a multiple of four. What an earlier datagram left behind it is not read. */
static void the_last_message_may_end_anywhere(void **state)
{
    struct {
        struct nlmsghdr header;
        char body[4];
    } answer[4];
    unsigned messages;

    (void)state;
    memset(answer, 0, sizeof answer);
    for (size_t i = 0; i < 4; i++)
        answer[i].header = (struct nlmsghdr){.nlmsg_type = ANSWER, .nlmsg_len = sizeof answer[i]};
    for (uint32_t length = NLMSG_LENGTH(1); length <= NLMSG_LENGTH(4); length++) {
        struct nlmsghdr last = {.nlmsg_type = ANSWER, .nlmsg_len = length};
        char bytes[NLMSG_LENGTH(4)] = {0};

        memcpy(bytes, &last, sizeof last);
        assert_int_equal(talk(answer, sizeof answer, bytes, length, &messages), -1);
        assert_int_equal(errno, EPROTO); /* it has no end */
        assert_int_equal(messages, 4 + 1);
    }
}

static void a_length_that_is_too_much_or_too_little(void **state)
{
    struct nlmsghdr answer = {.nlmsg_type = ANSWER};
    unsigned messages;

    (void)state;
    for (answer.nlmsg_len = 0; answer.nlmsg_len < 64; answer.nlmsg_len++) {
        assert_int_equal(talk(&answer, sizeof answer, NULL, 0, &messages), -1);
        assert_int_equal(messages, answer.nlmsg_len == sizeof answer);
    }
}

/* What cannot be an errno is not turned round: of the least number there is no opposite. */
static void an_error_that_is_none(void **state)
{
    struct {
        struct nlmsghdr header;
        int error;
        struct nlmsghdr request;
    } answer = {.header = {.nlmsg_len = sizeof answer, .nlmsg_type = NLMSG_ERROR}, .error = INT_MIN};
    unsigned messages;

    (void)state;
    assert_int_equal(talk(&answer, sizeof answer, NULL, 0, &messages), -1);
    assert_int_equal(errno, EPROTO);
    answer.header.nlmsg_type = NLMSG_DONE;
    assert_int_equal(talk(&answer, sizeof answer, NULL, 0, &messages), -1);
    assert_int_equal(errno, EPROTO);
    answer.error = -EPERM;
    assert_int_equal(talk(&answer, sizeof answer, NULL, 0, &messages), -1);
    assert_int_equal(errno, EPERM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_message_may_end_anywhere),
        cmocka_unit_test(a_length_that_is_too_much_or_too_little),
        cmocka_unit_test(an_error_that_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
