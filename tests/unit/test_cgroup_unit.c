/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The systemd driver as data: a scope's name, its slice, where it is, and its properties. */
#include "cgroup_decide.h"

#include "cgroup/unit.h"

static const struct cgroup_host user_host = {
    "/v2", ALL_CONTROLLERS, "/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope"};

static int decide_unit(const struct cgroup_host *host, const char *linux_, const char *top, bool rootless,
                       struct cgroup_plan *plan)
{
    struct cgroup_request request = {
        .driver = CGROUP_SYSTEMD, .spec = parse_spec(linux_, top), .id = "c+1", .rootless = rootless};

    return cgroup_decide(&arena, host, &request, plan, &error);
}

static const char *properties_text(const struct cgroup_properties *properties)
{
    struct strbuf out = STRBUF(&arena);

    for (size_t i = 0; i < properties->count; i++) {
        const struct cgroup_property *property = &properties->items[i];

        strbuf_format(&out, "%s %s=", property->signature, property->name);
        for (size_t k = 0; k < property->count; k++)
            strbuf_format(&out, "%s%s", k ? "," : "", property->values[k]);
        strbuf_char(&out, ';');
    }
    return strbuf_string(&out);
}

/* ---- names and places ---- */

static void test_places(void **data)
{
    static const struct {
        const char *given, *name, *slice, *end; /* NULL name: refused */
        bool rootless;
    } cases[] = {
        {"", "caisson-c\\x2b1.scope", "system.slice", "/system.slice/caisson-c\\x2b1.scope", false},
        {"\"cgroupsPath\":\"machine.slice:libpod:12ab\",", "libpod-12ab.scope", "machine.slice",
         "/machine.slice/libpod-12ab.scope", false},
        {"\"cgroupsPath\":\"a-b.slice:p:n\",", "p-n.scope", "a-b.slice", "/a.slice/a-b.slice/p-n.scope",
         false},
        {"\"cgroupsPath\":\":p:n\",", "p-n.scope", "system.slice", "/system.slice/p-n.scope", false},
        {"\"cgroupsPath\":\"-.slice:p:n\",", "p-n.scope", "-.slice", "/p-n.scope", false},
        {"", "caisson-c\\x2b1.scope", "user.slice",
         "/user.slice/user-1000.slice/user@1000.service/user.slice/caisson-c\\x2b1.scope", true},
        {"\"cgroupsPath\":\"a.slice:p:n\",", "p-n.scope", "a.slice",
         "/user.slice/user-1000.slice/user@1000.service/a.slice/p-n.scope", true},
        {"\"cgroupsPath\":\"/a/b\",", NULL, NULL, NULL, false},
        {"\"cgroupsPath\":\"a\",", NULL, NULL, NULL, false},
        {"\"cgroupsPath\":\"a.slice:p:b.slice\",", NULL, NULL, NULL, false},
        {"\"cgroupsPath\":\"a:p:n\",", NULL, NULL, NULL, false},
    };

    (void)data;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *linux_ = arena_format(&arena, "%s\"resources\":{}", cases[i].given);
        struct cgroup_plan plan;
        int result = decide_unit(&user_host, linux_, "", cases[i].rootless, &plan);

        if (!cases[i].name) {
            assert_int_equal(result, -1);
            assert_string_equal(error.pointer, "/linux/cgroupsPath");
            continue;
        }
        if (result < 0)
            fail_msg("%s: %s", linux_, error.message);
        assert_string_equal(plan.unit->name, cases[i].name);
        assert_string_equal(plan.unit->slice, cases[i].slice);
        assert_int_equal(plan.unit->user, cases[i].rootless);
        /* In a container the system's own systemd may stand further down. */
        assert_string_equal(plan.absolute + strlen(plan.absolute) - strlen(cases[i].end), cases[i].end);
        assert_string_equal(plan.absolute, arena_format(&arena, "/v2%s", plan.path));
    }
}

/* ---- limits ---- */

/* Those of the start, behind the five properties that every scope has, and those that are set later. */
static const char *limits_text(const struct cgroup_unit *unit)
{
    struct cgroup_properties start = {unit->properties.items + 5, unit->properties.count - 5};

    return arena_format(&arena, "%s%s", properties_text(&start), properties_text(&unit->limits));
}

