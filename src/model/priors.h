/* priors.h - the tables of priors of the initial condition g0 and of the inferred input u.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_PRIORS_H
#define LFADS_MODEL_PRIORS_H
#include <stddef.h>

#include "model/latent_prior.h"

struct model;

/* The prior NAME, which exists, of g0 and of u. */
const struct latent_prior *priors_find_ic(const char *name);
const struct latent_prior *priors_find_co(const char *name);
/* Dimensions of g0 whose prior has moments: all or 0. */
size_t priors_moments(const struct model *model);
#endif
