/* pass.c - how a batch is cut into shards, and a shard's part of a pass.
 * SPDX-License-Identifier: Apache-2.0 */
#include "learn/learner_private.h"

#include "base/sizes.h"

enum {
    MIN_TRIALS = 8, /* of a shard; with fewer, products are slower */
    MAX_TRIALS = 64,
    MIN_ACCUMULATORS = 4,    /* of a batch with enough trials; bounds the threads in use */
    BYTES_A_TRIAL = 1 << 16, /* of recurrent weights, for which a shard gets one more trial */
    MAX_ACCUMULATORS = 32    /* bounds the memory of gradients, and the threads in use */
};

static size_t recurrent_bytes(size_t units) { return 3 * units * units * sizeof(real); }

/* Trials of a shard. Few trials keep the activations in cache; large recurrent weights (those that
 * a bin reads: an encoder's, or generator's and controller's together) are loaded less often with
 * more trials. The number must not depend on threads: the order of sums depends on it. */
static size_t shard_trials(const struct model *m, size_t batch)
{
    size_t decoder =
        recurrent_bytes(m->gen_units) + (m->co_dim ? recurrent_bytes(m->con_units) : 0);
    size_t encoder = size_max(m->ic_dim ? m->ic_enc : 0, m->co_dim ? m->ci_enc : 0);
    size_t bytes = size_max(decoder, recurrent_bytes(encoder)), trials = MIN_TRIALS;

    while (trials < MAX_TRIALS && bytes > trials * BYTES_A_TRIAL &&
           2 * trials * MIN_ACCUMULATORS <= batch)
        trials *= 2;
    return trials;
}

static size_t shards_of(const struct learner *l, size_t trials)
{
    return (trials + l->shard_trials - 1) / l->shard_trials;
}

size_t pass_shard_count(const struct pass *pass)
{
    size_t count = 0;

    for (const struct batch_source *part = pass->source; part; part = part->next)
        count += shards_of(pass->learner, part->trials);
    return count;
}

struct piece pass_piece(const struct pass *pass, size_t index)
{
    const struct batch_source *part = pass->source;
    size_t shard_trials = pass->learner->shard_trials, row = 0;

    while (index >= shards_of(pass->learner, part->trials)) {
        index -= shards_of(pass->learner, part->trials);
        row += part->trials;
        part = part->next;
    }
    return (struct piece){.part = part,
                          .first = index * shard_trials,
                          .trials = size_min(shard_trials, part->trials - index * shard_trials),
                          .row = row + index * shard_trials};
}

void pass_lay_out(struct learner *l)
{
    size_t batch = l->options.batch_size,
           processes = l->options.ranks ? l->options.ranks->count : 1;

    l->shard_trials = l->be->host_memory ? shard_trials(l->model, batch) : batch;
    l->n_accumulators = size_min(shards_of(l, batch), MAX_ACCUMULATORS);
    l->own_accumulators = (l->n_accumulators + processes - 1) / processes;
    l->options.threads = size_min(l->options.threads, l->own_accumulators);
}

void pass_begin_shard(const struct pass *pass, struct shard *shard, size_t accumulator,
                      const struct piece *piece)
{
    struct learner *l = pass->learner;
    const struct batch_source *part = piece->part;

    shard_begin(shard, part->session, piece->trials, 1, POSTERIOR_SAMPLE, part->dropout,
                l->parameters, l->transposed,
                pass->kind == EVALUATE ? NULL : l->accumulators[accumulator]);
    part->load(part->payload, shard, piece->first);
}

void pass_run_shard(const struct pass *pass, struct shard *shard, const struct piece *piece)
{
    const struct learner *l = pass->learner;
    const struct batch_source *part = piece->part;
    const struct batch_shares shares = {.trials = pass->trials,
                                        .session_trials = part->trials * pass->parts};
    struct shard_weights weights =
        costs_shard_weights(l->model, part->session, &shares, &l->numbers->weights);

    if (part->enqueue_noise)
        part->enqueue_noise(part->payload, shard, piece->first);
    shard_forward(shard);
    if (pass->kind != EVALUATE)
        shard_backward(shard, &weights);
}

/* A shard that is the whole batch is downloaded in one copy: on a device each copy has a latency.
 */
void pass_keep_costs(const struct pass *pass, const struct shard *s, const struct piece *piece)
{
    const struct backend *be = pass->learner->be;
    const struct pending *p = pass->pending;
    size_t bytes = s->trials * sizeof(acc);

    if (s->trials == p->trials) {
        be->download_later(be, p->cost[0], s->cost[0],
                           cost_terms_count(s->trials, s->trials) * sizeof(acc));
        return;
    }
    for (int term = 0; term < COST_TERMS; term++)
        be->download_later(be, p->cost[term] + piece->row, s->cost[term], bytes);
}

void pass_clear_accumulator(const struct pass *pass, size_t accumulator)
{
    const struct learner *l = pass->learner;

    if (pass->kind != EVALUATE)
        l->be->clear(l->be, l->accumulators[accumulator], l->model->size);
}