static void test_limits(void **data)
{
    static const struct {
        const char *resources, *limits;
    } cases[] = {
        {"", ""},
        {"\"memory\":{\"limit\":4096,\"swap\":8192,\"reservation\":1024}",
         "t MemoryLow=1024;t MemorySwapMax=4096;t MemoryMax=4096;"},
        {"\"memory\":{\"limit\":-1}",
         "t MemorySwapMax=18446744073709551615;t MemoryMax=18446744073709551615;"},
        {"\"cpu\":{\"shares\":512}", "t CPUWeight=59;"},
        {"\"cpu\":{\"quota\":50000,\"period\":100000}",
         "t CPUQuotaPerSecUSec=500000;t CPUQuotaPeriodUSec=100000;"},
        /* whole percents, never less than was asked for */
        {"\"cpu\":{\"quota\":33333,\"period\":100000}",
         "t CPUQuotaPerSecUSec=340000;t CPUQuotaPeriodUSec=100000;"},
        {"\"cpu\":{\"quota\":-1}", "t CPUQuotaPerSecUSec=18446744073709551615;t CPUQuotaPeriodUSec=100000;"},
        {"\"cpu\":{\"cpus\":\"0-1,9\",\"mems\":\"0\"}", "ay AllowedCPUs=3,2;ay AllowedMemoryNodes=1;"},
        {"\"pids\":{\"limit\":20}", "t TasksMax=20;"},
        {"\"blockIO\":{\"weight\":500,\"weightDevice\":[{\"major\":8,\"minor\":0,\"weight\":10}]}",
         "t IOWeight=4950;"},
        {"\"pids\":{\"limit\":20},\"unified\":{\"pids.max\":\"7\",\"memory.high\":\"1\"}",
         "t TasksMax=7;t MemoryHigh=1;"},
        {"\"hugepageLimits\":[{\"pageSize\":\"2MB\",\"limit\":0}]", ""},
    };

    (void)data;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cgroup_plan plan;

        assert_int_equal(decide_unit(&user_host,
                                     arena_format(&arena, "\"resources\":{%s}", cases[i].resources), "",
                                     false, &plan),
                         0);
        if (strcmp(limits_text(plan.unit), cases[i].limits) != 0)
            fail_msg("%s: '%s', not '%s'", cases[i].resources, limits_text(plan.unit), cases[i].limits);
    }
}

/* What would hinder the building of the container waits for its end, and with it the rest; an annotation does not win. */
static void test_limits_at_start(void **data)
{
    static const struct {
        const char *resources;
        bool at_start;
    } cases[] = {
        {"\"memory\":{\"limit\":33554432},\"pids\":{\"limit\":8},\"cpu\":{\"quota\":10000}", true},
        {"\"memory\":{\"limit\":-1},\"pids\":{\"limit\":-1},\"cpu\":{\"quota\":-1}", true},
        {"\"memory\":{\"limit\":33554431}", false},
        {"\"unified\":{\"memory.high\":\"1048576\"},\"cpu\":{\"shares\":512}", false},
        {"\"pids\":{\"limit\":7}", false},
        {"\"cpu\":{\"quota\":9000}", false},
    };

    (void)data;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cgroup_plan plan;

        assert_int_equal(
            decide_unit(&user_host, arena_format(&arena, "\"resources\":{%s}", cases[i].resources),
                        "\"annotations\":{\"org.systemd.property.TasksMax\":\"uint64 99\"},", false, &plan),
            0);
        if ((plan.unit->limits.count == 0) != cases[i].at_start)
            fail_msg("%s", cases[i].resources);
        if (i == 0)
            assert_string_equal(limits_text(plan.unit),
                                "t TasksMax=8;t MemoryMax=33554432;"
                                "t CPUQuotaPerSecUSec=100000;t CPUQuotaPeriodUSec=100000;");
    }
}

/* An update tells systemd too, when the cgroup is one of its scopes. */
static void test_update_finds_the_unit(void **data)
{
    struct spec_resources resources = {.pids = {.set = true, .limit = {.value = 5, .set = true}}};
    struct cgroup_plan plan;

    (void)data;
    assert_int_equal(cgroup_decide_update(&arena, &full_host, &resources, "/v2/machine.slice/p-n.scope", true,
                                          &plan, &error),
                     0);
    assert_string_equal(plan.unit->name, "p-n.scope");
    assert_false(plan.unit->user);
    assert_string_equal(properties_text(&plan.unit->limits), "t TasksMax=5;");
    assert_int_equal(cgroup_decide_update(&arena, &full_host, &resources,
                                          "/v2/user.slice/user-1.slice/user@1.service/user.slice/p-n.scope",
                                          true, &plan, &error),
                     0);
    assert_true(plan.unit->user);
    assert_int_equal(cgroup_decide_update(&arena, &full_host, &resources, "/v2/machine.slice/p-n.scope",
                                          false, &plan, &error),
                     0);
    assert_null(plan.unit);
}

/* ---- properties ---- */

