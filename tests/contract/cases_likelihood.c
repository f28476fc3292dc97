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
        be->poisson(be, case_sums(a, rows * SAMPLES), eta, x, weight, true, BINS, rows, SAMPLES, n);
        fall_below(eta, SAMPLES * count);
        be->poisson(be, case_sums(a, rows * SAMPLES), eta, x, weight, false, BINS, rows, SAMPLES,
                    n);
        reach_limits(eta, SAMPLES * count);
        be->poisson(be, case_sums(a, rows * SAMPLES), eta, x, weight, false, BINS, rows, SAMPLES,
                    n);
    }
}

CASE(poisson_backward)
{
    for (int weighted = 0; weighted < 2; weighted++) {
        real *eta = case_output(a, rows * n, 1), *x = counts(a, rows * n);
        const real *weight = element_weights(a, x, rows * n, weighted);

        be->poisson_backward(be, eta, (real)0.1, x, weight, rows * n);
        eta = case_output(a, rows * n, 1);
        reach_limits(eta, rows * n);
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

        be->gaussian(be, case_sums(a, rows * SAMPLES), mean, logvar, (real)-HUGE_VAL, x, weight,
                     BINS, rows, SAMPLES, n);
        be->gaussian(be, case_sums(a, rows * SAMPLES), mean, logvar, exact(-0.3), x, weight, BINS,
                     rows, SAMPLES, n);
        reach_limits(logvar, SAMPLES * count);
        be->gaussian(be, case_sums(a, rows * SAMPLES), mean, logvar, exact(-0.3), x, weight, BINS,
                     rows, SAMPLES, n);
        be->gaussian(be, case_sums(a, rows * SAMPLES), mean, logvar, (real)-HUGE_VAL, x, weight,
                     BINS, rows, SAMPLES, n);
    }
}

CASE(gaussian_backward)
{
    for (int weighted = 0; weighted < 2; weighted++) {
        real *mean = case_output(a, rows * n, 1), *logvar = case_output(a, rows * n, 1);
        real *x = case_input(a, rows * n, 1);
        const real *weight = element_weights(a, x, rows * n, weighted);

        be->gaussian_backward(be, mean, logvar, weighted ? exact(-0.3) : (real)-HUGE_VAL, (real)0.1,
                              x, weight, rows * n);
        mean = case_output(a, rows * n, 1);
        logvar = case_output(a, rows * n, 1);
        reach_limits(logvar, rows * n);
        be->gaussian_backward(be, mean, logvar, weighted ? exact(-0.3) : (real)-HUGE_VAL, (real)0.1,
                              x, weight, rows * n);
    }
}

CASE(mse)
{
    size_t count = BINS * rows * n;

    for (int weighted = 0; weighted < 2; weighted++) {
        real *mean = case_input(a, SAMPLES * count, 1), *x = case_input(a, count, 1);
        const real *weight = element_weights(a, x, count, weighted);

        be->mse(be, case_sums(a, rows * SAMPLES), mean, x, weight, BINS, rows, SAMPLES, n);
    }
}

CASE(mse_backward)
{
    for (int weighted = 0; weighted < 2; weighted++) {
        real *mean = case_output(a, rows * n, 1), *x = case_input(a, rows * n, 1);
        const real *weight = element_weights(a, x, rows * n, weighted);

        be->mse_backward(be, mean, (real)0.1, x, weight, rows * n);
    }
}

/* Numbers above LOC; with ZEROS each fifth one is 0. */
static real *above(struct arrays *a, size_t count, double loc, bool zeros)
{
    real *x = case_input(a, count, 1);

    for (size_t i = 0; i < count; i++)
        x[i] = zeros && i % 5 == 0 ? 0 : exact(loc + 0.01 + fabs((double)x[i]));
    return x;
}

CASE(gamma)
{
    size_t count = BINS * rows * n;

    for (int weighted = 0; weighted < 2; weighted++) {
        real *alpha = case_input(a, SAMPLES * count, 2), *beta = case_input(a, SAMPLES * count, 1);
        real *x = above(a, count, 0, false);
        const real *weight = element_weights(a, x, count, weighted);

        be->gamma(be, case_sums(a, rows * SAMPLES), alpha, beta, x, weight, BINS, rows, SAMPLES, n);
        reach_limits(alpha, SAMPLES * count);
        reach_limits(beta + 1, SAMPLES * count - 1);
        be->gamma(be, case_sums(a, rows * SAMPLES), alpha, beta, x, weight, BINS, rows, SAMPLES, n);
    }
}

