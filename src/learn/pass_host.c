/* pass_host.c - a pass on threads: shards into accumulators, accumulators into the gradient.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/sizes.h"
#include "base/workers.h"
#include "learn/learner_private.h"

/* Runs the shards of this process's accumulator number ITEM: A, A + n_accumulators, … in this
 * order, and sums their gradients in the accumulator. */
static void run_accumulator(void *payload, size_t item, size_t thread)
{
    struct pass *pass = payload;
    struct learner *l = pass->learner;
    struct shard *shard = l->shards[thread];

    pass_clear_accumulator(pass, item);
    for (size_t i = pass->share.first + item; i < pass_shard_count(pass); i += l->n_accumulators) {
        const struct piece piece = pass_piece(pass, i);

        pass_begin_shard(pass, shard, item, &piece);
        pass_run_shard(pass, shard, &piece);
        pass_keep_costs(pass, shard, &piece);
    }
}

/* Numbers of the gradient to which accumulators are added. */
struct addition {
    const struct pass *pass;
    size_t first, count;
    bool afresh; /* the numbers are set to zero before */
};

/* Adds a span of the accumulators, in their order. */
static void add_span(void *payload, size_t span, size_t thread)
{
    const struct addition *a = payload;
    const struct learner *l = a->pass->learner;
    size_t accumulators = a->pass->share.last - a->pass->share.first;
    size_t length = (a->count + l->options.threads - 1) / l->options.threads;
    size_t first = span * length, last = size_min(first + length, a->count), n = last - first;

    (void)thread;
    for (size_t accumulator = 0; accumulator < accumulators && first < last; accumulator++) {
        real *sum = l->gradient + a->first + first;

        if (accumulator == 0 && a->afresh)
            l->be->clear(l->be, sum, n);
        l->be->add_masked(l->be, sum, n, l->accumulators[accumulator] + a->first + first, n, NULL,
                          0, 1, n);
    }
}

void pass_add_accumulators(const struct pass *pass, size_t first, size_t count, bool afresh)
{
    struct addition addition = {.pass = pass, .first = first, .count = count, .afresh = afresh};
    struct learner *l = pass->learner;

    workers_run(l->workers, l->options.threads, add_span, &addition);
}

void pass_on_host(struct pass *pass)
{
    struct learner *l = pass->learner;
    struct lfads_ranks *ranks = l->options.ranks;
    enum lfads_status status = LFADS_OK;

    pass->share = pass_share(pass, ranks->number);
    workers_run(l->workers, pass->share.last - pass->share.first, run_accumulator, pass);
    if (ranks->count > 1)
        status = pass_join_costs(pass);
    if (pass->kind != EVALUATE && ranks->count > 1 && status == LFADS_OK)
        status = pass_sum_ranks(pass);
    else if (pass->kind != EVALUATE && l->n_accumulators > 1)
        pass_add_accumulators(pass, 0, l->model->size, true);
    if (status == LFADS_OK)
        pass_finish(pass);
}
