/* cases_likelihood.c - cases of the log-likelihoods.
 * SPDX-License-Identifier: Apache-2.0 */
#include "operation_case.h"

/* Integer counts, small and large. */
static real *counts(struct arrays *a, size_t count)
{
    real *x = case_input(a, count, 3);

    for (size_t i = 0; i < count; i++)
        x[i] = i % 11 == 0 ? exact((double)(i % 40)) : exact(floor(fabs((double)x[i])));
    return x;
}

/* If WEIGHTED, returns weights 0, 1 and 2.5 of COUNT elements, and sets those of weight 0 in X to
 * NaN; else returns NULL. */
static const real *element_weights(struct arrays *a, real *x, size_t count, bool weighted)
{
    static const real values[] = {0, 1, (real)2.5};
    real *weight = weighted ? case_input(a, count, 1) : NULL;

    for (size_t i = 0; weighted && i < count; i++) {
        weight[i] = values[(i + i / 5) % 3];
        x[i] = weight[i] != 0 ? x[i] : (real)NAN;
    }
    return weight;
}

CASE(poisson)
{
    size_t count = BINS * rows * n;

    for (int weighted = 0; weighted < 2; weighted++) {
        real *eta = case_input(a, SAMPLES * count, 1), *x = counts(a, count);
        const real *weight = element_weights(a, x, count, weighted);

        be->poisson(be, case_sums(a, rows * SAMPLES), eta, x, weight, false, BINS, rows, SAMPLES,
                    n);
        be->poisson(be, case_sums(a, rows * SAMPLES), eta, x, weight, true, BINS, rows, SAMPLES,
                    n);
    }
}

CASE(poisson_backward)
{
    for (int weighted = 0; weighted < 2; weighted++) {
        real *eta = case_output(a, rows * n, 1), *x = counts(a, rows * n);
        const real *weight = element_weights(a, x, rows * n, weighted);

        be->poisson_backward(be, eta, (real)0.1, x, weight, rows * n);
    }
}

CASE(gaussian)
{
    size_t count = BINS * rows * n;

    for (int weighted = 0; weighted < 2; weighted++) {
        real *mean = case_input(a, SAMPLES * count, 1), *logvar = case_input(a, SAMPLES * count, 1);
        real *x = case_input(a, count, 1);
        const real *weight = element_weights(a, x, count, weighted);

        be->gaussian(be, case_sums(a, rows * SAMPLES), mean, logvar, x, weight, BINS, rows, SAMPLES,
                     n);
    }
}

CASE(gaussian_backward)
{
    for (int weighted = 0; weighted < 2; weighted++) {
        real *mean = case_output(a, rows * n, 1), *logvar = case_output(a, rows * n, 1);
        real *x = case_input(a, rows * n, 1);
        const real *weight = element_weights(a, x, rows * n, weighted);

        be->gaussian_backward(be, mean, logvar, (real)0.1, x, weight, rows * n);
    }
}

CASE(exponential)
{
    be->exponential(be, case_output(a, rows * (n + 1), 1), n + 1, case_input(a, rows * (n + 2), 4),
                    n + 2, rows, n);
}
