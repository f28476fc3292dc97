/* score.h - scores rates against the truth and as predictions of the data. The functions depend on
 * their arrays only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_SCORE_H
#define LFADS_REPORT_SCORE_H
#include "config/distribution.h"

/* Arrays to score; a row is a bin of a trial. */
struct scored {
    size_t rows, channels;   /* R, N */
    size_t outputs;          /* stride between rows of means and variances, in numbers */
    const double *data;      /* [R,N] */
    const double *means;     /* [R,N]: of counts above or equal to 0 */
    const double *variances; /* [R,N], above 0; NULL if the distribution has none */
    enum distribution_id distribution;
    const double *truth; /* [R,N], NaN: not known; for score_r_squared only */
    double conversion;   /* means * conversion are in the truth's unit */
};

/* 1 - residual / total sum of squares of the truth, over channels FIRST to FIRST+COUNT-1 pooled.
 * NaN in the truth are left out; NaN if nothing is known, or if the truth is constant. */
double score_r_squared(const struct scored *scored, size_t first, size_t count);
/* R2 of one column, truth[i*stride] and estimate[i*stride], as decoders and PSTHs are scored by. If
 * the truth is constant: 1 if it is met exactly, else 0. NaN of no rows. */
double score_column_r2(const double *truth, const double *estimate, size_t rows, size_t stride);
/* Negative log-likelihood of all data, in nats; of mse the sum of squared errors; NaN in the data
 * are left out. NaN for a distribution that means and variances do not determine. A rate of 0
 * counts as 1e-300. */
double score_nll(const struct scored *scored);
#endif
