/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small questions to the files of a cgroup. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "cgroup/internal.h"

ssize_t cgroup_read(int fd, const char *file, char *buffer, size_t size)
{
    _cleanup_close_ int opened = openat(fd, file, O_RDONLY | O_CLOEXEC);
    ssize_t n = opened >= 0 ? fd_read_all(opened, buffer, size - 1) : -1;

    buffer[n > 0 ? n : 0] = '\0';
    return n;
}

int64_t flat_value(const char *text, const char *key)
{
    size_t length = strlen(key);

    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, length) == 0 && line[length] == ' ')
            return strtoll(line + length, NULL, 10);
    }
    return -1;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int events_wait(int fd, const char *key, int64_t value, int timeout_ms)
{
    _cleanup_close_ int events = openat(fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
    int64_t deadline = now_ms() + timeout_ms;

    if (events < 0)
        return errno == ENOENT || errno == ENODEV ? 1 : -1;
    for (;;) {
        struct pollfd poll_events = {.fd = events, .events = POLLPRI};
        char text[256];
        ssize_t n = pread(events, text, sizeof text - 1, 0);
        int64_t left;

        if (n < 0)
            return errno == ENODEV ? 1 : -1; /* removed */
        text[n] = '\0';
        if (flat_value(text, key) == value)
            return 1;
        left = deadline - now_ms();
        if (left <= 0)
            return 0;
        if (poll(&poll_events, 1, (int)left) < 0 && errno != EINTR)
            return -1;
    }
}
