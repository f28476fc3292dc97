/* spikes.h - what a session records of a trial's rates: rates scaled to [0,1], then counts.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SYNTH_SPIKES_H
#define LFADS_SYNTH_SPIKES_H
#include <stddef.h>
#include <stdint.h>

#include "base/numpy_random.h"

/* Scales each channel of rates [T,S] in place, so that its minimum is 0 and its maximum 1. */
void spikes_scale(double *rates, size_t bins, size_t channels);
/* Sets counts [T,S] to Poisson numbers of mean rates*max_rate*dt, drawn channel by channel in the
 * order of bins. */
void spikes_count(int64_t *counts, const double *rates, size_t bins, size_t channels,
                  double max_rate, double dt, struct numpy_random *random);
#endif
