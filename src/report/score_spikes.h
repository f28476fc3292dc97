/* score_spikes.h - scores rates as predictions of spike counts, in bits per spike, with standard
 * errors over trials. The functions depend on their arguments only.
 *
 * The score is the Neural Latents Benchmark's: the Poisson log-likelihood of the counts under the
 * rates, minus that under each channel's mean count over the same trials and bins, divided by the
 * number of spikes and ln 2 (Pei et al. 2021). A rate or a mean of 0 counts as 1e-9. Counts that
 * are NaN (not recorded) are left out. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_SCORE_SPIKES_H
#define LFADS_REPORT_SCORE_SPIKES_H
#include <stdint.h>

#include "base/error.h"

/* Counts, and rates to score on them. A record is a bin of a trial. */
struct spike_rates {
    size_t trials, bins, channels; /* that are scored */
    const double *counts;          /* first scored channel of the first scored bin; NaN: left out */
    const double *rates;           /* the same place of the rates, spikes a bin, 0 or more */
    size_t count_stride, rate_stride; /* numbers from a bin to the next */
    size_t count_trial, rate_trial;   /* numbers from a trial to the next */
};

/* What the score of some channels needs of each trial. */
struct spike_sums {
    size_t trials, channels; /* E, N */
    double *loglik;          /* [E,N]: log-likelihood under the rates, without log k! */
    double *spikes;          /* [E,N]: sum of the counts */
    double *bins;            /* [E,N]: how many counts are not NaN */
};

/* Sets all sums to 0; spike_sums_free frees them and accepts sums that were not created. */
enum lfads_status spike_sums_create(struct spike_sums *sums, size_t trials, size_t channels,
                                    struct lfads_error *err);
void spike_sums_free(struct spike_sums *sums);
/* Adds the trials of RATES to channels FIRST to FIRST + RATES->channels - 1 of SUMS, which has as
 * many trials. */
void spike_sums_add(struct spike_sums *sums, size_t first, const struct spike_rates *rates);

/* Returns bits per spike of channels FIRST to FIRST+COUNT-1 together; NaN without spikes. */
double spike_sums_bits(const struct spike_sums *sums, size_t first, size_t count);
/* Sets *ERROR to the standard error of spike_sums_bits of all channels: the standard deviation over
 * DRAWS scores, each of as many trials as there are, drawn with replacement (numbers addressed by
 * SEED). The mean counts are those of the drawn trials. NaN with fewer than two trials or draws, or
 * if a draw has no spikes. */
enum lfads_status spike_sums_error(double *error, const struct spike_sums *sums, size_t draws,
                                   uint64_t seed, struct lfads_error *err);
#endif