static void test_properties(void **data)
{
    struct cgroup_plan plan;

    (void)data;
    assert_int_equal(decide_unit(&full_host, "\"resources\":{}",
                                 "\"annotations\":{\"org.systemd.property.TimeoutStopUSec\":\"uint64 5\","
                                 "\"org.systemd.property.CollectMode\":\"'inactive'\",\"other\":\"x\"},",
                                 false, &plan),
                     0);
    assert_string_equal(properties_text(&plan.unit->properties),
                        "s Description=caisson container c+1;s Slice=system.slice;b Delegate=true;"
                        "b DefaultDependencies=false;s CollectMode=inactive;t TimeoutStopUSec=5;");
    for (int i = 0; i < 3; i++) {
        static const char *const ours[] = {"PIDs", "Slice", "Delegate"};

        assert_int_equal(
            decide_unit(
                &full_host, "\"resources\":{}",
                arena_format(&arena, "\"annotations\":{\"org.systemd.property.%s\":\"'x'\"},", ours[i]),
                false, &plan),
            -1);
        assert_contains(error.message, "cannot be set");
        assert_contains(error.pointer, "/annotations/org.systemd.property.");
    }
}

static void test_property_values(void **data)
{
    static const struct {
        const char *name, *text, *result; /* NULL: refused */
    } cases[] = {
        {"A", "'x y'", "s A=x y;"},
        {"A", "\"x'y\"", "s A=x'y;"},
        {"A", "'x\\'y'", "s A=x'y;"},
        {"A", "true", "b A=true;"},
        {"A", "false", "b A=false;"},
        {"A", "5", "i A=5;"},
        {"A", "-5", "i A=-5;"},
        {"A", "0x10", "i A=16;"},
        {"A", "uint64 18446744073709551615", "t A=18446744073709551615;"},
        {"A", "int64 -1", "x A=-1;"},
        {"A", "byte 255", "y A=255;"},
        {"A", "uint16 65535", "q A=65535;"},
        {"A", "int16 -32768", "n A=-32768;"},
        {"A", "uint32 7 ", "u A=7;"},
        {"A", "['a', 'b']", "as A=a,b;"},
        {"A", "[]", "as A=;"},
        {"TimeoutStopSec", "3", "t TimeoutStopUSec=3000000;"},
        {"TimeoutStopSec", "uint64 3", "t TimeoutStopUSec=3000000;"},
        {"TimeoutStopSec", "2.25", "t TimeoutStopUSec=2250000;"},
        {"TimeoutStopUSec", "uint64 3", "t TimeoutStopUSec=3;"},
        {"A", "", NULL},
        {"A", "x", NULL},
        {"A", "'x", NULL},
        {"A", "'x'y", NULL},
        {"A", "5x", NULL},
        {"A", "2147483648", NULL},
        {"A", "uint32 -1", NULL},
        {"A", "byte 256", NULL},
        {"A", "uint64 18446744073709551616", NULL},
        {"A", "['a'", NULL},
        {"A", "['a' 'b']", NULL},
        {"A", "[5]", NULL},
        {"A", "['a'] x", NULL},
        {"A", "--", NULL},
        {"A=B", "5", NULL},
        {"", "5", NULL},
        {"TimeoutStopSec", "-1", NULL},
        {"TimeoutStopSec", "99999999999999999999", NULL},
    };

    (void)data;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cgroup_property property;
        int result = unit_parse_property(&arena, cases[i].name, cases[i].text, &property, &error);

        if (!cases[i].result) {
            if (result == 0)
                fail_msg("%s: %s: not refused", cases[i].name, cases[i].text);
            continue;
        }
        if (result < 0)
            fail_msg("%s: %s: %s", cases[i].name, cases[i].text, error.message);
        assert_string_equal(properties_text(&(struct cgroup_properties){&property, 1}), cases[i].result);
    }
}

/* Without the helper there is no scope, and what is said names the helper. */
static void test_no_helper(void **data)
{
    struct cgroup_unit unit = {
        .name = "x.scope", .slice = "system.slice", .helper_input = -1, .helper_output = -1};

    (void)data;
    if (access("/usr/libexec/caisson/caisson-systemd", F_OK) == 0 ||
        access("/usr/local/libexec/caisson/caisson-systemd", F_OK) == 0) {
        print_message("skipped: caisson-systemd is installed here\n");
        skip();
    }
    assert_int_equal(unit_start(&unit, "/v2/x", "/v2", &error), -1);
    assert_contains(error.message, "caisson-systemd");
    assert_contains(error.hint, "--cgroup-manager=cgroupfs");
}

#define TEST(name) cmocka_unit_test_teardown(name, arena_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_places),          TEST(test_limits),
        TEST(test_limits_at_start), TEST(test_update_finds_the_unit),
        TEST(test_properties),      TEST(test_property_values),
        TEST(test_no_helper),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
