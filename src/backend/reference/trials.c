/* trials.c - copies trials from a session's data, and averages over a trial's samples.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "backend/reference/reference.h"

void reference_gather_trials(SELF, real *x, const void *data, bool bytes, const uint32_t *trials,
                             size_t bins, size_t count, size_t n)
{
    const uint8_t *as_bytes = (const uint8_t *)data;
    const float *as_floats = (const float *)data;

    for (size_t t = 0; t < bins; t++)
        for (size_t b = 0; b < count; b++) {
            size_t offset = (trials[b] * bins + t) * n;
            real *dst = x + (t * count + b) * n;

            for (size_t j = 0; j < n; j++)
                dst[j] = bytes ? (real)as_bytes[offset + j] : (real)as_floats[offset + j];
        }
}

void reference_average_samples(SELF, acc *mean, const real *x, size_t ldx, size_t bins,
                               size_t trials, size_t samples, size_t n)
{
    memset(mean, 0, trials * bins * n * sizeof *mean);
    for (size_t t = 0; t < bins; t++)
        for (size_t r = 0; r < trials * samples; r++) {
            const real *src = x + (t * trials * samples + r) * ldx;
            acc *dst = mean + (r / samples * bins + t) * n;

            for (size_t j = 0; j < n; j++)
                dst[j] += (acc)src[j];
        }
    for (size_t i = 0; i < trials * bins * n; i++)
        mean[i] /= (acc)samples;
}
