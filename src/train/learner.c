/* learner.c - a batch's costs and gradient over its shards, and the update of the parameters.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/learner.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/workers.h"

enum {
    LEAST_TRIALS = 8, /* of a shard: products reach their full speed from here on */
    MOST_TRIALS = 64,
    LEAST_LANES = 4,         /* for as many threads at least, where the batch has the trials */
    BYTES_A_TRIAL = 1 << 16, /* of recurrent weights, for which a shard's trials share the way */
    MOST_LANES = 32 /* bounds the memory of gradients; more threads than this are not used */
};

static size_t min(size_t a, size_t b) { return a < b ? a : b; }

static size_t max(size_t a, size_t b) { return a > b ? a : b; }
static size_t recurrent_bytes(size_t units) { return 3 * units * units * sizeof(real); }

/* Trials of a shard: the fewer, the nearer its activations stay. But the weights that a bin's steps
 * walk through, those of an encoder or of generator and controller together, are worth walking
 * through for more trials the further away they lie. It must not depend on threads, for sums do on
 * it. */
static size_t shard_trials(const struct model *m, size_t batch)
{
    size_t decoder =
        recurrent_bytes(m->gen_units) + (m->co_dim ? recurrent_bytes(m->con_units) : 0);
    size_t encoder = max(m->ic_dim ? m->ic_enc : 0, m->co_dim ? m->ci_enc : 0);
    size_t bytes = max(decoder, recurrent_bytes(encoder)), trials = LEAST_TRIALS;

    while (trials < MOST_TRIALS && bytes > trials * BYTES_A_TRIAL &&
           2 * trials * LEAST_LANES <= batch)
        trials *= 2;
    return trials;
}

static size_t shard_count(const struct learner *l, size_t trials)
{
    return (trials + l->shard_trials - 1) / l->shard_trials;
}

/* Shards, lanes and threads. On a device one shard is the batch. */
static void lay_out(struct learner *l)
{
    size_t batch = l->options.batch_size;

    l->shard_trials = l->be->host_memory ? shard_trials(l->model, batch) : batch;
    l->n_lanes = min(shard_count(l, batch), MOST_LANES);
    l->options.threads = min(l->options.threads, l->n_lanes);
}

static bool create_vectors(struct learner *l)
{
    const struct backend *be = l->be;
    size_t bytes = l->model->size * sizeof(real);

    l->parameters = be->memory_create(be, bytes);
    l->numbers = be->memory_create(be, sizeof *l->numbers);
    l->update = be->memory_create(be, 3 * sizeof *l->update);
    l->sums = be->memory_create(be, SUMS * sizeof *l->sums);
    if (!be->host_memory)
        l->host = be->host_create(be, 3 * bytes);
    if (!l->parameters || !l->numbers || !l->update || !l->sums || (!be->host_memory && !l->host))
        return false;
    if (!l->options.trained)
        return true;
    l->transposed = be->memory_create(be, bytes);
    l->gradient = be->memory_create(be, bytes);
    l->m = be->memory_create(be, bytes);
    l->v = be->memory_create(be, bytes);
    l->lanes = calloc(l->n_lanes, sizeof *l->lanes);
    for (size_t i = 0; l->lanes && i < l->n_lanes; i++)
        if (!(l->lanes[i] = l->n_lanes == 1 ? l->gradient : be->memory_create(be, bytes)))
            return false;
    return l->transposed && l->gradient && l->m && l->v && l->lanes;
}

