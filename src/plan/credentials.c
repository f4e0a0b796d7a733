/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* process.user and process.capabilities: which of them this host can grant. */
#include <linux/capability.h>
#include <string.h>

#include "plan/builder.h"
#include "sys/weaken.h"

static uint64_t all_capabilities(const struct plan_host *host)
{
    return ((uint64_t)2 << host->last_capability) - 1;
}

/* What can be granted at all: everything in a new user namespace, otherwise what the runtime itself has. */
static uint64_t grantable(const struct plan_builder *b)
{
    const struct plan_host *host = b->request->host;

    if (plan_has_namespace(b, SPEC_NS_USER))
        return all_capabilities(host);
    return host->capabilities & host->bounding;
}

/* config.md: a capability that cannot be granted is a warning, not a failure. */
static uint64_t read_set(struct plan_builder *b, const struct spec_strings *names, const char *set)
{
    uint64_t can = grantable(b), mask = 0;

    for (size_t i = 0; i < names->count; i++) {
        int number = spec_capability_number(names->items[i]);

        if (number < 0 || (unsigned)number > b->request->host->last_capability)
            builder_notice(b, "/process/capabilities/%s/%zu: this kernel has no capability '%s'", set, i,
                           names->items[i]);
        else if (!(can >> number & 1))
            builder_notice(
                b, "/process/capabilities/%s/%zu: '%s' cannot be granted: the runtime itself lacks it", set,
                i, names->items[i]);
        else
            mask |= (uint64_t)1 << number;
    }
    return mask;
}

static int add_caps_of_exec(struct plan_builder *b, struct plan_credentials *step, struct caisson_error *err)
{
    for (const char *const *name = b->request->cap_add; *name; name++) {
        int number = spec_capability_number(*name);

        if (number < 0)
            return error_set(err, CAISSON_ERROR_USAGE, "unknown capability '%s'", *name);
        /* Rule R7, CVE-2022-29162: not inheritable, and so not ambient unless it was inheritable before. */
        step->bounding |= (uint64_t)1 << number;
        step->effective |= (uint64_t)1 << number;
        step->permitted |= (uint64_t)1 << number;
        if (weakened("inheritable"))
            step->inheritable |= (uint64_t)1 << number;
    }
    return 0;
}

static int read_capabilities(struct plan_builder *b, struct plan_credentials *step, struct caisson_error *err)
{
    const struct spec_capabilities *caps = b->process->capabilities;
    uint64_t wanted;

    if (caps) {
        step->bounding = read_set(b, &caps->bounding, "bounding");
        step->effective = read_set(b, &caps->effective, "effective");
        step->permitted = read_set(b, &caps->permitted, "permitted");
        step->inheritable = read_set(b, &caps->inheritable, "inheritable");
        step->ambient = read_set(b, &caps->ambient, "ambient");
    }
    if (add_caps_of_exec(b, step, err) < 0)
        return -1;
    /* capabilities(7): the kernel refuses what is effective but not permitted, ambient but not inheritable. */
    wanted = step->effective & ~step->permitted;
    if (wanted) {
        builder_notice(b, "/process/capabilities/effective: what is not in 'permitted' cannot be effective");
        step->effective &= step->permitted;
    }
    wanted = step->inheritable & ~step->bounding;
    if (wanted) {
        builder_notice(b,
                       "/process/capabilities/inheritable: what is not in 'bounding' cannot be inheritable");
        step->inheritable &= step->bounding;
    }
    wanted = step->ambient & ~(step->permitted & step->inheritable);
    if (wanted) {
        builder_notice(b, "/process/capabilities/ambient: what is not in 'permitted' and 'inheritable' "
                          "cannot be ambient");
        step->ambient &= step->permitted & step->inheritable;
    }
    return 0;
}

static int check_ids(const struct plan_builder *b, struct caisson_error *err)
{
    const struct spec_linux *config = b->spec->linux_;

    if (!spec_new_namespace(b->spec, SPEC_NS_USER) || config->uid_mappings.count == 0)
        return 0;
    if (plan_host_id(&config->uid_mappings, b->process->user.uid) < 0)
        return spec_error(b->spec, err, "/process/user/uid", "user %u is in no range of linux.uidMappings",
                          b->process->user.uid);
    if (plan_host_id(&config->gid_mappings, b->process->user.gid) < 0)
        return spec_error(b->spec, err, "/process/user/gid", "group %u is in no range of linux.gidMappings",
                          b->process->user.gid);
    return 0;
}

int plan_credentials(struct plan_builder *b, bool loads_filter, struct caisson_error *err)
{
    const struct spec_user *user = &b->process->user;
    const char *keep = spec_annotation(b->spec, "run.oci.keep_original_groups");
    struct plan_credentials step = {.uid = user->uid, .gid = user->gid};

    if (check_ids(b, err) < 0 || read_capabilities(b, &step, err) < 0)
        return -1;
    if (b->plan->deny_setgroups || (keep && strcmp(keep, "1") == 0)) {
        step.flags |= PLAN_CREDENTIALS_KEEP_GROUPS;
        if (user->additional_gids.count > 0 && b->plan->deny_setgroups)
            return spec_error(b->spec, err, "/process/user/additionalGids",
                              "not possible here: a user namespace made without privileges has no setgroups");
    } else if (user->additional_gids.count > 0) {
        step.group_count = (uint32_t)user->additional_gids.count;
        step.groups = builder_bytes(b, user->additional_gids.items,
                                    user->additional_gids.count * sizeof *user->additional_gids.items);
    }
    if (user->uid != 0)
        step.flags |= PLAN_CREDENTIALS_OWN_STDIO;
    if (loads_filter && (grantable(b) >> CAP_SYS_ADMIN & 1))
        step.flags |= PLAN_CREDENTIALS_KEEP_ADMIN;
    builder_step(b, PLAN_OP_CREDENTIALS, "/process/user", &step);
    return 0;
}
