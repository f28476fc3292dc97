/* learner.h - the parameters in training: the costs of a batch, the gradient of their total, the
 * update (model.md 7 and 8).
 *
 * A batch is cut into shards of shard_trials trials, whatever the number of threads. Gradients are
 * summed in an order that depends on the batch size and the model only, so results have the same
 * bits for any number of threads. With A accumulators (n_accumulators: as many as a full batch has
 * shards, at most 32), shard i adds to accumulator i mod A, in the order of i; then accumulators 0,
 * 1, …, A-1 are added to zero in this order, number by number. Costs are summed over the batch's
 * trials in their order. On a device the batch is one shard.
 *
 * Passes over batches are begun one after the other; their costs are collected later, for a device
 * is not waited for in between. Where the backend has host_memory a pass is over when it was begun.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_LEARN_LEARNER_H
#define LFADS_LEARN_LEARNER_H
#include "learn/optimizer.h"
#include "model/costs.h"
#include "model/param_vectors.h"

struct learner_options {
    size_t batch_size, threads;
    size_t most_pending;  /* passes begun and not collected */
    bool trained;         /* gradients and updates are wanted */
    double max_grad_norm; /* clipping of the global norm */
};

/* What operations read of a step, in the backend's memory. */
struct step_numbers {
    struct step_weights weights;
    real rate; /* bias-corrected */
};
enum { SUM_SQUARES, SUM_L2, SUMS }; /* of the gradient; the L2 cost */

/* A pass whose costs wait to be collected. */
struct pending {
    size_t trials;
    struct cost_ramps ramps;
    acc *cost[COST_TERMS]; /* [trials] each, laid out as in a shard, and */
    acc *sums;             /* [SUMS], all in the learner's host memory */
};

struct learner {
    const struct backend *be;
    const struct model *model;
    struct learner_options options;
    size_t shard_trials;  /* of a shard */
    struct span *trained; /* [n_trained], of the vectors; joined on a device */
    size_t n_trained;
    /* the backend's memory, [model->size] each */
    real *parameters, *transposed, *gradient;
    real *slots[OPTIMIZER_SLOTS];
    real **accumulators; /* gradients of the accumulators; of a single accumulator: gradient */
    size_t n_accumulators;
    struct step_numbers *numbers;
    struct update *update;
    acc *sums;             /* [SUMS] */
    struct shard **shards; /* one a thread */
    /* the host's */
    struct pending *pending; /* [most_pending] */
    size_t n_pending;
    acc *costs;                /* theirs */
    struct param_vectors host; /* copies of parameters and slots; NULL with host_memory */
};

/* Where a batch's trials come from. LOAD is called, on any thread, for each shard, and fills its
 * data for the batch's trials from FIRST on; ENQUEUE_NOISE (or NULL) then calls the operations that
 * draw noise and masks and may be recorded: what differs from step to step, LOAD uploads. VARIANT,
 * below 16, tells sources of a session apart whose ENQUEUE_NOISE calls other operations. */
struct batch_source {
    size_t session, trials;
    unsigned variant;
    bool dropout;
    void (*load)(void *payload, struct shard *shard, size_t first);
    void (*enqueue_noise)(void *payload, struct shard *shard, size_t first);
    void *payload;
};

/* On success *OUT is the caller's, with parameters and slots zero, to be freed by learner_free.
 */
enum lfads_status learner_create(struct learner **out, const struct backend *be,
                                 const struct model *model, const struct learner_options *options,
                                 struct lfads_error *err);
void learner_free(struct learner *learner);
/* Bytes of BE's memory that such a learner takes. */
size_t learner_bytes(const struct backend *be, const struct model *model,
                     const struct learner_options *options);

/* Parameters and slots (NULL where the learner is not trained) in the host's memory, the learner's;
 * valid until the next pass. */
struct param_vectors learner_download(const struct learner *learner);
/* To be called when what learner_download gave was written: refreshes all that comes from it. */
void learner_upload(struct learner *learner);

/* These begin a pass over a batch; at most most_pending may wait. */
/* Its costs, without touching the gradient. */
void learner_evaluate(struct learner *learner, const struct batch_source *source,
                      const struct cost_ramps *ramps);
/* Its costs and the learner's gradient of their total, before clipping. */
void learner_differentiate(struct learner *learner, const struct batch_source *source,
                           const struct cost_ramps *ramps);
/* The same, and Adam's UPDATE-th update, counted from 1, with the clipped gradient. After a
 * gradient that is not finite no update changes anything. */
void learner_step(struct learner *learner, const struct batch_source *source,
                  const struct cost_ramps *ramps, double learning_rate, int64_t update);
/* The name of the first trained parameter whose gradient, as the last pass left it, is not finite;
 * NULL where there is none. */
const char *learner_first_nonfinite(const struct learner *learner);
/* Waits for the passes begun and sets COSTS of each, in their order, [n_pending]. */
enum lfads_status learner_collect(struct learner *learner, struct batch_costs *costs,
                                  struct lfads_error *err);
#endif
