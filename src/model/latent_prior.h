/* latent_prior.h - a prior of the initial condition g0 or of the inferred input u (model.md 4, 5,
 * 7): its parameters, draws from it, and the divergence of the posterior from it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_LATENT_PRIOR_H
#define LFADS_MODEL_LATENT_PRIOR_H
#include <stdbool.h>

#include "base/real.h"

struct lfads_config;
struct shard;

enum { PRIOR_PARAMS = 2 }; /* the most that a prior has */

/* A parameter: one number per dimension. */
struct prior_param {
    const char *name;                                      /* as in the original, without ":0" */
    double (*first)(const struct lfads_config *config);    /* its value when training begins */
    bool (*is_trained)(const struct lfads_config *config); /* NULL: always */
};

struct latent_prior {
    const char *name;
    bool has_moments;  /* has a mean and a log variance per dimension, which results contain */
    bool student;      /* the posterior is Student's t, too */
    bool of_sample;    /* the divergence is that of a sample of the posterior */
    bool mean_of_bins; /* its cost is a mean over bins, not a sum */
    struct prior_param params[PRIOR_PARAMS]; /* up to the first without a name */
    /* Without a prior draw and kl_forward are NULL, and of g0 kl_backward.
     * Sets the shard's samples of g0 [R,ic] or co_sample [T,R,co] to draws. */
    void (*draw)(struct shard *s);
    /* Sets cost[TERM_KL_IC] [B] or cost[TERM_KL_CO] [R]. */
    void (*kl_forward)(struct shard *s);
    /* Multiplies by *WEIGHT. For g0: adds to dic_mean and dic_logvar. For u: sets du, adds to
     * dco_mean and dco_logvar. Adds to the gradient of the prior's parameters. */
    void (*kl_backward)(struct shard *s, const real *weight);
};
#endif
