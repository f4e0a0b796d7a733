/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prepare(): what cannot be opened is told. */
#include "scratch.h"

#include "container/prepare.h"
#include "plan_sample.h"

static void process_that_is_not_open(void **state)
{
    _cleanup_arena_ struct arena arena = {0};
    static struct plan_slot slot = {.kind = PLAN_SLOT_PROCESS};
    struct caisson_error err = {0};
    struct prepared prepared;
    struct plan plan;

    (void)state;
    plan_sample(&arena, &plan);
    plan.slots = &slot;
    plan.slot_count = 1;
    assert_int_equal(prepare(&plan, NULL, -1, -1, &prepared, &err), -1);
    assert_string_equal(err.message,
                        "cannot copy the descriptor of the container's process: Bad file descriptor");
    assert_int_equal(prepared.count, 0);
    prepare_release(&prepared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(process_that_is_not_open)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
