/* learner.c - creates and frees a learner, begins passes and collects their costs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "learn/learner.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/sizes.h"
#include "base/workers.h"
#include "learn/learner_private.h"

static bool create_vectors(struct learner *l)
{
    const struct backend *be = l->be;
    size_t bytes = l->model->size * sizeof(real);

    l->parameters = be->memory_create(be, bytes);
    l->numbers = be->memory_create(be, sizeof *l->numbers);
    l->update = be->memory_create(be, sizeof *l->update);
    l->sums = be->memory_create(be, SUMS * sizeof *l->sums);
    if (!be->host_memory)
        l->host = param_vectors_in(be->host_create(be, PARAM_VECTORS * bytes), l->model->size);
    if (!l->parameters || !l->numbers || !l->update || !l->sums ||
        (!be->host_memory && !l->host.parameters))
        return false;
    if (!l->options.trained)
        return true;
    l->transposed = be->memory_create(be, bytes);
    l->gradient = be->memory_create(be, bytes);
    for (size_t i = 0; i < OPTIMIZER_SLOTS; i++)
        if (!(l->slots[i] = be->memory_create(be, bytes)))
            return false;
    l->accumulators = calloc(l->own_accumulators, sizeof *l->accumulators);
    for (size_t i = 0; l->accumulators && i < l->own_accumulators; i++)
        if (!(l->accumulators[i] =
                  l->n_accumulators == 1 ? l->gradient : be->memory_create(be, bytes)))
            return false;
    return l->transposed && l->gradient && l->accumulators;
}

static size_t most_parts(const struct learner *l) { return size_max(l->options.parts, 1); }

static bool create_pending(struct learner *l)
{
    size_t batch = l->options.batch_size, costs = cost_terms_count(batch, batch);
    size_t per_pass = costs + SUMS, count = l->options.max_pending;

    l->pending = calloc(count, sizeof *l->pending);
    l->parts = calloc(count * most_parts(l), sizeof *l->parts);
    l->costs = l->be->host_create(l->be, count * per_pass * sizeof *l->costs);
    for (size_t i = 0; l->pending && l->costs && l->parts && i < count; i++) {
        l->pending[i].parts = l->parts + i * most_parts(l);
        l->pending[i].cost[0] = l->costs + i * per_pass;
        l->pending[i].sums = l->pending[i].cost[0] + costs;
    }
    return l->pending && l->costs && l->parts;
}

/* What costs of several processes are joined in. */
static bool create_joined(struct learner *l)
{
    size_t processes = l->options.ranks->count;

    if (processes == 1)
        return true;
    l->joined_costs = calloc(l->options.batch_size * COST_TERMS, sizeof *l->joined_costs);
    l->cost_offsets = calloc(processes + 1, sizeof *l->cost_offsets);
    return l->joined_costs && l->cost_offsets;
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
    if (!l->options.ranks)
        l->options.ranks = ranks_alone();
    pass_lay_out(l);
    l->workers = workers_create(l->options.threads);
    l->shards = calloc(l->options.threads, sizeof *l->shards);
    l->trained = calloc(model->n_params, sizeof *l->trained);
    if (l->trained)
        l->n_trained = params_trained(l->trained, model, !be->host_memory);
    if (!l->shards || !l->trained || !create_vectors(l) || !create_pending(l) ||
        !create_joined(l)) {
        status = be->finish(be, err); /* a device's error says more */
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

    pass_lay_out(&l);
    vectors =
        options->trained ? PARAM_VECTORS + 2 + (l.n_accumulators > 1 ? l.own_accumulators : 0) : 1;
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
         learner->accumulators && learner->n_accumulators > 1 && i < learner->own_accumulators; i++)
        be->memory_free(be, learner->accumulators[i]);
    workers_free(learner->workers);
    free(learner->shards);
    free(learner->accumulators);
    free(learner->trained);
    be->memory_free(be, learner->parameters);
    be->memory_free(be, learner->transposed);
    be->memory_free(be, learner->gradient);
    for (size_t i = 0; i < OPTIMIZER_SLOTS; i++)
        be->memory_free(be, learner->slots[i]);
    be->memory_free(be, learner->numbers);
    be->memory_free(be, learner->update);
    be->memory_free(be, learner->sums);
    be->host_free(be, learner->host.parameters);
    be->host_free(be, learner->costs);
    free(learner->joined_costs);
    free(learner->cost_offsets);
    free(learner->pending);
    free(learner->parts);
    free(learner);
}

struct param_vectors learner_download(const struct learner *learner)
{
    const struct learner *l = learner;
    size_t bytes = l->model->size * sizeof(real);
    struct param_vectors vectors = {.parameters =
                                        l->be->host_memory ? l->parameters : l->host.parameters};

