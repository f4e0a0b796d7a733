/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The numbers of a cgroup, from a directory of files like the kernel's, and the three forms that `stats` has. */
#include "scratch.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "cgroup/cgroup.h"
#include "cli/stats_format.h"

static const struct {
    const char *name, *text;
} files[] = {
    {"cgroup.events", "populated 1\nfrozen 0\n"},
    {"cpu.stat", "usage_usec 7000\nuser_usec 4000\nsystem_usec 3000\nnr_periods 9\nthrottled_usec 500\n"},
    {"memory.current", "104857600\n"},
    {"memory.stat", "anon 5\nfile 9\ninactive_file 52428800\nworkingset_inactive_file 7\n"},
    {"memory.max", "209715200\n"},
    {"memory.swap.current", "0\n"},
    {"memory.swap.max", "max\n"},
    {"memory.events", "low 0\nhigh 0\nmax 4\noom 3\noom_kill 2\noom_group_kill 1\n"},
    {"pids.current", "12\n"},
    {"pids.max", "max\n"},
    {"io.stat", "8:0 rbytes=1000 wbytes=20 rios=3 wios=4 dbytes=5 dios=6\n"
                "8:16 rbytes=500 wbytes=30 rios=1 wios=2 dbytes=0 dios=0 xrbytes=99\n"},
    {"memory.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=11\n"
                        "full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n"},
    {"cpu.pressure", "some avg10=1.00 avg60=0.00 avg300=0.00 total=13\n"},
};

static struct arena arena;
static struct caisson_statistics sample;

static int make_files(void **data)
{
    char name[] = "/tmp/caisson-test-stats.XXXXXX";
    struct caisson_error err = {0};
    _cleanup_close_ int dir = mkdtemp(name) ? open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

    if (dir < 0)
        return -1;
    *data = arena_string(&arena, name);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (file_replace(dir, files[i].name, files[i].text, strlen(files[i].text), 0600, &err) < 0)
            return -1;
    return 0;
}

static int remove_files(void **data)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(arena_format(&arena, "%s/%s", (char *)*data, files[i].name));
    rmdir(*data);
    arena_free(&arena);
    return 0;
}

static void read_sample(const char *directory)
{
    _cleanup_close_ int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct caisson_error err = {0};

    sample = (struct caisson_statistics){.time_ns = 5, .uptime_ns = 28000000};
    if (fd < 0 || cgroup_sample(fd, &sample, &err) < 0)
        fail_msg("%s", err.message);
}

static void every_number_is_read(void **data)
{
    read_sample(*data);
    assert_int_equal(sample.cpu_usage_ns, 7000000);
    assert_int_equal(sample.cpu_user_ns, 4000000);
    assert_int_equal(sample.cpu_system_ns, 3000000);
    assert_int_equal(sample.cpu_throttled_ns, 500000);
    assert_int_equal(sample.memory_usage, 104857600);
    assert_int_equal(sample.memory_inactive_file, 52428800);
    assert_int_equal(sample.memory_limit, 209715200);
    assert_int_equal(sample.swap_usage, 0);
    assert_true(sample.swap_limit == CAISSON_UNLIMITED);
    assert_int_equal(sample.oom_kills, 2);
    assert_int_equal(sample.pids, 12);
    assert_true(sample.pids_limit == CAISSON_UNLIMITED);
    assert_int_equal(sample.io_read_bytes, 1500);
    assert_int_equal(sample.io_write_bytes, 50);
    assert_int_equal(sample.io_reads, 4);
    assert_int_equal(sample.io_writes, 6);
    assert_int_equal(sample.memory_waiting_ns, 11000);
    assert_int_equal(sample.memory_stalled_ns, 7000);
    assert_int_equal(sample.cpu_waiting_ns, 13000);
}

static void what_is_not_there_is_unknown(void **data)
{
    read_sample(*data);
    assert_true(sample.memory_peak == CAISSON_UNKNOWN);
    assert_true(sample.cpu_stalled_ns ==
                CAISSON_UNKNOWN); /* older kernels have no line "full" for processors */
    assert_true(sample.io_waiting_ns == CAISSON_UNKNOWN);
}

static void a_cgroup_that_is_gone_is_an_error(void **data)
{
    _cleanup_close_ int fd = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct caisson_error err = {0};

    (void)data;
    assert_int_equal(cgroup_sample(fd, &sample, &err), -1);
    assert_int_equal(err.code, CAISSON_ERROR_NOT_RUNNING);
}

