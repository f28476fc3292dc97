/* noise.h - what a shard is given before a pass: the host's data, noise and masks.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_NOISE_H
#define LFADS_MODEL_NOISE_H
#include "model/workspace.h"

/* Copies data and external inputs from host_x and host_ext to x and ext. */
void shard_upload(struct shard *shard);
/* Sets the step whose noise shard_draw_noise draws, and the position in the batch of the shard's
 * first trial. */
void shard_address_noise(struct shard *shard, uint32_t step, uint32_t trial);
/* Draws noise and masks. FROM names the seed and, if several passes meet at a step, the sample. */
void shard_draw_noise(struct shard *shard, const struct philox_address *from);
#endif