static bool create_pending(struct learner *l)
{
    size_t batch = l->options.batch_size, each = 4 * batch + SUMS, count = l->options.most_pending;

    l->pending = calloc(count, sizeof *l->pending);
    l->costs = l->be->host_create(l->be, count * each * sizeof *l->costs);
    for (size_t i = 0; l->pending && l->costs && i < count; i++) {
        l->pending[i].loglik = l->costs + i * each;
        l->pending[i].sums = l->pending[i].loglik + 4 * batch;
    }
    return l->pending && l->costs;
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
    lay_out(l);
    l->shards = calloc(l->options.threads, sizeof *l->shards);
    l->trained = calloc(model->n_params, sizeof *l->trained);
    if (l->trained)
        l->n_trained = params_trained(l->trained, model, !be->host_memory);
    if (!l->shards || !l->trained || !create_vectors(l) || !create_pending(l)) {
        status = be->finish(be, err); /* a device knows more of it */
        learner_free(l);
        return status != LFADS_OK
                   ? status
                   : lfads_fail(err, LFADS_NO_MEMORY, "no memory to train %zu parameters",
                                model_parameters(model));
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

size_t learner_bytes(const struct backend *be, const struct model *model,
                     const struct learner_options *options)
{
    struct learner l = {.be = be, .model = model, .options = *options};
    size_t vectors, shard;

    lay_out(&l);
    vectors = options->trained ? 5 + (l.n_lanes > 1 ? l.n_lanes : 0) : 1;
    shard = shard_bytes(be, model, min(l.shard_trials, options->batch_size), 1, options->trained);
    return vectors * memory_rounded(model->size * sizeof(real)) +
           l.options.threads * memory_rounded(shard);
}

void learner_free(struct learner *learner)
{
    const struct backend *be;

    if (!learner)
        return;
    be = learner->be;
    for (size_t i = 0; learner->shards && i < learner->options.threads; i++)
        shard_free(learner->shards[i]);
    for (size_t i = 0; learner->lanes && learner->n_lanes > 1 && i < learner->n_lanes; i++)
        be->memory_free(be, learner->lanes[i]);
    free(learner->shards);
    free(learner->lanes);
    free(learner->trained);
    be->memory_free(be, learner->parameters);
    be->memory_free(be, learner->transposed);
    be->memory_free(be, learner->gradient);
    be->memory_free(be, learner->m);
    be->memory_free(be, learner->v);
    be->memory_free(be, learner->numbers);
    be->memory_free(be, learner->update);
    be->memory_free(be, learner->sums);
    be->host_free(be, learner->host);
    be->host_free(be, learner->costs);
    free(learner->pending);
    free(learner);
}

static void refresh(struct learner *l)
{
    params_pack(l->be, l->model, l->parameters, false);
    if (!l->options.trained)
        return;
    params_transpose(l->be, l->transposed, l->model, l->parameters);
    params_pack(l->be, l->model, l->transposed, true);
}

struct learner_vectors learner_read(const struct learner *learner)
{
    const struct learner *l = learner;
    size_t size = l->model->size, bytes = size * sizeof(real);
    struct learner_vectors v = {.parameters = l->host};

    if (l->be->host_memory)
        return (struct learner_vectors){l->parameters, l->m, l->v};
    l->be->download(l->be, v.parameters, l->parameters, bytes);
    if (!l->options.trained)
        return v;
    v.m = v.parameters + size;
    v.v = v.m + size;
    l->be->download(l->be, v.m, l->m, bytes);
    l->be->download(l->be, v.v, l->v, bytes);
    return v;
}

const char *learner_not_finite(const struct learner *learner)
{
    const struct model *m = learner->model;
    const real *gradient = learner->gradient;

    if (!learner->be->host_memory) {
        learner->be->download(learner->be, learner->host, gradient, m->size * sizeof(real));
        gradient = learner->host;
    }
    for (size_t i = 0; i < m->n_params; i++) {
        const struct param *p = &m->params[i];

        for (size_t j = 0; p->trained && j < p->rows * p->cols; j++)
            if (!isfinite(gradient[p->offset + j]))
                return p->name;
    }
    return NULL;
}

void learner_write(struct learner *learner)
{
    struct learner *l = learner;
    size_t size = l->model->size, bytes = size * sizeof(real);

    if (!l->be->host_memory) {
        l->be->upload(l->be, l->parameters, l->host, bytes);
        if (l->options.trained) {
            l->be->upload(l->be, l->m, l->host + size, bytes);
            l->be->upload(l->be, l->v, l->host + 2 * size, bytes);
        }
    }
    refresh(l);
}

enum kind { EVALUATE, DIFFERENTIATE, STEP };

/* One pass on its way through the shards. */
struct run {
    struct learner *learner;
    const struct batch_source *source;
    enum kind kind;
    struct pending *pending;
};

static void begin_shard(const struct run *run, struct shard *shard, size_t lane, size_t first)
{
    struct learner *l = run->learner;

    shard_begin(shard, run->source->session, min(l->shard_trials, run->source->trials - first), 1,
                DRAW_SAMPLE, run->source->dropout, l->parameters, l->transposed,
                run->kind == EVALUATE ? NULL : l->lanes[lane]);
    run->source->fill(run->source->payload, shard, first);
}

static void run_shard(const struct run *run, struct shard *shard, size_t first)
{
    const struct learner *l = run->learner;
    struct shard_weights weights =
        costs_shard_weights(l->model, run->source->trials, &l->numbers->weights);

    if (run->source->draw)
        run->source->draw(run->source->payload, shard, first);
    shard_forward(shard);
    if (run->kind != EVALUATE)
        shard_backward(shard, &weights);
}

/* Costs of the batch's trials from FIRST on; of all of them in one copy, for a device's sake. */
static void keep_costs(const struct run *run, const struct shard *s, size_t first)
{
    const struct backend *be = run->learner->be;
    const struct pending *p = run->pending;
    size_t bytes = s->trials * sizeof(acc);

    if (s->trials == p->trials) {
        be->download_later(be, p->loglik, s->loglik, 4 * bytes);
        return;
    }
    be->download_later(be, p->loglik + first, s->loglik, bytes);
    be->download_later(be, p->kl_co + first, s->kl_co, bytes);
    be->download_later(be, p->corr + first, s->corr, bytes);
    be->download_later(be, p->kl_ic + first, s->kl_ic, bytes);
}

static void clear_lane(const struct run *run, size_t lane)
{
    const struct learner *l = run->learner;

    if (run->kind != EVALUATE)
        l->be->clear(l->be, l->lanes[lane], l->model->size);
}

/* A lane's shards one after the other: LANE, LANE + lanes, …; their gradients add up in the lane.
 */
static void run_lane(void *payload, size_t lane, size_t thread)
{
    struct run *run = payload;
    struct learner *l = run->learner;
    struct shard *shard = l->shards[thread];

    clear_lane(run, lane);
    for (size_t i = lane; i < shard_count(l, run->source->trials); i += l->n_lanes) {
        size_t first = i * l->shard_trials;

        begin_shard(run, shard, lane, first);
        run_shard(run, shard, first);
        keep_costs(run, shard, first);
    }
}

/* Sums a stretch of all lanes, always in the lanes' order. */
static void reduce_stretch(void *payload, size_t stretch, size_t thread)
{
    struct run *run = payload;
    struct learner *l = run->learner;
    size_t lanes = min(l->n_lanes, shard_count(l, run->source->trials));
    size_t length = (l->model->size + l->options.threads - 1) / l->options.threads;
    size_t first = stretch * length, last = min(first + length, l->model->size), n = last - first;

    (void)thread;
    for (size_t lane = 0; lane < lanes && first < last; lane++) {
        if (lane == 0)
            l->be->clear(l->be, l->gradient + first, n);
        l->be->add_masked(l->be, l->gradient + first, n, l->lanes[lane] + first, n, NULL, 0, 1, n);
    }
}

/* model.md (8.1) to (8.3). */
static void update(struct learner *l)
{
    l->be->limit_update(l->be, l->update, &l->sums[SUM_SQUARES], &l->numbers->rate,
                        l->options.max_grad_norm);
    for (size_t i = 0; i < l->n_trained; i++) {
        size_t at = l->trained[i].at;

        l->be->adam(l->be, l->parameters + at, l->m + at, l->v + at, l->gradient + at, l->update,
                    l->trained[i].numbers);
    }
    refresh(l);
}

/* What follows when the gradient of the shards is there: the L2 cost and its gradient, the norm
 * over the trained parameters, the update. */
static void finish_batch(const struct run *run)
{
    struct learner *l = run->learner;

    costs_l2(l->be, &l->sums[SUM_L2], l->model, l->parameters);
    l->be->clear_sums(l->be, &l->sums[SUM_SQUARES], 1);
    if (run->kind == EVALUATE)
        return;
    costs_l2_backward(l->be, l->model, l->gradient, l->parameters, &l->numbers->weights);
    for (size_t i = 0; i < l->n_trained; i++)
        l->be->sum_squares(l->be, &l->sums[SUM_SQUARES], 1, l->gradient + l->trained[i].at,
                           l->trained[i].numbers);
    if (run->kind == STEP)
        update(l);
}

/* On threads, shard by shard. */
static void run_on_host(struct run *run)
{
    struct learner *l = run->learner;

    workers_run(l->options.threads, min(l->n_lanes, shard_count(l, run->source->trials)), run_lane,
                run);
    if (run->kind != EVALUATE && l->n_lanes > 1)
        workers_run(l->options.threads, l->options.threads, reduce_stretch, run);
    finish_batch(run);
}

/* All that the operations of a pass depend on and that is not in the backend's memory. */
static uint64_t key_of(const struct run *run)
{
    const struct batch_source *s = run->source;

    assert(s->trials < 1u << 31 && s->session < 1u << 24 && s->variant < 1u << 4);
    return (uint64_t)s->trials << 32 | s->session << 8 | s->variant << 4 |
           (unsigned)s->dropout << 2 | run->kind;
}

/* As one shard; the same pass of a session again is replayed, where the backend can. */
static void run_on_device(struct run *run)
{
    const struct learner *l = run->learner;
    const struct backend *be = l->be;
    struct shard *shard = l->shards[0];
    uint64_t key = key_of(run);
    bool done;

    begin_shard(run, shard, 0, 0);
    done = be->replay && be->replay(be, l, key);
    while (!done) {
        if (be->record)
            be->record(be, l, key);
        clear_lane(run, 0);
        run_shard(run, shard, 0);
        finish_batch(run);
        done = !be->recorded || be->recorded(be, l, key);
    }
    keep_costs(run, shard, 0);
}

static void run_batch(struct learner *l, const struct batch_source *source,
                      const struct cost_ramps *ramps, enum kind kind, double rate)
{
    struct pending *p = &l->pending[l->n_pending];
    struct run run = {.learner = l, .source = source, .kind = kind, .pending = p};
    struct step_numbers numbers = {.weights = costs_step_weights(l->model, source->trials, ramps),
                                   .rate = (real)rate};

    assert(source->trials <= l->options.batch_size && l->n_pending < l->options.most_pending);
    p->trials = source->trials;
    p->ramps = *ramps;
    p->kl_co = p->loglik + p->trials;
    p->corr = p->kl_co + p->trials;
    p->kl_ic = p->corr + p->trials;
    l->be->upload(l->be, l->numbers, &numbers, sizeof numbers);
    if (l->be->host_memory)
        run_on_host(&run);
    else
        run_on_device(&run);
    l->be->download_later(l->be, p->sums, l->sums, SUMS * sizeof *l->sums);
    l->n_pending++;
}

void learner_evaluate(struct learner *learner, const struct batch_source *source,
                      const struct cost_ramps *ramps)
{
    run_batch(learner, source, ramps, EVALUATE, 0);
}

void learner_differentiate(struct learner *learner, const struct batch_source *source,
                           const struct cost_ramps *ramps)
{
    run_batch(learner, source, ramps, DIFFERENTIATE, 0);
}

void learner_step(struct learner *learner, const struct batch_source *source,
                  const struct cost_ramps *ramps, double learning_rate, int64_t update)
{
    double count = (double)update;

    run_batch(learner, source, ramps, STEP,
              learning_rate * sqrt(1 - pow(0.999, count)) / (1 - pow(0.9, count)));
}

enum lfads_status learner_collect(struct learner *learner, struct batch_costs *costs,
                                  struct lfads_error *err)
{
    enum lfads_status status = learner->be->finish(learner->be, err);

    for (size_t i = 0; i < learner->n_pending && status == LFADS_OK; i++) {
        const struct pending *p = &learner->pending[i];
        struct row_costs rows = {.loglik = p->loglik,
                                 .kl_ic = p->kl_ic,
                                 .kl_co = p->kl_co,
                                 .corr = p->corr,
                                 .rows = p->trials,
                                 .samples = 1};

        costs_sum(&costs[i], learner->model, &rows, p->sums[SUM_L2], &p->ramps);
        costs[i].gradient_norm = sqrt(p->sums[SUM_SQUARES]);
    }
    learner->n_pending = 0;
    return status;
}
