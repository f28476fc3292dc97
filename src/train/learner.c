/* learner.c - a batch's costs and gradient over its shards, and the update of the parameters.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/learner.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/workers.h"

enum {
    LEAST_TRIALS = 16, /* of a shard: products reach their full speed from 8 rows on */
    MOST_TRIALS = 64,
    LEAST_LANES = 4,         /* for as many threads at least, where the batch has the trials */
    BYTES_A_TRIAL = 1 << 17, /* of recurrent weights, for which a shard's trials share the way */
    MOST_LANES = 32 /* bounds the memory of gradients; more threads than this are not used */
};

static size_t min(size_t a, size_t b) { return a < b ? a : b; }

/* Trials of a shard: 16 stay in the cache; networks whose weights do not are read for each bin
 * anew, and are worth reading for more trials. It must not depend on threads, for sums do on it. */
static size_t shard_trials(const struct model *m, size_t batch)
{
    size_t units = m->gen_units, trials = LEAST_TRIALS;

    units = m->co_dim && m->con_units > units ? m->con_units : units;
    units = m->co_dim && m->ci_enc > units ? m->ci_enc : units;
    units = m->ic_dim && m->ic_enc > units ? m->ic_enc : units;
    while (trials < MOST_TRIALS && 3 * units * units * sizeof(real) > trials * BYTES_A_TRIAL &&
           2 * trials * LEAST_LANES <= batch)
        trials *= 2;
    return trials;
}

static size_t shard_count(const struct learner *l, size_t trials)
{
    return (trials + l->shard_trials - 1) / l->shard_trials;
}

static bool create_vectors(struct learner *l)
{
    size_t size = l->model->size, batch = l->options.batch_size;

    l->parameters = memory_create(size * sizeof(real));
    l->loglik = calloc(4 * batch, sizeof *l->loglik);
    if (!l->parameters || !l->loglik)
        return false;
    l->kl_ic = l->loglik + batch;
    l->kl_co = l->kl_ic + batch;
    l->corr = l->kl_co + batch;
    if (!l->options.trained)
        return true;
    l->transposed = memory_create(size * sizeof(real));
    l->gradient = memory_create(size * sizeof(real));
    l->m = memory_create(size * sizeof(real));
    l->v = memory_create(size * sizeof(real));
    l->lanes = calloc(l->n_lanes, sizeof *l->lanes);
    for (size_t i = 0; l->lanes && i < l->n_lanes; i++)
        if (!(l->lanes[i] = memory_create(size * sizeof(real))))
            return false;
    return l->transposed && l->gradient && l->m && l->v && l->lanes;
}

enum lfads_status learner_create(struct learner **out, const struct backend *be,
                                 const struct model *model, const struct learner_options *options,
                                 struct lfads_error *err)
{
    struct learner *l = calloc(1, sizeof *l);
    enum lfads_status status = LFADS_OK;

    *out = NULL;
    if (!l)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a learner");
    l->be = be;
    l->model = model;
    l->options = *options;
    l->shard_trials = shard_trials(model, options->batch_size);
    l->n_lanes = min(shard_count(l, options->batch_size), MOST_LANES);
    l->options.threads = min(options->threads, l->n_lanes);
    l->shards = calloc(l->options.threads, sizeof *l->shards);
    if (!l->shards || !create_vectors(l)) {
        learner_free(l);
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to train %zu parameters", model->size);
    }
    for (size_t i = 0; i < l->options.threads && status == LFADS_OK; i++)
        status = shard_create(&l->shards[i], be, model, min(l->shard_trials, options->batch_size),
                              1, options->trained, err);
    if (status != LFADS_OK) {
        learner_free(l);
        return status;
    }
    *out = l;
    return LFADS_OK;
}

size_t learner_bytes(const struct model *model, const struct learner_options *options)
{
    struct learner l = {.shard_trials = shard_trials(model, options->batch_size)};
    size_t lanes = min(shard_count(&l, options->batch_size), MOST_LANES);
    size_t vectors = options->trained ? 5 + lanes : 1;
    size_t shard =
        shard_bytes(model, min(l.shard_trials, options->batch_size), 1, options->trained);

    return vectors * model->size * sizeof(real) + min(options->threads, lanes) * shard;
}

void learner_free(struct learner *learner)
{
    if (!learner)
        return;
    for (size_t i = 0; learner->shards && i < learner->options.threads; i++)
        shard_free(learner->shards[i]);
    for (size_t i = 0; learner->lanes && i < learner->n_lanes; i++)
        free(learner->lanes[i]);
    free(learner->shards);
    free(learner->lanes);
    free(learner->parameters);
    free(learner->transposed);
    free(learner->gradient);
    free(learner->m);
    free(learner->v);
    free(learner->loglik);
    free(learner);
}

void learner_refresh(struct learner *learner)
{
    if (learner->options.trained)
        params_transpose(learner->be, learner->transposed, learner->model, learner->parameters);
}

/* One batch on its way through the shards. */
struct run {
    struct learner *learner;
    const struct batch_source *source;
    struct shard_weights weights;
    bool backward;
};

