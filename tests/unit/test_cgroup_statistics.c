/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Statistics in the shape that runc's readers know. */
#include "cgroup_kernel.h"

#include "base/json.h"

/* ---- statistics ---- */

static void test_statistics(void **data)
{
    struct strbuf out = STRBUF(&arena);
    struct json json = {.out = &out};
    static const char *const members[] = {
        "\"cpu\":{",  "\"usage\":{\"total\":", "\"cpuset\":{", "\"memory\":{",
        "\"pids\":{", "\"blkio\":{",           "\"hugetlb\":{"};
    int fd;

    (void)data;
    need_root();
    fd = make("/a");
    json_object(&json, NULL);
    ok(cgroup_statistics(&arena, fd, &json, &error));
    json_object_end(&json);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        assert_contains(strbuf_string(&out), members[i]);
    if (access("/proc/pressure", F_OK) == 0)
        assert_contains(strbuf_string(&out),
                        "\"psi\":{\"some\":{\"avg10\":0.00,\"avg60\":0.00,\"avg300\":0.00,\"total\":");
    ok(cgroup_remove(under("/a"), &error));
    assert_int_equal(cgroup_statistics(&arena, fd, &json, &error), -1);
    assert_contains(error.message, "gone");
    close(fd);
}

/* Every number in the place that runc's readers look for it: a directory stands for a cgroup with all controllers. */
static void test_statistics_shape(void **data)
{
    struct strbuf out = STRBUF(&arena);
    struct json json = {.out = &out};
    int fd;

    assert_int_equal(scratch_setup(data), 0);
    scratch_write("cgroup.events", "populated 1\nfrozen 0\n");
    scratch_write("cpu.stat", "usage_usec 30\nuser_usec 10\nsystem_usec 20\nnr_periods 4\nnr_throttled 5\n"
                              "throttled_usec 6\nnr_bursts 7\nburst_usec 8\n");
    scratch_write("cpuset.cpus.effective", "0-2,5\n");
    scratch_write("cpuset.mems.effective", "\n");
    scratch_write("memory.current", "1000\n");
    scratch_write("memory.max", "2000\n");
    scratch_write("memory.peak", "1500\n");
    scratch_write("memory.swap.current", "10\n");
    scratch_write("memory.swap.max", "100\n");
    scratch_write("memory.stat", "anon 1\nfile 2\n");
    scratch_write("memory.events", "low 0\nhigh 0\nmax 3\noom 2\noom_kill 1\n");
    scratch_write("pids.current", "3\n");
    scratch_write("pids.max", "max\n");
    scratch_write("pids.events", "max 9\n");
    scratch_write("io.stat", "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6 cost.usage=7\n");
    scratch_write("hugetlb.2MB.current", "4096\n");
    scratch_write("hugetlb.2MB.events", "max 2\n");
    scratch_write("hugetlb.2MB.rsvd.current", "8192\n");
    fd = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    json_object(&json, NULL);
    ok(cgroup_statistics(&arena, fd, &json, &error));
    json_object_end(&json);
    assert_string_equal(
        strbuf_string(&out),
        "{\"cpu\":{\"usage\":{\"total\":30000,\"kernel\":20000,\"user\":10000},\"throttling\":{\"periods\":4,"
        "\"throttledPeriods\":5,\"throttledTime\":6000,\"bursts\":7,\"burstTime\":8000}},"
        "\"cpuset\":{\"cpus\":[0,1,2,5],\"mems\":[]},"
        "\"memory\":{\"cache\":2,\"usage\":{\"limit\":2000,\"usage\":1000,\"max\":1500,\"failcnt\":3},"
        "\"swap\":{\"limit\":2100,\"usage\":1010,\"failcnt\":0},\"raw\":{\"anon\":1,\"file\":2},"
        "\"events\":{\"low\":0,\"high\":0,\"max\":3,\"oom\":2,\"oom_kill\":1}},"
        "\"pids\":{\"current\":3,\"limit\":0,\"events\":{\"max\":9}},"
        "\"blkio\":{\"ioServiceBytesRecursive\":[{\"major\":8,\"minor\":0,\"op\":\"Read\",\"value\":1},"
        "{\"major\":8,\"minor\":0,\"op\":\"Write\",\"value\":2},{\"major\":8,\"minor\":0,\"op\":\"Discard\","
        "\"value\":5}],\"ioServicedRecursive\":[{\"major\":8,\"minor\":0,\"op\":\"Read\",\"value\":3},"
        "{\"major\":8,\"minor\":0,\"op\":\"Write\",\"value\":4},{\"major\":8,\"minor\":0,\"op\":\"Discard\","
        "\"value\":6}]},\"hugetlb\":{\"2MB\":{\"usage\":4096,\"failcnt\":2}}}");
    close(fd);
    scratch_teardown(data);
}

/* Of a pressure file that is not as the kernel's documentation has it, what is no number in JSON is left out. */
static void test_pressure_is_json(void **data)
{
    struct strbuf out = STRBUF(&arena);
    struct json json = {.out = &out};
    int fd;

    assert_int_equal(scratch_setup(data), 0);
    scratch_write("cgroup.events", "populated 1\n");
    scratch_write("cpu.pressure", "some avg10=1. avg60=.5 avg300=1.2.3 total=061 more=12 less=0.50\n \n");
    fd = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    json_object(&json, NULL);
    ok(cgroup_statistics(&arena, fd, &json, &error));
    json_object_end(&json);
    assert_contains(strbuf_string(&out), "{\"cpu\":{\"psi\":{\"some\":{\"more\":12,\"less\":0.50}}},");
    close(fd);
    scratch_teardown(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_statistics),
        TEST(test_statistics_shape),
        TEST(test_pressure_is_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
