/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux.resources: pids, hugepageLimits, rdma, network and unified. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "cgroup/internal.h"

/*
 * 0 is a limit since version 1.3 of the specification. Before, and in an update, it is a member that a caller filled
 * in without meaning it: podman 4 and docker write it for "no limit".
 */
static bool zero_is_a_limit(const struct decision *decision)
{
    unsigned major, minor;

    return decision->spec && sscanf(decision->spec->oci_version, "%u.%u", &major, &minor) == 2 &&
           (major > 1 || (major == 1 && minor >= 3));
}

static int decide_pids(struct decision *decision, const struct spec_resources *resources,
                       struct caisson_error *err)
{
    int64_t limit = resources->pids.limit.value;
    struct decision_value value = {.file = "pids.max", .controller = "pids", .member = "pids/limit"};

    if (!resources->pids.set || !resources->pids.limit.set || (limit == 0 && !zero_is_a_limit(decision)))
        return 0;
    if (limit < -1)
        return decision_fail(decision, value.member, err, CAISSON_ERROR_CONFIG,
                             "%" PRId64 " is no number of processes: use -1 for no limit", limit);
    value.no_limit = limit == -1;
    /* The container's own process is one already: more than that is what 0 forbids. */
    value.value = limit == -1 ? "max" : arena_format(decision->arena, "%" PRId64, limit == 0 ? 1 : limit);
    return decision_add(decision, &value, err);
}

/* As the kernel writes sizes in the names of its files: a number, then KB, MB or GB. */
static bool is_page_size(const char *text)
{
    size_t digits = strspn(text, "0123456789");

    return digits > 0 && digits < 8 && *text != '0' && strchr("KMG", text[digits]) && text[digits] &&
           strcmp(text + digits + 1, "B") == 0;
}

static int decide_hugepages(struct decision *decision, const struct spec_resources *resources,
                            struct caisson_error *err)
{
    for (size_t i = 0; i < resources->hugepage_limits.count; i++) {
        const struct spec_hugepage_limit *limit = &resources->hugepage_limits.items[i];
        struct decision_value value = {
            .file = arena_format(decision->arena, "hugetlb.%s.max", limit->page_size),
            .controller = "hugetlb",
            .member = arena_format(decision->arena, "hugepageLimits/%zu", i),
            .value = arena_format(decision->arena, "%" PRIu64, limit->limit),
        };

        if (!is_page_size(limit->page_size))
            return decision_fail(decision, value.member, err, CAISSON_ERROR_CONFIG,
                                 "'%s' is no size of huge pages: they are written \"2MB\", \"1GB\"",
                                 limit->page_size);
        if (decision_add(decision, &value, err) < 0)
            return -1;
        /* Pages that are reserved and not touched yet count as well. */
        value.file = arena_format(decision->arena, "hugetlb.%s.rsvd.max", limit->page_size);
        value.may_be_missing = true;
        if (decision_add(decision, &value, err) < 0)
            return -1;
    }
    return 0;
}

/* The member of an object as a JSON pointer writes it. */
static const char *escape_pointer(struct arena *arena, const char *key)
{
    struct strbuf out = STRBUF(arena);

    for (; *key; key++) {
        if (*key == '~' || *key == '/')
            strbuf_text(&out, *key == '~' ? "~0" : "~1");
        else
            strbuf_char(&out, *key);
    }
    return strbuf_string(&out);
}

static int decide_rdma(struct decision *decision, const struct spec_resources *resources,
                       struct caisson_error *err)
{
    for (size_t i = 0; i < resources->rdma.count; i++) {
        const struct spec_rdma *rdma = &resources->rdma.items[i];
        struct strbuf text = STRBUF(decision->arena);
        struct decision_value value = {.file = "rdma.max", .controller = "rdma"};

        if (!rdma->hca_handles.set && !rdma->hca_objects.set)
            continue;
        strbuf_text(&text, rdma->device);
        if (rdma->hca_handles.set)
            strbuf_format(&text, " hca_handle=%u", rdma->hca_handles.value);
        if (rdma->hca_objects.set)
            strbuf_format(&text, " hca_object=%u", rdma->hca_objects.value);
        value.value = strbuf_string(&text);
        value.member =
            arena_format(decision->arena, "rdma/%s", escape_pointer(decision->arena, rdma->device));
        if (decision_add(decision, &value, err) < 0)
            return -1;
    }
    return 0;
}

static int refuse_network(const struct decision *decision, const struct spec_network *network,
                          struct caisson_error *err)
{
    const char *member = NULL;

    if (network->class_id.set && network->class_id.value != 0)
        member = "network/classID";
    else if (network->priorities.count > 0)
        member = "network/priorities";
    if (!member)
        return 0;
    return decision_fail(
        decision, member, err, CAISSON_ERROR_CONFIG,
        "cannot mark a container's network traffic: cgroup version 2 has no such controller");
}

int decide_others(struct decision *decision, const struct spec_resources *resources,
                  struct caisson_error *err)
{
    if (resources->network && refuse_network(decision, resources->network, err) < 0)
        return -1;
    if (decide_pids(decision, resources, err) < 0 || decide_hugepages(decision, resources, err) < 0)
        return -1;
    return decide_rdma(decision, resources, err);
}

/* A file takes one line a write. A value that is empty clears a file ("cpuset.cpus"): a newline says that. */
static int add_lines(struct decision *decision, struct decision_value *value, const char *lines,
                     struct caisson_error *err)
{
    if (!*lines) {
        value->value = "\n";
        return decision_add(decision, value, err);
    }
    while (*lines) {
        size_t length = strcspn(lines, "\n");

        value->value = arena_copy(decision->arena, lines, length);
        if (length > 0 && decision_add(decision, value, err) < 0)
            return -1;
        lines += length;
        lines += *lines == '\n';
    }
    return 0;
}

int decide_unified(struct decision *decision, const struct spec_pairs *unified, struct caisson_error *err)
{
    for (size_t i = 0; i < unified->count; i++) {
        const char *key = unified->items[i].key;
        const char *dot = strchr(key, '.');
        const char *member =
            arena_format(decision->arena, "unified/%s", escape_pointer(decision->arena, key));
        struct decision_value value = {.file = key, .member = member};

        if (strchr(key, '/'))
            return decision_fail(decision, member, err, CAISSON_ERROR_CONFIG,
                                 "'%s' is not the name of a file in a cgroup: it has a slash", key);
        if (!dot || dot == key || !dot[1])
            return decision_fail(
                decision, member, err, CAISSON_ERROR_CONFIG,
                "'%s' is not the name of a file in a cgroup: they are called CONTROLLER.PARAMETER", key);
        /* "cgroup.*" are files of every cgroup, without a controller. */
        if (strncmp(key, "cgroup.", 7) != 0)
            value.controller = arena_copy(decision->arena, key, (size_t)(dot - key));
        if (add_lines(decision, &value, unified->items[i].value, err) < 0)
            return -1;
    }
    return 0;
}
