/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rtnetlink(7): one request, its answers, and the kernel's own words about a failure. */
#ifndef SYS_NETLINK_H
#define SYS_NETLINK_H

#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>

enum { NETLINK_REQUEST_SIZE = 512, NETLINK_WORDS_SIZE = 128 };

/* A request in the making: the header, the family's own header, attributes. */
struct netlink_request {
    union {
        struct nlmsghdr header;
        char bytes[NETLINK_REQUEST_SIZE];
    };
};

/** Called for each message of an answer. */
typedef void netlink_visit(void *data, const struct nlmsghdr *message);

/** @return a socket to the rtnetlink of the caller's network namespace, or -1 with errno. */
int netlink_open(void);

/**
 * @param netns a network namespace, which the calling thread enters for a moment
 * @return a socket to the rtnetlink of that namespace, or -1 with errno. ENOTRECOVERABLE: the thread could not
 *         return to its own namespace, and must end.
 */
int netlink_open_in(int netns);

/**
 * Begins a request.
 * @param type  RTM_*
 * @param flags NLM_F_*; NLM_F_REQUEST and NLM_F_ACK are added
 * @param size  of the family's own header (struct ifinfomsg, ifaddrmsg), which is zeroed
 * @return that header, to be filled in
 */
void *netlink_begin(struct netlink_request *request, unsigned type, unsigned flags, size_t size);

/** Adds an attribute. What does not fit is left out, and netlink_talk() then fails with EMSGSIZE. */
void netlink_add(struct netlink_request *request, unsigned type, const void *bytes, size_t length);

/** Adds a text with its NUL. */
void netlink_add_text(struct netlink_request *request, unsigned type, const char *text);

/** Adds a number of 32 bits. */
void netlink_add_u32(struct netlink_request *request, unsigned type, uint32_t value);

/**
 * Sends a request and reads the answer to its end.
 * @param visit may be NULL
 * @param words receives the kernel's words about a failure, "" when it has none; may be NULL
 * @return 0, or -1 with errno
 */
int netlink_talk(int socket, struct netlink_request *request, netlink_visit *visit, void *data,
                 char words[NETLINK_WORDS_SIZE]);

/** @return the attribute of `type` behind the family's header of `size` bytes, or NULL. `*length` is its content's. */
const void *netlink_find(const struct nlmsghdr *message, size_t size, unsigned type, size_t *length);

#endif
