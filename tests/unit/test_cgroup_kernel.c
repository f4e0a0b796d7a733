/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding the hierarchy and making cgroups. */
#include "cgroup_kernel.h"

/* ---- probe ---- */

static void test_probe(void **data)
{
    (void)data;
    need_root();
    assert_true(*host.mount == '/');
    assert_int_equal(access(arena_format(&arena, "%s/cgroup.subtree_control", host.mount), F_OK), 0);
    assert_true(*host.own == '/');
}

/* The other ways to find it: a mount elsewhere, with a blank in its name. */
static int probe_elsewhere(void)
{
    struct cgroup_host found;
    const char *place = scratch_path("a b\\c");

    if (sys_unshare(CLONE_NEWNS) < 0 || mkdir(place, 0755) < 0)
        return 10;
    if (system("mount --make-rprivate / && umount -l /sys/fs/cgroup") != 0)
        return 11;
    if (cgroup_host_probe(&arena, &found, &error) == 0 || !strstr(error.message, "no cgroup version 2"))
        return 12;
    if (system(arena_format(&arena, "mount -t cgroup2 none '%s'", place)) != 0)
        return 13;
    if (cgroup_host_probe(&arena, &found, &error) < 0)
        return 14;
    return strcmp(found.mount, place) == 0 ? 0 : 15;
}

static void test_probe_elsewhere(void **data)
{
    pid_t child;

    need_root();
    assert_int_equal(scratch_setup(data), 0);
    child = fork();
    if (child == 0)
        _exit(probe_elsewhere());
    assert_int_equal(scratch_wait(child), 0);
    scratch_teardown(data);
}

/* ---- make ---- */

static void test_make_and_remove(void **data)
{
    int fd;

    (void)data;
    need_root();
    fd = make("/a/b");
    assert_int_equal(access(under("/a/b/cgroup.procs"), F_OK), 0);
    assert_string_equal(value_of(fd, "cgroup.procs"), "");
    close(fd);
    ok(cgroup_remove(under("/a/b"), &error));
    assert_int_equal(access(under("/a/b"), F_OK), -1);
    assert_int_equal(access(under("/a"), F_OK), 0);
    ok(cgroup_remove(under("/a/b"), &error)); /* gone already */
}

static void test_make_takes_an_empty_one(void **data)
{
    (void)data;
    need_root();
    close(make("/a"));
    close(make("/a"));
}

static void test_make_refuses_a_full_one(void **data)
{
    struct cgroup_plan plan;
    int fd, again;

    (void)data;
    need_root();
    fd = make_with("/a", "", &plan);
    spawn_into(fd, sleep_forever, NULL);
    assert_int_equal(cgroup_check_free(&plan, &error), -1);
    assert_contains(error.message, "container's cgroup is not empty");
    assert_int_equal(cgroup_make(&plan, &again, &error), -1);
    assert_contains(error.message, "container's cgroup is not empty");
    assert_int_equal(again, -1);
    assert_int_equal(access(under("/a"), F_OK), 0); /* it was not ours to remove */
    close(fd);
}

static void test_make_refuses_a_frozen_one(void **data)
{
    struct cgroup_plan plan;
    int fd, again;

    (void)data;
    need_root();
    fd = make_with("/a", "", &plan);
    ok(cgroup_check_free(&plan, &error));
    ok(cgroup_freeze(fd, true, &error));
    assert_int_equal(cgroup_make(&plan, &again, &error), -1);
    assert_contains(error.message, "container's cgroup unexpectedly frozen");
    close(fd);
}

/* A failure half-way leaves nothing behind: the limit on the number of cgroups hits at the third. */
static void test_make_undoes(void **data)
{
    struct cgroup_plan plan;
    int fd;

    (void)data;
    need_root();
    fd = make("");
    assert_int_equal(file_put(fd, "cgroup.max.depth", "2"), 0);
    close(fd);
    ok(decide(&host, arena_format(&arena, "\"cgroupsPath\":\"%s/x/y/z\"", top), "", false, &plan));
    assert_int_equal(cgroup_make(&plan, &fd, &error), -1);
    assert_contains(error.hint, "cgroup.max.depth");
    assert_int_equal(access(under("/x"), F_OK), -1);
}

/* A process between the root and the container: no controllers can be handed down past it. */
static void test_make_explains_busy_parent(void **data)
{
    struct cgroup_plan plan;
    int parent, fd;

    (void)data;
    need_controller("hugetlb");
    parent = make("/parent");
    spawn_into(parent, sleep_forever, NULL);
    ok(decide(&host,
              arena_format(
                  &arena,
                  "\"cgroupsPath\":\"%s/parent/c\",\"resources\":{\"unified\":{\"hugetlb.2MB.max\":\"0\"}}",
                  top),
              "", false, &plan));
    assert_int_equal(cgroup_make(&plan, &fd, &error), -1);
    assert_contains(error.message, "cannot enable the controllers '+hugetlb'");
    assert_string_equal(error.pointer, "/linux/resources/unified/hugetlb.2MB.max");
    assert_contains(error.hint, "move them");
    assert_int_equal(access(under("/parent/c"), F_OK), -1);
    close(parent);
}

static void test_delegate(void **data)
{
    struct cgroup_plan plan = {.controllers = (const char *[]){NULL}};
    char *names, *save = NULL;
    struct stat st;
    int fd;

    (void)data;
    need_root();
    plan.mount = host.mount;
    plan.absolute = under("");
    plan.delegate_uid = "54321";
    ok(cgroup_make(&plan, &fd, &error));
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_uid, 54321);
    assert_int_equal(st.st_gid, 0);
    assert_int_equal(fstatat(fd, "cgroup.freeze", &st, 0), 0);
    assert_int_equal(st.st_uid, 0);
    names = file_read(&arena, AT_FDCWD, "/sys/kernel/cgroup/delegate", 65536, NULL, &error);
    assert_non_null(names);
    for (char *name = strtok_r(names, "\n", &save); name; name = strtok_r(NULL, "\n", &save))
        if (fstatat(fd, name, &st, 0) == 0)
            assert_int_equal(st.st_uid, 54321);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_probe),
        TEST(test_probe_elsewhere),
        TEST(test_make_and_remove),
        TEST(test_make_takes_an_empty_one),
        TEST(test_make_refuses_a_full_one),
        TEST(test_make_refuses_a_frozen_one),
        TEST(test_make_undoes),
        TEST(test_make_explains_busy_parent),
        TEST(test_delegate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
