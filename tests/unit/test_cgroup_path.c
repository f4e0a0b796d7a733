/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux.cgroupsPath: where the cgroup is. */
#include "cgroup_decide.h"

#include "cgroup/slice.h"

static const struct {
    const char *given; /* NULL: absent */
    bool rootless;
    const char *path; /* NULL: refused */
} paths[] = {
    {NULL, false, "/caisson-c1"},
    {NULL, true, "/own/caisson-c1"},
    {"", false, "/caisson-c1"},
    {"/a/b", false, "/a/b"},
    {"/a/b", true, "/a/b"},
    {"a/b", false, "/a/b"},
    {"a/b", true, "/own/a/b"},
    {"//a/./b//", false, "/a/b"},
    {"/a:b", false, "/a:b"},
    {"/x:y:z", false, "/x:y:z"}, /* a slash: not systemd's way to write it */
    {"system.slice:docker:abc", false, "/system.slice/docker-abc.scope"},
    {"machine-a-b.slice:p:n", false, "/machine.slice/machine-a.slice/machine-a-b.slice/p-n.scope"},
    {":p:n", false, "/system.slice/p-n.scope"},
    {":p:n", true, "/own/user.slice/p-n.scope"},
    {"-.slice:p:n", false, "/p-n.scope"},
    {"a.slice::n", false, "/a.slice/n.scope"},
    {"a.slice:p:b.slice", false, "/a.slice/b.slice"},
    {"/", false, NULL},
    {"/.//", false, NULL},
    {"/a/../b", false, NULL},
    {"../b", true, NULL},
    {"..", false, NULL},
    {"a--b.slice:p:n", false, NULL},
    {"-a.slice:p:n", false, NULL},
    {"a-.slice:p:n", false, NULL},
    {"a:p:n", false, NULL},
    {"a.slice:p:", false, NULL},
};

static void test_paths(void **data)
{
    (void)data;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct cgroup_host host = {scratch, ALL_CONTROLLERS, "/own"};
        struct cgroup_plan plan;
        const char *linux_ =
            paths[i].given ? arena_format(&arena, "\"cgroupsPath\":\"%s\"", paths[i].given) : "";
        int result = decide(&host, linux_, "", paths[i].rootless, &plan);

        if (!paths[i].path) {
            if (result == 0)
                fail_msg("%s: not refused but '%s'", paths[i].given, plan.path);
            assert_string_equal(error.pointer, "/linux/cgroupsPath");
            continue;
        }
        if (result < 0)
            fail_msg("%s: %s", paths[i].given, error.message);
        assert_string_equal(plan.path, paths[i].path);
        assert_string_equal(plan.absolute, arena_format(&arena, "%s%s", scratch, paths[i].path));
    }
}

static void test_own_root(void **data)
{
    struct cgroup_host host = {scratch, ALL_CONTROLLERS, "/"};
    struct cgroup_plan plan;

    (void)data;
    assert_int_equal(decide(&host, "", "", true, &plan), 0);
    assert_string_equal(plan.path, "/caisson-c1");
    assert_int_equal(decide(&host, "\"cgroupsPath\":\"a\"", "", true, &plan), 0);
    assert_string_equal(plan.path, "/a");
}

static void test_slices(void **data)
{
    (void)data;
    assert_string_equal(slice_expand(&arena, "a.slice"), "/a.slice");
    assert_string_equal(slice_expand(&arena, "a-b.slice"), "/a.slice/a-b.slice");
    assert_string_equal(slice_expand(&arena, "-.slice"), "");
    assert_null(slice_expand(&arena, ".slice"));
    assert_null(slice_expand(&arena, "a/b.slice"));
    assert_null(slice_expand(&arena, "a.scope"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_and_arena_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_paths), TEST(test_own_root), TEST(test_slices)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
