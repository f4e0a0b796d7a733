/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/look.h"

#include <errno.h>
#include <poll.h>

#include "base/fd.h"
#include "cgroup/cgroup.h"
#include "container/state.h"

/* Those whose program has been executed. One kind of question at a time, for then the kernel's code for it is at hand. */
struct block {
    size_t count;
    struct state states[LOOK_BLOCK];
    size_t places[LOOK_BLOCK]; /* in the caller's list */
    struct pollfd processes[LOOK_BLOCK];
    int events[LOOK_BLOCK];
    enum caisson_status statuses[LOOK_BLOCK]; /* CAISSON_CREATING, which none of them is: not known */
};

static void read_records(struct block *block, struct arena *arena, int root, char *const *ids, size_t count)
{
    block->count = 0;
    for (size_t i = 0; i < count; i++) {
        struct state *state = &block->states[block->count];

        if (!state_keep_record(arena, root, ids[i], state) || !state->executed)
            continue;
        block->statuses[block->count] = CAISSON_CREATING;
        block->places[block->count++] = i;
    }
}

static void open_processes(struct block *block)
{
    for (size_t i = 0; i < block->count; i++) {
        block->processes[i] = (struct pollfd){.fd = -1, .events = POLLIN};
        if (state_open_process(&block->states[i], &block->processes[i].fd, NULL) == 0)
            block->statuses[i] = CAISSON_STOPPED;
    }
}

/* Of those whose process is there: has it ended, and waits to be reaped? */
static void ask_processes(struct block *block)
{
    int n;

    do
        n = poll(block->processes, block->count, 0);
    while (n < 0 && errno == EINTR);
    for (size_t i = 0; n >= 0 && i < block->count; i++)
        if (block->processes[i].fd >= 0)
            block->statuses[i] = block->processes[i].revents ? CAISSON_STOPPED : CAISSON_RUNNING;
}

/* A cgroup that is gone, be it between the calls, is not frozen. */
static bool is_gone(void)
{
    return errno == ENOENT || errno == ENODEV;
}

static void open_events(struct block *block, struct cgroup_near *near)
{
    for (size_t i = 0; i < block->count; i++) {
        block->events[i] = -1;
        if (block->statuses[i] != CAISSON_RUNNING || !block->states[i].cgroup)
            continue;
        block->events[i] = cgroup_open_events(block->states[i].cgroup, block->states[i].events_number, near);
        if (block->events[i] < 0 && !is_gone())
            block->statuses[i] = CAISSON_CREATING;
    }
}

static void read_events(struct block *block)
{
    for (size_t i = 0; i < block->count; i++) {
        int frozen = block->events[i] >= 0 ? cgroup_read_frozen(block->events[i]) : 0;

        if (frozen == 1)
            block->statuses[i] = CAISSON_PAUSED;
        else if (frozen < 0 && !is_gone())
            block->statuses[i] = CAISSON_CREATING;
    }
}

static void close_all(const struct block *block)
{
    int fds[2 * LOOK_BLOCK];

    for (size_t i = 0; i < block->count; i++) {
        fds[i] = block->processes[i].fd;
        fds[block->count + i] = block->events[i];
    }
    fd_close_all(fds, 2 * block->count);
}

/* The id alone is wanted: all that is asked is whether the program has been executed. */
static void look_at_ids(int root, char *const *ids, size_t count, struct caisson_container *found)
{
    char room[PATH_MAX];
    struct state state;

    for (size_t i = 0; i < count; i++)
        if (state_read_record(root, ids[i], room, &state) && state.executed)
            found[i].id = ids[i];
}

static void look_at_all(struct arena *arena, int root, char *const *ids, size_t count,
                        struct cgroup_near *near, struct caisson_container *found)
{
    struct block block;

    read_records(&block, arena, root, ids, count);
    open_processes(&block);
    ask_processes(&block);
    open_events(&block, near);
    read_events(&block);
    close_all(&block);
    for (size_t i = 0; i < block.count; i++)
        if (block.statuses[i] != CAISSON_CREATING)
            found[block.places[i]] = (struct caisson_container){
                .pid = block.statuses[i] == CAISSON_STOPPED ? 0 : block.states[i].pid,
                .status = block.statuses[i],
                .bundle = block.states[i].bundle,
                .created = block.states[i].created,
                .owner = block.states[i].owner,
                .id = block.states[i].id,
            };
}

void look_at(struct arena *arena, int root, char *const *ids, size_t count, bool status,
             struct cgroup_near *near, struct caisson_container *found)
{
    if (status)
        look_at_all(arena, root, ids, count, near, found);
    else
        look_at_ids(root, ids, count, found);
}
