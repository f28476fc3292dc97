/* shard.h - READ THIS FIRST: the model on one shard. The forward pass is a list of parts; the
 * backward pass calls them in reverse (model.md 1 to 7).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_SHARD_H
#define LFADS_MODEL_SHARD_H
#include "model/noise.h"
#include "model/workspace.h"

/* Weights of a trial's terms in the gradient, already divided by the trials of the batch: of terms
 * without a ramp; with one, in the backend's memory, for they change from step to step. */
struct shard_weights {
    real fixed[COST_TERMS];
    const real *ramped[COST_TERMS];
};

/* From data, noise and masks in the shard to parameters of the output distribution and costs. */
void shard_forward(struct shard *shard);
/* The first half of shard_forward, all that does not depend on a sample: encoders, posterior of
 * g0, the encoders' part of the controller's input. */
void shard_encode(struct shard *shard);
/* The second half: shard_generate, and the costs. */
void shard_decode(struct shard *shard);
/* Samples, controller and generator, factors, output. */
void shard_generate(struct shard *shard);

/* Adds to the shard's gradient that of the weighted costs of its trials. Call after shard_forward;
 * the activations are used up. */
void shard_backward(struct shard *shard, const struct shard_weights *weights);

/* Sets OUT [T,R,·], in the backend's memory, to a bin's N means, N variances, …, as many as the
 * distribution writes; call before shard_backward. */
void shard_output(const struct shard *shard, real *out);
#endif
