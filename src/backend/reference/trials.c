/* trials.c - trials out of a session's data, and means over a trial's samples.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "backend/reference/reference.h"

void reference_gather_trials(SELF, real *x, const void *data, bool bytes, const uint32_t *trials,
                             size_t bins, size_t count, size_t n)
{
    const uint8_t *small = (const uint8_t *)data;
    const float *wide = (const float *)data;

    for (size_t t = 0; t < bins; t++)
        for (size_t b = 0; b < count; b++) {
            size_t from = (trials[b] * bins + t) * n;
            real *to = x + (t * count + b) * n;

            for (size_t j = 0; j < n; j++)
                to[j] = bytes ? (real)small[from + j] : (real)wide[from + j];
        }
}

void reference_average_samples(SELF, acc *mean, const real *x, size_t ldx, size_t bins,
                               size_t trials, size_t samples, size_t n)
{
    memset(mean, 0, trials * bins * n * sizeof *mean);
    for (size_t t = 0; t < bins; t++)
        for (size_t r = 0; r < trials * samples; r++) {
            const real *from = x + (t * trials * samples + r) * ldx;
            acc *to = mean + (r / samples * bins + t) * n;

            for (size_t j = 0; j < n; j++)
                to[j] += (acc)from[j];
        }
    for (size_t i = 0; i < trials * bins * n; i++)
        mean[i] /= (acc)samples;
}
