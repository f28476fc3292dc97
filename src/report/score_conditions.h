/* score_conditions.h - scores rates within the conditions of an experiment: against the conditions'
 * peri-stimulus time histograms (PSTH), and against the produced time of an interval task. These
 * are scores of the Neural Latents Benchmark (Pei et al. 2021). The functions depend on their
 * arguments only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_SCORE_CONDITIONS_H
#define LFADS_REPORT_SCORE_CONDITIONS_H
#include <stdint.h>

#include "base/error.h"

/* The trials of each condition: those of condition c are trial[first[c]] to trial[first[c+1]-1]. */
struct condition_trials {
    size_t count;  /* of conditions, C */
    size_t *first; /* [C+1] */
    size_t *trial; /* [first[C]] */
};

/* Arrays to score; E trials, T bins, N channels. */
struct condition_rates {
    size_t trials, bins, channels;
    const double *rates;             /* the first bin and channel of the first trial */
    size_t bin_stride, trial_stride; /* numbers from a bin, a trial, to the next */
    const struct condition_trials *conditions;
    const double *psth;    /* [C,T,N]; NaN in any channel: the bin does not count */
    const int64_t *jitter; /* [E]: bins by which a trial's rates are delayed first; NULL: none */
};

/* Sets *R2 to the mean over channels of R2, over bins and conditions, of the PSTH and the rates'
 * mean over a condition's trials. Conditions without trials do not count. A bin that jitter leaves
 * without rates of any trial does not count. NaN if nothing counts. R2 of a constant PSTH: 1 if it
 * is met exactly, else 0. */
enum lfads_status score_psth_r2(double *r2, const struct condition_rates *what,
                                struct lfads_error *err);

/* How many of BINS bins of a PSTH [bins,channels] are not known in all channels. */
size_t score_psth_missing(const double *psth, size_t bins, size_t channels);

/* Sets OUT to VALUES [bins,channels], each channel smoothed over bins by a Gaussian with the
 * standard deviation SD, cut at three of them and normalised at the edges. SD 0 or below: a copy.
 */
void score_smooth(double *out, const double *values, size_t bins, size_t channels, double sd);

/* Arrays of an interval task (the benchmark's dmfc_rsg). */
struct interval_rates {
    size_t trials, bins, channels;
    const double *rates;     /* [T,N] of the first trial */
    size_t trial_stride;     /* of the rates: numbers from a trial to the next */
    const double *counts;    /* [E,T,*]; NaN: not between set and go */
    size_t count_stride;     /* channels of the counts */
    const double *behaviour; /* [E,D]: three numbers that make a condition, ..., the time */
    size_t components;       /* D, at least 4 */
};

/* Sets *R to the correlation of the trials' speeds with the last number of their behaviour, the
 * produced time, within each combination of the first three numbers; mean over combinations. A
 * trial's speed is the mean distance of the rates of successive bins between set and go. Trials
 * with NaN do not count, nor does a combination whose correlation is not defined. NaN if nothing
 * counts. */
enum lfads_status score_time_correlation(double *r, const struct interval_rates *what,
                                         struct lfads_error *err);
#endif
