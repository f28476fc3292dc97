/* learner.c - a batch's costs and gradient over its shards, and the update of the parameters.
 * SPDX-License-Identifier: Apache-2.0 */
#include "learn/learner.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/sizes.h"
#include "base/workers.h"

enum {
    MIN_TRIALS = 8, /* of a shard: products reach their full speed from here on */
    MAX_TRIALS = 64,
    MIN_ACCUMULATORS = 4,    /* for as many threads at least, where the batch has the trials */
    BYTES_A_TRIAL = 1 << 16, /* of recurrent weights, for which a shard's trials share the way */
    MAX_ACCUMULATORS = 32 /* bounds the memory of gradients; more threads than this are not used */
};

static size_t recurrent_bytes(size_t units) { return 3 * units * units * sizeof(real); }

/* Trials of a shard: the fewer, the nearer its activations stay. But the weights that a bin's steps
 * walk through, those of an encoder or of generator and controller together, are worth walking
 * through for more trials the further away they lie. It must not depend on threads, for sums do on
 * it. */
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

static size_t shard_count(const struct learner *l, size_t trials)
{
    return (trials + l->shard_trials - 1) / l->shard_trials;
}

/* Shards, accumulators and threads. On a device one shard is the batch. */
static void lay_out(struct learner *l)
{
    size_t batch = l->options.batch_size;

    l->shard_trials = l->be->host_memory ? shard_trials(l->model, batch) : batch;
    l->n_accumulators = size_min(shard_count(l, batch), MAX_ACCUMULATORS);
    l->options.threads = size_min(l->options.threads, l->n_accumulators);
}

