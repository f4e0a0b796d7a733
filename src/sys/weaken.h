/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Guards that a test can turn off. An attack that fails proves little unless the same attack succeeds against a
 * program without the guard: tests/security runs each against build/caisson-weak, which is built for the tests
 * alone (CAISSON_WEAK), is never installed, and leaves out the guards that the environment's CAISSON_WEAKEN names,
 * joined by commas. Everywhere else weakened() is a constant, and nothing of this is in the program.
 */
#ifndef SYS_WEAKEN_H
#define SYS_WEAKEN_H

#ifdef CAISSON_WEAK
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline int weakened(const char *guard)
{
    const char *list = getenv("CAISSON_WEAKEN");
    size_t length = strlen(guard);

    while (list && *list) {
        if (strncmp(list, guard, length) == 0 && (list[length] == ',' || !list[length]))
            return 1;
        list = strchr(list, ',');
        list = list ? list + 1 : NULL;
    }
    return 0;
}

/* For "seal": a file of the host as the init's program, at the place that CAISSON_WEAK_INIT says. */
static inline int weaken_file(void)
{
    return open(getenv("CAISSON_WEAK_INIT"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
}

/* What is open for writing cannot be executed. @return a descriptor for reading. */
static inline int weaken_reopen(int fd)
{
    (void)fd;
    return open(getenv("CAISSON_WEAK_INIT"), O_RDONLY | O_CLOEXEC);
}

/* The init has no environment of its own; the weak one has to know what it leaves out. */
#define weaken_environment(otherwise) ((void)(otherwise), environ)
#else
#define weakened(guard)               (0)
#define weaken_environment(otherwise) (otherwise)
#define weaken_file()                 (-1)
#define weaken_reopen(fd)             (-1)
#endif

#endif
