/* shard.h - READ THIS FIRST: the model on one shard. The forward pass is a list of parts; the
 * backward pass calls them in reverse (model.md 1 to 7).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_SHARD_H
#define LFADS_MODEL_SHARD_H
#include "model/noise.h"
#include "model/workspace.h"

/* Weights of a trial's cost terms in the gradient, divided by the number of trials in the batch.
 * Weights with a ramp change at every step, so they are in the backend's memory. */
struct shard_weights {
    real fixed[COST_TERMS]; /* of terms without a ramp */
    const real *ramped[COST_TERMS];
};

/* Computes the parameters of the output distribution and the costs from the shard's data, noise and
 * masks. */
void shard_forward(struct shard *shard);
/* The first half of shard_forward, which does not depend on samples: encoders, posterior of g0, the
 * encoders' part of the controller's input. */
void shard_encode(struct shard *shard);
/* The second half: shard_generate and the costs. */
void shard_decode(struct shard *shard);
/* Samples, controller, generator, factors, output. */
void shard_generate(struct shard *shard);

/* Adds the gradient of the trials' weighted costs to the shard's gradient. Call it once after
 * shard_forward: it overwrites activations. */
void shard_backward(struct shard *shard, const struct shard_weights *weights);

/* Sets OUT [T,R,·], in the backend's memory, to what the distribution writes of a bin: N means,
 * then N variances if it has them. Call it before shard_backward. */
void shard_output(const struct shard *shard, real *out);
#endif
