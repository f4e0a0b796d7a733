/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux.resources to files and values: every row of the conversion, and who is told what when it cannot be done. */
#include "cgroup_decide.h"

#include "base/json.h"

/* ---- the conversion, where every controller is to be had ---- */

static const struct {
    const char *resources;
    const char *writes;
} conversions[] = {
    {"", ""},
    {"\"memory\":{}", ""},
    {"\"memory\":{\"limit\":67108864}", "memory.max=67108864;"},
    {"\"memory\":{\"limit\":0}", ""},
    {"\"memory\":{\"limit\":-1}", "memory.swap.max=max?;memory.max=max;"},
    {"\"memory\":{\"limit\":-1,\"swap\":-1}", "memory.swap.max=max?;memory.max=max;"},
    {"\"memory\":{\"limit\":67108864,\"swap\":134217728}", "memory.swap.max=67108864;memory.max=67108864;"},
    {"\"memory\":{\"limit\":67108864,\"swap\":67108864}", "memory.swap.max=0?;memory.max=67108864;"},
    {"\"memory\":{\"limit\":67108864,\"swap\":-1}", "memory.swap.max=max?;memory.max=67108864;"},
    {"\"memory\":{\"limit\":67108864,\"swap\":0}", "memory.max=67108864;"},
    {"\"memory\":{\"swap\":-1}", "memory.swap.max=max?;"},
    {"\"memory\":{\"reservation\":1048576}", "memory.low=1048576;"},
    {"\"memory\":{\"reservation\":-1}", "memory.low=max;"},
    {"\"memory\":{\"reservation\":0}", ""},
    {"\"memory\":{\"kernel\":0,\"kernelTCP\":-1,\"disableOOMKiller\":false,\"useHierarchy\":true}", ""},
    {"\"memory\":{\"limit\":4096,\"checkBeforeUpdate\":true}", "memory.max=4096;"},
    {"\"cpu\":{\"shares\":0}", ""},
    {"\"cpu\":{\"shares\":1024}", "cpu.weight=100;"},
    {"\"cpu\":{\"shares\":2}", "cpu.weight=1;"},
    {"\"cpu\":{\"shares\":262144}", "cpu.weight=10000;"},
    {"\"cpu\":{\"quota\":50000,\"period\":100000}", "cpu.max=50000 100000;"},
    {"\"cpu\":{\"quota\":50000}", "cpu.max=50000 100000;"},
    {"\"cpu\":{\"quota\":-1}", "cpu.max=max 100000;"},
    {"\"cpu\":{\"quota\":0,\"period\":0}", ""},
    {"\"cpu\":{\"period\":20000}", "cpu.max=max 20000;"},
    {"\"cpu\":{\"quota\":50000,\"burst\":10000}", "cpu.max.burst=10000;cpu.max=50000 100000;"},
    {"\"cpu\":{\"idle\":1,\"shares\":512}", "cpu.idle=1;"},
    {"\"cpu\":{\"idle\":0,\"shares\":2}", "cpu.idle=0;cpu.weight=1;"},
    {"\"cpu\":{\"realtimeRuntime\":0,\"realtimePeriod\":0}", ""},
    {"\"cpu\":{\"cpus\":\"0-1\",\"mems\":\"0\"}", "cpuset.cpus=0-1;cpuset.mems=0;"},
    {"\"cpu\":{\"cpus\":\"\",\"mems\":\"\"}", ""},
    {"\"blockIO\":{}", ""},
    {"\"blockIO\":{\"weight\":0,\"leafWeight\":0}", ""},
    {"\"blockIO\":{\"weight\":10}", "io.bfq.weight=10|io.weight=1;"},
    {"\"blockIO\":{\"weight\":500}", "io.bfq.weight=500|io.weight=4950;"},
    {"\"blockIO\":{\"weight\":1000}", "io.bfq.weight=1000|io.weight=10000;"},
    {"\"blockIO\":{\"weightDevice\":[{\"major\":8,\"minor\":0,\"weight\":1000}]}",
     "io.bfq.weight=8:0 1000|io.weight=8:0 10000;"},
    {"\"blockIO\":{\"throttleReadBpsDevice\":[{\"major\":8,\"minor\":0,\"rate\":1}],"
     "\"throttleWriteBpsDevice\":[{\"major\":8,\"minor\":16,\"rate\":2}],"
     "\"throttleReadIOPSDevice\":[{\"major\":8,\"minor\":0,\"rate\":3}],"
     "\"throttleWriteIOPSDevice\":[{\"major\":8,\"minor\":0,\"rate\":0}]}",
     "io.max=8:0 rbps=1;io.max=8:16 wbps=2;io.max=8:0 riops=3;io.max=8:0 wiops=max;"},
    {"\"pids\":{\"limit\":100}", "pids.max=100;"},
    {"\"pids\":{\"limit\":-1}", "pids.max=max;"},
    {"\"pids\":{\"limit\":0}", "pids.max=1;"},
    {"\"hugepageLimits\":[{\"pageSize\":\"2MB\",\"limit\":4194304}]",
     "hugetlb.2MB.max=4194304;hugetlb.2MB.rsvd.max=4194304?;"},
    {"\"rdma\":{\"mlx5_1\":{\"hcaHandles\":3,\"hcaObjects\":10000}}",
     "rdma.max=mlx5_1 hca_handle=3 hca_object=10000;"},
    {"\"rdma\":{\"mlx4_0\":{\"hcaObjects\":1000}}", "rdma.max=mlx4_0 hca_object=1000;"},
    {"\"network\":{\"classID\":0,\"priorities\":[]}", ""},
    /* unified: verbatim, line by line, last */
    {"\"unified\":{\"memory.max\":\"1\"},\"memory\":{\"limit\":4096}", "memory.max=4096;memory.max=1;"},
    {"\"unified\":{\"io.max\":\"8:0 rbps=1\\n8:16 wbps=2\\n\"}", "io.max=8:0 rbps=1;io.max=8:16 wbps=2;"},
    {"\"unified\":{\"memory.of.tomorrow\":\"x\",\"cgroup.max.depth\":\"3\"}",
     "memory.of.tomorrow=x;cgroup.max.depth=3;"},
    {"\"unified\":{\"cpuset.cpus\":\"\"}", "cpuset.cpus=;"},
};

