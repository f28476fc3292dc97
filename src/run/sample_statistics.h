/* sample_statistics.h - standard deviations and quantiles over the samples of a trial.
 *
 * X is a bin of one trial: S samples of n numbers, sample s of number j is x[s*ldx + j]. A number
 * is NaN in the result if it is NaN in a sample. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_RUN_SAMPLE_STATISTICS_H
#define LFADS_RUN_SAMPLE_STATISTICS_H
#include "base/real.h"
#include "config/quantiles.h"

/* Sets OUT [n] to the square roots of the squared deviations' sums over S - 1. S is 2 or more. */
void samples_deviations(float *out, const real *x, size_t ldx, size_t samples, size_t n);
/* Sets OUT [n,Q] to quantiles, linear between the two samples next to (S - 1) p in order, as
 * NumPy's are. SCRATCH is memory of samples_scratch(S) bytes. */
void samples_quantiles(float *out, const struct quantiles *quantiles, const real *x, size_t ldx,
                       size_t samples, size_t n, real *scratch);
size_t samples_scratch(size_t samples);
#endif
