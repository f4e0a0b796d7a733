/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The features object: what callers read of it, and that it has the form of the specification's schema. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <yajl/yajl_tree.h>

#include <caisson/caisson.h>

static yajl_val features(void)
{
    struct caisson_error err = {0};
    char problem[256] = "", *text = NULL;
    yajl_val tree;

    if (caisson_features(&text, &err) < 0)
        fail_msg("%s", err.message);
    assert_null(strchr(text, '\n'));
    tree = yajl_tree_parse(text, problem, sizeof problem);
    if (!tree)
        fail_msg("%s", problem);
    free(text);
    return tree;
}

static yajl_val get(yajl_val tree, const char *path, yajl_type type)
{
    char copy[128], *saved = NULL;
    const char *parts[8] = {NULL};
    yajl_val value;
    size_t n = 0;

    strncpy(copy, path, sizeof copy - 1);
    copy[sizeof copy - 1] = '\0';
    for (char *part = strtok_r(copy, "/", &saved); part && n < 7; part = strtok_r(NULL, "/", &saved))
        parts[n++] = part;
    value = yajl_tree_get(tree, parts, type);
    if (!value)
        fail_msg("%s is not there, or of another type", path);
    return value;
}

static bool holds(yajl_val tree, const char *path, const char *item)
{
    yajl_val array = get(tree, path, yajl_t_array);

    for (size_t i = 0; i < array->u.array.len; i++)
        if (strcmp(array->u.array.values[i]->u.string, item) == 0)
            return true;
    return false;
}

/* containerd's CRI plugin, docker and podman look at these. */
static void test_callers(void **state)
{
    yajl_val tree = features();

    (void)state;
    assert_true(holds(tree, "mountOptions", "rro"));
    assert_true(holds(tree, "linux/namespaces", "user"));
    get(tree, "linux/mountExtensions/idmap/enabled", yajl_t_true);
    get(tree, "linux/cgroup/v1", yajl_t_false); /* not null: null says "not known" */
    get(tree, "linux/cgroup/v2", yajl_t_true);
    get(tree, "linux/seccomp/enabled", yajl_t_true);
    get(tree, "annotations/org.opencontainers.runc.checkpoint.enabled", yajl_t_string);
    get(tree, "annotations/io.github.seccomp.libseccomp.version", yajl_t_string);
    get(tree, "linux/cgroup/systemd", yajl_t_true);
    assert_true(holds(tree, "potentiallyUnsafeConfigAnnotations", "org.systemd.property."));
    assert_true(holds(tree, "potentiallyUnsafeConfigAnnotations", "run.oci."));
    assert_string_equal(YAJL_GET_STRING(get(tree, "ociVersionMax", yajl_t_string)), CAISSON_OCI_VERSION);
    yajl_tree_free(tree);
}

static void test_lists(void **state)
{
    static const struct {
        const char *path;
        const char *item;
        size_t least;
    } lists[] = {
        {"hooks", "startContainer", 6},
        {"mountOptions", "idmap", 66},
        {"linux/namespaces", "time", 8},
        {"linux/capabilities", "CAP_CHECKPOINT_RESTORE", 41},
        {"linux/seccomp/actions", "SCMP_ACT_NOTIFY", 9},
        {"linux/seccomp/operators", "SCMP_CMP_MASKED_EQ", 7},
        {"linux/seccomp/archs", "SCMP_ARCH_X86_64", 19},
        {"linux/seccomp/knownFlags", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", 4},
        {"linux/seccomp/supportedFlags", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", 3},
        {"linux/memoryPolicy/modes", "MPOL_WEIGHTED_INTERLEAVE", 7},
        {"linux/memoryPolicy/flags", "MPOL_F_NUMA_BALANCING", 3},
    };
    yajl_val tree = features();

    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        assert_true(get(tree, lists[i].path, yajl_t_array)->u.array.len >= lists[i].least);
        assert_true(holds(tree, lists[i].path, lists[i].item));
    }
    yajl_tree_free(tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_callers), cmocka_unit_test(test_lists)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
