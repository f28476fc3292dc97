/* learner.c - a batch's costs and gradient over its shards, and the update of the parameters.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/learner.h"

#include <stdlib.h>
#include <string.h>

#include "base/workers.h"

enum {
    SHARD_TRIALS = 16, /* products reach their full speed from 8 rows on; 16 stay in cache */
    MOST_LANES = 32,   /* bounds the memory of gradients; more threads than this are not used */
    ALIGNMENT = 64
};

static size_t min(size_t a, size_t b) { return a < b ? a : b; }

static size_t shard_count(size_t trials) { return (trials + SHARD_TRIALS - 1) / SHARD_TRIALS; }

static real *vector_create(size_t size)
{
    size_t bytes = (size * sizeof(real) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    real *vector = aligned_alloc(ALIGNMENT, bytes);

    if (vector)
        memset(vector, 0, bytes);
    return vector;
}

static bool create_vectors(struct learner *l)
{
    size_t size = l->model->size, batch = l->options.batch_size;

    l->parameters = vector_create(size);
    l->loglik = calloc(4 * batch, sizeof *l->loglik);
    if (!l->parameters || !l->loglik)
        return false;
    l->kl_ic = l->loglik + batch;
    l->kl_co = l->kl_ic + batch;
    l->corr = l->kl_co + batch;
    if (!l->options.trained)
        return true;
    l->transposed = vector_create(size);
    l->gradient = vector_create(size);
    l->m = vector_create(size);
    l->v = vector_create(size);
    l->lanes = calloc(l->n_lanes, sizeof *l->lanes);
    for (size_t i = 0; l->lanes && i < l->n_lanes; i++)
        if (!(l->lanes[i] = vector_create(size)))
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
    l->n_lanes = min(shard_count(options->batch_size), MOST_LANES);
    l->options.threads = min(options->threads, l->n_lanes);
    l->shards = calloc(l->options.threads, sizeof *l->shards);
    if (!l->shards || !create_vectors(l)) {
        learner_free(l);
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to train %zu parameters", model->size);
    }
    for (size_t i = 0; i < l->options.threads && status == LFADS_OK; i++)
        status = shard_create(&l->shards[i], be, model, min(SHARD_TRIALS, options->batch_size), 1,
                              options->trained, err);
    if (status != LFADS_OK) {
        learner_free(l);
        return status;
    }
    *out = l;
    return LFADS_OK;
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
    for (size_t i = lane; i < shard_count(trials); i += l->n_lanes) {
        size_t first = i * SHARD_TRIALS;

        shard_begin(shard, run->source->session, min(SHARD_TRIALS, trials - first), 1, DRAW_SAMPLE,
                    run->source->dropout, l->parameters, l->transposed, gradient);
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
    size_t lanes = min(l->n_lanes, shard_count(run->source->trials));
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
    size_t lanes = min(l->n_lanes, shard_count(run->source->trials));

    assert(run->source->trials <= l->options.batch_size);
    workers_run(l->options.threads, lanes, run_lane, run);
    if (run->backward)
        workers_run(l->options.threads, l->options.threads, reduce_stretch, run);
}

static double penalty_scale(const struct model *m, const struct param *param)
{
    if (param->penalty == PENALTY_GENERATOR)
        return m->l2_gen_scale;
    return param->penalty == PENALTY_CONTROLLER ? m->l2_con_scale : 0;
}

/* The numbers under the penalty, whatever its scales. */
static double penalised_count(const struct model *m)
{
    double count = 0;

    for (size_t i = 0; i < m->n_params; i++)
        if (m->params[i].penalty != PENALTY_NONE)
            count += (double)(m->params[i].rows * m->params[i].cols);
    return count;
}

double learner_l2(const struct learner *learner)
{
    const struct model *m = learner->model;
    double sum = 0;

    for (size_t i = 0; i < m->n_params; i++) {
        const struct param *p = &m->params[i];
        acc squares;

        if (!(penalty_scale(m, p) > 0))
            continue;
        learner->be->sum_squares(learner->be, &squares, learner->parameters + p->offset,
                                 p->rows * p->cols);
        sum += penalty_scale(m, p) * squares / 2;
    }
    return sum / penalised_count(m);
}

static void add_l2_gradient(struct learner *l, double ramp)
{
    const struct model *m = l->model;

    for (size_t i = 0; i < m->n_params; i++) {
        const struct param *p = &m->params[i];
        double scale = ramp * penalty_scale(m, p) / penalised_count(m);

        if (scale > 0)
            l->be->add_scaled(l->be, l->gradient + p->offset, (real)scale,
                              l->parameters + p->offset, p->rows * p->cols);
    }
}

static double pairs(const struct model *m)
{
    return m->co_dim > 1 ? (double)(m->co_dim * (m->co_dim - 1)) / 2 : 1;
}

/* The batch's costs from its trials' (model.md 7). */
static void sum_costs(const struct learner *l, struct batch_costs *costs, size_t trials,
                      const struct cost_ramps *ramps)
{
    const struct model *m = l->model;
    double loglik = 0, kl = 0, corr = 0, most = -INFINITY, likely = 0;

    for (size_t b = 0; b < trials; b++) {
        double kl_b = m->kl_ic_weight * l->kl_ic[b] + m->kl_co_weight * l->kl_co[b];

        loglik += l->loglik[b];
        kl += kl_b;
        corr += l->corr[b];
        most = fmax(most, l->loglik[b] - kl_b);
    }
    for (size_t b = 0; b < trials; b++) {
        double kl_b = m->kl_ic_weight * l->kl_ic[b] + m->kl_co_weight * l->kl_co[b];

        likely += exp(l->loglik[b] - kl_b - most);
    }
    costs->recon = -loglik / (double)trials;
    costs->kl = kl / (double)trials;
    costs->l2 = learner_l2(l);
    costs->corr = m->corr_scale * corr / ((double)trials * pairs(m));
    costs->total = costs->recon + ramps->kl * costs->kl + ramps->l2 * costs->l2 + costs->corr;
    costs->nll_vae = costs->recon + costs->kl;
    costs->nll_iwae = log((double)trials) - (most + log(likely));
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
    const struct model *m = learner->model;
    double share = 1 / (double)source->trials;
    struct run run = {
        .learner = learner,
        .source = source,
        .backward = true,
        .weights = {.recon = (real)share,
                    .kl_ic = (real)(ramps->kl * m->kl_ic_weight * share),
                    .kl_co = (real)(ramps->kl * m->kl_co_weight * share),
                    .corr = (real)(m->corr_scale * share / pairs(m))},
    };

    run_batch(&run);
    add_l2_gradient(learner, ramps->l2);
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
