/* costs.h - the costs of a batch, the L2 cost, the ramps (model.md 7).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_COSTS_H
#define LFADS_MODEL_COSTS_H
#include "model/shard.h"

struct lfads_config;

/* Weights of the divergences and of the L2 cost at a step. */
struct cost_ramps {
    double kl, l2;
};

/* The costs of a batch: with their scales but without ramps; the total with both. */
struct batch_costs {
    double total, of[COSTS];
    double nll_vae, nll_iwae;
    double measure[MEASURES]; /* means over rows and entries; NaN: no entries, or not computed */
    double rows;
    double gradient_norm; /* before clipping; set by the learner */
};

/* The weights of a step (of terms that have no ramp: unused), which operations read from the
 * backend's memory. */
struct step_weights {
    real term[COST_TERMS]; /* of a trial; used for the terms that have a ramp */
    real l2[PENALTIES];    /* of the gradient of the squares */
};

/* Costs of ROWS rows as shards compute them; a trial has SAMPLES rows. */
struct row_costs {
    const acc *of[COST_TERMS];
    size_t rows, samples, session;
};
/* Returns the costs of trial TRIAL of a shard of TRIALS trials and ROWS rows of session 0. COSTS
 * are the shard's (cost_terms_place). */
struct row_costs costs_of_trial(acc *costs, size_t rows, size_t trials, size_t trial);

/* The weight at STEP of a cost that rises from START on over INCREASE steps; INCREASE 0: 0 before
 * START, then 1. */
double costs_ramp(int64_t step, int64_t start, int64_t increase);
/* The same for ramps in epochs, counted from 0: modern.md (3.3). */
double costs_ramp_of_epoch(int64_t epoch, int64_t start, int64_t increase);
/* The weights at STEP, which belongs to EPOCH. */
struct cost_ramps costs_ramps(const struct lfads_config *config, int64_t step, int64_t epoch);
/* The weight of costs with RAMP. */
double costs_ramp_weight(const struct cost_ramps *ramps, enum cost_ramp ramp);

/* Sets COSTS to those of all rows as one batch. L2: see costs_l2. */
void costs_sum(struct batch_costs *costs, const struct model *model, const struct row_costs *rows,
               double l2, const struct cost_ramps *ramps);
/* Returns the weights of a step with a batch of TRIALS trials. */
struct step_weights costs_step_weights(const struct model *model, size_t trials,
                                       const struct cost_ramps *ramps);
/* What a trial's terms are divided by in the cost of a batch. */
struct batch_shares {
    size_t trials;         /* of all sessions */
    size_t session_trials; /* of the trial's session, times the number of sessions: the
                              reconstruction cost is the mean of the sessions' means */
};
/* Returns the weights of the terms in the gradient of a trial of SESSION. WEIGHTS is in the
 * backend's memory. */
struct shard_weights costs_shard_weights(const struct model *model, size_t session,
                                         const struct batch_shares *shares,
                                         const struct step_weights *weights);
/* Adds the costs PART of one more session's part to those of COUNT parts of the same batch:
 * modern.md (10.1). After the last part costs_total sets the total. */
void costs_join(struct batch_costs *costs, const struct batch_costs *part, size_t count);
void costs_total(struct batch_costs *costs, const struct model *model,
                 const struct cost_ramps *ramps);

/* Sets *L2, in the backend's memory, to the L2 cost of PARAMETERS, unweighted by the ramp. */
void costs_l2(const struct backend *be, acc *l2, const struct model *model, const real *parameters);
/* Sets *L2, in the host's memory, to the same. */
enum lfads_status costs_l2_value(double *l2, const struct backend *be, const struct model *model,
                                 const real *parameters, struct lfads_error *err);
/* Adds the gradient of the L2 cost, weighted as WEIGHTS in the backend's memory say. */
void costs_l2_backward(const struct backend *be, const struct model *model, real *gradient,
                       const real *parameters, const struct step_weights *weights);
#endif
