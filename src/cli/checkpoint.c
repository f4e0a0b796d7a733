/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/commands.h"
#include "cli/criu_options.h"

#define AT(member) offsetof(struct caisson_checkpoint_options, member)

static const struct option options[] = {
    CRIU_OPTIONS(struct caisson_checkpoint_options),
    {"leave-running", 0, OPTION_FLAG, AT(leave_running), NULL, "do not end the container", NULL},
    {"pre-dump", 0, OPTION_FLAG, AT(pre_dump), NULL, "write the memory alone; the container goes on", NULL},
    {"parent-path", 0, OPTION_PATH, AT(parent_path), "DIR",
     "images of an earlier dump, relative to the image path: write what has changed since", NULL},
    {"page-server", 0, OPTION_PATH, AT(page_server), "ADDRESS:PORT", "send the memory to a criu page-server",
     NULL},
    {"status-fd", 0, OPTION_NUMBER, AT(status_fd), "FD", "write a NUL to it when lazy pages can be fetched",
     NULL},
    {"tcp-skip-in-flight", 0, OPTION_FLAG, AT(tcp_skip_in_flight), NULL,
     "without TCP connections that are being made", NULL},
    {0},
};

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    struct caisson_checkpoint_options *checkpoint = values;

    checkpoint->id = arguments->items[0];
    if (!checkpoint->criu.image_path)
        checkpoint->criu.image_path = "checkpoint";
    return caisson_checkpoint(&cli->context, checkpoint, err);
}

const struct command command_checkpoint = {
    .name = "checkpoint",
    .arguments = "ID",
    .summary = "Write a container's processes into files, and end it.",
    .options = options,
    .values_size = sizeof(struct caisson_checkpoint_options),
    .minimum = 1,
    .maximum = 1,
    .run = run,
};
