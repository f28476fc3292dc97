/* jitter.h - moves spikes to other bins of their trial (training.md, "An epoch"; modern.md 11).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_JITTER_H
#define LFADS_DATA_JITTER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/philox.h"

/* What is drawn: the word of a spike's block of random words. */
enum jitter_stream { JITTER_OBSERVED, JITTER_ENCODED };

struct jitter {
    size_t width;   /* of the shifts, above 0 and below the bins */
    bool symmetric; /* shifts are from -width to width, else to width-1 */
    enum jitter_stream stream;
};

/* Returns BIN moved by SHIFT, at most the bins to either side, and reflected at bins 0 and bins-1.
 */
size_t jitter_bin(size_t bin, int64_t shift, size_t bins);
/* Moves every spike of one trial by a random shift, on its channel. COUNTS is [T,N]; STRIDE is the
 * distance between its bins. NaN stays where it is; a spike that would come upon it stays too. FROM
 * addresses the random numbers by seed, step, session and the trial's position in its batch.
 * SCRATCH holds T*N floats. */
void jitter_trial(float *counts, size_t stride, float *scratch, size_t bins, size_t channels,
                  const struct jitter *jitter, const struct philox_address *from);
#endif
