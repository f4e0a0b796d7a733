/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/globals.h"

/* The names that runc, crun and youki know are all taken. */
static const struct option_choice log_formats[] = {{"text", 0}, {"json", 1}, {0}};

static const struct option_choice log_levels[] = {
    {"error", CAISSON_LOG_ERROR + 1}, {"warning", CAISSON_LOG_WARNING + 1}, {"warn", CAISSON_LOG_WARNING + 1},
    {"info", CAISSON_LOG_INFO + 1},   {"debug", CAISSON_LOG_DEBUG + 1},     {0},
};

static const struct option_choice cgroup_managers[] = {
    {"cgroupfs", CAISSON_CGROUPFS},
    {"systemd", CAISSON_CGROUP_SYSTEMD},
    {"disabled", CAISSON_CGROUP_DISABLED},
    {0},
};

/* As runc takes them: "auto" or nothing, or what Go's strconv.ParseBool() knows. */
static const struct option_choice rootless_values[] = {
    {"auto", CAISSON_ROOTLESS_AUTO}, {"true", CAISSON_ROOTLESS_TRUE}, {"false", CAISSON_ROOTLESS_FALSE},
    {"1", CAISSON_ROOTLESS_TRUE},    {"t", CAISSON_ROOTLESS_TRUE},    {"0", CAISSON_ROOTLESS_FALSE},
    {"f", CAISSON_ROOTLESS_FALSE},   {"", CAISSON_ROOTLESS_AUTO},     {0},
};

#define AT(member) offsetof(struct globals, member)

const struct option global_options[] = {
    {"root", 0, OPTION_PATH, AT(root), "DIR", "keep the containers' state below DIR", NULL},
    {"log", 0, OPTION_PATH, AT(log), "TARGET", "log to TARGET: PATH, file:PATH, journald:ID or syslog:ID",
     NULL},
    {"log-format", 0, OPTION_CHOICE, AT(log_format), "FORMAT", "text (the default) or json", log_formats},
    {"log-level", 0, OPTION_CHOICE, AT(log_level), "LEVEL", "error, warning, info or debug", log_levels},
    {"debug", 0, OPTION_FLAG, AT(debug), NULL, "the same as --log-level=debug", NULL},
    {"cgroup-manager", 0, OPTION_CHOICE, AT(cgroup_manager), "MANAGER",
     "cgroupfs (the default), systemd or disabled", cgroup_managers},
    {"systemd-cgroup", 0, OPTION_FLAG, AT(systemd_cgroup), NULL, "the same as --cgroup-manager=systemd",
     NULL},
    {"rootless", 0, OPTION_CHOICE, AT(rootless), "VALUE", "auto (the default), true or false",
     rootless_values},
    {"version", 'v', OPTION_FLAG, AT(version), NULL, "print the version and what this build can do", NULL},
    {"version", 'V', OPTION_FLAG, AT(version), NULL, NULL, NULL},
    /* runc had it once; callers from then still pass it */
    {"criu", 0, OPTION_IGNORED_VALUE, 0, "PATH", NULL, NULL},
    {0},
};

int globals_apply(const struct globals *globals, struct cli *cli, struct caisson_error *err)
{
    struct log *log = &cli->log;

    if (globals->log_level) {
        log->level = (enum caisson_log_level)(globals->log_level - 1);
        log->error_level = log->level;
    }
    if (globals->debug)
        log->level = log->error_level = CAISSON_LOG_DEBUG;
    if (log->error_level == CAISSON_LOG_DEBUG)
        log_start_clock(log);
    log->json = globals->log_format == 1;
    if (globals->log) {
        /* Who passes a log takes standard error for the container's own: `docker exec` shows it to its user, containerd's
         * shim hands it to the container. A log in JSON holds the error and nothing else, unless more was asked for: podman
         * parses all of it as one object. */
        log->error_level = CAISSON_LOG_ERROR;
        if (!globals->log_level && !globals->debug)
            log->level = log->json ? CAISSON_LOG_ERROR : CAISSON_LOG_WARNING;
    }

    cli->context = (struct caisson_context){
        .state_root = globals->root,
        .cgroup_manager = globals->systemd_cgroup ? CAISSON_CGROUP_SYSTEMD
                                                  : (enum caisson_cgroup_manager)globals->cgroup_manager,
        .rootless = (enum caisson_rootless)globals->rootless,
        .log = log_message,
        .log_data = log,
        .log_level = log->level > log->error_level ? log->level : log->error_level,
    };
    return globals->log ? log_open(log, globals->log, err) : 0;
}
