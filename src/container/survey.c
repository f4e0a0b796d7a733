/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/survey.h"

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/fd.h"
#include "cgroup/cgroup.h"
#include "container/state.h"

/* A thread takes 50 us to start and end, a container 10 to 20. */
enum { SHARE = 64, PORTION = 16 };

struct survey_job {
    struct survey *survey;
    int root;
    char *const *ids;
    size_t count;
    bool status;
    atomic_size_t next; /* the first that nobody has taken yet */
};

struct worker {
    struct survey_job *job;
    struct arena *arena;
    pthread_t thread;
};

/* Whose program has not been executed is asked in full, for that takes its lock. */
static void look(const struct survey_job *job, struct arena *arena, struct cgroup_near *near, size_t place)
{
    struct caisson_container *found = &job->survey->found[place];
    enum caisson_status status = CAISSON_RUNNING;
    char room[PATH_MAX];
    struct state state;

    if (!state_read_record(job->root, job->ids[place], room, &state) || !state.executed)
        return;
    state.near = near;
    if (job->status && state_status(-1, &state, &status, NULL, NULL) < 0)
        return;
    *found = (struct caisson_container){
        .pid = status == CAISSON_STOPPED ? 0 : state.pid,
        .status = status,
        .bundle = arena_string(arena, state.bundle),
        .created = arena_string(arena, state.created),
        .owner = arena_string(arena, state.owner),
        .id = job->ids[place],
    };
}

static void *work(void *data)
{
    const struct worker *worker = data;
    struct survey_job *job = worker->job;
    struct cgroup_near near = {.fd = -1};
    size_t first;

    while ((first = atomic_fetch_add(&job->next, PORTION)) < job->count)
        for (size_t i = first; i < job->count && i < first + PORTION; i++)
            look(job, worker->arena, job->count < PORTION ? NULL : &near, i);
    fd_close(near.fd);
    return NULL;
}

/* With descriptors of its own: threads that share a table of them wait for each other at every call. */
static void *work_apart(void *data)
{
    unshare(CLONE_FILES);
    return work(data);
}

static size_t worker_count(size_t containers)
{
    cpu_set_t processors;
    size_t most = containers / SHARE, available = 1;

    if (most > 1 && sched_getaffinity(0, sizeof processors, &processors) == 0)
        available = (size_t)CPU_COUNT(&processors);
    if (most > available)
        most = available;
    return most < 1 ? 1 : most > SURVEY_WORKERS ? SURVEY_WORKERS : most;
}

void survey_take(struct survey *survey, int root, char *const *ids, size_t count, bool status)
{
    struct survey_job job = {.survey = survey, .root = root, .ids = ids, .count = count, .status = status};
    struct worker workers[SURVEY_WORKERS] = {0};
    size_t wanted = worker_count(count), started = 1;

    survey->found = arena_array(&survey->arenas[0], count, sizeof *survey->found);
    for (size_t i = 0; i < wanted; i++)
        workers[i] = (struct worker){.job = &job, .arena = &survey->arenas[i]};
    /* Those that do not start leave their part to the others; the first is this thread. */
    while (started < wanted &&
           pthread_create(&workers[started].thread, NULL, work_apart, &workers[started]) == 0)
        started++;
    work(&workers[0]);
    while (--started > 0)
        pthread_join(workers[started].thread, NULL);
}

void survey_release(struct survey *survey)
{
    for (size_t i = 0; i < SURVEY_WORKERS; i++)
        arena_free(&survey->arenas[i]);
}