static struct stats_rows two_rows(struct stats_row rows[2], const char *directory)
{
    read_sample(directory);
    rows[0] =
        (struct stats_row){.id = "one", .status = CAISSON_RUNNING, .has_statistics = true, .now = sample};
    rows[1] = (struct stats_row){.id = "two", .status = CAISSON_STOPPED};
    return (struct stats_rows){.items = rows, .count = 2};
}

static void the_share_is_since_the_start_and_then_since_the_last_look(void **data)
{
    struct stats_row rows[2];
    struct caisson_statistics before;

    two_rows(rows, *data);
    assert_int_equal((int)(stats_cpu_percent(&rows[0]) * 100), 2500);
    assert_true(stats_cpu_percent(&rows[1]) < 0);
    before = sample;
    before.cpu_usage_ns = 6000000;
    rows[0].now.time_ns = before.time_ns + 2000000;
    rows[0].before = &before;
    assert_int_equal((int)(stats_cpu_percent(&rows[0]) * 100), 5000);
    before.cpu_usage_ns = 9000000; /* another container of the same name */
    assert_int_equal((int)(stats_cpu_percent(&rows[0]) * 100), 700000000 / (28000000 / 100));
}

static void the_table(void **data)
{
    struct stats_row rows[2];
    const struct stats_rows all = two_rows(rows, *data);
    struct strbuf out = STRBUF(&arena);

    stats_print_table(&all, UINT64_C(1) << 40, &out);
    assert_string_equal(out.data,
                        "ID          CPU %       MEM USAGE / LIMIT    MEM %       PIDS        BLOCK IO\n"
                        "one         25.00%      50.0MiB / 200.0MiB   25.00%      12          1.50kB / 50B\n"
                        "two         --          --                   --          --          --\n");
}

static void without_a_limit_it_is_the_host_s(void **data)
{
    struct stats_row rows[2];
    const struct stats_rows all = two_rows(rows, *data);
    struct strbuf out = STRBUF(&arena);

    rows[0].now.memory_limit = CAISSON_UNLIMITED;
    stats_print_table(&all, UINT64_C(1) << 30, &out);
    assert_non_null(strstr(out.data, "50.0MiB / 1.00GiB"));
}

static void json_has_null_for_what_is_no_number(void **data)
{
    struct stats_row rows[2];
    const struct stats_rows all = two_rows(rows, *data);
    struct strbuf out = STRBUF(&arena);

    stats_print_json(&all, &out);
    assert_non_null(strstr(out.data, "[{\"id\":\"one\",\"status\":\"running\",\"cpuPercent\":25.00,"));
    assert_non_null(strstr(out.data, "\"memoryLimit\":209715200,"));
    assert_non_null(strstr(out.data, "\"pidsLimit\":null"));
    assert_non_null(strstr(out.data, "\"memoryPeak\":null"));
    assert_non_null(strstr(out.data, "{\"id\":\"two\",\"status\":\"stopped\",\"cpuPercent\":null,"));
}

static void metrics_are_families(void **data)
{
    struct stats_row rows[2];
    const struct stats_rows all = two_rows(rows, *data);
    struct strbuf out = STRBUF(&arena);

    stats_print_metrics(&all, &out);
    assert_non_null(strstr(out.data,
                           "# TYPE caisson_container_io_bytes counter\n"
                           "# UNIT caisson_container_io_bytes bytes\n"
                           "# HELP caisson_container_io_bytes Bytes read from and written to disks.\n"
                           "caisson_container_io_bytes_total{id=\"one\",direction=\"read\"} 1500\n"
                           "caisson_container_io_bytes_total{id=\"one\",direction=\"write\"} 50\n"));
    assert_non_null(strstr(out.data, "caisson_container_cpu_seconds_total{id=\"one\"} 0.007000000\n"));
    assert_non_null(strstr(out.data, "caisson_container_memory_limit_bytes{id=\"one\"} 209715200\n"));
    assert_null(strstr(out.data, "pids_limit{"));
    assert_null(strstr(out.data, "bytes{id=\"two\""));
    assert_string_equal(out.data + out.length - 6, "# EOF\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_is_read),
        cmocka_unit_test(what_is_not_there_is_unknown),
        cmocka_unit_test(a_cgroup_that_is_gone_is_an_error),
        cmocka_unit_test(the_share_is_since_the_start_and_then_since_the_last_look),
        cmocka_unit_test(the_table),
        cmocka_unit_test(without_a_limit_it_is_the_host_s),
        cmocka_unit_test(json_has_null_for_what_is_no_number),
        cmocka_unit_test(metrics_are_families),
    };

    return cmocka_run_group_tests(tests, make_files, remove_files);
}