    for (size_t i = 0; l->options.trained && i < OPTIMIZER_SLOTS; i++)
        vectors.slots[i] = l->be->host_memory ? l->slots[i] : l->host.slots[i];
    if (l->be->host_memory)
        return vectors;
    l->be->download(l->be, vectors.parameters, l->parameters, bytes);
    for (size_t i = 0; l->options.trained && i < OPTIMIZER_SLOTS; i++)
        l->be->download(l->be, vectors.slots[i], l->slots[i], bytes);
    return vectors;
}

void learner_upload(struct learner *learner)
{
    struct learner *l = learner;
    size_t bytes = l->model->size * sizeof(real);

    if (!l->be->host_memory) {
        l->be->upload(l->be, l->parameters, l->host.parameters, bytes);
        for (size_t i = 0; l->options.trained && i < OPTIMIZER_SLOTS; i++)
            l->be->upload(l->be, l->slots[i], l->host.slots[i], bytes);
    }
    learner_refresh(l);
}

static void run_batch(struct learner *l, const struct batch_source *source,
                      const struct cost_ramps *ramps, enum pass_kind kind,
                      struct update_rates rates)
{
    struct pending *p = &l->pending[l->n_pending];
    struct pass pass = {.learner = l, .source = source, .kind = kind, .pending = p};
    struct step_numbers numbers;

    p->n_parts = p->trials = 0;
    for (const struct batch_source *part = source; part; part = part->next) {
        assert(p->n_parts < most_parts(l));
        p->parts[p->n_parts++] = (struct batch_part){part->session, part->trials};
        p->trials += part->trials;
    }
    pass.trials = p->trials;
    pass.parts = p->n_parts;
    numbers = (struct step_numbers){.weights = costs_step_weights(l->model, p->trials, ramps),
                                    .rates = rates};
    assert(p->trials <= l->options.batch_size && l->n_pending < l->options.max_pending);
    p->ramps = *ramps;
    cost_terms_place(p->cost, p->cost[0], p->trials, p->trials);
    l->be->upload(l->be, l->numbers, &numbers, sizeof numbers);
    if (l->be->host_memory)
        pass_on_host(&pass);
    else
        pass_on_device(&pass);
    l->be->download_later(l->be, p->sums, l->sums, SUMS * sizeof *l->sums);
    l->n_pending++;
}

void learner_evaluate(struct learner *learner, const struct batch_source *source,
                      const struct cost_ramps *ramps)
{
    run_batch(learner, source, ramps, EVALUATE, (struct update_rates){.rate = 0});
}

void learner_differentiate(struct learner *learner, const struct batch_source *source,
                           const struct cost_ramps *ramps)
{
    run_batch(learner, source, ramps, DIFFERENTIATE, (struct update_rates){.rate = 0});
}

void learner_step(struct learner *learner, const struct batch_source *source,
                  const struct cost_ramps *ramps, double learning_rate, int64_t update)
{
    run_batch(learner, source, ramps, STEP,
              optimizer_rates(&learner->options.optimizer, learning_rate, ramps->l2, update));
}

/* Sums the costs of each session's part, and joins them. */
static void sum_parts(struct batch_costs *costs, const struct learner *l, const struct pending *p)
{
    size_t first = 0;

    for (size_t i = 0; i < p->n_parts; i++) {
        struct row_costs rows = {
            .rows = p->parts[i].trials, .samples = 1, .session = p->parts[i].session};
        struct batch_costs part;

        for (int term = 0; term < COST_TERMS; term++)
            rows.of[term] = p->cost[term] + first;
        costs_sum(&part, l->model, &rows, p->sums[SUM_L2], &p->ramps);
        if (i == 0)
            *costs = part;
        else
            costs_join(costs, &part, i);
        first += rows.rows;
    }
    if (p->n_parts > 1)
        costs_total(costs, l->model, &p->ramps);
}

enum lfads_status learner_collect(struct learner *learner, struct batch_costs *costs,
                                  struct lfads_error *err)
{
    enum lfads_status status = learner->be->finish(learner->be, err);

    if (status == LFADS_OK && learner->failure.status != LFADS_OK)
        status = lfads_fail(err, learner->failure.status, "%s", learner->failure.text);
    for (size_t i = 0; i < learner->n_pending && status == LFADS_OK; i++) {
        const struct pending *p = &learner->pending[i];

        sum_parts(&costs[i], learner, p);
        costs[i].gradient_norm = sqrt(p->sums[SUM_SQUARES]);
    }
    learner->n_pending = 0;
    return status;
}
