/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What callers say by environment variables. */
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"

const char *cli_environment(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

/* sd_listen_fds(3): the descriptors are ours only when LISTEN_PID is this process. */
static unsigned listen_fds(void)
{
    const char *pid = cli_environment("LISTEN_PID"), *count = cli_environment("LISTEN_FDS");
    unsigned number, fds;

    if (!pid || !count || !options_number(pid, &number) || number != (unsigned)getpid())
        return 0;
    return options_number(count, &fds) ? fds : 0;
}

void cli_create_environment(struct caisson_create_options *options)
{
    options->notify_socket = cli_environment("NOTIFY_SOCKET");
    options->seccomp_receiver = cli_environment("RUN_OCI_SECCOMP_RECEIVER");
    options->listen_fds = listen_fds();
    if (options->listen_fds)
        options->listen_fdnames = cli_environment("LISTEN_FDNAMES");
}