CASE(gamma_backward)
{
    for (int weighted = 0; weighted < 2; weighted++) {
        real *alpha = case_output(a, rows * n, 2), *beta = case_output(a, rows * n, 1);
        real *x = above(a, rows * n, 0, false);
        const real *weight = element_weights(a, x, rows * n, weighted);

        be->gamma_backward(be, alpha, beta, (real)0.1, x, weight, rows * n);
        alpha = case_output(a, rows * n, 2);
        beta = case_output(a, rows * n, 1);
        reach_limits(alpha, rows * n);
        reach_limits(beta + 1, rows * n - 1);
        be->gamma_backward(be, alpha, beta, (real)0.1, x, weight, rows * n);
    }
}

CASE(gamma_mean)
{
    real *alpha = case_input(a, rows * n, 1), *beta = case_input(a, rows * n, 1);

    be->gamma_mean(be, case_output(a, rows * (n + 1), 1), n + 1, alpha, beta, rows, n);
    reach_limits(alpha, rows * n);
    be->gamma_mean(be, case_output(a, rows * (n + 1), 1), n + 1, alpha, beta, rows, n);
}

static real *positive(struct arrays *a, size_t count)
{
    real *x = case_input(a, count, 1);

    for (size_t i = 0; i < count; i++)
        x[i] = exact(fabs((double)x[i]) + 0.1);
    return x;
}

/* Means as dropout leaves them, of which some are at their upper limit. */
static real *limited_means(struct arrays *a, const real *mask, size_t ldm, size_t rows, size_t n)
{
    real *mean = positive(a, rows * n);

    for (size_t i = 0; i < rows * n; i += 4) {
        real m = mask ? mask[i / n * ldm + i % n] : 1;

        mean[i] = exact(exp(i % 8 ? 79.9 : 80) * (double)m);
    }
    return mean;
}

CASE(gamma_mean_backward)
{
    for (int masked = 0; masked < 2; masked++) {
        size_t ldm = masked ? n + 1 : n;
        const real *mask = masked ? positive(a, rows * ldm) : NULL;
        const real *mean = limited_means(a, mask, ldm, rows, n);

        be->gamma_mean_backward(be, case_output(a, rows * n, 1), case_output(a, rows * n, 1),
                                case_input(a, rows * n, 1), mean, mask, ldm, rows, n);
    }
}

/* Numbers of COUNT entries, some of them below the floor of the sigmoid, which RESULTS are
 * compared. */
static struct zig mixture(struct arrays *a, size_t count, size_t n, bool results)
{
    real *(*array)(struct arrays * a, size_t count, double scale) =
        results ? case_output : case_input;
    real *alpha_scale = case_input(a, n, 1), *beta_scale = case_input(a, n, 1);
    struct zig z = {array(a, count, 2), array(a, count, 2), array(a, count, 6),
                    alpha_scale,        beta_scale,         0.25};

    for (size_t j = 0; j < n; j++) {
        alpha_scale[j] = exact(0.1 + fabs((double)alpha_scale[j]));
        beta_scale[j] = exact(0.1 + fabs((double)beta_scale[j]));
    }
    return z;
}

CASE(zig)
{
    size_t count = BINS * rows * n;

    for (int weighted = 0; weighted < 2; weighted++) {
        struct zig z = mixture(a, SAMPLES * count, n, false);
        real *x = above(a, count, z.loc, true);
        const real *weight = element_weights(a, x, count, weighted);

        be->zig(be, case_sums(a, rows * SAMPLES), z, x, weight, BINS, rows, SAMPLES, n);
    }
}

CASE(zig_backward)
{
    for (int weighted = 0; weighted < 2; weighted++) {
        struct zig z = mixture(a, rows * n, n, true);
        real *x = above(a, rows * n, z.loc, true);
        const real *weight = element_weights(a, x, rows * n, weighted);

        be->zig_backward(be, z, case_output(a, n, 1), case_output(a, n, 1), (real)0.1, x, weight,
                         rows, n);
    }
}

CASE(zig_mean)
{
    struct zig z = mixture(a, rows * n, n, false);

    be->zig_mean(be, case_output(a, rows * (n + 1), 1), n + 1, z, rows, n);
}

CASE(at_least)
{
    be->at_least(be, case_output(a, rows * (n + 1), 1), n + 1, case_input(a, rows * (n + 2), 1),
                 n + 2, exact(-0.3), rows, n);
}

CASE(exponential)
{
    real *x = case_input(a, rows * (n + 2), 4);

    be->exponential(be, case_output(a, rows * (n + 1), 1), n + 1, x, n + 2, rows, n);
    reach_limits(x, rows * (n + 2));
    be->exponential(be, case_output(a, rows * (n + 1), 1), n + 1, x, n + 2, rows, n);
}

CASE(exponential_backward)
{
    for (int masked = 0; masked < 2; masked++) {
        size_t ldm = masked ? n + 1 : n;
        const real *mask = masked ? positive(a, rows * ldm) : NULL;
        const real *y = limited_means(a, mask, ldm, rows, n);

        be->exponential_backward(be, case_output(a, rows * n, 1), case_input(a, rows * n, 1), y,
                                 mask, ldm, rows, n);
    }
}
