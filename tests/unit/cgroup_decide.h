/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Deciding about cgroups from JSON text, for the tests. */
#ifndef TESTS_CGROUP_DECIDE_H
#define TESTS_CGROUP_DECIDE_H

#include "scratch.h"

#include "base/arena.h"
#include "base/strbuf.h"
#include "cgroup/cgroup.h"
#include "spec/spec.h"

#define ALL_CONTROLLERS "cpuset cpu io memory hugetlb pids rdma misc"

static struct arena arena;
static struct caisson_error error;
static const struct cgroup_host full_host = {"/v2", ALL_CONTROLLERS, "/own"};

static inline int arena_teardown(void **data)
{
    (void)data;
    arena_free(&arena);
    memset(&error, 0, sizeof error);
    return 0;
}

static inline int scratch_and_arena_teardown(void **data)
{
    arena_teardown(data);
    return scratch_teardown(data);
}

/* @param linux_ the members of the linux object @param top more members of the configuration, each with a comma */
static inline const struct spec *parse_spec(const char *linux_, const char *top)
{
    char *text = arena_format(
        &arena, "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"rootfs\"},%s\"linux\":{%s}}", top, linux_);
    const struct spec *spec = spec_parse(&arena, "config.json", text, strlen(text), NULL, NULL, &error);

    if (!spec)
        fail_msg("the test's own configuration: %s\n%s", error.message, text);
    return spec;
}

static inline int decide(const struct cgroup_host *host, const char *linux_, const char *top, bool rootless,
                         struct cgroup_plan *plan)
{
    struct cgroup_request request = {
        .driver = CGROUP_FS,
        .spec = parse_spec(linux_, top),
        .id = "c1",
        .rootless = rootless,
    };

    return cgroup_decide(&arena, host, &request, plan, &error);
}

/* @return the writes as "FILE=VALUE;FILE=VALUE;" */
static inline const char *writes_text(const struct cgroup_plan *plan)
{
    struct strbuf out = STRBUF(&arena);

    for (size_t i = 0; i < plan->write_count; i++) {
        const struct cgroup_write *write = &plan->writes[i];

        strbuf_format(&out, "%s=%s", write->file, strcmp(write->value, "\n") == 0 ? "" : write->value);
        if (write->else_file)
            strbuf_format(&out, "|%s=%s", write->else_file, write->else_value);
        strbuf_text(&out, write->may_be_missing ? "?;" : ";");
    }
    return strbuf_string(&out);
}

static inline const char *controllers_text(const struct cgroup_plan *plan)
{
    struct strbuf out = STRBUF(&arena);

    for (const char **name = plan->controllers; *name; name++)
        strbuf_format(&out, "%s%s", out.length ? " " : "", *name);
    return strbuf_string(&out);
}

static inline void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' does not contain '%s'", text, part);
}

#endif
