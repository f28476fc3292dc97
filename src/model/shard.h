/* shard.h - READ THIS FIRST: the model on one shard. Forward is a list of parts, backward calls
 * them in reverse (model.md 1 to 7).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_SHARD_H
#define LFADS_MODEL_SHARD_H
#include "model/workspace.h"

/* Weights of the costs in the gradient: of a trial's negative log-likelihood, its divergences and
 * its correlation cost; all already divided by the trials of the batch. */
struct shard_weights {
    real recon, corr;
    const real *kl_ic, *kl_co; /* in the backend's memory, for they change from step to step */
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

/* Gives a shard of one trial all that shard_decode needs of trial TRIAL of ENCODED, a shard without
 * samples that was encoded: its data and what the encoders made of it. */
void shard_take(struct shard *shard, const struct shard *encoded, size_t trial);

/* Adds to the shard's gradient that of the weighted costs of its trials. Call after shard_forward;
 * the activations are used up. */
void shard_backward(struct shard *shard, const struct shard_weights *weights);

/* Sets OUT [T,R,·], in the backend's memory, to a bin's N means, N variances, …, as many as the
 * distribution writes; call before shard_backward. */
void shard_output(const struct shard *shard, real *out);
#endif
