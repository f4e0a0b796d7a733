/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/commands.h"
#include "cli/create_options.h"
#include "cli/criu_options.h"

#define AT(member) offsetof(struct caisson_restore_options, member)

/* The rows that `create` has as well count from the start of its structure. */
_Static_assert(AT(create) == 0, "the options of create are the first member");

static const struct option options[] = {
    CREATE_OPTIONS,
    {"detach", 'd', OPTION_FLAG, CREATE_AT(detach), NULL, "return when the processes run", NULL},
    {"keep", 0, OPTION_FLAG, CREATE_AT(keep), NULL, "do not delete the container when it ends", NULL},
    CRIU_OPTIONS(struct caisson_restore_options),
    {"tcp-close", 0, OPTION_FLAG, AT(tcp_close), NULL, "close TCP connections", NULL},
    {"lsm-profile", 0, OPTION_TEXT, AT(lsm_profile), "TYPE:NAME",
     "another profile: apparmor:NAME or selinux:LABEL", NULL},
    {"lsm-mount-context", 0, OPTION_TEXT, AT(lsm_mount_context), "CONTEXT",
     "another label for mounts that had one", NULL},
    {0},
};

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    struct caisson_restore_options *restore = values;

    restore->create.id = arguments->items[0];
    if (!restore->criu.image_path)
        restore->criu.image_path = "checkpoint";
    return caisson_restore(&cli->context, restore, &cli->status, err);
}

const struct command command_restore = {
    .name = "restore",
    .arguments = "ID",
    .summary = "Create a container from the files of a checkpoint, and let it go on.",
    .options = options,
    .values_size = sizeof(struct caisson_restore_options),
    .minimum = 1,
    .maximum = 1,
    .run = run,
};