static bool create_vectors(struct learner *l)
{
    const struct backend *be = l->be;
    size_t bytes = l->model->size * sizeof(real);

    l->parameters = be->memory_create(be, bytes);
    l->numbers = be->memory_create(be, sizeof *l->numbers);
    l->update = be->memory_create(be, sizeof *l->update);
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
    l->accumulators = calloc(l->n_accumulators, sizeof *l->accumulators);
    for (size_t i = 0; l->accumulators && i < l->n_accumulators; i++)
        if (!(l->accumulators[i] =
                  l->n_accumulators == 1 ? l->gradient : be->memory_create(be, bytes)))
            return false;
    return l->transposed && l->gradient && l->m && l->v && l->accumulators;
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
        status =
            shard_create(&l->shards[i], be, model, size_min(l->shard_trials, options->batch_size),
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
    vectors = options->trained ? 5 + (l.n_accumulators > 1 ? l.n_accumulators : 0) : 1;
    shard =
        shard_bytes(be, model, size_min(l.shard_trials, options->batch_size), 1, options->trained);
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
    for (size_t i = 0;
         learner->accumulators && learner->n_accumulators > 1 && i < learner->n_accumulators; i++)
        be->memory_free(be, learner->accumulators[i]);
    free(learner->shards);
    free(learner->accumulators);
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

struct learner_vectors learner_download(const struct learner *learner)
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

const char *learner_first_nonfinite(const struct learner *learner)
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

void learner_upload(struct learner *learner)
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

enum pass_kind { EVALUATE, DIFFERENTIATE, STEP };

/* One pass on its way through the shards. */
struct pass {
    struct learner *learner;
    const struct batch_source *source;
    enum pass_kind kind;
    struct pending *pending;
};

static void begin_shard(const struct pass *pass, struct shard *shard, size_t accumulator,
                        size_t first)
{
    struct learner *l = pass->learner;

    shard_begin(shard, pass->source->session,
                size_min(l->shard_trials, pass->source->trials - first), 1, POSTERIOR_SAMPLE,
                pass->source->dropout, l->parameters, l->transposed,
                pass->kind == EVALUATE ? NULL : l->accumulators[accumulator]);
    pass->source->load(pass->source->payload, shard, first);
}

static void run_shard(const struct pass *pass, struct shard *shard, size_t first)
{
    const struct learner *l = pass->learner;
    struct shard_weights weights =
        costs_shard_weights(l->model, pass->source->trials, &l->numbers->weights);

    if (pass->source->enqueue_noise)
        pass->source->enqueue_noise(pass->source->payload, shard, first);
    shard_forward(shard);
    if (pass->kind != EVALUATE)
        shard_backward(shard, &weights);
}

/* Costs of the batch's trials from FIRST on; of all of them in one copy, for a device's sake. */
static void keep_costs(const struct pass *pass, const struct shard *s, size_t first)
{
    const struct backend *be = pass->learner->be;
    const struct pending *p = pass->pending;
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

static void clear_accumulator(const struct pass *pass, size_t accumulator)
{
    const struct learner *l = pass->learner;

    if (pass->kind != EVALUATE)
        l->be->clear(l->be, l->accumulators[accumulator], l->model->size);
}

/* A accumulator's shards one after the other: ACCUMULATOR, ACCUMULATOR + accumulators, …; their
 * gradients add up in the accumulator.
 */
static void run_accumulator(void *payload, size_t accumulator, size_t thread)
{
    struct pass *pass = payload;
    struct learner *l = pass->learner;
    struct shard *shard = l->shards[thread];

    clear_accumulator(pass, accumulator);
    for (size_t i = accumulator; i < shard_count(l, pass->source->trials); i += l->n_accumulators) {
        size_t first = i * l->shard_trials;

        begin_shard(pass, shard, accumulator, first);
        run_shard(pass, shard, first);
        keep_costs(pass, shard, first);
    }
}

/* Sums a span of all accumulators, always in the accumulators' order. */
static void reduce_span(void *payload, size_t span, size_t thread)
{
    struct pass *pass = payload;
    struct learner *l = pass->learner;
    size_t accumulators = size_min(l->n_accumulators, shard_count(l, pass->source->trials));
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

static void update(struct learner *l)
{
    l->be->limit_update(l->be, l->update, &l->sums[SUM_SQUARES], &l->numbers->rate,
                        l->options.max_grad_norm);
    for (size_t i = 0; i < l->n_trained; i++) {
        size_t at = l->trained[i].at;

        l->be->adam(l->be, l->parameters + at, l->m + at, l->v + at, l->gradient + at, l->update,
                    &optimizer_adam, l->trained[i].numbers);
    }
    refresh(l);
}

/* What follows when the gradient of the shards is there: the L2 cost and its gradient, the norm
 * over the trained parameters, the update. */
static void finish_batch(const struct pass *pass)
{
    struct learner *l = pass->learner;

    costs_l2(l->be, &l->sums[SUM_L2], l->model, l->parameters);
    l->be->clear_sums(l->be, &l->sums[SUM_SQUARES], 1);
    if (pass->kind == EVALUATE)
        return;
    costs_l2_backward(l->be, l->model, l->gradient, l->parameters, &l->numbers->weights);
    for (size_t i = 0; i < l->n_trained; i++)
        l->be->sum_squares(l->be, &l->sums[SUM_SQUARES], 1, l->gradient + l->trained[i].at,
                           l->trained[i].numbers);
    if (pass->kind == STEP)
        update(l);
}

/* On threads, shard by shard. */
static void run_on_host(struct pass *pass)
{
    struct learner *l = pass->learner;

    workers_run(l->options.threads,
                size_min(l->n_accumulators, shard_count(l, pass->source->trials)), run_accumulator,
                pass);
    if (pass->kind != EVALUATE && l->n_accumulators > 1)
        workers_run(l->options.threads, l->options.threads, reduce_span, pass);
    finish_batch(pass);
}

/* All that the operations of a pass depend on and that is not in the backend's memory. */
static uint64_t key_of(const struct pass *pass)
{
    const struct batch_source *s = pass->source;

    assert(s->trials < 1u << 31 && s->session < 1u << 24 && s->variant < 1u << 4);
    return (uint64_t)s->trials << 32 | s->session << 8 | s->variant << 4 |
           (unsigned)s->dropout << 2 | pass->kind;
}

/* As one shard; the same pass of a session again is replayed, where the backend can. */
static void run_on_device(struct pass *pass)
{
    const struct learner *l = pass->learner;
    const struct backend *be = l->be;
    struct shard *shard = l->shards[0];
    uint64_t key = key_of(pass);
    bool done;

    begin_shard(pass, shard, 0, 0);
    done = be->replay && be->replay(be, l, key);
    while (!done) {
        if (be->record)
            be->record(be, l, key);
        clear_accumulator(pass, 0);
        run_shard(pass, shard, 0);
        finish_batch(pass);
        done = !be->recorded || be->recorded(be, l, key);
    }
    keep_costs(pass, shard, 0);
}

static void run_batch(struct learner *l, const struct batch_source *source,
                      const struct cost_ramps *ramps, enum pass_kind kind, double rate)
{
    struct pending *p = &l->pending[l->n_pending];
    struct pass pass = {.learner = l, .source = source, .kind = kind, .pending = p};
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
        run_on_host(&pass);
    else
        run_on_device(&pass);
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
    run_batch(learner, source, ramps, STEP, optimizer_rate(&optimizer_adam, learning_rate, update));
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
