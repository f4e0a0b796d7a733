/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values in the files of real cgroups: written, and put back when an update fails. */
#include "cgroup_kernel.h"

#include <dirent.h>

/* ---- values ---- */

static const char *some_page_size(void)
{
    static const char *const sizes[] = {"2MB", "1GB", "64KB", "32MB", "1MB", "512MB", "16GB"};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (access(under(arena_format(&arena, "/probe/hugetlb.%s.max", sizes[i])), F_OK) == 0)
            return sizes[i];
    return NULL;
}

static void test_apply_hugetlb(void **data)
{
    struct cgroup_plan plan;
    const char *size, *missing;
    int fd;

    (void)data;
    need_controller("hugetlb");
    close(make_with("/probe", "\"unified\":{\"hugetlb.any\":\"\"}",
                    &plan)); /* enables it, writes nothing yet */
    size = some_page_size();
    if (!size) {
        print_message("skipped: this machine has no huge pages\n");
        skip();
    }
    fd = make_with("/a", arena_format(&arena, "\"hugepageLimits\":[{\"pageSize\":\"%s\",\"limit\":0}]", size),
                   &plan);
    assert_string_not_equal(value_of(fd, arena_format(&arena, "hugetlb.%s.max", size)), "0\n");
    ok(cgroup_apply(&plan, fd, &error));
    assert_string_equal(value_of(fd, arena_format(&arena, "hugetlb.%s.max", size)), "0\n");
    assert_string_equal(value_of(fd, arena_format(&arena, "hugetlb.%s.rsvd.max", size)), "0\n");
    close(fd);
    /* a size that there is not */
    missing = "\"hugepageLimits\":[{\"pageSize\":\"3MB\",\"limit\":0}]";
    fd = make_with("/b", missing, &plan);
    assert_int_equal(cgroup_apply(&plan, fd, &error), -1);
    assert_contains(error.message, "hugetlb.3MB.max");
    assert_string_equal(error.pointer, "/linux/resources/hugepageLimits/0");
    assert_true(*error.hint);
    close(fd);
}

/* Core files exist everywhere: a later value that is refused puts the earlier ones back. */
static void test_update_is_undone(void **data)
{
    struct cgroup_write writes[] = {
        {.file = "cgroup.max.depth", .value = "7", .origin = "/unified/cgroup.max.depth"},
        {.file = "cgroup.max.descendants", .value = "9", .origin = "/unified/cgroup.max.descendants"},
        {.file = "cgroup.max.depth", .value = "nonsense", .origin = "/unified/cgroup.max.depth"},
    };
    struct cgroup_plan plan = {.controllers = (const char *[]){NULL}, .writes = writes, .write_count = 2};
    int fd;

    (void)data;
    need_root();
    fd = make("");
    plan.mount = host.mount;
    plan.absolute = under("");
    ok(cgroup_update(&plan, fd, &error));
    assert_string_equal(value_of(fd, "cgroup.max.depth"), "7\n");
    assert_string_equal(value_of(fd, "cgroup.max.descendants"), "9\n");
    writes[0].value = "20";
    writes[1].value = "max";
    plan.write_count = 3;
    assert_int_equal(cgroup_update(&plan, fd, &error), -1);
    assert_contains(error.message, "cannot write 'nonsense' to cgroup.max.depth");
    assert_string_equal(error.pointer, "/unified/cgroup.max.depth");
    assert_string_equal(value_of(fd, "cgroup.max.depth"), "7\n");
    assert_string_equal(value_of(fd, "cgroup.max.descendants"), "9\n");
    close(fd);
}

static void test_missing_files(void **data)
{
    struct cgroup_write writes[] = {
        {.file = "no.such", .value = "1", .origin = "/x", .may_be_missing = true},
        {.file = "no.such", .value = "1", .origin = "/x", .else_file = "cgroup.max.depth", .else_value = "5"},
        {.file = "no.such", .value = "1", .origin = "/x", .else_file = "nor.this", .else_value = "5"},
    };
    struct cgroup_plan plan = {.controllers = (const char *[]){NULL}, .writes = writes, .write_count = 2};
    int fd;

    (void)data;
    need_root();
    fd = make("");
    plan.absolute = under("");
    ok(cgroup_apply(&plan, fd, &error));
    assert_string_equal(value_of(fd, "cgroup.max.depth"), "5\n");
    plan.write_count = 3;
    assert_int_equal(cgroup_apply(&plan, fd, &error), -1);
    assert_contains(error.message, "nor.this");
    close(fd);
}

