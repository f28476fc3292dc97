/* nlb_rates.h - the rates of a submission to the Neural Latents Benchmark, or of a model's results.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_NLB_RATES_H
#define LFADS_INFER_NLB_RATES_H
#include "h5/h5.h"

/* Rates of trials, spikes a bin: held-in channels, then held-out ones. A bin of the bins that were
 * read is rates[trial*trial_stride + bin*channels]. */
struct nlb_rates {
    size_t trials, bins, channels, heldout; /* heldout: of the channels */
    size_t forward;                         /* bins after these that were predicted; 0: none */
    size_t trial_stride, ahead_stride;
    double *rates, *ahead; /* the first trial's; AHEAD: its forward bins, NULL if there are none */
    double *memory[2];     /* nlb_rates_free frees it */
};

/* Reads what group SET of a submission has of the trials of PHASE ("train" or "eval"). Fails if a
 * rate is negative or not finite. */
enum lfads_status nlb_rates_submitted(struct nlb_rates *out, const struct h5_file *file,
                                      const char *set, const char *phase, struct lfads_error *err);
/* Reads the results of a model. Fails unless they are rates of counts and some
 * channels are held out. */
enum lfads_status nlb_rates_of_run(struct nlb_rates *out, const struct h5_file *file,
                                   struct lfads_error *err);
void nlb_rates_free(struct nlb_rates *rates);
#endif
