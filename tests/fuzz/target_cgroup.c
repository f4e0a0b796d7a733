/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel says about cgroups and mounts. */
#include "fuzz.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup/cgroup.h"
#include "cgroup/internal.h"
#include "plan/plan.h"

/* A directory that is there: its files are the input's. */
static int directory(void)
{
    static int fd = -1;

    if (fd < 0)
        fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/fdinfo", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd;
}

static void statistics(const struct input *input)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_statistics numbers = {0};
    struct caisson_error err = {0};
    struct strbuf text = STRBUF(&arena);
    struct json json = {.out = &text};
    pid_t *pids;
    size_t count;

    (void)input;
    json_object(&json, NULL);
    if (cgroup_statistics(&arena, directory(), &json, &err) < 0)
        fuzz_check_error(&err);
    json_object_end(&json);
    fuzz_check_json(&text);
    cgroup_sample(directory(), &numbers, &err);
    cgroup_frozen("/sys/fs/cgroup/fuzz", NULL, &err);
    if (cgroup_processes(&arena, directory(), &pids, &count, &err) < 0)
        fuzz_check_error(&err);
    for (size_t i = 1; err.code == 0 && i < count; i++)
        if (pids[i - 1] >= pids[i])
            abort();
}

static void host(const struct input *input)
{
    _cleanup_arena_ struct arena arena = {0};
    struct caisson_error err = {0};
    struct cgroup_host tree;
    struct plan_host self;

    (void)input;
    if (cgroup_host_probe(&arena, &tree, &err) < 0) {
        fuzz_check_error(&err);
        tree.mount = "/sys/fs/cgroup";
    }
    error_set(&err, CAISSON_ERROR_UNSUPPORTED, "a controller is missing");
    controllers_hint_missing(&tree, "memory", &err);
    controllers_hint_missing(&tree, "io", &err);
    fuzz_check_error(&err);
    if (plan_host_probe(&self, &err) < 0)
        fuzz_check_error(&err);
}

static void update(const struct input *input)
{
    static const struct cgroup_host tree = {"/sys/fs/cgroup", "cpuset cpu io memory hugetlb pids rdma misc",
                                            "/own"};
    _cleanup_arena_ struct arena arena = {0};
    struct strbuf text = STRBUF(&arena);
    struct caisson_error err = {0};
    struct cgroup_plan plan;
    const struct spec_resources *resources =
        spec_parse_resources(&arena, "resources.json", input->text, input->length, NULL, NULL, NULL);

    if (!resources)
        return;
    for (int scope = 0; scope < 2; scope++) {
        if (cgroup_decide_update(&arena, &tree, resources, "/sys/fs/cgroup/a.slice/b.scope", scope, &plan,
                                 &err) < 0)
            fuzz_check_error(&err);
        else
            cgroup_print_text(&plan, &text);
    }
}

const struct fuzz_entry cgroup_targets[] = {
    {"statistics", statistics, "a cgroup's files"},
    {"host", host, "mountinfo, /proc/self/cgroup, /proc/cgroups, /proc/self/status"},
    {"update", update, "resources.json, and the values in force"},
    {0},
};
