/* scaling.c - the work of a pass is divided evenly among threads, as docs/performance.md ("Many
 * cores") has it, and its results have the same bits. Work is counted, not timed: multiplications
 * of the products, and additions of the accumulators. Threads wait for each other before each
 * accumulator, so that they take turns as they do where each has a core.
 * SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random_model.h"

enum { SEED = 2, TRIALS = 256, ACCUMULATORS = 32, MOST_THREADS = 32 };

struct work {
    size_t items, products, additions;
    size_t longest; /* addition: one accumulator's part of a span */
};

static struct work of_thread[MOST_THREADS];
static atomic_size_t known;         /* threads with a number */
static _Thread_local size_t number; /* of a thread, from 1; 0: none yet */
static pthread_barrier_t turn;
static size_t parameters;    /* numbers of an accumulator */
static const real *gradient; /* their sum */

static struct work *mine(void)
{
    if (number == 0)
        number = atomic_fetch_add(&known, 1) + 1;
    return &of_thread[number - 1];
}

static void count_product(const struct backend *be, struct matrix c, struct operand a,
                          struct operand b, size_t m, size_t n, size_t k, bool add)
{
    mine()->products += m * n * k;
    backend_cpu()->product(be, c, a, b, m, n, k, add);
}

/* An accumulator is cleared before its shards. */
static void count_clear(const struct backend *be, real *x, size_t count)
{
    if (count == parameters && x != gradient) {
        pthread_barrier_wait(&turn);
        mine()->items++;
    }
    backend_cpu()->clear(be, x, count);
}

/* The sum of accumulators is one row without a mask. */
static void count_sum(const struct backend *be, real *dst, size_t ldd, const real *src, size_t lds,
                      const real *mask, size_t ldm, size_t rows, size_t n)
{
    struct work *w = mine();

    if (rows == 1 && !mask && n == ldd && n == lds) {
        w->additions += n;
        w->longest = n > w->longest ? n : w->longest;
    }
    backend_cpu()->add_masked(be, dst, ldd, src, lds, mask, ldm, rows, n);
}

/* Runs a pass by THREADS threads. */
static struct batch_costs run(struct random_model *r, size_t threads)
{
    static const struct cost_ramps ramps = {.kl = 0.6, .l2 = 0.7};
    static struct backend counting;
    struct batch_costs costs;

    counting = *backend_cpu();
    counting.product = count_product;
    counting.add_masked = count_sum;
    counting.clear = count_clear;
    random_model_create(r, SEED, &counting, TRIALS, threads);
    parameters = r->model->size;
    gradient = r->learner->gradient;
    memset(of_thread, 0, sizeof of_thread);
    number = 1; /* this thread's; a learner's other threads are new */
    atomic_store(&known, 1);
    pthread_barrier_init(&turn, NULL, (unsigned)threads);
    struct batch_source source = random_model_batch(r);
    learner_differentiate(r->learner, &source, &ramps);
    learner_collect(r->learner, &costs, NULL);
    pthread_barrier_destroy(&turn);
    return costs;
}

/* Whether each of THREADS threads did its share of TOTAL, the work of one thread. Spans of the sum
 * are so short here that one thread may add several: their length is what is divided. */
static bool shares(size_t threads, const struct work *total)
{
    size_t span = (parameters + threads - 1) / threads, added = 0;

    for (size_t i = 0; i < threads; i++) {
        const struct work *w = &of_thread[i];

        if (w->items != ACCUMULATORS / threads || w->products != total->products / threads ||
            w->longest > span) {
            printf("thread %zu of %zu: %zu accumulators, %zu multiplications of %zu, %zu additions "
                   "at a time\n",
                   i, threads, w->items, w->products, total->products, w->longest);
            return false;
        }
        added += w->additions;
    }
    return added == total->additions;
}

int main(void)
{
    static const size_t threads[] = {2, 4, 8, 16, 32};
    struct random_model one, many;
    struct batch_costs a = run(&one, 1);
    struct work total = of_thread[0];
    int failed = one.learner->n_accumulators != ACCUMULATORS || total.products == 0 ||
                 total.additions != ACCUMULATORS * parameters;

    for (size_t i = 0; i < sizeof threads / sizeof *threads && !failed; i++) {
        struct batch_costs b = run(&many, threads[i]);
        bool same =
            memcmp(one.learner->gradient, many.learner->gradient, parameters * sizeof(real)) == 0 &&
            memcmp(&a.total, &b.total, sizeof a.total) == 0;

        if (!same)
            printf("the bits of %zu threads differ from those of one\n", threads[i]);
        failed = !same || !shares(threads[i], &total);
        random_model_free(&many);
    }
    printf("%zu accumulators of %zu numbers: %s\n", one.learner->n_accumulators, parameters,
           failed ? "not divided evenly" : "divided evenly among up to 32 threads");
    random_model_free(&one);
    return failed;
}
