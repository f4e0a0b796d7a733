/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options that checkpoint and restore have in common, as rows of their tables. */
#ifndef CLI_CRIU_OPTIONS_H
#define CLI_CRIU_OPTIONS_H

#include "cli/options.h"

/** Words of --manage-cgroups-mode, --network-lock and --empty-ns. */
extern const struct option_choice criu_cgroups_modes[], criu_network_locks[], criu_empty_namespaces[];

#define CRIU_AT(structure, member) offsetof(structure, criu.member)

/* `structure` is that of the options, whose member `criu` they fill in. */
#define CRIU_OPTIONS(structure)                                                                              \
    {"image-path", 0, OPTION_PATH, CRIU_AT(structure, image_path), "DIR", "directory of the images", NULL},  \
        {"work-path", 0,                                                                                     \
         OPTION_PATH, CRIU_AT(structure, work_path),                                                         \
         "DIR",       "directory of criu's logs (default: that of the images)",                              \
         NULL},                                                                                              \
        {"tcp-established",                                                                                  \
         0,                                                                                                  \
         OPTION_FLAG,                                                                                        \
         CRIU_AT(structure, tcp_established),                                                                \
         NULL,                                                                                               \
         "with established TCP connections",                                                                 \
         NULL},                                                                                              \
        {"ext-unix-sk", 0,                                                                                   \
         OPTION_FLAG,   CRIU_AT(structure, ext_unix_sk),                                                     \
         NULL,          "with connections to unix sockets outside of the container",                         \
         NULL},                                                                                              \
        {"shell-job", 0,                                                                                     \
         OPTION_FLAG, CRIU_AT(structure, shell_job),                                                         \
         NULL,        "with the terminal of the shell that started it",                                      \
         NULL},                                                                                              \
        {"file-locks", 0, OPTION_FLAG, CRIU_AT(structure, file_locks), NULL, "with file locks", NULL},       \
        {"link-remap", 0,                                                                                    \
         OPTION_FLAG,  CRIU_AT(structure, link_remap),                                                       \
         NULL,         "with files that are open and removed, linked again under another name",              \
         NULL},                                                                                              \
        {"lazy-pages", 0,                                                                                    \
         OPTION_FLAG,  CRIU_AT(structure, lazy_pages),                                                       \
         NULL,         "hand memory over when it is asked for",                                              \
         NULL},                                                                                              \
        {"auto-dedup", 0,                                                                                    \
         OPTION_FLAG,  CRIU_AT(structure, auto_dedup),                                                       \
         NULL,         "remove memory from the images that is in later ones, or restored",                   \
         NULL},                                                                                              \
        {"empty-ns",                                                                                         \
         0,                                                                                                  \
         OPTION_CHOICE,                                                                                      \
         CRIU_AT(structure, empty_ns),                                                                       \
         "network",                                                                                          \
         "leave what is in the network namespace to others",                                                 \
         criu_empty_namespaces},                                                                             \
        {"manage-cgroups-mode",                                                                              \
         0,                                                                                                  \
         OPTION_CHOICE,                                                                                      \
         CRIU_AT(structure, cgroups_mode),                                                                   \
         "MODE",                                                                                             \
         "what of the cgroups is kept: soft, full, strict, ignore",                                          \
         criu_cgroups_modes},                                                                                \
    {                                                                                                        \
        "network-lock", 0, OPTION_CHOICE, CRIU_AT(structure, network_lock), "METHOD",                        \
            "what holds packets back meanwhile: iptables, nftables, skip", criu_network_locks                \
    }

#endif
