/* prior.h - a pass of samples of the priors through the generator.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_PRIOR_H
#define LFADS_INFER_PRIOR_H
#include "run/passes.h"
#include "run/run.h"

struct prior {
    struct run *run; /* the caller's */
    real *parameters;
    /* all samples in one shard: bits depend on the rows of a matrix product */
    struct pass_plan plan;
    struct passes passes;
    struct lfads_error *err;
};

/* Prepares a pass of SAMPLES samples; RUN and ERR are set, other members zero. Fails if the model
 * has no priors to sample, or memory is short. prior_end ends it, after a failure too. */
enum lfads_status prior_begin(struct prior *prior, size_t samples);
void prior_end(struct prior *prior);
/* Begins the pass for the read-out of SESSION. Returns where the caller puts the external inputs
 * [T,samples,E]; NULL if the model has none. */
real *prior_begin_pass(struct prior *prior, size_t session);
void prior_compute(struct prior *prior);
/* Sets *COST to the cost of the samples, which is that of the parameters. */
enum lfads_status prior_cost(double *cost, const struct prior *prior);
#endif
