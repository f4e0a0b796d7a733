/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sys/openat2.h: paths stay inside, and what happens elsewhere on the host does not disturb them. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "sys/openat2.h"

static char directory[] = "/tmp/caisson-openat2.XXXXXX";
static int root = -1;

static int make_tree(void **state)
{
    (void)state;
    if (!mkdtemp(directory))
        return -1;
    root = open(directory, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
    if (root < 0 || mkdirat(root, "a", 0755) < 0 || mkdirat(root, "a/b", 0755) < 0)
        return -1;
    return symlinkat("/../../a/b", root, "link");
}

static int remove_tree(void **state)
{
    (void)state;
    unlinkat(root, "link", 0);
    unlinkat(root, "a/b", AT_REMOVEDIR);
    unlinkat(root, "a", AT_REMOVEDIR);
    close(root);
    return rmdir(directory);
}

static ino_t inode(int fd)
{
    struct stat st;

    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &st), 0);
    close(fd);
    return st.st_ino;
}

static void test_inside(void **state)
{
    (void)state;
    ino_t top = inode(sys_open_in_root(root, "", O_PATH));
    ino_t b = inode(openat(root, "a/b", O_PATH | O_CLOEXEC));

    assert_int_equal(inode(sys_open_in_root(root, "/", O_PATH)), top);
    assert_int_equal(inode(sys_open_in_root(root, "../../..", O_PATH)), top);
    assert_int_equal(inode(sys_open_in_root(root, "link", O_PATH)), b);
    assert_int_equal(inode(sys_open_in_root(root, "/a/../a/b", O_PATH)), b);
}

static void test_refused(void **state)
{
    (void)state;
    assert_int_equal(sys_open_beneath(root, "..", O_PATH), -1);
    assert_int_equal(errno, EXDEV);
    assert_int_equal(sys_open_beneath(root, "link", O_PATH), -1);
    assert_int_equal(errno, ELOOP);
    assert_int_equal(sys_open_in_root(root, "nosuch", O_PATH), -1);
    assert_int_equal(errno, ENOENT);
}

/* Renames, in a directory that has nothing to do with the root. */
static void *rename_for_ever(void *argument)
{
    atomic_bool *stop = argument;
    char here[] = "/tmp/caisson-rename.XXXXXX", one[64], two[64];

    if (!mkdtemp(here))
        return NULL;
    snprintf(one, sizeof one, "%s/one", here);
    snprintf(two, sizeof two, "%s/two", here);
    mkdir(one, 0755);
    while (!atomic_load(stop)) {
        rename(one, two);
        rename(two, one);
    }
    rmdir(one);
    rmdir(here);
    return NULL;
}

static void test_undisturbed(void **state)
{
    enum { OPENS = 20000 };
    atomic_bool stop = false;
    pthread_t thread;
    int failures = 0;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, rename_for_ever, &stop), 0);
    for (int i = 0; i < OPENS; i++) {
        int fd = sys_open_in_root(root, "a/../a/../a/b/../../a/b/../b", O_PATH);

        failures += fd < 0;
        if (fd >= 0)
            close(fd);
    }
    atomic_store(&stop, true);
    pthread_join(thread, NULL);
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inside),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_undisturbed),
    };

    return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
