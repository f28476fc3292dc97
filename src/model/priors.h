/* priors.h - the tables of priors of the initial condition g0 and of the inferred input u.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_PRIORS_H
#define LFADS_MODEL_PRIORS_H
#include <stddef.h>

#include "model/latent_prior.h"

struct model;

/* Return the prior NAME of g0 or of u; NULL if there is none. */
const struct latent_prior *priors_find_ic(const char *name);
const struct latent_prior *priors_find_co(const char *name);
/* Returns the dimensions of g0 if its prior has moments, else 0. */
size_t priors_moments(const struct model *model);
#endif
