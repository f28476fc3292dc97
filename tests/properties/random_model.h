/* random_model.h - small models of random legal configurations, with data and noise.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_RANDOM_MODEL_H
#define LFADS_TESTS_RANDOM_MODEL_H
#include "config/config.h"
#include "learn/learner.h"

struct random_model {
    uint64_t seed;
    struct lfads_config *config;
    struct model *model;
    struct learner *learner;
    size_t trials, session;
    uint32_t perturbation; /* above 0: perturb each number of the data by up to 2^-19 of itself,
                              with these random numbers */
    char text[2048];       /* the flags that were drawn */
};

/* Creates the model of SEED, which determines configuration, sizes, sessions and parameters.
 * random_model_free frees R's members. */
void random_model_create(struct random_model *r, uint64_t seed, const struct backend *be,
                         size_t trials, size_t threads);
/* Returns an addressed random number from -1 to 1. */
double random_model_uniform(const struct random_model *r, uint32_t time, size_t i);
/* Prints the model's flags that no configuration draws, and returns their number. */
int random_model_missing(void);
/* Returns a shard for R's model on its backend, as shard_create makes it; ends the test if it
 * can't. */
struct shard *random_model_shard(const struct random_model *r, size_t trials, size_t samples,
                                 bool trained);
void random_model_free(struct random_model *r);
/* Returns a batch of random data, with addressed noise and masks. */
struct batch_source random_model_batch(const struct random_model *r);
#endif
