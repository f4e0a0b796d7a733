/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The configuration that `spec` writes. */
#ifndef CLI_DEFAULT_CONFIG_H
#define CLI_DEFAULT_CONFIG_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/strbuf.h"

/**
 * Writes a config.json that runs sh in a terminal, with root filesystem "rootfs".
 * @param rootless for a user without privileges: a user namespace in which `uid` and `gid` are 0, the host's
 *                 network, and nothing that needs a cgroup or an id besides those two
 */
void default_config(struct strbuf *out, bool rootless, uid_t uid, gid_t gid);

#endif
