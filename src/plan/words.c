/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/words.h"

#include <inttypes.h>
#include <linux/mempolicy.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>

#include "spec/spec.h"
#include "sys/mount.h"

void words_namespaces(struct strbuf *out, uint64_t flags, const char *comma)
{
    size_t start = out->length;

    for (unsigned type = 0; type < SPEC_NS_COUNT; type++) {
        if (!(flags & spec_namespace_flag(type)))
            continue;
        strbuf_text(out, out->length == start ? "" : comma);
        strbuf_text(out, spec_namespace_name(type));
    }
}

static const struct attribute {
    uint64_t mask;
    uint64_t value;
    const char *on;
    const char *off; /* NULL: one value of several, which is not taken away but replaced */
} attributes[] = {
    {MOUNT_ATTR_RDONLY, MOUNT_ATTR_RDONLY, "ro", "rw"},
    {MOUNT_ATTR_NOSUID, MOUNT_ATTR_NOSUID, "nosuid", "suid"},
    {MOUNT_ATTR_NODEV, MOUNT_ATTR_NODEV, "nodev", "dev"},
    {MOUNT_ATTR_NOEXEC, MOUNT_ATTR_NOEXEC, "noexec", "exec"},
    {MOUNT_ATTR__ATIME, MOUNT_ATTR_NOATIME, "noatime", NULL},
    {MOUNT_ATTR__ATIME, MOUNT_ATTR_STRICTATIME, "strictatime", NULL},
    {MOUNT_ATTR_NODIRATIME, MOUNT_ATTR_NODIRATIME, "nodiratime", "diratime"},
    {MOUNT_ATTR_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW, "nosymfollow", "symfollow"},
};

void words_attributes(struct strbuf *out, uint64_t set, uint64_t clear, const char *comma)
{
    size_t start = out->length;

    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
        const struct attribute *attribute = &attributes[i];
        const char *word = NULL;

        if ((set & attribute->mask) == attribute->value)
            word = attribute->on;
        else if ((clear & attribute->mask) == attribute->mask)
            word = attribute->off;
        if (!word)
            continue;
        strbuf_text(out, out->length == start ? "" : comma);
        strbuf_text(out, word);
    }
    /* relatime is the field's value 0: it was chosen when the field is cleared and nothing else is set. */
    if ((clear & MOUNT_ATTR__ATIME) == MOUNT_ATTR__ATIME && !(set & MOUNT_ATTR__ATIME)) {
        strbuf_text(out, out->length == start ? "" : comma);
        strbuf_text(out, "relatime");
    }
}

void words_cleared(struct strbuf *out, uint64_t clear, const char *comma)
{
    size_t start = out->length;

    words_attributes(out, 0, clear & ~(uint64_t)MOUNT_ATTR__ATIME, comma);
    if ((clear & MOUNT_ATTR__ATIME) == MOUNT_ATTR__ATIME) {
        strbuf_text(out, out->length == start ? "" : comma);
        strbuf_text(out, "atime");
    }
}

const char *words_propagation(uint64_t propagation)
{
    switch (propagation) {
    case MS_SHARED:
        return "shared";
    case MS_SLAVE:
        return "slave";
    case MS_PRIVATE:
        return "private";
    case MS_UNBINDABLE:
        return "unbindable";
    default:
        return NULL;
    }
}

const char *words_rlimit(uint32_t resource)
{
    static const char *const names[RLIM_NLIMITS] = {
        [RLIMIT_AS] = "RLIMIT_AS",
        [RLIMIT_CORE] = "RLIMIT_CORE",
        [RLIMIT_CPU] = "RLIMIT_CPU",
        [RLIMIT_DATA] = "RLIMIT_DATA",
        [RLIMIT_FSIZE] = "RLIMIT_FSIZE",
        [RLIMIT_LOCKS] = "RLIMIT_LOCKS",
        [RLIMIT_MEMLOCK] = "RLIMIT_MEMLOCK",
        [RLIMIT_MSGQUEUE] = "RLIMIT_MSGQUEUE",
        [RLIMIT_NICE] = "RLIMIT_NICE",
        [RLIMIT_NOFILE] = "RLIMIT_NOFILE",
        [RLIMIT_NPROC] = "RLIMIT_NPROC",
        [RLIMIT_RSS] = "RLIMIT_RSS",
        [RLIMIT_RTPRIO] = "RLIMIT_RTPRIO",
        [RLIMIT_RTTIME] = "RLIMIT_RTTIME",
        [RLIMIT_SIGPENDING] = "RLIMIT_SIGPENDING",
        [RLIMIT_STACK] = "RLIMIT_STACK",
    };

    return resource < RLIM_NLIMITS ? names[resource] : NULL;
}

