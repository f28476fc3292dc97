/* priors.h - the priors of the initial condition g0 and of the inferred input u (model.md 4, 5, 7):
 * a row each, with the parameters, draws from it, and the divergence of the posterior from it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_PRIORS_H
#define LFADS_MODEL_PRIORS_H
#include <stdbool.h>
#include <stddef.h>

#include "base/real.h"

struct lfads_config;
struct model;
struct shard;

enum { PRIOR_PARAMS = 2 }; /* of a prior, at most */

/* A parameter, a number a dimension. */
struct prior_param {
    const char *name;                                      /* as in the original, without ":0" */
    double (*first)(const struct lfads_config *config);    /* the value training starts from */
    bool (*is_trained)(const struct lfads_config *config); /* NULL: always */
};

struct latent_prior {
    const char *name;
    bool has_moments; /* a mean and a log variance a dimension, which results show */
    struct prior_param params[PRIOR_PARAMS]; /* up to the first without a name */
    /* Sets the shard's samples of g0 [R,ic] or co_sample [T,R,co] to draws. */
    void (*draw)(struct shard *s);
    /* Sets kl_ic [B] or kl_co [R]. */
    void (*kl_forward)(struct shard *s);
    /* With *WEIGHT. Of g0: adds to dic_mean and dic_logvar. Of u: sets du, adds to dco_mean and
     * dco_logvar. Adds to the gradient of the parameters. */
    void (*kl_backward)(struct shard *s, const real *weight);
};

/* The prior NAME, which exists, of g0 and of u. */
const struct latent_prior *priors_find_ic(const char *name);
const struct latent_prior *priors_find_co(const char *name);
/* Dimensions of g0 whose prior has moments: all or 0. */
size_t priors_moments(const struct model *model);
#endif
