/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* User namespaces' id maps. */
#ifndef CONTAINER_IDMAP_H
#define CONTAINER_IDMAP_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "spec/spec.h"

/**
 * Writes uid_map and gid_map of a process in a new user namespace: directly where the kernel allows it,
 * otherwise by newuidmap(1) and newgidmap(1).
 * @param uid_map lines "CONTAINER HOST SIZE\n", as in user_namespaces(7); gid_map the same
 * @param deny_setgroups write "deny" to setgroups first
 */
int idmap_write(pid_t pid, const char *uid_map, const char *gid_map, bool deny_setgroups,
                struct caisson_error *err);

/** @return a descriptor of a user namespace with these mappings, for an idmapped mount; -1 with `err`. */
int idmap_user_namespace(const struct spec_id_mappings *uids, const struct spec_id_mappings *gids,
                         struct caisson_error *err);

#endif
