/* spikes.h - what is seen of a trial's rates: scaled to [0,1], then counts.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SYNTH_SPIKES_H
#define LFADS_SYNTH_SPIKES_H
#include <stddef.h>
#include <stdint.h>

#include "synth/numpy_random.h"

/* In place: each channel of rates [T,S] is scaled to [0,1] by its own least and greatest. */
void spikes_scale(double *rates, size_t bins, size_t channels);
/* Sets counts [T,S] to Poisson numbers of mean rates*most*dt, drawn channel by channel in the order
 * of bins. */
void spikes_count(int64_t *counts, const double *rates, size_t bins, size_t channels, double most,
                  double dt, struct numpy_random *random);
#endif
