/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prepare(): who owns what. */
#include "scratch.h"

#include <fcntl.h>

#include "container/prepare.h"
#include "plan_sample.h"
#include "sys/pidfd.h"

/* The pidfd of the container's process is the init's from then on, and closed with the rest. */
static void takes_the_process(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    static struct plan_slot slot = {.kind = PLAN_SLOT_PROCESS};
    struct caisson_error err = {0};
    struct prepared prepared;
    struct plan plan;
    int pidfd = sys_pidfd_open(getpid()), fd = pidfd;

    (void)state;
    assert_true(fd >= 0);
    plan_sample(&arena, &plan);
    plan.slots = &slot;
    plan.slot_count = 1;
    assert_int_equal(prepare(&plan, NULL, -1, &pidfd, &prepared, &err), 0);
    assert_int_equal(pidfd, -1);
    assert_int_equal(prepared.count, 1);
    assert_int_equal(prepared.fds[0], fd);
    prepare_release(&prepared);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(takes_the_process)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
