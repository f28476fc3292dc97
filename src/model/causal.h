/* causal.h - a trial whose bins come one after the other, for models in which a bin's output does
 * not depend on later bins.
 *
 * Recurrences advance by a bin. Products that the pass over a whole trial computes for all bins or
 * a group of them at once are computed so here, too, in each bin: their bits depend on their rows.
 * So each output has the bits of the whole trial's. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_MODEL_CAUSAL_H
#define LFADS_MODEL_CAUSAL_H
#include "model/shard.h"

/* Whether outputs do not depend on later bins, but for the first causal_first_bins. */
bool causal_is_possible(const struct model *model);
/* How many bins must be there before there is any output: those that the encoders of g0 read. */
size_t causal_first_bins(const struct model *model);
/* Begins a trial; the shard is begun, for one trial and one sample, on the posteriors' means. Its
 * data become 0. */
void causal_begin(struct shard *shard);
/* Takes bin T of the trial, whose row the caller has put into the shard's host_data; bins come in
 * order. Sets *READY to the count of bins whose outputs, factors and inferred inputs are there. */
void causal_bin(struct shard *shard, size_t t, size_t *ready);
#endif
