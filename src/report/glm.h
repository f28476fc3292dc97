/* glm.h - Poisson regression with a logarithmic link, by Newton's method. The functions depend on
 * their arguments only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_GLM_H
#define LFADS_REPORT_GLM_H
#include "base/error.h"

/* Rows to fit. */
struct glm {
    size_t rows, features; /* R, P */
    const double *x;       /* [R,P] */
    const double *counts;  /* [R]; NaN: the row is left out */
    const double *bins;    /* [R]: bins that a row stands for; its count is their sum */
    double penalty;        /* lambda, above 0 */
};

/* Sets WEIGHTS [P+1], the intercept last, to the minimum of
 *
 *     sum over rows of (bins exp(x w + b) - count (x w + b)) + lambda / 2 |w|^2,
 *
 * beginning at WEIGHTS. Without any count, w is 0 and exp(b) 1e-9. */
enum lfads_status glm_fit(double *weights, const struct glm *glm, struct lfads_error *err);
/* Returns exp(x w + b) for X [P]. */
double glm_rate(const double *weights, const double *x, size_t features);
#endif