/* proves (plan): linux.resources.rdma.{hcaHandles,hcaObjects},
 *   linux.resources.blockIO.weightDevice.{major,minor,weight} */
static void test_conversions(void **data)
{
    (void)data;
    for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++) {
        struct cgroup_plan plan;
        const char *linux_ = arena_format(&arena, "\"resources\":{%s}", conversions[i].resources);

        if (decide(&full_host, linux_, "", false, &plan) < 0)
            fail_msg("%s: %s", conversions[i].resources, error.message);
        if (strcmp(writes_text(&plan), conversions[i].writes) != 0)
            fail_msg("%s: wrote '%s', not '%s'", conversions[i].resources, writes_text(&plan),
                     conversions[i].writes);
    }
}

/* podman 4 and docker write "no limit" as 0, into configurations of versions in which it was none. */
static void test_zero_processes(void **data)
{
    static const struct {
        const char *version, *writes;
    } versions[] = {
        {"1.0.0", ""},
        {"1.0.2-dev", ""},
        {"1.2.1", ""},
        {"1.3.0", "pids.max=1;"},
        {"1.3.0-rc.1", "pids.max=1;"},
        {"1.10.0", "pids.max=1;"},
    };

    (void)data;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        struct spec spec = *parse_spec("\"resources\":{\"pids\":{\"limit\":0}}", "");
        struct cgroup_request request = {.driver = CGROUP_FS, .spec = &spec, .id = "c1"};
        struct cgroup_plan plan;

        spec.oci_version = versions[i].version;
        assert_int_equal(cgroup_decide(&arena, &full_host, &request, &plan, &error), 0);
        if (strcmp(writes_text(&plan), versions[i].writes) != 0)
            fail_msg("%s: wrote '%s'", versions[i].version, writes_text(&plan));
    }
}

