/* likelihood.c - the observations' log-likelihoods (model.md 7) and their gradients.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/densities.h"
#include "backend/reference/reference.h"

#define LOG_2PI ((real)1.8378770664093453)

static real weight_of(const real *weight, size_t i) { return weight ? weight[i] : 1; }

/* model.md (7.1); modern.md (3.2). */
void reference_poisson(SELF, acc *loglik, const real *eta, const real *x, const real *weight,
                       bool stirling, size_t bins, size_t trials, size_t samples, size_t n)
{
    size_t rows = trials * samples;

    for (size_t r = 0; r < rows; r++) {
        acc sum = 0;

        for (size_t t = 0; t < bins; t++) {
            size_t first = (t * trials + r / samples) * n;
            const real *e = eta + (t * rows + r) * n, *k = x + first;

            for (size_t j = 0; j < n; j++) {
                real w = weight_of(weight, first + j), log_rate = reference_saturated(e[j]);

                if (w != 0)
                    sum += (acc)w * ((acc)k[j] * (acc)log_rate - (acc)real_exp(log_rate) -
                                     density_log_factorial((acc)k[j], stirling));
            }
        }
        loglik[r] = sum;
    }
}

void reference_poisson_backward(SELF, real *eta, real scale, const real *x, const real *weight,
                                size_t count)
{
    for (size_t i = 0; i < count; i++) {
        real w = weight_of(weight, i), slope = real_exp(reference_saturated(eta[i])) - x[i];

        eta[i] = w != 0 ? reference_unless_saturated(scale * w * slope, eta[i]) : 0;
    }
}

static real raised(real x, real min) { return x < min ? min : x; }

/* model.md (7.2), modern.md (7.2). */
void reference_gaussian(SELF, acc *loglik, const real *mean, const real *logvar, real min_logvar,
                        const real *x, const real *weight, size_t bins, size_t trials,
                        size_t samples, size_t n)
{
    size_t rows = trials * samples;

    for (size_t r = 0; r < rows; r++) {
        acc sum = 0;

        for (size_t t = 0; t < bins; t++) {
            size_t first = (t * trials + r / samples) * n;
            const real *m = mean + (t * rows + r) * n, *l = logvar + (t * rows + r) * n;

            for (size_t j = 0; j < n; j++) {
                real w = weight_of(weight, first + j), d = x[first + j] - m[j];
                real v = raised(reference_saturated(l[j]), min_logvar);

                if (w != 0)
                    sum -= (acc)(w * (v + LOG_2PI + d * d * real_exp(-v)) / 2);
            }
        }
        loglik[r] = sum;
    }
}

/* modern.md (7.3). */
void reference_gaussian_backward(SELF, real *mean, real *logvar, real min_logvar, real scale,
                                 const real *x, const real *weight, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        real w = weight_of(weight, i), d = mean[i] - x[i], l = reference_saturated(logvar[i]);
        real v = raised(l, min_logvar), slope = d * real_exp(-v);
        real share = v == l ? 1 : real_exp(l - v),
             dlogvar = scale * w * share * (1 - d * slope) / 2;

        mean[i] = w != 0 ? scale * w * slope : 0;
        logvar[i] = w != 0 ? reference_unless_saturated(dlogvar, logvar[i]) : 0;
    }
}

/* modern.md (7.1). */
void reference_mse(SELF, acc *loglik, const real *mean, const real *x, const real *weight,
                   size_t bins, size_t trials, size_t samples, size_t n)
{
    size_t rows = trials * samples;

    for (size_t r = 0; r < rows; r++) {
        acc sum = 0;

        for (size_t i = 0; i < bins * n; i++) {
            size_t datum = (i / n * trials + r / samples) * n + i % n;
            real w = weight_of(weight, datum), d = x[datum] - mean[(i / n * rows + r) * n + i % n];

            if (w != 0)
                sum -= (acc)(w * d * d);
        }
        loglik[r] = sum;
    }
}

void reference_mse_backward(SELF, real *mean, real scale, const real *x, const real *weight,
                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        real w = weight_of(weight, i);

        mean[i] = w != 0 ? 2 * scale * w * (mean[i] - x[i]) : 0;
    }
}

static acc exponential_of(real x) { return exp((acc)reference_saturated(x)); }

