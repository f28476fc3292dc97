/* learner.h - the parameters in training: the costs of a batch, the gradient of their total, the
 * update (model.md 7 and 8).
 *
 * A batch is cut into shards of a fixed number of trials, whatever the number of threads; their
 * gradients are summed in a fixed order, so results have the same bits for any number of threads.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_LEARNER_H
#define LFADS_TRAIN_LEARNER_H
#include "model/costs.h"

struct learner_options {
    size_t batch_size, threads;
    bool trained;         /* gradients and updates are wanted */
    double max_grad_norm; /* clipping of the global norm */
};

struct learner {
    const struct backend *be;
    const struct model *model;
    struct learner_options options;
    size_t shard_trials;                              /* of a shard */
    real *parameters, *transposed, *gradient, *m, *v; /* [model->size] each */
    real **lanes; /* gradients of the lanes, [model->size] each */
    size_t n_lanes;
    struct shard **shards;              /* one a thread */
    acc *loglik, *kl_ic, *kl_co, *corr; /* [batch_size], of the last batch */
};

/* Where a batch's trials come from: FILL is called, on any thread, for each shard, and fills its
 * data, noise and masks for the batch's trials from FIRST on. */
struct batch_source {
    size_t session, trials;
    bool dropout;
    void (*fill)(void *payload, struct shard *shard, size_t first);
    void *payload;
};

/* On success *OUT is the caller's, with parameters and moments zero, to be freed by learner_free.
 */
enum lfads_status learner_create(struct learner **out, const struct backend *be,
                                 const struct model *model, const struct learner_options *options,
                                 struct lfads_error *err);
void learner_free(struct learner *learner);
/* Bytes that such a learner takes. */
size_t learner_bytes(const struct model *model, const struct learner_options *options);

/* To be called when PARAMETERS were written from outside: refreshes what is derived from them. */
void learner_refresh(struct learner *learner);
/* Sets COSTS of a batch without touching the gradient. */
void learner_evaluate(struct learner *learner, struct batch_costs *costs,
                      const struct batch_source *source, const struct cost_ramps *ramps);
/* Sets COSTS and the learner's gradient of the total, before clipping. */
void learner_differentiate(struct learner *learner, struct batch_costs *costs,
                           const struct batch_source *source, const struct cost_ramps *ramps);
/* The norm of the gradient over the trained parameters. */
double learner_norm(const struct learner *learner);
/* Clips the gradient, whose norm is NORM, and does Adam's UPDATE-th update, counted from 1. */
void learner_update(struct learner *learner, double norm, double learning_rate, int64_t update);
#endif
