/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linux.intelRdt against a tree laid out as the kernel's resctrl lays it out. Few processors have it, so the calls
 * that the kernel answers specially stand here: mkdir(2) fills a new group with files, rmdir(2) takes a group with all
 * that is in it, write(2) to schemata checks and merges.
 */
#include "container/intel_rdt.h"

#include <sys/syscall.h>

#include "container/rdt_schemata.h"
#include "scratch.h"

#define DEFAULTS "    L3:0=fffff;1=fffff\n    MB:0= 100;1= 100\n"

static char writes[4096];  /* to schemata files, one after the other */
static int space_left = 8; /* classes and monitors that the processor has */

static void put(int dir, const char *path, const char *name, const char *text)
{
    char file[PATH_MAX];
    int fd;

    snprintf(file, sizeof file, "%s/%s", path, name);
    fd = openat(dir, file, O_WRONLY | O_CREAT | O_EXCL, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void fill(int dir, const char *path, bool monitor)
{
    char below[PATH_MAX];

    put(dir, path, "tasks", "");
    put(dir, path, "cpus", "0\n");
    if (monitor)
        return;
    put(dir, path, "schemata", DEFAULTS);
    snprintf(below, sizeof below, "%s/mon_groups", path);
    assert_int_equal(syscall(SYS_mkdirat, dir, below, 0755), 0);
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
int mkdirat(int dir, const char *path, mode_t mode)
{
    if (space_left == 0) {
        errno = ENOSPC;
        return -1;
    }
    if (syscall(SYS_mkdirat, dir, path, mode) < 0)
        return -1;
    space_left--;
    fill(dir, path, strstr(path, "mon_groups/"));
    return 0;
}

static int remove_group(const char *path)
{
    space_left++;
    return nftw(path, scratch_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
int unlinkat(int dir, const char *path, int flags)
{
    char whole[PATH_MAX];
    struct stat st;

    if (!(flags & AT_REMOVEDIR))
        return (int)syscall(SYS_unlinkat, dir, path, flags);
    if (fstatat(dir, path, &st, 0) < 0)
        return -1;
    snprintf(whole, sizeof whole, "%s/%s", scratch, path);
    return remove_group(whole);
}

int rmdir(const char *path)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return -1;
    /* nftw(3) removes by remove(3), which comes here again. */
    if (syscall(SYS_rmdir, path) == 0)
        return 0;
    return remove_group(path);
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    const char *text = bytes;
    size_t have = strlen(writes);

    (void)fd;
    (void)offset;
    if (length == 0 || text[length - 1] != '\n' || memmem(text, length, "bad", 3)) {
        errno = EINVAL;
        return -1;
    }
    assert_true(have + length + 1 < sizeof writes);
    memcpy(writes + have, text, length);
    memcpy(writes + have + length, "|", 2);
    return (ssize_t)length;
}

/* ---- the tests ---- */

static int root = -1;
static struct arena arena;
static struct spec spec;
static struct intel_rdt groups;
static struct caisson_error err;

static int setup(void **data)
{
    if (scratch_setup_open(data, &root) < 0)
        return -1;
    fill(root, ".", false);
    mkdir(scratch_path("info"), 0755);
    scratch_write("info/last_cmd_status", "ok\n");
    writes[0] = '\0';
    space_left = 8;
    memset(&err, 0, sizeof err);
    return 0;
}

static int teardown(void **data)
{
    close(root);
    arena_free(&arena);
    return scratch_teardown(data);
}

/* Reads "{...}" as linux.intelRdt, single quotes for double ones, and names the groups of container "box". */
static void configure(const char *json)
{
    char *text =
        arena_format(&arena, "{'ociVersion':'1.3.0','root':{'path':'r'},'linux':{'intelRdt':%s}}", json);
    const struct spec *read;

    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    read = spec_parse(&arena, "config.json", text, strlen(text), NULL, NULL, &err);
    if (!read)
        fail_msg("%s", err.message);
    else
        spec = *read;
    intel_rdt_name(&arena, &spec, "box", &groups);
}

static int make(void)
{
    return intel_rdt_check(root, &spec, &groups, &err) < 0 ? -1 : intel_rdt_make(root, &spec, &groups, &err);
}

static bool there(const char *path)
{
    struct stat st;

    return stat(scratch_path(path), &st) == 0;
}

/* proves (injected tree): linux.intelRdt.{l3CacheSchema,memBwSchema} */
static void test_own_group(void **data)
{
    (void)data;
    configure("{'l3CacheSchema':'L3:0=f;1=f0','memBwSchema':'MB:0=20;1=70'}");
    assert_string_equal(groups.control, "box");
    assert_true(groups.own);
    assert_null(groups.monitor);
    assert_int_equal(make(), 0);
    assert_string_equal(writes, "L3:0=f;1=f0\nMB:0=20;1=70\n|");
    assert_int_equal(intel_rdt_enter(root, &groups, 4711, &err), 0);
    assert_string_equal(scratch_read("box/tasks"), "4711\n");
    assert_string_equal(scratch_read("tasks"), "");
}

static void test_nothing_to_write(void **data)
{
    (void)data;
    configure("{}");
    assert_int_equal(make(), 0);
    assert_true(there("box/tasks"));
    assert_string_equal(writes, "");
}

static void test_bandwidth_of_the_cache_schema_gives_way(void **data)
{
    (void)data;
    configure("{'l3CacheSchema':'L3:0=f\\nMB:0=10\\nL3CODE:0=1','memBwSchema':'MB:0=20'}");
    assert_int_equal(make(), 0);
    assert_string_equal(writes, "L3:0=f\nL3CODE:0=1\nMB:0=20\n|");
}

static void test_bandwidth_of_the_cache_schema_alone(void **data)
{
    (void)data;
    configure("{'l3CacheSchema':'L3:0=f\\nMB:0=10\\n'}");
    assert_int_equal(make(), 0);
    assert_string_equal(writes, "L3:0=f\nMB:0=10\n|");
}

/* proves (injected tree): linux.intelRdt.schemata */
static void test_schemata_come_last_one_by_one(void **data)
{
    (void)data;
    configure("{'l3CacheSchema':'L3:0=f','schemata':['L3:0=3','L2:1=7']}");
    assert_int_equal(make(), 0);
    assert_string_equal(writes, "L3:0=f\n|L3:0=3\n|L2:1=7\n|");
}

/* proves (injected tree): linux.intelRdt.closID */
static void test_named_group_is_made(void **data)
{
    (void)data;
    configure("{'closID':'gold','schemata':['L3:0=f']}");
    assert_false(groups.own);
    assert_int_equal(make(), 0);
    assert_true(there("gold/tasks"));
    assert_string_equal(writes, "L3:0=f\n|");
}

static void test_named_group_must_exist_without_schemata(void **data)
{
    (void)data;
    configure("{'closID':'gold'}");
    assert_int_equal(make(), -1);
    assert_non_null(strstr(err.message, "there is no resctrl group 'gold'"));
    assert_string_equal(err.pointer, "/linux/intelRdt/closID");
    assert_false(there("gold"));
    assert_int_equal(mkdirat(root, "gold", 0755), 0);
    assert_int_equal(make(), 0);
    assert_int_equal(intel_rdt_enter(root, &groups, 7, &err), 0);
    assert_string_equal(scratch_read("gold/tasks"), "7\n");
    assert_string_equal(writes, "");
}

/* proves (injected tree): rule 22 */
static void test_named_group_that_exists_is_compared(void **data)
{
    (void)data;
    assert_int_equal(mkdirat(root, "gold", 0755), 0);
    configure("{'closID':'gold','l3CacheSchema':'L3:1=0FFFFF;0=fffff','memBwSchema':'MB:0=100'}");
    assert_int_equal(make(), 0);
    assert_string_equal(writes, "");
    assert_false(groups.made_control);
    configure("{'closID':'gold','l3CacheSchema':'L3:0=f'}");
    assert_int_equal(make(), -1);
    assert_non_null(strstr(err.message, "L3 of 0 is 'fffff', expected 'f'"));
    assert_true(there("gold"));
}

static void test_the_group_of_everybody(void **data)
{
    (void)data;
    configure("{'closID':'/','enableMonitoring':true}");
    assert_string_equal(groups.control, ".");
    assert_int_equal(make(), 0);
    assert_true(there("mon_groups/box/tasks"));
    assert_int_equal(intel_rdt_enter(root, &groups, 12, &err), 0);
    assert_string_equal(scratch_read("tasks"), "12\n");
    assert_string_equal(scratch_read("mon_groups/box/tasks"), "12\n");
    configure("{'closID':'/','schemata':['L3:0=1']}");
    assert_int_equal(make(), -1);
    assert_non_null(strstr(err.message, "resctrl group '/'"));
}

/* proves (injected tree): linux.intelRdt.enableMonitoring */
static void test_monitoring(void **data)
{
    (void)data;
    configure("{'closID':'gold','schemata':['MB:0=50'],'enableMonitoring':true}");
    assert_int_equal(make(), 0);
    assert_true(there("gold/mon_groups/box"));
    assert_int_equal(intel_rdt_enter(root, &groups, 12, &err), 0);
    assert_string_equal(scratch_read("gold/tasks"), "12\n");
    assert_string_equal(scratch_read("gold/mon_groups/box/tasks"), "12\n");
    configure("{'closID':'gold','enableMonitoring':false}");
    assert_null(groups.monitor);
}

static void test_own_groups_must_be_new(void **data)
{
    (void)data;
    assert_int_equal(mkdirat(root, "box", 0755), 0);
    configure("{}");
    assert_int_equal(make(), -1);
    assert_non_null(strstr(err.message, "'box' exists"));
    assert_true(there("box"));
    assert_int_equal(mkdirat(root, "mon_groups/box", 0755), 0);
    configure("{'closID':'/','enableMonitoring':true}");
    assert_int_equal(make(), -1);
    assert_non_null(strstr(err.message, "'./mon_groups/box' exists"));
    assert_true(there("mon_groups/box"));
}

static void test_failure_leaves_nothing(void **data)
{
    (void)data;
    scratch_write("info/last_cmd_status", "Mask out of range\n");
    configure("{'closID':'gold','schemata':['L3:0=f','L3:0=bad']}");
    assert_int_equal(make(), -1);
    assert_non_null(strstr(err.message, "cannot write 'L3:0=bad'"));
    assert_string_equal(err.hint, "the kernel says: Mask out of range");
    assert_string_equal(err.pointer, "/linux/intelRdt");
    assert_false(there("gold"));
    space_left = 1;
    configure("{'closID':'gold','schemata':['L3:0=f'],'enableMonitoring':true}");
    assert_int_equal(make(), -1);
    assert_non_null(strstr(err.hint, "num_rmids"));
    assert_false(there("gold"));
    space_left = 0;
    configure("{}");
    assert_int_equal(make(), -1);
    assert_non_null(strstr(err.hint, "num_closids"));
}

static void test_undo(void **data)
{
    (void)data;
    assert_int_equal(mkdirat(root, "gold", 0755), 0);
    configure("{'closID':'gold','enableMonitoring':true}");
    assert_int_equal(make(), 0);
    intel_rdt_undo(root, &groups);
    assert_true(there("gold"));
    assert_false(there("gold/mon_groups/box"));
    configure("{'closID':'silver','schemata':['L3:0=f'],'enableMonitoring':true}");
    assert_int_equal(make(), 0);
    intel_rdt_undo(root, &groups);
    assert_false(there("silver"));
}

/* proves (injected tree): rule 22 */
static void test_remove(void **data)
{
    (void)data;
    configure("{'enableMonitoring':true}");
    assert_int_equal(make(), 0);
    assert_true(there("box/mon_groups/box"));
    assert_int_equal(intel_rdt_remove(scratch_path("box/mon_groups/box"), &err), 0);
    assert_int_equal(intel_rdt_remove(scratch_path("box"), &err), 0);
    assert_false(there("box"));
    assert_int_equal(intel_rdt_remove(scratch_path("box"), &err), 0);
    assert_int_equal(intel_rdt_remove(NULL, &err), 0);
}

static void check_equal(const char *json, const char *have, const char *expected)
{
    struct rdt_schemata wanted;
    const char *problem = "";

    configure(json);
    rdt_schemata_decide(&arena, groups.config, &wanted);
    assert_int_equal(rdt_schemata_equal(&arena, &wanted, have, &problem), !*expected);
    assert_string_equal(problem, expected);
}

static void test_comparison(void **data)
{
    (void)data;
    check_equal("{'schemata':['L3:0=f;1=0f']}", "MB:0=1\n  L3:1=000f;0= F\n", "");
    check_equal("{'schemata':['L3: 0 = f']}", "L3:0=f;1=1\n", "");
    check_equal("{'schemata':['L3:00=f']}", "L3:0=f\n", "");
    check_equal("{'schemata':['L3:0=f']}", "L3CODE:0=f\n", "L3 of 0 is not there");
    check_equal("{'schemata':['L3:1=f']}", "L3:0=f\n", "L3 of 1 is not there");
    check_equal("{'schemata':['L3:0=10']}", "L3:0=1\n", "L3 of 0 is '1', expected '10'");
    check_equal("{'schemata':['MB:0=0']}", "MB:0=0\n", "");
    check_equal("{'l3CacheSchema':'L3:0=1','schemata':['L3:0=3']}", "L3:0=3\n", "");
    check_equal("{'l3CacheSchema':'L3:0=1;1=1','schemata':['L3:0=3']}", "L3:0=3;1=2\n",
                "L3 of 1 is '2', expected '1'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(test_own_group),
        TEST(test_nothing_to_write),
        TEST(test_bandwidth_of_the_cache_schema_gives_way),
        TEST(test_bandwidth_of_the_cache_schema_alone),
        TEST(test_schemata_come_last_one_by_one),
        TEST(test_named_group_is_made),
        TEST(test_named_group_must_exist_without_schemata),
        TEST(test_named_group_that_exists_is_compared),
        TEST(test_the_group_of_everybody),
        TEST(test_monitoring),
        TEST(test_own_groups_must_be_new),
        TEST(test_failure_leaves_nothing),
        TEST(test_undo),
        TEST(test_remove),
        TEST(test_comparison),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
