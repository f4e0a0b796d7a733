/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/survey.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "base/fd.h"
#include "cgroup/cgroup.h"
#include "container/look.h"

/* A thread takes 50 us to start and end, a container 10. */
enum { SHARE = 32, NEAR_PAYS = 16 };

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

static void *work(void *data)
{
    const struct worker *worker = data;
    struct survey_job *job = worker->job;
    struct cgroup_near near = {.fd = -1};
    size_t first;

    while ((first = atomic_fetch_add(&job->next, LOOK_BLOCK)) < job->count) {
        size_t left = job->count - first;

        look_at(worker->arena, job->root, job->ids + first, left < LOOK_BLOCK ? left : LOOK_BLOCK,
                job->status, job->count < NEAR_PAYS ? NULL : &near, job->survey->found + first);
    }
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

/* Two neighbours of `width` each that are in order become one. */
static void merge(char *const *ids, const size_t *from, size_t *to, size_t count, size_t width)
{
    size_t middle = width < count ? width : count, end = 2 * width < count ? 2 * width : count;
    size_t left = 0, right = middle;

    for (size_t i = 0; i < end; i++) {
        bool takes_left = left < middle && (right == end || strcmp(ids[from[left]], ids[from[right]]) <= 0);

        to[i] = from[takes_left ? left++ : right++];
    }
}

/* musl's qsort(3) is a smoothsort and takes three times as long. */
static void order(struct survey *survey, char *const *ids, size_t count)
{
    size_t *from = arena_array(&survey->arenas[0], count, sizeof *from);
    size_t *to = arena_array(&survey->arenas[0], count, sizeof *to), *last;

    for (size_t i = 0; i < count; i++)
        from[i] = i;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t i = 0; i < count; i += 2 * width)
            merge(ids, from + i, to + i, count - i, width);
        last = from;
        from = to;
        to = last;
    }
    survey->order = from;
}

void survey_take(struct survey *survey, int root, char *const *ids, size_t count,
                 enum caisson_list_detail detail)
{
    struct survey_job job = {
        .survey = survey, .root = root, .ids = ids, .count = count, .status = detail == CAISSON_LIST_TABLE};
    struct worker workers[SURVEY_WORKERS] = {0};
    size_t wanted = detail == CAISSON_LIST_JSON ? 0 : worker_count(count), started = 1;

    survey->found = arena_array(&survey->arenas[0], count, sizeof *survey->found);
    for (size_t i = 0; i < wanted; i++)
        workers[i] = (struct worker){.job = &job, .arena = &survey->arenas[i]};
    /* Those that do not start leave their part to the others; the first is this thread. */
    while (started < wanted &&
           pthread_create(&workers[started].thread, NULL, work_apart, &workers[started]) == 0)
        started++;
    order(survey, ids, count);
    if (wanted > 0)
        work(&workers[0]);
    while (--started > 0)
        pthread_join(workers[started].thread, NULL);
}

void survey_release(struct survey *survey)
{
    for (size_t i = 0; i < SURVEY_WORKERS; i++)
        arena_free(&survey->arenas[i]);
}
