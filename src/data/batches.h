/* batches.h - an epoch as a list of batches, and the jitter of spikes (training.md, "An epoch").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_BATCHES_H
#define LFADS_DATA_BATCHES_H
#include "data/dataset.h"

struct batch {
    size_t session, count;
    const size_t *trials; /* count indices of trials in the session's set, the list's */
};

struct batches {
    struct batch *batch;
    size_t count, batch_size;
    size_t *trials;      /* of all batches, one after the other */
    size_t most_batches; /* room */
};

/* Room for an epoch of SET. *OUT is freed by batches_free. */
enum lfads_status batches_create(struct batches **out, const struct dataset *dataset,
                                 enum session_set set, size_t batch_size, struct lfads_error *err);
void batches_free(struct batches *batches);
/* The first TRIALS of SESSION in order, in batches of at most BATCH_SIZE; freed likewise. */
enum lfads_status batches_in_order(struct batches **out, size_t session, size_t trials,
                                   size_t batch_size, struct lfads_error *err);
/* Deals the trials of epoch EPOCH: each session's in random order, topped up to a multiple of the
 * batch size with distinct trials of its own (repeating them where it has fewer than that), then
 * all sessions' batches in random order. A session without trials in SET has no batch. */
void batches_deal(struct batches *batches, const struct dataset *dataset, enum session_set set,
                  uint64_t seed, uint32_t epoch);

/* The shift of one spike, from -width to width-1, reflected at bins 0 and bins-1. */
size_t jitter_bin(size_t bin, int64_t shift, size_t bins);
/* Moves every spike of one trial, counts [T,N] with STRIDE from bin to bin, by a random shift. The
 * numbers are addressed by SEED, STEP, SESSION and the trial's PLACE in its batch. SCRATCH holds
 * T*N floats. */
void jitter_trial(float *counts, size_t stride, float *scratch, size_t bins, size_t channels,
                  size_t width, uint64_t seed, uint32_t step, uint32_t session, uint32_t position);
#endif