/* In an update a zero is what a caller did not fill in, whatever the version. */
static void test_zero_processes_of_update(void **data)
{
    static const char text[] = "{\"pids\":{\"limit\":0}}";
    const struct spec_resources *resources =
        spec_parse_resources(&arena, "r.json", text, sizeof text - 1, NULL, NULL, &error);
    struct cgroup_plan plan;

    (void)data;
    assert_non_null(resources);
    assert_int_equal(cgroup_decide_update(&arena, &full_host, resources, "/v2/c1", false, &plan, &error), 0);
    assert_int_equal(plan.write_count, 0);
}

/* ---- what cannot be expressed ---- */

static const struct {
    const char *resources;
    const char *pointer;
    const char *message;
} refusals[] = {
    {"\"memory\":{\"swap\":1048576}", "/linux/resources/memory/swap",
     "unable to set swap limit without memory limit"},
    {"\"memory\":{\"limit\":-1,\"swap\":1048576}", "/linux/resources/memory/swap", "without memory limit"},
    {"\"memory\":{\"limit\":2097152,\"swap\":1048576}", "/linux/resources/memory/swap",
     "cannot be less than memory"},
    {"\"memory\":{\"limit\":-2}", "/linux/resources/memory/limit", "-2 is no amount of memory"},
    {"\"memory\":{\"swappiness\":60}", "/linux/resources/memory/swappiness", "swappiness"},
    {"\"memory\":{\"disableOOMKiller\":true}", "/linux/resources/memory/disableOOMKiller", "OOM killer"},
    {"\"memory\":{\"useHierarchy\":false}", "/linux/resources/memory/useHierarchy", "hierarchy"},
    {"\"memory\":{\"kernel\":1048576}", "/linux/resources/memory/kernel", "kernel memory"},
    {"\"memory\":{\"kernelTCP\":1048576}", "/linux/resources/memory/kernelTCP", "TCP"},
    {"\"cpu\":{\"realtimeRuntime\":950000}", "/linux/resources/cpu/realtimeRuntime", "real-time"},
    {"\"cpu\":{\"realtimePeriod\":1000000}", "/linux/resources/cpu/realtimePeriod", "real-time"},
    {"\"cpu\":{\"quota\":-7}", "/linux/resources/cpu/quota", "-7 is no quota"},
    {"\"cpu\":{\"idle\":2}", "/linux/resources/cpu/idle", "0 or 1"},
    {"\"blockIO\":{\"weight\":9}", "/linux/resources/blockIO/weight", "9 is no weight"},
    {"\"blockIO\":{\"weight\":1001}", "/linux/resources/blockIO/weight", "1001 is no weight"},
    {"\"blockIO\":{\"leafWeight\":10}", "/linux/resources/blockIO/leafWeight", "leaf weight"},
    {"\"blockIO\":{\"weightDevice\":[{\"major\":8,\"minor\":0,\"leafWeight\":10}]}",
     "/linux/resources/blockIO/weightDevice/0", "leaf weight"},
    {"\"pids\":{\"limit\":-5}", "/linux/resources/pids/limit", "no number of processes"},
    {"\"hugepageLimits\":[{\"pageSize\":\"../2MB\",\"limit\":1}]", "/linux/resources/hugepageLimits/0",
     "size"},
    {"\"network\":{\"classID\":1}", "/linux/resources/network/classID", "network traffic"},
    {"\"network\":{\"priorities\":[{\"name\":\"eth0\",\"priority\":1}]}",
     "/linux/resources/network/priorities", "network traffic"},
    {"\"unified\":{\"../memory.max\":\"1\"}", "/linux/resources/unified/..~1memory.max", "slash"},
    {"\"unified\":{\"memory\":\"1\"}", "/linux/resources/unified/memory", "CONTROLLER.PARAMETER"},
    {"\"unified\":{\"nonsense.max\":\"1\"}", "/linux/resources/unified/nonsense.max",
     "controller 'nonsense'"},
    {"\"devices\":[{\"allow\":true,\"type\":\"c\",\"major\":-3,\"access\":\"r\"}]",
     "/linux/resources/devices/0", ""},
};

