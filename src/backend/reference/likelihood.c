/* likelihood.c - the observations' log-likelihoods (model.md 7) and their gradients.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/reference/reference.h"

#define LOG_2PI ((real)1.8378770664093453)

static real weight_of(const real *weight, size_t i) { return weight ? weight[i] : 1; }

static acc log_factorial(acc k, bool stirling)
{
    static const acc tau = 6.283185307179586;

    if (!stirling)
        return lgamma(k + 1);
    return k > 1 ? k * log(k) - k + log(tau * k) / 2 : 0;
}

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
                real w = weight_of(weight, first + j);

                if (w != 0)
                    sum += (acc)w * ((acc)k[j] * (acc)e[j] - (acc)real_exp(e[j]) -
                                     log_factorial((acc)k[j], stirling));
            }
        }
        loglik[r] = sum;
    }
}

void reference_poisson_backward(SELF, real *eta, real scale, const real *x, const real *weight,
                                size_t count)
{
    for (size_t i = 0; i < count; i++) {
        real w = weight_of(weight, i);

        eta[i] = w != 0 ? scale * w * (real_exp(eta[i]) - x[i]) : 0;
    }
}

/* model.md (7.2). */
void reference_gaussian(SELF, acc *loglik, const real *mean, const real *logvar, const real *x,
                        const real *weight, size_t bins, size_t trials, size_t samples, size_t n)
{
    size_t rows = trials * samples;

    for (size_t r = 0; r < rows; r++) {
        acc sum = 0;

        for (size_t t = 0; t < bins; t++) {
            size_t first = (t * trials + r / samples) * n;
            const real *m = mean + (t * rows + r) * n, *v = logvar + (t * rows + r) * n;

            for (size_t j = 0; j < n; j++) {
                real w = weight_of(weight, first + j), d = x[first + j] - m[j];

                if (w != 0)
                    sum -= (acc)(w * (v[j] + LOG_2PI + d * d * real_exp(-v[j])) / 2);
            }
        }
        loglik[r] = sum;
    }
}

void reference_gaussian_backward(SELF, real *mean, real *logvar, real scale, const real *x,
                                 const real *weight, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        real w = weight_of(weight, i), d = mean[i] - x[i], slope = d * real_exp(-logvar[i]);

        mean[i] = w != 0 ? scale * w * slope : 0;
        logvar[i] = w != 0 ? scale * w * (1 - d * slope) / 2 : 0;
    }
}

/* model.md (6.7). */
void reference_exponential(SELF, real *y, size_t ldy, const real *x, size_t ldx, size_t rows,
                           size_t n)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++)
            y[i * ldy + j] = real_exp(x[i * ldx + j]);
}
