/* learner.h - computes the costs of a batch and the gradient of their total, and updates the
 * parameters (model.md 7 and 8).
 *
 * A batch is cut into shards of shard_trials trials. Neither shards nor the order of sums depend on
 * the number of threads, so results have the same bits for any number. With A accumulators
 * (n_accumulators: the shards of a full batch, at most 32), shard i adds its gradient to
 * accumulator i mod A, in the order of i; then accumulators 0, 1, …, A-1 are added in this order,
 * number by number. Costs are summed over the batch's trials in their order. On a device the batch
 * is one shard. Several processes that train together (ranks) have a learner each with the same
 * parameters; they share the accumulators of a batch, and the sums keep their order.
 *
 * The caller begins passes over batches one after another and collects their costs later, so that a
 * device never waits. If the backend has host_memory, a pass is complete when its function
 * returns.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_LEARN_LEARNER_H
#define LFADS_LEARN_LEARNER_H
#include "learn/optimizer.h"
#include "model/costs.h"
#include "model/param_vectors.h"
#include "ranks/ranks.h"

struct learner_options {
    size_t batch_size, threads;
    size_t parts;       /* greatest number of parts of a batch; 0: 1 */
    size_t max_pending; /* limit of passes begun and not collected */
    bool trained;       /* false: no memory for gradients and updates */
    struct optimizer optimizer;
    struct lfads_ranks *ranks; /* who trains together, on the CPU; NULL: this process alone */
};

/* The numbers of a step that operations read from the backend's memory. */
struct step_numbers {
    struct step_weights weights;
    struct update_rates rates;
};
enum { SUM_SQUARES, SUM_L2, SUMS }; /* of the gradient; the L2 cost */

/* The trials of one session in a batch. */
struct batch_part {
    size_t session, trials;
};

/* A pass whose costs are not yet collected. */
struct pending {
    struct batch_part *parts; /* [n_parts], in the learner's memory */
    size_t n_parts, trials;   /* of all parts */
    struct cost_ramps ramps;
    acc *cost[COST_TERMS]; /* [trials] each, laid out as in a shard; in the learner's host memory */
    acc *sums;             /* [SUMS], likewise */
};

struct learner {
    const struct backend *be;
    const struct model *model;
    struct learner_options options;
    struct workers *workers; /* options.threads */
    size_t shard_trials;     /* trials of a shard; the last one may have fewer */
    struct span *trained;    /* [n_trained] trained parts of the vectors; joined on a device */
    size_t n_trained;
    /* in the backend's memory, [model->size] each */
    real *parameters, *transposed, *gradient;
    real *slots[OPTIMIZER_SLOTS];
    real **accumulators;     /* [own_accumulators]; the only one of a batch is gradient itself */
    size_t n_accumulators;   /* of a batch, in all processes */
    size_t own_accumulators; /* greatest number that this process has of them */
    struct step_numbers *numbers;
    struct update *update; /* set by limit_update */
    acc *sums;             /* [SUMS] */
    struct shard **shards; /* one per thread */
    /* in the host's memory */
    struct pending *pending; /* [max_pending] */
    size_t n_pending;
    struct batch_part *parts;   /* the memory of pending parts */
    acc *costs;                 /* the memory of pending costs and sums */
    acc *joined_costs;          /* of a batch, process by process; NULL for one process */
    size_t *cost_offsets;       /* [processes + 1] of each one's in it, in bytes; likewise */
    struct lfads_error failure; /* of an exchange with others */
    struct param_vectors host;  /* copies of parameters and slots; NULL with host_memory */
};

/* The source of a batch's trials of one session. A batch of several sessions is a list of parts,
 * which have at most batch_size trials together. For each shard, on any thread, the learner calls
 * LOAD, which fills the shard's data with the part's trials from FIRST on and uploads all that
 * differs from step to step; then ENQUEUE_NOISE (or NULL), which calls the operations that draw
 * noise and masks. These may be recorded and replayed, so two sources of a session whose
 * ENQUEUE_NOISE calls different operations have different VARIANTs, below 16. */
struct batch_source {
    size_t session, trials;
    unsigned variant;
    bool dropout;
    void (*load)(void *payload, struct shard *shard, size_t first);
    void (*enqueue_noise)(void *payload, struct shard *shard, size_t first);
    void *payload;
    const struct batch_source *next; /* the next session's part of the same batch, or NULL */
};

/* On success *OUT, with parameters and slots zero, is the caller's; learner_free frees it. Fails
 * with LFADS_NO_MEMORY or a device's error. */
enum lfads_status learner_create(struct learner **out, const struct backend *be,
                                 const struct model *model, const struct learner_options *options,
                                 struct lfads_error *err);
void learner_free(struct learner *learner);
/* Bytes of BE's memory that such a learner needs. */
size_t learner_bytes(const struct backend *be, const struct model *model,
                     const struct learner_options *options);

/* Returns parameters and slots (NULL if the learner is not trained) in the host's memory. They
 * belong to the learner and are valid until its next pass. */
struct param_vectors learner_download(const struct learner *learner);
/* To be called after the caller has written to these: uploads them and refreshes what is derived
 * from the parameters. */
void learner_upload(struct learner *learner);

/* The next three begin a pass over a batch. At most max_pending passes may be uncollected. */
/* Computes the costs; the gradient is unchanged. */
void learner_evaluate(struct learner *learner, const struct batch_source *source,
                      const struct cost_ramps *ramps);
/* Computes the costs and sets the learner's gradient to that of their total, before clipping. */
void learner_differentiate(struct learner *learner, const struct batch_source *source,
                           const struct cost_ramps *ramps);
/* Does the same, then Adam's UPDATE-th update, counted from 1, with the clipped gradient. After a
 * gradient that is not finite, updates change nothing. */
void learner_step(struct learner *learner, const struct batch_source *source,
                  const struct cost_ramps *ramps, double learning_rate, int64_t update);
/* Waits for all passes begun and sets COSTS [n_pending] in the order of the passes. Fails if the
 * device or an exchange with other processes has failed. */
enum lfads_status learner_collect(struct learner *learner, struct batch_costs *costs,
                                  struct lfads_error *err);
#endif
