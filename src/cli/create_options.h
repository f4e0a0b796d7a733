/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options that commands have in common, as rows of their tables. */
#ifndef CLI_CREATE_OPTIONS_H
#define CLI_CREATE_OPTIONS_H

#include "cli/options.h"

#define CREATE_AT(member) offsetof(struct caisson_create_options, member)

/* Which bundle. */
#define BUNDLE_OPTIONS                                                                                       \
    {"bundle", 'b', OPTION_PATH, CREATE_AT(bundle), "DIR", "the bundle (default: the current directory)",    \
     NULL},                                                                                                  \
    {                                                                                                        \
        "config", 'f', OPTION_PATH, CREATE_AT(config), "FILE", "the configuration (default: config.json)",   \
            NULL                                                                                             \
    }

/* What `create` and `run` take. */
#define CREATE_OPTIONS                                                                                       \
    BUNDLE_OPTIONS,                                                                                          \
        {"console-socket",                                                                                   \
         0,                                                                                                  \
         OPTION_PATH,                                                                                        \
         CREATE_AT(console_socket),                                                                          \
         "PATH",                                                                                             \
         "send the terminal's master to this socket",                                                        \
         NULL},                                                                                              \
        {"pidfd-socket",                                                                                     \
         0,                                                                                                  \
         OPTION_PATH,                                                                                        \
         CREATE_AT(pidfd_socket),                                                                            \
         "PATH",                                                                                             \
         "send a pidfd of the container's process to this socket",                                           \
         NULL},                                                                                              \
        {"pid-file", 0, OPTION_PATH, CREATE_AT(pid_file), "FILE", "write the process id to FILE", NULL},     \
        {"preserve-fds",                                                                                     \
         0,                                                                                                  \
         OPTION_NUMBER,                                                                                      \
         CREATE_AT(preserve_fds),                                                                            \
         "N",                                                                                                \
         "let the process inherit the N descriptors from 3 up",                                              \
         NULL},                                                                                              \
        {"no-pivot",  0,                                                                                     \
         OPTION_FLAG, CREATE_AT(no_pivot),                                                                   \
         NULL,        "change the root by a move and chroot(2), for a root on a ramdisk",                    \
         NULL},                                                                                              \
        {"no-new-keyring",                                                                                   \
         0,                                                                                                  \
         OPTION_FLAG,                                                                                        \
         CREATE_AT(no_new_keyring),                                                                          \
         NULL,                                                                                               \
         "keep the caller's session keyring",                                                                \
         NULL},                                                                                              \
    /* There is no subreaper to leave out: the caller is the one who reaps. */                               \
    {                                                                                                        \
        "no-subreaper", 0, OPTION_IGNORED_FLAG, 0, NULL, "accepted and ignored", NULL                        \
    }

#endif