/* What a container would get, as the kernel shows it afterwards. */
static const struct {
    const char *controller, *resources, *file, *expected;
} applied[] = {
    {"memory", "\"memory\":{\"limit\":67108864}", "memory.max", "67108864\n"},
    {"memory", "\"memory\":{\"reservation\":1048576}", "memory.low", "1048576\n"},
    {"memory", "\"memory\":{\"limit\":67108864,\"swap\":67108864}", "memory.max", "67108864\n"},
    {"cpu", "\"cpu\":{\"shares\":512}", "cpu.weight", "59\n"},
    {"cpu", "\"cpu\":{\"quota\":50000,\"burst\":10000}", "cpu.max", "50000 100000\n"},
    {"cpu", "\"cpu\":{\"quota\":50000,\"burst\":10000}", "cpu.max.burst", "10000\n"},
    {"cpu", "\"cpu\":{\"period\":20000}", "cpu.max", "max 20000\n"},
    {"cpu", "\"cpu\":{\"idle\":1,\"shares\":512}", "cpu.idle", "1\n"},
    {"cpuset", "\"cpu\":{\"cpus\":\"0\"}", "cpuset.cpus", "0\n"},
    {"cpuset", "\"cpu\":{\"mems\":\"0\"}", "cpuset.mems", "0\n"},
    {"pids", "\"pids\":{\"limit\":77}", "pids.max", "77\n"},
    {"pids", "\"pids\":{\"limit\":0}", "pids.max", "1\n"},
    {"pids", "\"pids\":{\"limit\":77},\"unified\":{\"pids.max\":\"78\"}", "pids.max", "78\n"},
};

static void apply_all(const char *controller)
{
    need_controller(controller);
    for (size_t i = 0; i < sizeof applied / sizeof *applied; i++) {
        struct cgroup_plan plan;
        int fd;

        if (strcmp(applied[i].controller, controller) != 0)
            continue;
        fd = make_with(arena_format(&arena, "/%zu", i), applied[i].resources, &plan);
        ok(cgroup_apply(&plan, fd, &error));
        assert_string_equal(value_of(fd, applied[i].file), applied[i].expected);
        close(fd);
    }
}

static void test_apply_memory(void **data)
{
    (void)data;
    apply_all("memory");
}

static void test_apply_cpu(void **data)
{
    (void)data;
    apply_all("cpu");
}

static void test_apply_cpuset(void **data)
{
    (void)data;
    apply_all("cpuset");
}

static void test_apply_pids(void **data)
{
    (void)data;
    apply_all("pids");
}

/* @return "MAJ:MIN" of a whole disk, or NULL. */
static const char *some_disk(void)
{
    DIR *dir = opendir("/sys/dev/block");
    const char *found = NULL;
    struct dirent *entry;

    while (dir && !found && (entry = readdir(dir)))
        if (strchr(entry->d_name, ':') &&
            access(arena_format(&arena, "/sys/dev/block/%s/queue", entry->d_name), F_OK) == 0)
            found = arena_string(&arena, entry->d_name);
    if (dir)
        closedir(dir);
    return found;
}

static int update_io(const char *disk, unsigned rate, const char *more)
{
    struct cgroup_plan plan;
    const char *text = arena_format(&arena, "{\"unified\":{\"io.max\":\"%s rbps=%u\"%s}}", disk, rate, more);
    const struct spec_resources *resources =
        spec_parse_resources(&arena, "resources.json", text, strlen(text), NULL, NULL, &error);
    int fd, result;

    assert_non_null(resources);
    ok(cgroup_decide_update(&arena, &host, resources, under("/a"), false, &plan, &error));
    fd = cgroup_open(under("/a"), &error);
    result = cgroup_update(&plan, fd, &error);
    close(fd);
    return result;
}

/* A file with a line a device: what is put back is the line, or that there was none. */
static void test_update_of_a_device_undone(void **data)
{
    static const char refused[] = ",\"cgroup.max.depth\":\"nonsense\"";
    const char *disk;
    int fd;

    (void)data;
    need_controller("io");
    disk = some_disk();
    if (!disk) {
        print_message("skipped: this machine has no disk\n");
        skip();
    }
    fd = make("/a");
    assert_int_equal(update_io(disk, 1000000, refused), -1);
    assert_string_equal(value_of(fd, "io.max"), "");
    ok(update_io(disk, 1000000, ""));
    assert_contains(value_of(fd, "io.max"), " rbps=1000000 ");
    assert_int_equal(update_io(disk, 2000000, refused), -1);
    assert_contains(value_of(fd, "io.max"), " rbps=1000000 ");
    close(fd);
}

static void test_update_pids_undone(void **data)
{
    struct cgroup_plan plan;
    int fd;

    (void)data;
    need_controller("pids");
    need_controller("cpu");
    fd = make_with("/a", "\"pids\":{\"limit\":77},\"cpu\":{\"shares\":512}", &plan);
    ok(cgroup_apply(&plan, fd, &error));
    ok(decide(&host,
              arena_format(&arena,
                           "\"cgroupsPath\":\"%s/a\",\"resources\":{\"pids\":{\"limit\":5},"
                           "\"unified\":{\"cpu.weight\":\"0\"}}",
                           top),
              "", false, &plan));
    assert_int_equal(cgroup_update(&plan, fd, &error), -1);
    assert_string_equal(value_of(fd, "pids.max"), "77\n");
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_apply_hugetlb),      TEST(test_update_is_undone),
        TEST(test_missing_files),      TEST(test_apply_memory),
        TEST(test_apply_cpu),          TEST(test_apply_cpuset),
        TEST(test_apply_pids),         TEST(test_update_of_a_device_undone),
        TEST(test_update_pids_undone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
