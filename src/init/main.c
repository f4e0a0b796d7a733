/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "init/init.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "sys/mount.h"
#include "sys/weaken.h"

/* The body of each kind of step has its own type: these give them all one. */
#define X(name, body, words)                                                                                 \
    static int run_##name(struct init *init, const struct plan_step *step)                                   \
    {                                                                                                        \
        return init_##name(init, PLAN_BODY(body, step));                                                     \
    }
INIT_OPS(X)
#undef X

typedef int step_function(struct init *init, const struct plan_step *step);

static step_function *const step_functions[INIT_OP_COUNT] = {
#define X(name, body, words) [PLAN_OP_##name] = run_##name,
    INIT_OPS(X)
#undef X
};

char **init_vector(struct init *init, plan_ref ref)
{
    char *data = (char *)init->plan + init->plan->data;
    struct plan_vector *vector;

    if (!ref)
        return NULL;
    vector = (struct plan_vector *)(void *)(data + ref);
    _Static_assert(sizeof(char *) == sizeof vector->items[0], "offsets become pointers where they stand");
    for (uint64_t i = 0; i < vector->count; i++)
        vector->items[i] = (uint64_t)(uintptr_t)(data + vector->items[i]);
    return (char **)(void *)vector->items;
}

/*
 * The plan stands behind the init's own program. Maps it privately, checks it, and closes the descriptor.
 * @return NULL for anything but a sound plan.
 */
static struct plan_header *load_plan(int fd, size_t offset, size_t size)
{
    size_t before = offset % (size_t)getpagesize();
    const char *problem = "";
    char *pages;

    if (size == 0 || size > PLAN_SIZE_LIMIT || offset > PLAN_SIZE_LIMIT || offset % PLAN_ALIGNMENT != 0)
        return NULL;
    pages = mmap(NULL, before + size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE, fd,
                 (off_t)(offset - before));
    if (pages == MAP_FAILED)
        return NULL;
    close(fd);
    return plan_check(pages + before, size, &problem) < 0 ? NULL
                                                          : (struct plan_header *)(void *)(pages + before);
}

/* The runtime blocks signals. Those that its caller ignored it has set to SIG_DFL: see spawn.c. */
static void unblock_signals(void)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Not so for a new container: its steps are what the descriptors are for. */
static bool joins_container(const struct init *init)
{
    const struct plan_step *step = plan_first(init->plan);

    for (uint32_t i = 0; i < init->plan->step_count; i++, step = plan_next(step))
        if (step->op == PLAN_OP_ROOT)
            return false;
    return true;
}

static int run_steps(struct init *init, uint32_t first)
{
    const struct plan_step *step = plan_first(init->plan);

    for (uint32_t i = 0; i < first; i++)
        step = plan_next(step);
    for (init->step = first; init->step < init->plan->step_count; init->step++, step = plan_next(step)) {
        init_doing(init, PLAN_ACTION_STEP, NULL);
        if (step->op >= INIT_OP_COUNT)
            return init_fail(init, PLAN_ACTION_STEP, NULL, ENOSYS);
        if (step_functions[step->op](init, step) < 0)
            return -1;
        /*
         * Not dumpable from the first moment at which another process could be in the same namespaces
         * (CVE-2016-9962); but an unprivileged runtime can write the id maps of a dumpable process only.
         */
        if (init->step == 0 && step->op == PLAN_OP_WAIT && !weakened("dumpable"))
            prctl(PR_SET_DUMPABLE, 0);
    }
    return 0;
}

int init_go_on(struct init *init, uint32_t first)
{
    if (run_steps(init, first) < 0)
        channel_send(init, PLAN_MESSAGE_FAILED, errno, 0, -1);
    return 1;
}

/* What comes before the first step. */
static int begin(struct init *init)
{
    if (procfs_open(init) < 0)
        return -1;
    init_doing(init, PLAN_ACTION_CLOSE_RANGE, NULL);
    return joins_container(init) ? close_unneeded(init, 0) : 0;
}

int main(int argc, char **argv)
{
    struct init init = {
        .channel = -1, .root = -1, .proc = -1, .null = -1, .empty = -1, .parent = -1, .step = PLAN_NO_STEP};
    int fd = argc == 4 ? (int)atol(argv[1])
                       : -1; /* of this program; then where its plan begins, and how long it is */

    /* Executed by anybody else (it is the container's /proc/self/exe for a while), it does nothing. */
    init.plan = fd < 3 ? NULL : load_plan(fd, (size_t)atol(argv[2]), (size_t)atol(argv[3]));
    if (!init.plan)
        return 126;
    init.channel = init.plan->channel;
    if (plan_first(init.plan)->op != PLAN_OP_WAIT && !weakened("dumpable"))
        prctl(PR_SET_DUMPABLE, 0);
    unblock_signals();
    init.umask = umask(0);
    init.few = close_few(&init);
    if (begin(&init) == 0)
        return init_go_on(&init, 0);
    channel_send(&init, PLAN_MESSAGE_FAILED, errno, 0, -1);
    return 1;
}
