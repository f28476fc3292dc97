/* spikes.c - scales rates and draws counts.
 * SPDX-License-Identifier: Apache-2.0 */
#include "synth/spikes.h"

#include <math.h>

void spikes_scale(double *rates, size_t bins, size_t channels)
{
    for (size_t j = 0; j < channels; j++) {
        double min = rates[j], max = rates[j];

        for (size_t t = 0; t < bins; t++) {
            min = fmin(min, rates[t * channels + j]);
            max = fmax(max, rates[t * channels + j]);
        }
        for (size_t t = 0; t < bins; t++)
            rates[t * channels + j] = (rates[t * channels + j] - min) / (max - min);
    }
}

void spikes_count(int64_t *counts, const double *rates, size_t bins, size_t channels,
                  double max_rate, double dt, struct numpy_random *random)
{
    for (size_t j = 0; j < channels; j++)
        for (size_t t = 0; t < bins; t++)
            counts[t * channels + j] =
                numpy_random_poisson(random, rates[t * channels + j] * max_rate * dt);
}
