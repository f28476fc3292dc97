/* behaviour.h - scores how well behaviour is decoded from rates, on trials of each decoder's mask.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_BEHAVIOUR_H
#define LFADS_INFER_BEHAVIOUR_H
#include "base/error.h"

/* Trials with rates and behaviour. */
struct behaviour_trials {
    size_t trials, bins;
    const double *rates;             /* the first bin of the first trial */
    size_t bin_stride, trial_stride; /* of the rates: numbers from a bin, a trial, to the next */
    const double *behaviour; /* [trials,behaviour_bins,components]; NaN: the bin is left out */
    size_t behaviour_bins;   /* bins or more */
    const double *mask;      /* [trials,masks]: 0: the decoder has no use of the trial; NULL:
                                one decoder for all trials */
};

struct behaviour_decoders {
    size_t channels, components, masks;
    double penalty; /* 0: chosen by cross-validation */
};

/* Fits a decoder for each mask on the trials of TRAIN and sets *R2 to the mean of their scores on
 * EVAL (score_decoding.h), *PENALTY to that of the first. */
enum lfads_status behaviour_score(double *r2, double *penalty,
                                  const struct behaviour_decoders *decoders,
                                  const struct behaviour_trials *train,
                                  const struct behaviour_trials *eval, struct lfads_error *err);
#endif
