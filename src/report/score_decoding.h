/* score_decoding.h - scores how well a linear decoder reads behaviour from rates: ridge regression,
 * the Neural Latents Benchmark's decoder (Pei et al. 2021). The function depends on its arguments
 * only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_SCORE_DECODING_H
#define LFADS_REPORT_SCORE_DECODING_H
#include "base/error.h"

enum { DECODING_FOLDS = 5 };

/* Rows to fit or to score: bins of trials, in order. Row i has rates x[i] [features] and behaviour
 * y[i] [outputs], all finite. */
struct decoding_rows {
    size_t count;
    const double *const *x, *const *y;
};

struct decoding {
    size_t features, outputs; /* channels; components of the behaviour */
    struct decoding_rows train, eval;
    double penalty; /* of the squared weights; 0: chosen by cross-validation */
};

struct decoded {
    double r2;      /* mean over components */
    double penalty; /* that was used */
};

/* Fits behaviour = intercept + weights . rates on the training rows, the intercept unpenalised, and
 * sets *OUT to R2 of the evaluated rows. Without a penalty, takes that of 1e-4, 10^-3.5, ..., 1
 * with the largest mean R2 over five folds of contiguous rows (the first of equals), and fits all
 * rows with it. R2 of a component that is constant: 1 if it is met exactly, else 0. Fails for fewer
 * than five training rows, or fewer than one evaluated row. */
enum lfads_status score_decoding(struct decoded *out, const struct decoding *decoding,
                                 struct lfads_error *err);
#endif
