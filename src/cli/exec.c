/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "cli/commands.h"

struct exec_values {
    struct caisson_exec_options exec; /* first: what the library gets */
    char **env;
    char **cap;
    char **additional_gids;
};

#define AT(member)   offsetof(struct caisson_exec_options, member)
#define LIST(member) offsetof(struct exec_values, member)

static const struct option options[] = {
    {"process", 'p', OPTION_PATH, AT(process_file), "FILE", "the process, as in config.json", NULL},
    {"detach", 'd', OPTION_FLAG, AT(detach), NULL, "return when the program runs", NULL},
    {"tty", 't', OPTION_FLAG, AT(tty), NULL, "give the process a terminal", NULL},
    {"user", 'u', OPTION_TEXT, AT(user), "UID[:GID]", "run with these ids", NULL},
    {"additional-gids", 'g', OPTION_LIST, LIST(additional_gids), "GID[,GID...]",
     "add groups; may be repeated", NULL},
    {"cwd", 0, OPTION_TEXT, AT(cwd), "DIR", "the working directory in the container", NULL},
    {"env", 'e', OPTION_LIST, LIST(env), "NAME=VALUE", "set a variable; may be repeated", NULL},
    {"cap", 'c', OPTION_LIST, LIST(cap), "CAP", "add a capability; may be repeated", NULL},
    {"no-new-privs", 0, OPTION_FLAG, AT(no_new_privs), NULL, "gain no privileges by executing files", NULL},
    {"process-label", 0, OPTION_TEXT, AT(process_label), "LABEL", "the SELinux label", NULL},
    {"apparmor", 0, OPTION_TEXT, AT(apparmor), "PROFILE", "the AppArmor profile", NULL},
    {"cgroup", 0, OPTION_TEXT, AT(cgroup), "PATH", "a cgroup below the container's", NULL},
    {"console-socket", 0, OPTION_PATH, AT(console_socket), "PATH",
     "send the terminal's master to this socket", NULL},
    {"pidfd-socket", 0, OPTION_PATH, AT(pidfd_socket), "PATH", "send a pidfd of the process to this socket",
     NULL},
    {"pid-file", 0, OPTION_PATH, AT(pid_file), "FILE", "write the process id to FILE", NULL},
    {"preserve-fds", 0, OPTION_NUMBER, AT(preserve_fds), "N",
     "let the process inherit the N descriptors from 3 up", NULL},
    {"ignore-paused", 0, OPTION_FLAG, AT(ignore_paused), NULL, "allow it in a paused container", NULL},
    {"no-subreaper", 0, OPTION_IGNORED_FLAG, 0, NULL, NULL, NULL},
    {0},
};

/** Reads "GID[,GID...]" of every -g. */
static int read_gids(struct arena *arena, char **lists, struct caisson_exec_options *exec,
                     struct caisson_error *err)
{
    size_t most = 0;
    uint32_t *gids;

    for (char **list = lists; *list; list++)
        most += strlen(*list) / 2 + 1;
    gids = arena_array(arena, most, sizeof *gids);
    for (char **list = lists; *list; list++) {
        char *rest = arena_string(arena, *list);

        for (char *gid; (gid = strsep(&rest, ","));) {
            unsigned number;

            /* The largest one means "no change" to the kernel, never a group. */
            if (!options_number(gid, &number) || number == UINT32_MAX)
                return error_set(err, CAISSON_ERROR_USAGE,
                                 "the option '--additional-gids' takes group numbers, not '%s'", *list);
            gids[exec->additional_gid_count++] = number;
        }
    }
    exec->additional_gids = gids;
    return 0;
}

static int run(struct cli *cli, void *values, const struct arguments *arguments, struct caisson_error *err)
{
    struct exec_values *given = values;
    struct caisson_exec_options *exec = &given->exec;

    exec->id = arguments->items[0];
    exec->args = arguments->items + 1;
    exec->env = given->env;
    exec->cap = given->cap;
    exec->seccomp_receiver = cli_environment("RUN_OCI_SECCOMP_RECEIVER");
    if (arguments->count < 2 && !exec->process_file)
        return error_set(err, CAISSON_ERROR_USAGE, "'exec' needs a command, or a process with --process");
    if (arguments->count > 1 && exec->process_file)
        return error_set(err, CAISSON_ERROR_USAGE, "'exec' takes a command or --process, not both");
    if (given->additional_gids && read_gids(cli->arena, given->additional_gids, exec, err) < 0)
        return -1;
    /* runc's: a program's own exit status is seldom that */
    cli->failure = 255;
    return caisson_exec(&cli->context, exec, &cli->status, err);
}

const struct command command_exec = {
    .name = "exec",
    .arguments = "ID COMMAND [ARGUMENT...]",
    .summary = "Run one more process in a running container.",
    .options = options,
    .values_size = sizeof(struct exec_values),
    .minimum = 1,
    .maximum = ANY_NUMBER,
    .stop_after = 2,
    .run = run,
};
