/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/criu_options.h"

#include <caisson/caisson.h>

const struct option_choice criu_cgroups_modes[] = {
    {"soft", CAISSON_CGROUPS_SOFT},
    {"full", CAISSON_CGROUPS_FULL},
    {"strict", CAISSON_CGROUPS_STRICT},
    {"ignore", CAISSON_CGROUPS_IGNORE},
    {0},
};

const struct option_choice criu_network_locks[] = {
    {"iptables", CAISSON_NETWORK_LOCK_IPTABLES},
    {"nftables", CAISSON_NETWORK_LOCK_NFTABLES},
    {"skip", CAISSON_NETWORK_LOCK_SKIP},
    {0},
};

const struct option_choice criu_empty_namespaces[] = {
    {"network", CAISSON_EMPTY_NETWORK},
    {0},
};