static void keep_costs(struct learner *l, const struct shard *s, size_t first)
{
    size_t bytes = s->trials * sizeof(acc);

    memcpy(l->loglik + first, s->loglik, bytes);
    memcpy(l->kl_ic + first, s->kl_ic, bytes);
    memcpy(l->kl_co + first, s->kl_co, bytes);
    memcpy(l->corr + first, s->corr, bytes);
}

/* A lane's shards one after the other: LANE, LANE + lanes, …; their gradients add up in the lane.
 */
static void run_lane(void *payload, size_t lane, size_t thread)
{
    struct run *run = payload;
    struct learner *l = run->learner;
    struct shard *shard = l->shards[thread];
    size_t trials = run->source->trials;
    real *gradient = run->backward ? l->lanes[lane] : NULL;

    if (gradient)
        l->be->clear(l->be, gradient, l->model->size);
    for (size_t i = lane; i < shard_count(l, trials); i += l->n_lanes) {
        size_t first = i * l->shard_trials;

        shard_begin(shard, run->source->session, min(l->shard_trials, trials - first), 1,
                    DRAW_SAMPLE, run->source->dropout, l->parameters, l->transposed, gradient);
        run->source->fill(run->source->payload, shard, first);
        shard_forward(shard);
        keep_costs(l, shard, first);
        if (run->backward)
            shard_backward(shard, &run->weights);
    }
}

/* Sums a stretch of all lanes, always in the lanes' order. */
static void reduce_stretch(void *payload, size_t stretch, size_t thread)
{
    struct run *run = payload;
    struct learner *l = run->learner;
    size_t lanes = min(l->n_lanes, shard_count(l, run->source->trials));
    size_t length = (l->model->size + l->options.threads - 1) / l->options.threads;
    size_t first = stretch * length, last = min(first + length, l->model->size);

    (void)thread;
    for (size_t lane = 0; lane < lanes && first < last; lane++) {
        if (lane == 0)
            l->be->clear(l->be, l->gradient + first, last - first);
        l->be->add_scaled(l->be, l->gradient + first, 1, l->lanes[lane] + first, last - first);
    }
}

static void run_batch(struct run *run)
{
    struct learner *l = run->learner;
    size_t lanes = min(l->n_lanes, shard_count(l, run->source->trials));

    assert(run->source->trials <= l->options.batch_size);
    workers_run(l->options.threads, lanes, run_lane, run);
    if (run->backward)
        workers_run(l->options.threads, l->options.threads, reduce_stretch, run);
}

/* The costs of the batch that the shards have just run. */
static void sum_costs(const struct learner *l, struct batch_costs *costs, size_t trials,
                      const struct cost_ramps *ramps)
{
    struct row_costs rows = {.loglik = l->loglik,
                             .kl_ic = l->kl_ic,
                             .kl_co = l->kl_co,
                             .corr = l->corr,
                             .rows = trials,
                             .samples = 1};

    costs_sum(costs, l->model, &rows, costs_l2(l->be, l->model, l->parameters), ramps);
}

void learner_evaluate(struct learner *learner, struct batch_costs *costs,
                      const struct batch_source *source, const struct cost_ramps *ramps)
{
    struct run run = {.learner = learner, .source = source};

    run_batch(&run);
    sum_costs(learner, costs, source->trials, ramps);
}

void learner_differentiate(struct learner *learner, struct batch_costs *costs,
                           const struct batch_source *source, const struct cost_ramps *ramps)
{
    struct run run = {
        .learner = learner,
        .source = source,
        .backward = true,
        .weights = costs_shard_weights(learner->model, source->trials, ramps),
    };

    run_batch(&run);
    costs_l2_backward(learner->be, learner->model, learner->gradient, learner->parameters,
                      ramps->l2);
    sum_costs(learner, costs, source->trials, ramps);
}

double learner_norm(const struct learner *learner)
{
    double sum = 0;

    for (size_t i = 0; i < learner->model->n_params; i++) {
        const struct param *p = &learner->model->params[i];
        acc squares;

        if (!p->trained)
            continue;
        learner->be->sum_squares(learner->be, &squares, learner->gradient + p->offset,
                                 p->rows * p->cols);
        sum += squares;
    }
    return sqrt(sum);
}

void learner_update(struct learner *learner, double norm, double learning_rate, int64_t update)
{
    struct learner *l = learner;
    double most = l->options.max_grad_norm;
    double scale = norm > most ? most / norm : 1;
    double rate =
        learning_rate * sqrt(1 - pow(0.999, (double)update)) / (1 - pow(0.9, (double)update));

    for (size_t i = 0; i < l->model->n_params; i++) {
        const struct param *p = &l->model->params[i];
        size_t at = p->offset;

        if (p->trained)
            l->be->adam(l->be, l->parameters + at, l->m + at, l->v + at, l->gradient + at,
                        (real)scale, (real)rate, p->rows * p->cols);
    }
    learner_refresh(l);
}
