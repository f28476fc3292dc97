/* costs.h - the costs of a batch from those of its rows, the L2 cost, the ramps (model.md 7).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_COSTS_H
#define LFADS_MODEL_COSTS_H
#include "model/shard.h"

struct lfads_config;

/* Weights of the divergences and of the L2 cost at a step. */
struct cost_ramps {
    double kl, l2;
};

/* What a batch costs: parts with their scales, without the ramps' weights; the total with both. */
struct batch_costs {
    double total, of[COSTS];
    double nll_vae, nll_iwae;
    double gradient_norm; /* before clipping; the learner's to set */
};

/* The weights of a step, as operations read them from the backend's memory. */
struct step_weights {
    real term[COST_TERMS]; /* of a trial's; used of those terms that have a ramp */
    real l2[PENALTIES];    /* of the squares' gradient */
};

/* Costs of ROWS rows as shards leave them; a trial's are those of SAMPLES rows. */
struct row_costs {
    const acc *of[COST_TERMS];
    size_t rows, samples;
};
/* Those of trial TRIAL of a shard of TRIALS trials and ROWS rows, whose costs COSTS are laid out as
 * cost_terms_place says. */
struct row_costs costs_of_trial(acc *costs, size_t rows, size_t trials, size_t trial);

/* The weight at STEP of a cost that rises from START on over INCREASE steps; INCREASE 0: 0 before
 * START, then 1. */
double costs_ramp(int64_t step, int64_t start, int64_t increase);
struct cost_ramps costs_ramps(const struct lfads_config *config, int64_t step);
/* The weight of costs with RAMP. */
double costs_ramp_weight(const struct cost_ramps *ramps, enum cost_ramp ramp);

/* Sets COSTS of the rows as one batch; L2 as costs_l2 says. */
void costs_sum(struct batch_costs *costs, const struct model *model, const struct row_costs *rows,
               double l2, const struct cost_ramps *ramps);
/* The weights of a batch of TRIALS trials. */
struct step_weights costs_step_weights(const struct model *model, size_t trials,
                                       const struct cost_ramps *ramps);
/* What the gradient gives the costs of each of TRIALS trials; WEIGHTS is in the backend's memory.
 */
struct shard_weights costs_shard_weights(const struct model *model, size_t trials,
                                         const struct step_weights *weights);

/* Sets *L2, in the backend's memory, to the L2 cost of PARAMETERS, unweighted by the ramp. */
void costs_l2(const struct backend *be, acc *l2, const struct model *model, const real *parameters);
/* The same as a number of the host's. */
enum lfads_status costs_l2_value(double *l2, const struct backend *be, const struct model *model,
                                 const real *parameters, struct lfads_error *err);
/* Adds its gradient with the ramp's weight in WEIGHTS, which is in the backend's memory. */
void costs_l2_backward(const struct backend *be, const struct model *model, real *gradient,
                       const real *parameters, const struct step_weights *weights);
#endif
