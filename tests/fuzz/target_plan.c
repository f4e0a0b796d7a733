/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plans: what becomes of a configuration, any bytes as the init's program, any bytes as the init's message. */
#include "fuzz.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <caisson/caisson.h>

#include "cgroup/cgroup.h"
#include "plan/plan.h"

/* Everything allowed, so that everything is decided. */
static const struct plan_host host = {
    .capabilities = ~0ULL >> 23,
    .bounding = ~0ULL >> 23,
    .last_capability = 40,
    .initial_user_namespace = true,
};

/* A root filesystem with the input's /etc/passwd, in the directory that the program was started in. */
static int rootfs(void)
{
    static int root = -1, passwd = -1;
    size_t length = 0;
    const char *text = files_find("passwd", &length);

    if (root < 0) {
        /* openat() leads to the input. */
        mkdir("rootfs", 0755);
        mkdir("rootfs/etc", 0755);
        root = (int)syscall(SYS_openat, AT_FDCWD, "rootfs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        passwd = (int)syscall(SYS_openat, root, "etc/passwd", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    }
    if (passwd < 0 || ftruncate(passwd, 0) < 0 || (text && pwrite(passwd, text, length, 0) < 0))
        abort();
    return root;
}

/* For the seeds of "program": where the environment says so, what was built is written to a file. */
static void keep_program(const struct plan *plan)
{
    const char *path = getenv("CAISSON_FUZZ_PROGRAM");
    int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0644) : -1;

    if (path && (fd < 0 || write(fd, plan->program, plan->program_size) < 0 || close(fd) < 0))
        abort();
}

/* What was accepted can be shown. */
static void print(const struct plan *plan, struct strbuf *text)
{
    struct strbuf object = STRBUF(plan->arena);
    struct json json = {.out = &object};

    plan_print_text(plan, text);
    json_object(&json, NULL);
    plan_print_json(plan, &json);
    json_object_end(&json);
    fuzz_check_json(&object);
}

static void decide_plan(struct arena *arena, const struct spec *spec, enum plan_purpose purpose)
{
    struct plan_request request = {
        .purpose = purpose,
        .spec = spec,
        .host = &host,
        .id = "fuzz",
        .oci_version = CAISSON_OCI_VERSION,
        .bundle = "/bundle",
        .rootfs = rootfs(),
        .cgroup_path = "/sys/fs/cgroup/fuzz",
        .notice = fuzz_notice,
    };
    struct strbuf text = STRBUF(arena);
    struct caisson_error err = {0};
    const char *problem;
    struct plan plan;

    if (plan_build(arena, &request, &plan, &err) < 0) {
        fuzz_check_error(&err);
        return;
    }
    if (plan_check(plan.program, plan.program_size, &problem) < 0)
        abort();
    print(&plan, &text);
    /* Whatever the configuration's texts hold: nothing that a terminal obeys. */
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.data[i] < 0x20 && text.data[i] != '\n')
            abort();
    keep_program(&plan);
}

static void decide_cgroup(struct arena *arena, const struct spec *spec, enum cgroup_driver driver,
                          bool rootless)
{
    const struct cgroup_host tree = {"/sys/fs/cgroup", "cpuset cpu io memory hugetlb pids rdma misc", "/own"};
    const struct cgroup_request request = {
        .driver = driver, .spec = spec, .id = "fuzz", .rootless = rootless, .notice = fuzz_notice};
    struct strbuf text = STRBUF(arena), object = STRBUF(arena);
    struct json json = {.out = &object};
    struct caisson_error err = {0};
    struct cgroup_plan plan;

    if (cgroup_decide(arena, &tree, &request, &plan, &err) < 0) {
        fuzz_check_error(&err);
        return;
    }
    cgroup_print_text(&plan, &text);
    json_object(&json, NULL);
    cgroup_print_json(&plan, &json, "cgroup");
    json_object_end(&json);
    fuzz_check_json(&object);
}

static void decide(const struct input *input)
{
    _cleanup_arena_ struct arena arena = {0};
    const struct spec *spec = spec_parse(&arena, "config.json", input->text, input->length, NULL, NULL, NULL);

    if (!spec)
        return;
    decide_plan(&arena, spec, PLAN_FOR_CREATE);
    if (spec->process)
        decide_plan(&arena, spec, PLAN_FOR_EXEC);
    decide_plan(&arena, spec, PLAN_FOR_MOUNT);
    decide_plan(&arena, spec, PLAN_FOR_UNMOUNT);
    decide_cgroup(&arena, spec, CGROUP_FS, false);
    decide_cgroup(&arena, spec, CGROUP_SYSTEMD, true);
}

static void program(const struct input *input)
{
    _cleanup_arena_ struct arena arena = {0};
    struct plan plan = {.arena = &arena, .program = input->text, .program_size = input->length};
    struct strbuf text = STRBUF(&arena);
    const char *problem = NULL;

    if (plan_check(plan.program, plan.program_size, &problem) == 0)
        print(&plan, &text);
    else if (!problem)
        abort();
}

static void message(const struct input *input)
{
    _cleanup_arena_ struct arena arena = {0};
    struct plan_request request = {
        .spec = fuzz_config(&arena), .host = &host, .id = "fuzz", .bundle = "/bundle", .rootfs = -1};
    struct caisson_error err = {0};
    struct plan_message message = {0};
    struct plan plan;

    if (plan_build(&arena, &request, &plan, &err) < 0)
        abort();
    memcpy(&message, input->text, input->length < sizeof message ? input->length : sizeof message);
    message.detail[sizeof message.detail - 1] = '\0'; /* as the receiver does */
    plan_message_error(&plan, request.spec, &message, &err);
    fuzz_check_error(&err);
}

const struct fuzz_entry plan_targets[] = {
    {"decide", decide, "config.json, up to the init's program and the values of the cgroup"},
    {"program", program, "the init's program"},
    {"message", message, "the init's messages"},
    {0},
};
