/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an update takes from the values in force, and cpu.shares as cpu.weight. */
#include "cgroup_decide.h"

#include <math.h>

#include "cgroup/internal.h"

/* ---- update ---- */

static int update(const char *resources, struct cgroup_plan *plan)
{
    struct cgroup_host host = {scratch, ALL_CONTROLLERS, "/"};
    const struct spec_resources *parsed =
        spec_parse_resources(&arena, "resources.json", resources, strlen(resources), NULL, NULL, &error);

    if (!parsed)
        fail_msg("the test's own resources: %s", error.message);
    return cgroup_decide_update(&arena, &host, parsed, scratch_path("c1"), false, plan, &error);
}

/* Half of a pair of values takes the other half from what is in force. */
static void test_update_looks_at_current(void **data)
{
    struct cgroup_plan plan;

    (void)data;
    assert_int_equal(mkdir(scratch_path("c1"), 0755), 0);
    scratch_write("c1/cpu.max", "20000 50000\n");
    scratch_write("c1/memory.max", "1048576\n");
    scratch_write("c1/memory.current", "524288\n");
    scratch_write("c1/memory.swap.current", "4096\n");
    assert_int_equal(update("{\"cpu\":{\"quota\":30000}}", &plan), 0);
    assert_string_equal(writes_text(&plan), "cpu.max=30000 50000;");
    assert_string_equal(plan.path, "/c1");
    assert_int_equal(update("{\"cpu\":{\"period\":10000}}", &plan), 0);
    assert_string_equal(writes_text(&plan), "cpu.max=20000 10000;");
    /* room for the burst is made first */
    assert_int_equal(update("{\"cpu\":{\"quota\":40000,\"burst\":30000}}", &plan), 0);
    assert_string_equal(writes_text(&plan), "cpu.max=40000 50000;cpu.max.burst=30000;");
    assert_int_equal(update("{\"cpu\":{\"quota\":10000,\"burst\":5000}}", &plan), 0);
    assert_string_equal(writes_text(&plan), "cpu.max.burst=5000;cpu.max=10000 50000;");
    assert_int_equal(update("{\"memory\":{\"swap\":2097152}}", &plan), 0);
    assert_string_equal(writes_text(&plan), "memory.swap.max=1048576;");
}

static void test_check_before_update(void **data)
{
    struct cgroup_plan plan;

    (void)data;
    assert_int_equal(mkdir(scratch_path("c1"), 0755), 0);
    scratch_write("c1/memory.current", "524288\n");
    scratch_write("c1/memory.swap.current", "4096\n");
    assert_int_equal(update("{\"memory\":{\"limit\":524288}}", &plan), 0);
    assert_int_equal(update("{\"memory\":{\"limit\":524289,\"checkBeforeUpdate\":true}}", &plan), 0);
    assert_int_equal(update("{\"memory\":{\"limit\":524288,\"checkBeforeUpdate\":true}}", &plan), -1);
    assert_contains(error.message, "rejecting memory limit 524288 <= usage 524288");
    assert_string_equal(error.pointer, "/memory/limit");
    assert_int_equal(
        update("{\"memory\":{\"limit\":526000,\"swap\":527000,\"checkBeforeUpdate\":true}}", &plan), -1);
    assert_contains(error.message, "rejecting memory+swap limit");
}

/* ---- weights ---- */

/* The curve as its authors wrote it, for every value there is. */
static void test_weight_of_all_shares(void **data)
{
    (void)data;
    assert_int_equal(shares_to_weight(0), 1);
    assert_int_equal(shares_to_weight(2), 1);
    assert_int_equal(shares_to_weight(1024), 100);
    assert_int_equal(shares_to_weight(262144), 10000);
    assert_int_equal(shares_to_weight(UINT64_MAX), 10000);
    for (unsigned shares = 3; shares < 262144; shares++) {
        double l = log2((double)shares);
        unsigned want = (unsigned)ceil(pow(10, (l * l + 125 * l) / 612 - 7.0 / 34));

        if (shares_to_weight(shares) != want)
            fail_msg("%u shares: weight %u, not %u", shares, shares_to_weight(shares), want);
    }
}

#define TEST(name)         cmocka_unit_test_teardown(name, arena_teardown)
#define SCRATCH_TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_and_arena_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(test_update_looks_at_current),
        SCRATCH_TEST(test_check_before_update),
        TEST(test_weight_of_all_shares),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
