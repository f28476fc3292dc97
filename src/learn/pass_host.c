/* pass_host.c - a pass on threads: shards into accumulators, accumulators into the gradient.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/sizes.h"
#include "base/workers.h"
#include "learn/learner_private.h"

/* Runs the shards ACCUMULATOR, ACCUMULATOR + n_accumulators, … in this order, and sums their
 * gradients in the accumulator. */
static void run_accumulator(void *payload, size_t accumulator, size_t thread)
{
    struct pass *pass = payload;
    struct learner *l = pass->learner;
    struct shard *shard = l->shards[thread];

    pass_clear_accumulator(pass, accumulator);
    for (size_t i = accumulator; i < pass_shard_count(pass); i += l->n_accumulators) {
        const struct piece piece = pass_piece(pass, i);

        pass_begin_shard(pass, shard, accumulator, &piece);
        pass_run_shard(pass, shard, &piece);
        pass_keep_costs(pass, shard, &piece);
    }
}

/* Sums a span of the accumulators, in their order. */
static void reduce_span(void *payload, size_t span, size_t thread)
{
    struct pass *pass = payload;
    struct learner *l = pass->learner;
    size_t accumulators = size_min(l->n_accumulators, pass_shard_count(pass));
    size_t length = (l->model->size + l->options.threads - 1) / l->options.threads;
    size_t first = span * length, last = size_min(first + length, l->model->size), n = last - first;

    (void)thread;
    for (size_t accumulator = 0; accumulator < accumulators && first < last; accumulator++) {
        if (accumulator == 0)
            l->be->clear(l->be, l->gradient + first, n);
        l->be->add_masked(l->be, l->gradient + first, n, l->accumulators[accumulator] + first, n,
                          NULL, 0, 1, n);
    }
}

void pass_on_host(struct pass *pass)
{
    struct learner *l = pass->learner;

    workers_run(l->options.threads, size_min(l->n_accumulators, pass_shard_count(pass)),
                run_accumulator, pass);
    if (pass->kind != EVALUATE && l->n_accumulators > 1)
        workers_run(l->options.threads, l->options.threads, reduce_span, pass);
    pass_finish(pass);
}