/* proves (plan): linux.resources.blockIO.weightDevice.leafWeight */
static void test_refusals(void **data)
{
    (void)data;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const char *text = arena_format(&arena,
                                        "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"rootfs\"},\"linux\":"
                                        "{\"resources\":{%s}}}",
                                        refusals[i].resources);
        const struct spec *spec = spec_parse(&arena, "config.json", text, strlen(text), NULL, NULL, &error);
        struct cgroup_request request = {.driver = CGROUP_FS, .spec = spec, .id = "c1"};
        struct cgroup_plan plan;

        /* Some of these the reader refuses already. */
        if (spec && cgroup_decide(&arena, &full_host, &request, &plan, &error) == 0)
            fail_msg("%s: not refused, writes '%s'", refusals[i].resources, writes_text(&plan));
        if (strncmp(error.pointer, refusals[i].pointer, strlen(refusals[i].pointer)) != 0)
            fail_msg("%s: points to '%s', not '%s'", refusals[i].resources, error.pointer,
                     refusals[i].pointer);
        if (spec)
            assert_contains(error.message, refusals[i].message);
        assert_contains(error.message, "config.json:");
    }
}

/* ---- controllers ---- */

static const struct cgroup_host bare_host = {"/v2", "hugetlb", "/own"};

static void test_only_needed_controllers(void **data)
{
    struct cgroup_plan plan;

    (void)data;
    assert_int_equal(
        decide(&full_host,
               "\"resources\":{\"memory\":{\"limit\":4096,\"swap\":8192},\"pids\":{\"limit\":5},"
               "\"cpu\":{\"quota\":5000,\"shares\":100,\"cpus\":\"0\"},\"unified\":{\"misc.max\":\"x 1\"}}",
               "", false, &plan),
        0);
    assert_string_equal(controllers_text(&plan), "memory cpu cpuset pids misc");
    assert_int_equal(decide(&full_host, "\"resources\":{}", "", false, &plan), 0);
    assert_string_equal(controllers_text(&plan), "");
}

/* What asks for nothing needs no controller: such values stand in every configuration of docker, containerd, podman. */
static void test_unset_needs_no_controller(void **data)
{
    static const char *const harmless[] = {
        "\"memory\":{\"limit\":0,\"swap\":0,\"reservation\":0,\"disableOOMKiller\":false}",
        "\"memory\":{\"limit\":-1}",
        "\"memory\":{\"swap\":-1}",
        "\"cpu\":{\"shares\":0}",
        "\"cpu\":{\"shares\":1024}",
        "\"cpu\":{\"quota\":-1,\"period\":100000}",
        "\"cpu\":{\"burst\":0,\"idle\":0}",
        "\"blockIO\":{\"weight\":0}",
        "\"blockIO\":{\"throttleReadBpsDevice\":[{\"major\":8,\"minor\":0,\"rate\":0}]}",
        "\"pids\":{\"limit\":-1}",
    };

    (void)data;
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        struct cgroup_plan plan;

        if (decide(&bare_host, arena_format(&arena, "\"resources\":{%s}", harmless[i]), "", false, &plan) < 0)
            fail_msg("%s: %s", harmless[i], error.message);
        assert_string_equal(writes_text(&plan), "");
    }
}

static void test_limit_without_controller(void **data)
{
    static const struct {
        const char *resources, *controller, *pointer;
    } limits[] = {
        {"\"memory\":{\"limit\":4096}", "memory", "/linux/resources/memory/limit"},
        {"\"cpu\":{\"shares\":512}", "cpu", "/linux/resources/cpu/shares"},
        {"\"cpu\":{\"quota\":5000}", "cpu", "/linux/resources/cpu/quota"},
        {"\"cpu\":{\"mems\":\"0\"}", "cpuset", "/linux/resources/cpu/mems"},
        {"\"blockIO\":{\"weight\":10}", "io", "/linux/resources/blockIO/weight"},
        {"\"pids\":{\"limit\":5}", "pids", "/linux/resources/pids/limit"},
        {"\"pids\":{\"limit\":0}", "pids", "/linux/resources/pids/limit"},
        {"\"unified\":{\"memory.max\":\"max\"}", "memory", "/linux/resources/unified/memory.max"},
    };

    (void)data;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct cgroup_plan plan;

        assert_int_equal(decide(&bare_host, arena_format(&arena, "\"resources\":{%s}", limits[i].resources),
                                "", false, &plan),
                         -1);
        assert_int_equal(error.code, CAISSON_ERROR_UNSUPPORTED);
        assert_string_equal(error.pointer, limits[i].pointer);
        assert_contains(error.message, arena_format(&arena, "controller '%s'", limits[i].controller));
        assert_true(*error.hint);
    }
}

