/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Device programs in the kernel: attached, replaced, and what they let through. */
#include "cgroup_kernel.h"

#include <linux/bpf.h>

#include "sys/bpf.h"

/* ---- devices ---- */

/* @return 0 when the device could be opened, the errno otherwise. A descriptor is not needed: nodes exist in /dev. */
static int open_device(void *data)
{
    int fd = open(data, O_RDWR | O_CLOEXEC);

    return fd >= 0 ? 0 : errno;
}

static int open_device_readonly(void *data)
{
    int fd = open(data, O_RDONLY | O_CLOEXEC);

    return fd >= 0 ? 0 : errno;
}

static void expect_open(int cgroup, int (*how)(void *), const char *path, int expected)
{
    assert_int_equal(scratch_wait(spawn_into(cgroup, how, arena_string(&arena, path))), expected);
}

static uint32_t attached_programs(int fd)
{
    uint32_t ids[64];
    union bpf_attr attr = {0};

    attr.query.target_fd = (uint32_t)fd;
    attr.query.attach_type = BPF_CGROUP_DEVICE;
    attr.query.prog_ids = (uint64_t)(uintptr_t)ids;
    attr.query.prog_cnt = 64;
    assert_int_equal(sys_bpf(BPF_PROG_QUERY, &attr), 0);
    return attr.query.prog_cnt;
}

static void need_bpf(int fd)
{
    struct bpf_insn all[] = {{.code = BPF_ALU | BPF_MOV | BPF_K, .imm = 1}, {.code = BPF_JMP | BPF_EXIT}};

    if (device_attach(fd, all, 2, &error) < 0 && (error.errnum == EPERM || error.errnum == ENOSYS)) {
        print_message("skipped: no BPF programs here: %s\n", error.message);
        skip();
    }
}

static void test_devices(void **data)
{
    struct cgroup_plan plan;
    int fd;

    (void)data;
    need_root();
    need_bpf(make("/probe"));
    fd = make_with(
        "/a",
        "\"devices\":[{\"allow\":false,\"access\":\"rwm\"},{\"allow\":false,\"type\":\"c\",\"major\":1,"
        "\"minor\":11,\"access\":\"rwm\"}]",
        &plan);
    expect_open(fd, open_device, "/dev/kmsg", 0);
    ok(cgroup_restrict_devices(&plan, fd, &error));
    assert_int_equal(attached_programs(fd), 1);
    expect_open(fd, open_device, "/dev/null", 0);
    expect_open(fd, open_device, "/dev/kmsg", EPERM);
    close(fd);
}

static void update_devices(int fd, const char *rules)
{
    const char *text = arena_format(&arena, "{\"devices\":[%s]}", rules);
    const struct spec_resources *resources =
        spec_parse_resources(&arena, "resources.json", text, strlen(text), NULL, NULL, &error);
    struct cgroup_plan plan;

    assert_non_null(resources);
    ok(cgroup_decide_update(&arena, &host, resources, under("/a"), false, &plan, &error));
    ok(cgroup_update(&plan, fd, &error));
}

/* An update takes the place of the program before: they do not heap up (the kernel stops at 64). */
static void test_devices_are_replaced(void **data)
{
    struct cgroup_plan plan;
    int fd;

    (void)data;
    need_root();
    need_bpf(make("/probe"));
    fd = make_with("/a", "\"devices\":[{\"allow\":false,\"access\":\"rwm\"}]", &plan);
    ok(cgroup_restrict_devices(&plan, fd, &error));
    expect_open(fd, open_device_readonly, "/dev/kmsg", EPERM);
    for (int i = 0; i < 70; i++)
        update_devices(fd, "{\"allow\":true,\"type\":\"c\",\"major\":1,\"minor\":11,\"access\":\"r\"}");
    assert_int_equal(attached_programs(fd), 1);
    expect_open(fd, open_device_readonly, "/dev/kmsg", 0);
    expect_open(fd, open_device, "/dev/kmsg", EPERM);
    update_devices(fd, "{\"allow\":true,\"access\":\"rwm\"}");
    expect_open(fd, open_device, "/dev/kmsg", 0);
    close(fd);
}

/* Somebody else's program stays, and both must agree. */
static void test_devices_of_others_stay(void **data)
{
    struct bpf_insn deny[] = {{.code = BPF_ALU | BPF_MOV | BPF_K, .imm = 0}, {.code = BPF_JMP | BPF_EXIT}};
    union bpf_attr attr = {.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE, .insn_cnt = 2};
    int fd, program;

    (void)data;
    need_root();
    need_bpf(make("/probe"));
    fd = make("/a");
    attr.insns = (uint64_t)(uintptr_t)deny;
    attr.license = (uint64_t)(uintptr_t) "GPL";
    program = sys_bpf(BPF_PROG_LOAD, &attr);
    assert_true(program >= 0);
    attr = (union bpf_attr){0};
    attr.target_fd = (uint32_t)fd;
    attr.attach_bpf_fd = (uint32_t)program;
    attr.attach_type = BPF_CGROUP_DEVICE;
    attr.attach_flags = BPF_F_ALLOW_MULTI;
    assert_int_equal(sys_bpf(BPF_PROG_ATTACH, &attr), 0);
    update_devices(fd, "{\"allow\":true,\"access\":\"rwm\"}");
    update_devices(fd, "{\"allow\":true,\"access\":\"rwm\"}");
    assert_int_equal(attached_programs(fd), 2);
    expect_open(fd, open_device, "/dev/null", EPERM);
    close(program);
    close(fd);
}

/* The longest list there may be is one that the verifier takes. */
static void test_many_device_rules(void **data)
{
    struct strbuf rules = STRBUF(&arena);
    struct cgroup_plan plan;
    int fd;

    (void)data;
    need_root();
    need_bpf(make("/probe"));
    for (int i = 0; i < 4096; i++)
        strbuf_format(&rules, "%s{\"allow\":%s,\"type\":\"%s\",\"major\":%d,\"minor\":%d,\"access\":\"%s\"}",
                      i ? "," : "", i % 3 ? "true" : "false", i % 2 ? "c" : "b", 300 + i % 7, i % 1000,
                      i % 5 ? "rw" : "m");
    fd = make_with("/a", arena_format(&arena, "\"devices\":[%s]", strbuf_string(&rules)), &plan);
    ok(cgroup_restrict_devices(&plan, fd, &error));
    expect_open(fd, open_device, "/dev/null", 0);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_devices),
        TEST(test_devices_are_replaced),
        TEST(test_devices_of_others_stay),
        TEST(test_many_device_rules),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