/* modern.md (7.4). */
void reference_gamma(SELF, acc *loglik, const real *a, const real *b, const real *x,
                     const real *weight, size_t bins, size_t trials, size_t samples, size_t n)
{
    size_t rows = trials * samples;

    for (size_t r = 0; r < rows; r++) {
        acc sum = 0;

        for (size_t i = 0; i < bins * n; i++) {
            size_t datum = (i / n * trials + r / samples) * n + i % n;
            size_t at = (i / n * rows + r) * n + i % n;
            real w = weight_of(weight, datum);

            if (w != 0)
                sum += (acc)w *
                       density_gamma((acc)x[datum], exponential_of(a[at]), exponential_of(b[at]));
        }
        loglik[r] = sum;
    }
}

void reference_gamma_backward(SELF, real *a, real *b, real scale, const real *x, const real *weight,
                              size_t count)
{
    for (size_t i = 0; i < count; i++) {
        real w = weight_of(weight, i);
        acc alpha = exponential_of(a[i]), beta = exponential_of(b[i]), s = -(acc)scale * (acc)w;
        struct gamma_slopes slopes;

        if (w == 0) {
            a[i] = b[i] = 0;
            continue;
        }
        slopes = density_gamma_slopes((acc)x[i], alpha, beta);
        a[i] = reference_unless_saturated((real)(s * slopes.alpha * alpha), a[i]);
        b[i] = reference_unless_saturated((real)(s * slopes.beta * beta), b[i]);
    }
}

void reference_gamma_mean(SELF, real *mean, size_t ldm, const real *a, const real *b, size_t rows,
                          size_t n)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++)
            mean[i * ldm + j] = real_exp(reference_saturated(a[i * n + j] - b[i * n + j]));
}

void reference_gamma_mean_backward(SELF, real *da, real *db, const real *dmean, const real *mean,
                                   const real *mask, size_t ldm, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows * n; i++) {
        if (reference_is_highest(mean[i], mask ? mask[i / n * ldm + i % n] : (real)1))
            continue;
        da[i] += dmean[i] * mean[i];
        db[i] -= dmean[i] * mean[i];
    }
}

/* modern.md (7.6). */
void reference_zig(SELF, acc *loglik, struct zig z, const real *x, const real *weight, size_t bins,
                   size_t trials, size_t samples, size_t n)
{
    size_t rows = trials * samples;

    for (size_t r = 0; r < rows; r++) {
        acc sum = 0;

        for (size_t i = 0; i < bins * n; i++) {
            size_t datum = (i / n * trials + r / samples) * n + i % n;
            struct zig_entry e = density_zig_entry(&z, (i / n * rows + r) * n + i % n, i % n);
            real w = weight_of(weight, datum);

            if (w != 0)
                sum += (acc)w * density_zig(&e, (acc)x[datum], (acc)z.loc);
        }
        loglik[r] = sum;
    }
}

void reference_zig_backward(SELF, struct zig z, real *dalpha, real *dbeta, real scale,
                            const real *x, const real *weight, size_t rows, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        acc to_alpha = 0, to_beta = 0;

        for (size_t i = j; i < rows * n; i += n) {
            real w = weight_of(weight, i);
            acc s = -(acc)scale * (acc)w;
            struct zig_slopes slopes = {0, 0, 0, 0, 0};

            if (w != 0)
                slopes = density_zig_slopes(&z, i, j, (acc)x[i]);
            z.a[i] = (real)(s * slopes.a);
            z.b[i] = (real)(s * slopes.b);
            z.c[i] = (real)(s * slopes.c);
            to_alpha += s * slopes.alpha_scale;
            to_beta += s * slopes.beta_scale;
        }
        dalpha[j] += (real)to_alpha;
        dbeta[j] += (real)to_beta;
    }
}

/* modern.md (7.7). */
void reference_zig_mean(SELF, real *mean, size_t ldm, struct zig z, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++) {
            struct zig_entry e = density_zig_entry(&z, i * n + j, j);

            mean[i * ldm + j] = (real)density_zig_mean(&e, (acc)z.loc);
        }
}

void reference_at_least(SELF, real *y, size_t ldy, const real *x, size_t ldx, real min, size_t rows,
                        size_t n)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++)
            y[i * ldy + j] = raised(x[i * ldx + j], min);
}

/* model.md (6.7). */
void reference_exponential(SELF, real *y, size_t ldy, const real *x, size_t ldx, size_t rows,
                           size_t n)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++)
            y[i * ldy + j] = real_exp(reference_saturated(x[i * ldx + j]));
}

void reference_exponential_backward(SELF, real *dx, const real *dy, const real *y, const real *mask,
                                    size_t ldm, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows * n; i++)
        if (!reference_is_highest(y[i], mask ? mask[i / n * ldm + i % n] : (real)1))
            dx[i] += dy[i] * y[i];
}
