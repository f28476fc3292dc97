/* jitter.c - moves spikes to other bins of their trial.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/jitter.h"

#include <math.h>
#include <string.h>

size_t jitter_bin(size_t bin, int64_t shift, size_t bins)
{
    int64_t moved = (int64_t)bin + shift, last = (int64_t)bins - 1;

    if (moved < 0)
        moved = -moved;
    if (moved > last)
        moved = 2 * last - moved;
    return (size_t)moved;
}

/* Returns the shift of spike number I of channel J, in the bin of ADDRESS. */
static int64_t shift_of(struct philox_address address, size_t j, size_t i,
                        const struct jitter *jitter)
{
    uint32_t word[4];

    address.sample = (uint32_t)(i % PHILOX_MAX_SAMPLE);
    philox_block(word, &address, (uint32_t)j);
    return (int64_t)(word[jitter->stream] % (2 * jitter->width + jitter->symmetric)) -
           (int64_t)jitter->width;
}

void jitter_trial(float *counts, size_t stride, float *scratch, size_t bins, size_t channels,
                  const struct jitter *jitter, const struct philox_address *from)
{
    struct philox_address address = *from;

    address.purpose = PHILOX_JITTER;
    for (size_t t = 0; t < bins; t++)
        for (size_t j = 0; j < channels; j++)
            scratch[t * channels + j] = isnan(counts[t * stride + j]) ? (float)NAN : 0;
    for (size_t t = 0; t < bins; t++)
        for (size_t j = 0; j < channels; j++) {
            float count = counts[t * stride + j];
            size_t spikes = isnan(count) ? 0 : (size_t)count;

            address.time = (uint32_t)t;
            for (size_t i = 0; i < spikes; i++) {
                size_t target = jitter_bin(t, shift_of(address, j, i, jitter), bins);

                if (isnan(scratch[target * channels + j]))
                    target = t;
                scratch[target * channels + j]++;
            }
        }
    for (size_t t = 0; t < bins; t++)
        memcpy(counts + t * stride, scratch + t * channels, channels * sizeof *counts);
}