static void test_disabled_refuses_limits(void **data)
{
    struct cgroup_request request = {.driver = CGROUP_NONE, .id = "c1"};
    struct cgroup_host none = {0};
    struct cgroup_plan plan;

    (void)data;
    request.spec = parse_spec("\"resources\":{\"cpu\":{\"shares\":0},\"devices\":[{\"allow\":false}]}", "");
    assert_int_equal(cgroup_decide(&arena, &none, &request, &plan, &error), 0);
    assert_null(plan.absolute);
    assert_string_equal(plan.path, "");
    assert_null(plan.device_program);
    request.spec = parse_spec("\"resources\":{\"pids\":{\"limit\":3}}", "");
    assert_int_equal(cgroup_decide(&arena, &none, &request, &plan, &error), -1);
    assert_contains(error.message, "cgroups are disabled");
}

/* ---- a user without privileges: a scratch directory stands for the mount ---- */

static void count_notice(void *data, const char *text)
{
    assert_contains(text, "not delegated");
    ++*(int *)data;
}

static void test_rootless_delegation(void **data)
{
    struct cgroup_host host = {scratch, ALL_CONTROLLERS, "/own"};
    struct cgroup_plan plan;

    (void)data;
    assert_int_equal(mkdir(scratch_path("own"), 0755), 0);
    scratch_write("own/cgroup.controllers", "pids\n");
    assert_int_equal(decide(&host, "\"resources\":{\"pids\":{\"limit\":5}}", "", true, &plan), 0);
    assert_string_equal(plan.path, "/own/caisson-c1");
    assert_string_equal(writes_text(&plan), "pids.max=5;");
    /* The hierarchy has it, this user was not given it. */
    assert_int_equal(decide(&host, "\"resources\":{\"memory\":{\"limit\":4096}}", "", true, &plan), -1);
    assert_contains(error.message, "own, which has 'pids'");
    assert_contains(error.hint, "+memory");
}

/* Runs as nobody, for whom the directory is not writable. */
static int undelegated_child(void)
{
    struct cgroup_host host = {scratch, ALL_CONTROLLERS, "/own"};
    struct cgroup_plan plan;
    int notices = 0;
    struct cgroup_request request = {
        .driver = CGROUP_FS, .id = "c1", .rootless = true, .notice = count_notice, .notice_data = &notices};

    if (setuid(65534) < 0)
        return 10;
    request.spec = parse_spec("\"resources\":{}", "");
    if (cgroup_decide(&arena, &host, &request, &plan, &error) < 0)
        return 11;
    if (plan.absolute || plan.driver != CGROUP_NONE || notices != 1)
        return 12;
    request.spec = parse_spec("\"resources\":{\"pids\":{\"limit\":5}}", "");
    if (cgroup_decide(&arena, &host, &request, &plan, &error) == 0)
        return 13;
    return strstr(error.message, "not delegated") && strcmp(error.pointer, "/linux/resources/pids/limit") == 0
               ? 0
               : 14;
}

static void test_rootless_undelegated(void **data)
{
    pid_t child;

    (void)data;
    if (geteuid() != 0) {
        print_message("skipped: only root can become another user\n");
        skip();
    }
    assert_int_equal(mkdir(scratch_path("own"), 0755), 0);
    scratch_write("own/cgroup.controllers", ALL_CONTROLLERS "\n");
    child = fork();
    if (child == 0)
        _exit(undelegated_child());
    assert_int_equal(scratch_wait(child), 0);
}

/* ---- the owner ---- */

#define USERNS                                                                                               \
    "\"namespaces\":[{\"type\":\"user\"},{\"type\":\"cgroup\"}],"                                            \
    "\"uidMappings\":[{\"containerID\":0,\"hostID\":100000,\"size\":1000},"                                  \
    "{\"containerID\":1000,\"hostID\":500,\"size\":1}],"                                                     \
    "\"gidMappings\":[{\"containerID\":0,\"hostID\":100000,\"size\":1000}]"
