/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/survey.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "base/fd.h"
#include "cgroup/cgroup.h"
#include "container/look.h"

/* A thread takes 100 us to start and end, a container 10. */
enum { SHARE = 32, NEAR_PAYS = 16 };

struct survey_job {
    struct survey *survey;
    int root;
    char *const *ids;
    size_t count;
    bool status;
    cpu_set_t processors; /* that this process may use */
    int first_processor;  /* of the first thread, when it starts the others */
    atomic_size_t next;   /* the first that nobody has taken yet */
};

struct worker {
    struct survey_job *job;
    struct arena *arena;
    pthread_t thread;
    bool started;
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

/* To another processor than the first thread's. From there it may go where it likes, back as well. */
static void move_away(pthread_t thread, const struct survey_job *job)
{
    cpu_set_t others = job->processors;

    CPU_CLR((size_t)job->first_processor, &others);
    if (pthread_setaffinity_np(thread, sizeof others, &others) == 0)
        pthread_setaffinity_np(thread, sizeof job->processors, &job->processors);
}

/*
 * With descriptors of its own: threads that share a table of them wait for each other at every call.
 *
 * A kernel may leave a new thread on the processor of the one that made it, with another idle, for longer than all of
 * this takes (one that packs a virtual machine's tasks does). It moves away itself when it has stopped the other one;
 * when it waits, the other one moves it.
 */
static void *work_apart(void *data)
{
    const struct worker *worker = data;

    move_away(pthread_self(), worker->job);
    unshare(CLONE_FILES);
    return work(data);
}

static void start(struct worker *worker)
{
    worker->started = pthread_create(&worker->thread, NULL, work_apart, worker) == 0;
    if (worker->started)
        move_away(worker->thread, worker->job);
}

static size_t worker_count(struct survey_job *job, size_t containers)
{
    size_t most = containers / SHARE, available = 1;

    if (most > 1 && sched_getaffinity(0, sizeof job->processors, &job->processors) == 0)
        available = (size_t)CPU_COUNT(&job->processors);
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
    size_t wanted = detail == CAISSON_LIST_JSON ? 0 : worker_count(&job, count);

    survey->found = arena_array(&survey->arenas[0], count, sizeof *survey->found);
    job.first_processor = sched_getcpu();
    for (size_t i = 0; i < wanted; i++) {
        workers[i] = (struct worker){.job = &job, .arena = &survey->arenas[i]};
        if (i > 0) /* the first is this thread; those that do not start leave their part to the others */
            start(&workers[i]);
    }
    order(survey, ids, count);
    if (wanted > 0)
        work(&workers[0]);
    for (size_t i = 1; i < wanted; i++)
        if (workers[i].started)
            pthread_join(workers[i].thread, NULL);
}

void survey_release(struct survey *survey)
{
    for (size_t i = 0; i < SURVEY_WORKERS; i++)
        arena_free(&survey->arenas[i]);
}
