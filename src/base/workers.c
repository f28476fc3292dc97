/* workers.c - threads that wait for work. They look for it for a moment before they sleep: longer
 * than a step needs from one work to the next, and too short to take a processor from another
 * program, which OpenMP's threads do. SPDX-License-Identifier: Apache-2.0 */
#include "base/workers.h"

#include <errno.h>
#include <omp.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/sizes.h"

enum { LOOKS = 100 }; /* before a thread sleeps; each lets others run */

struct worker {
    struct workers *team;
    size_t number;
    pthread_t thread;
    sem_t begun;
};

struct workers {
    size_t looks;
    /* the work in progress; COUNT 0 ends the threads */
    size_t count;
    void (*work)(void *payload, size_t item, size_t thread);
    void *payload;
    atomic_size_t next, busy;
    sem_t ended;
    size_t others; /* threads beside the caller's */
    struct worker worker[];
};

static void wait_for(sem_t *what, size_t looks)
{
    for (size_t i = 0; i < looks; i++) {
        if (sem_trywait(what) == 0)
            return;
        sched_yield();
    }
    while (sem_wait(what) != 0 && errno == EINTR)
        ;
}

static void take_items(struct workers *team, size_t thread)
{
    for (size_t i; (i = atomic_fetch_add(&team->next, 1)) < team->count;)
        team->work(team->payload, i, thread);
}

static void *serve(void *payload)
{
    struct worker *worker = payload;
    struct workers *team = worker->team;

    omp_set_num_threads(1); /* of libraries, on this thread */
    for (;;) {
        wait_for(&worker->begun, team->looks);
        if (team->count == 0)
            return NULL;
        take_items(team, worker->number);
        if (atomic_fetch_sub(&team->busy, 1) == 1)
            sem_post(&team->ended);
    }
}

/* Starts threads up to OTHERS. Signals that are sent to the process are the business of its own
 * threads. */
static void start(struct workers *team, size_t others)
{
    sigset_t sent, before;

    sigfillset(&sent);
    sigdelset(&sent, SIGSEGV);
    sigdelset(&sent, SIGBUS);
    sigdelset(&sent, SIGFPE);
    sigdelset(&sent, SIGILL);
    pthread_sigmask(SIG_SETMASK, &sent, &before);
    for (size_t i = 0; i < others; i++) {
        struct worker *worker = &team->worker[i];

        *worker = (struct worker){.team = team, .number = i + 1};
        sem_init(&worker->begun, 0, 0);
        if (pthread_create(&worker->thread, NULL, serve, worker) != 0) {
            sem_destroy(&worker->begun);
            break;
        }
        team->others++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct workers *workers_create(size_t threads)
{
    size_t others = threads > 1 ? threads - 1 : 0;
    struct workers *team =
        others ? calloc(1, sizeof *team + others * sizeof team->worker[0]) : NULL;

    if (!team)
        return NULL;
    team->looks = threads <= workers_available() ? LOOKS : 0;
    sem_init(&team->ended, 0, 0);
    start(team, others);
    return team;
}

void workers_free(struct workers *workers)
{
    if (!workers)
        return;
    workers->count = 0;
    for (size_t i = 0; i < workers->others; i++)
        sem_post(&workers->worker[i].begun);
    for (size_t i = 0; i < workers->others; i++) {
        pthread_join(workers->worker[i].thread, NULL);
        sem_destroy(&workers->worker[i].begun);
    }
    sem_destroy(&workers->ended);
    free(workers);
}

void workers_run(struct workers *workers, size_t count,
                 void (*work)(void *payload, size_t item, size_t thread), void *payload)
{
    struct workers alone = {.count = 0}, *team = workers ? workers : &alone;
    size_t others = count ? size_min(team->others, count - 1) : 0;
    int libraries = omp_get_max_threads();

    if (count == 0)
        return;
    team->count = count;
    team->work = work;
    team->payload = payload;
    atomic_store(&team->next, 0);
    atomic_store(&team->busy, others);
    for (size_t i = 0; i < others; i++)
        sem_post(&team->worker[i].begun);
    omp_set_num_threads(1);
    take_items(team, 0);
    omp_set_num_threads(libraries);
    if (others)
        wait_for(&team->ended, team->looks);
}

void workers_run_once(size_t threads, size_t count,
                      void (*work)(void *payload, size_t item, size_t thread), void *payload)
{
    struct workers *workers = workers_create(size_min(threads, count));

    workers_run(workers, count, work, payload);
    workers_free(workers);
}

size_t workers_available(void) { return (size_t)omp_get_num_procs(); }