#define CGROUP_MOUNT(options)                                                                                \
    "\"mounts\":[{\"destination\":\"/sys/fs/"                                                                \
    "cgroup\",\"type\":\"cgroup\",\"source\":\"cgroup\",\"options\":[" options "]}],"
#define USER(uid) "\"process\":{\"cwd\":\"/\",\"args\":[\"x\"],\"user\":{\"uid\":" uid ",\"gid\":0}},"

static void test_owner(void **data)
{
    static const struct {
        const char *linux_, *top, *owner;
    } cases[] = {
        {USERNS, CGROUP_MOUNT("\"rw\"") USER("0"), "100000"},
        {USERNS, CGROUP_MOUNT("") USER("0"), "100000"},
        {USERNS, CGROUP_MOUNT("\"rw\"") USER("7"), "100007"},
        {USERNS, CGROUP_MOUNT("\"rw\"") USER("1000"), "500"},
        {USERNS, CGROUP_MOUNT("\"rw\"") USER("1001"), NULL}, /* not mapped */
        {USERNS, CGROUP_MOUNT("\"rw\""), "100000"},          /* no process: root */
        {USERNS, CGROUP_MOUNT("\"rw\",\"ro\"") USER("0"), NULL},
        {USERNS, USER("0"), NULL},
        {"\"namespaces\":[{\"type\":\"cgroup\"}]", CGROUP_MOUNT("\"rw\"") USER("0"), NULL},
        {"\"namespaces\":[{\"type\":\"user\"}]", CGROUP_MOUNT("\"rw\"") USER("0"), NULL},
    };

    (void)data;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cgroup_plan plan;

        assert_int_equal(decide(&full_host, cases[i].linux_, cases[i].top, false, &plan), 0);
        if (!cases[i].owner)
            assert_null(plan.delegate_uid);
        else
            assert_string_equal(plan.delegate_uid, cases[i].owner);
    }
}

/* ---- what `plan` shows ---- */

static void test_print(void **data)
{
    struct strbuf text = STRBUF(&arena), json_text = STRBUF(&arena);
    struct json json = {.out = &json_text};
    struct cgroup_plan plan;

    (void)data;
    assert_int_equal(decide(&full_host,
                            "\"cgroupsPath\":\"/a/b\",\"resources\":{\"blockIO\":{\"weight\":10},"
                            "\"devices\":[{\"allow\":false,\"access\":\"rwm\"}]}",
                            "", false, &plan),
                     0);
    cgroup_print_text(&plan, &text);
    assert_contains(strbuf_string(&text), "cgroup /v2/a/b (cgroupfs)\n  enable the controllers io\n");
    assert_contains(strbuf_string(&text),
                    "write io.bfq.weight '10', or where that does not exist io.weight '1'");
    assert_contains(strbuf_string(&text), "(/linux/resources/blockIO/weight)\n");
    assert_contains(strbuf_string(&text), "attach a device program of ");
    cgroup_print_json(&plan, &json, NULL);
    assert_contains(
        strbuf_string(&json_text),
        "{\"driver\":\"cgroupfs\",\"path\":\"/v2/a/b\",\"controllers\":[\"io\"],\"writes\":[{\"file\":"
        "\"io.bfq.weight\",\"value\":\"10\",\"controller\":\"io\",\"elseFile\":\"io.weight\","
        "\"elseValue\":\"1\",\"origin\":\"/linux/resources/blockIO/weight\"}]");
}

#define TEST(name)         cmocka_unit_test_teardown(name, arena_teardown)
#define SCRATCH_TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_and_arena_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_conversions),
        TEST(test_zero_processes),
        TEST(test_zero_processes_of_update),
        TEST(test_refusals),
        TEST(test_only_needed_controllers),
        TEST(test_unset_needs_no_controller),
        TEST(test_limit_without_controller),
        TEST(test_disabled_refuses_limits),
        SCRATCH_TEST(test_rootless_delegation),
        SCRATCH_TEST(test_rootless_undelegated),
        TEST(test_owner),
        TEST(test_print),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
