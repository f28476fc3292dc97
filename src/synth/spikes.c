/* spikes.c - scaling rates and drawing counts.
 * SPDX-License-Identifier: Apache-2.0 */
#include "synth/spikes.h"

#include <math.h>

void spikes_scale(double *rates, size_t bins, size_t channels)
{
    for (size_t j = 0; j < channels; j++) {
        double least = rates[j], most = rates[j];

        for (size_t t = 0; t < bins; t++) {
            least = fmin(least, rates[t * channels + j]);
            most = fmax(most, rates[t * channels + j]);
        }
        for (size_t t = 0; t < bins; t++)
            rates[t * channels + j] = (rates[t * channels + j] - least) / (most - least);
    }
}

void spikes_count(int64_t *counts, const double *rates, size_t bins, size_t channels, double most,
                  double dt, struct numpy_random *random)
{
    for (size_t j = 0; j < channels; j++)
        for (size_t t = 0; t < bins; t++)
            counts[t * channels + j] =
                numpy_random_poisson(random, rates[t * channels + j] * most * dt);
}
