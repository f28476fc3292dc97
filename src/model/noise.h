/* noise.h - sets a shard's data, noise and masks before a pass.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_NOISE_H
#define LFADS_MODEL_NOISE_H
#include "model/workspace.h"

/* Gives the encoders of a training's pass a copy of the observed array of their own, if the model
 * has none: data[TRIAL_ENCODED] and host_data[TRIAL_ENCODED], whose numbers are undefined, have the
 * observed array's shape until shard_begin. The model has jitters_apart. */
void shard_read_apart(struct shard *shard);
/* Copies host_data to data. */
void shard_upload(struct shard *shard);
/* Sets the step and the position in the batch of the shard's first trial, which address the numbers
 * that shard_draw_noise draws. */
void shard_address_noise(struct shard *shard, uint32_t step, uint32_t trial);
/* Sets the factor of the terms of entries that were recorded: 1 over the share recorded in the
 * batch. Does nothing if the model needs none. */
void shard_set_scales(struct shard *shard, double entries);
/* Draws noise and masks. FROM has the seed and, if a step has several passes, a sample for each. */
void shard_draw_noise(struct shard *shard, const struct philox_address *from);
#endif