void words_limit(struct strbuf *out, uint64_t limit)
{
    if (limit == UINT64_MAX)
        strbuf_text(out, "unlimited");
    else
        strbuf_format(out, "%" PRIu64, limit);
}

const char *words_mempolicy_mode(unsigned mode)
{
    static const char *const names[] = {
        [SPEC_MPOL_DEFAULT] = "MPOL_DEFAULT",
        [SPEC_MPOL_PREFERRED] = "MPOL_PREFERRED",
        [SPEC_MPOL_BIND] = "MPOL_BIND",
        [SPEC_MPOL_INTERLEAVE] = "MPOL_INTERLEAVE",
        [SPEC_MPOL_LOCAL] = "MPOL_LOCAL",
        [SPEC_MPOL_PREFERRED_MANY] = "MPOL_PREFERRED_MANY",
        [SPEC_MPOL_WEIGHTED_INTERLEAVE] = "MPOL_WEIGHTED_INTERLEAVE",
    };

    return mode < sizeof names / sizeof names[0] ? names[mode] : NULL;
}

static const struct {
    uint32_t flag;
    const char *name;
} mempolicy_flags[] = {
    {MPOL_F_STATIC_NODES, "MPOL_F_STATIC_NODES"},
    {MPOL_F_RELATIVE_NODES, "MPOL_F_RELATIVE_NODES"},
    {MPOL_F_NUMA_BALANCING, "MPOL_F_NUMA_BALANCING"},
};

enum { MEMPOLICY_FLAGS = sizeof mempolicy_flags / sizeof mempolicy_flags[0] };

const char *words_mempolicy_flag(unsigned i)
{
    return i < MEMPOLICY_FLAGS ? mempolicy_flags[i].name : NULL;
}

void words_mempolicy(struct strbuf *out, uint32_t mode, const char *comma)
{
    const char *name = words_mempolicy_mode(mode & ~(uint32_t)MPOL_MODE_FLAGS);

    strbuf_text(out, name ? name : "?");
    for (size_t i = 0; i < MEMPOLICY_FLAGS; i++)
        if (mode & mempolicy_flags[i].flag)
            strbuf_format(out, "%s%s", comma, mempolicy_flags[i].name);
}

/* A mask is an array of longs, in this machine's byte order. */
static bool words_bit(const char *mask, uint32_t bit)
{
    unsigned long word;

    memcpy(&word, mask + bit / (8 * sizeof word) * sizeof word, sizeof word);
    return word >> bit % (8 * sizeof word) & 1;
}

void words_list(struct strbuf *out, const char *mask, uint32_t bits)
{
    const char *comma = "";

    for (uint32_t i = 0; i < bits; i++) {
        uint32_t first = i;

        while (i < bits && words_bit(mask, i))
            i++;
        if (i == first)
            continue;
        strbuf_format(out, "%s%u", comma, first);
        if (i - first > 1)
            strbuf_format(out, "-%u", i - 1);
        comma = ",";
    }
}

uint32_t words_count_behind(const void *ref)
{
    uint32_t count;

    memcpy(&count, (const char *)ref + sizeof(plan_ref), sizeof count);
    return count;
}

const char *words_slot(enum plan_slot_kind kind)
{
    switch (kind) {
    case PLAN_SLOT_TREE:
        return "tree";
    case PLAN_SLOT_NULL:
        return "null";
    case PLAN_SLOT_NAMESPACE:
        return "namespace";
    case PLAN_SLOT_PROCESS:
        return "process";
    case PLAN_SLOT_START:
        return "start";
    case PLAN_SLOT_LOCK:
        return "lock";
    case PLAN_SLOT_APPEND:
        return "append";
    }
    return "?";
}

uint32_t words_slot_step(const struct plan *plan, const struct plan_slot *slot)
{
    const struct plan_header *header = (const struct plan_header *)(const void *)plan->program;
    const struct plan_step *step = plan_first(header);
    uint32_t at = 0, i;

    for (i = 0; i + 1 < header->step_count && slot->where >= at + step->size; i++, step = plan_next(step))
        at += step->size;
    return i;
}
