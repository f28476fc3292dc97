/* denoiser.h - a trained model for one trial at a time, whole or bin by bin.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_DENOISER_H
#define LFADS_INFER_DENOISER_H
#include "data/data_range.h"
#include "run/passes.h"

struct lfads_denoiser {
    struct model *model;
    struct passes passes;
    struct results results; /* of one trial */
    real *parameters;
    size_t session;
    /* the call in progress */
    const float *data, *ext;
    struct lfads_denoised denoised;
    /* the trial that comes bin by bin */
    bool has_begun;
    size_t taken, ready; /* bins: that came, that have results */
};

/* Bins of a trial. */
struct denoiser_bins {
    size_t first, count;
};
/* Fails for numbers of these bins that the model does not take, and for missing ones. */
enum lfads_status denoiser_check(const struct lfads_denoiser *d, const float *data,
                                 const float *ext, const struct denoiser_bins *bins,
                                 struct lfads_error *err);
/* Copies the results of these bins to the caller's arrays. */
void denoiser_keep(struct lfads_denoiser *d, const struct denoiser_bins *bins);
#endif
