/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "cli/cli.h"

/*
 * Opens /dev/null where a standard descriptor is closed. Otherwise the next file opened would become standard
 * error, and an error message would be written into it.
 */
static int open_standard_descriptors(void)
{
    struct pollfd standard[3] = {{.fd = STDIN_FILENO}, {.fd = STDOUT_FILENO}, {.fd = STDERR_FILENO}};

    if (poll(standard, 3, 0) <= 0)
        return 0;
    for (int fd = 0; fd < 3; fd++)
        if ((standard[fd].revents & POLLNVAL) && openat(AT_FDCWD, "/dev/null", O_RDWR) != fd)
            return -1;
    return 0;
}

int main(int argc, char **argv)
{
    /* A caller may ignore it (execve(2) hands that on), and then the kernel tells nobody how a child ended. */
    signal(SIGCHLD, SIG_DFL);
    /* execve() with an empty argv is possible before Linux 5.18. */
    if (argc < 1 || open_standard_descriptors() < 0)
        return 1;
    return cli_main(argv + 1);
}
